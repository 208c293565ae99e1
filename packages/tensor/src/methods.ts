/** Gives `Tensor` a method for every op that reads well as one; each calls the function of the same name. */
/// <reference lib="esnext.disposable" preserve="true" />
import { to } from './ops/cast.js';
import * as elementwise from './ops/elementwise.js';
import { gather, indexAdd, indexSelect, scatterAdd } from './ops/indexing.js';
import { cumsum, logSoftmax, softmax } from './ops/lane.js';
import { maskedFill, tril, triu } from './ops/mask.js';
import { dot, matmul, outer } from './ops/matmul.js';
import * as reduce from './ops/reduce.js';
import { expand, flatten, flip, permute, reshape, squeeze, tile, transpose, unsqueeze } from './ops/shape.js';
import { narrow, pad, select, slice, split } from './ops/slice.js';
import { argsort, sort, topk } from './ops/sort.js';
import { logsumexp, mean, norm, std, variance } from './ops/statistics.js';
import { Tensor } from './tensor.js';

const { where: _where, ...elementwiseMethods } = elementwise;
const { sum, prod, amax, amin, any, all, argmax, argmin, max, min } = reduce;

const METHODS = {
  ...elementwiseMethods,
  ...{ sum, prod, amax, amin, any, all, argmax, argmin },
  ...{ mean, variance, std, norm, logsumexp },
  ...{ cumsum, softmax, logSoftmax },
  ...{ matmul, dot, outer },
  ...{ reshape, flatten, squeeze, unsqueeze, permute, transpose, expand, flip, tile },
  ...{ slice, narrow, select, split, pad },
  ...{ gather, scatterAdd, indexSelect, indexAdd, maskedFill, tril, triu },
  ...{ argsort, sort, topk },
  ...{ to },
};

/** A function of a tensor, as a method of that tensor. */
type Method<F> = F extends (x: Tensor, ...rest: infer Rest) => infer Result
  ? (...rest: Rest) => Result
  : never;

/** The methods whose functions have no overloads. */
export type TensorMethods = { [Name in keyof typeof METHODS]: Method<(typeof METHODS)[Name]> };

declare module './tensor.js' {
  interface Tensor extends TensorMethods {
    /** Without an axis the largest value; with one, the largest values along it and where they stood. */
    max(): Tensor;
    max(axis: number, options?: reduce.ReduceOptions): reduce.ValuesAndIndices;
    /** As `dispose()`: what `using x = ...` calls at the end of its block. Not there in engines that have no `using`. */
    [Symbol.dispose](): void;
    /** Without an axis the smallest value; with one, the smallest values along it and where they stood. */
    min(): Tensor;
    min(axis: number, options?: reduce.ReduceOptions): reduce.ValuesAndIndices;
  }
}

if (Symbol.dispose !== undefined) {
  Object.defineProperty(Tensor.prototype, Symbol.dispose, {
    value(this: Tensor) {
      this.dispose();
    },
    writable: true,
    configurable: true,
  });
}

for (const [name, f] of Object.entries({ ...METHODS, max, min })) {
  Object.defineProperty(Tensor.prototype, name, {
    value(this: Tensor, ...rest: unknown[]) {
      return (f as (...parameters: unknown[]) => unknown)(this, ...rest);
    },
    writable: true,
    configurable: true,
  });
}
