/** Reductions over one axis, several, or all: sums, products, extremes, truth. */
import { dispatch } from '../dispatch.js';
import { lanesAlong } from '../kernels/lanes.js';
import type { ReductionName } from '../kernels/reference/reduce.js';
import { defineOp, type Op } from '../op.js';
import { checkOptions } from '../options.js';
import { checkNotEmpty, normalizeAxes, normalizeAxis, range, reducedShape } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { cast } from './cast.js';
import { gather } from './indexing.js';
import { checkTensor } from './operand.js';
import { reshape, squeeze } from './shape.js';

/** One axis, several, or (left out or `[]`) all. Negative axes count from the end. */
export type Axes = number | readonly number[];

export interface ReduceOptions {
  /** Keep the reduced axes with length 1. Default false. */
  readonly keepdim?: boolean;
}

type ReduceAttrs = { readonly axes: readonly number[]; readonly keepdim: boolean };

/** Whether the reduction of nothing is defined. */
const NEUTRAL = { sum: true, prod: true, any: true, all: true, amax: false, amin: false };

function defineReduction(name: ReductionName): Op<ReduceAttrs> {
  return defineOp<ReduceAttrs>({
    name,
    infer: ([x], { axes, keepdim }) => {
      if (!NEUTRAL[name]) checkNotEmpty(name, x.shape, axes);
      const dtype = name === 'any' || name === 'all' ? 'bool' : x.dtype;
      return { shape: reducedShape(x.shape, axes, keepdim), dtype };
    },
    forward: (kernels, [x], { axes }, { dtype }) => kernels.reduce(name, x.data, x.shape, axes, dtype),
  });
}

const sumOp = defineReduction('sum');
const prodOp = defineReduction('prod');
const amaxOp = defineReduction('amax');
const aminOp = defineReduction('amin');
const anyOp = defineReduction('any');
const allOp = defineReduction('all');

function reduce(op: Op<ReduceAttrs>, x: Tensor, axes: Axes | undefined, options: ReduceOptions): Tensor {
  checkTensor(op.name, x);
  checkOptions(op.name, options, ['keepdim']);
  return dispatch(op, [x], { axes: normalizeAxes(op.name, axes, x.ndim), keepdim: options.keepdim ?? false });
}

const integers = (x: Tensor) => (x.dtype === 'bool' ? cast(x, 'int32') : x);

/** The sum over `axes`; 0 of nothing. Bools are counted as int32, and int32 wraps around. `torch.sum` */
export function sum(x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor {
  checkTensor('sum', x);
  return reduce(sumOp, integers(x), axes, options);
}

/** The product over `axes`; 1 of nothing. Bools are taken as int32, and int32 wraps around. `torch.prod` */
export function prod(x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor {
  checkTensor('prod', x);
  return reduce(prodOp, integers(x), axes, options);
}

/**
 * The largest value over `axes`. Where it stands several times, its gradient is shared evenly. Of 0 and -0 it may be either.
 * `torch.amax`
 */
export function amax(x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor {
  return reduce(amaxOp, x, axes, options);
}

/**
 * The smallest value over `axes`. Where it stands several times, its gradient is shared evenly. Of 0 and -0 it may be either.
 * `torch.amin`
 */
export function amin(x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor {
  return reduce(aminOp, x, axes, options);
}

/** Whether any value over `axes` is not 0; false of nothing. `torch.any` */
export function any(x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor {
  return reduce(anyOp, x, axes, options);
}

/** Whether no value over `axes` is 0; true of nothing. `torch.all` */
export function all(x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor {
  return reduce(allOp, x, axes, options);
}

type ArgReduceAttrs = { readonly axis: number; readonly keepdim: boolean };

function defineArgReduction(name: 'argmax' | 'argmin'): Op<ArgReduceAttrs> {
  return defineOp<ArgReduceAttrs>({
    name,
    infer: ([x], { axis, keepdim }) => {
      checkNotEmpty(name, x.shape, [axis]);
      return { shape: reducedShape(x.shape, [axis], keepdim), dtype: 'int32' };
    },
    forward: (kernels, [x], { axis }) => kernels.argReduce(name, x.data, lanesAlong(x.shape, axis)),
  });
}

const argmaxOp = defineArgReduction('argmax');
const argminOp = defineArgReduction('argmin');

function argReduce(
  op: Op<ArgReduceAttrs>,
  x: Tensor,
  axis: number | undefined,
  options: ReduceOptions,
): Tensor {
  checkTensor(op.name, x);
  checkOptions(op.name, options, ['keepdim']);
  const keepdim = options.keepdim ?? false;
  if (axis !== undefined) return dispatch(op, [x], { axis: normalizeAxis(op.name, axis, x.ndim), keepdim });
  checkNotEmpty(op.name, x.shape, range(x.ndim));
  const position = dispatch(op, [reshape(x, [x.numel()])], { axis: 0, keepdim: false });
  return keepdim
    ? reshape(
        position,
        x.shape.map(() => 1),
      )
    : position;
}

/** The int32 position of the first largest value along `axis`; without an axis, in the flattened tensor. */
export function argmax(x: Tensor, axis?: number, options: ReduceOptions = {}): Tensor {
  return argReduce(argmaxOp, x, axis, options);
}

/** The int32 position of the first smallest value along `axis`; without an axis, in the flattened tensor. */
export function argmin(x: Tensor, axis?: number, options: ReduceOptions = {}): Tensor {
  return argReduce(argminOp, x, axis, options);
}

/** Values along an axis, and where they stood. */
export interface ValuesAndIndices {
  readonly values: Tensor;
  /** int32 */
  readonly indices: Tensor;
}

/**
 * Without an axis the largest value of all, as `amax`; with one, the largest values along it and their first
 * positions. `torch.max`
 */
export function max(x: Tensor): Tensor;
export function max(x: Tensor, axis: number, options?: ReduceOptions): ValuesAndIndices;
export function max(x: Tensor, axis?: number, options: ReduceOptions = {}): Tensor | ValuesAndIndices {
  return extreme('max', x, axis, options);
}

/**
 * Without an axis the smallest value of all, as `amin`; with one, the smallest values along it and their first
 * positions. `torch.min`
 */
export function min(x: Tensor): Tensor;
export function min(x: Tensor, axis: number, options?: ReduceOptions): ValuesAndIndices;
export function min(x: Tensor, axis?: number, options: ReduceOptions = {}): Tensor | ValuesAndIndices {
  return extreme('min', x, axis, options);
}

const EXTREMES = { max: [amax, argmax], min: [amin, argmin] } as const;

function extreme(
  op: 'max' | 'min',
  x: Tensor,
  axis: number | undefined,
  options: ReduceOptions,
): Tensor | ValuesAndIndices {
  checkTensor(op, x);
  checkOptions(op, options, ['keepdim']);
  const reduced = axis === undefined ? range(x.ndim) : [normalizeAxis(op, axis, x.ndim)];
  checkNotEmpty(op, x.shape, reduced);
  const [value, position] = EXTREMES[op];
  if (axis === undefined) return value(x);
  const indices = position(x, axis, { keepdim: true });
  if (x.ndim === 0) return { values: x, indices };
  const values = gather(x, axis, indices);
  return options.keepdim
    ? { values, indices }
    : { values: squeeze(values, axis), indices: squeeze(indices, axis) };
}
