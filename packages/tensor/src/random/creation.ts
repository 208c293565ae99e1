/** Random tensors, the numbers that PyTorch's CPU generator draws for the same seed. */
import { checkDType, wrap } from '../creation.js';
import { allocate, isFloat } from '../dtype.js';
import { ArgumentError, DTypeError } from '../errors.js';
import { checkShape, type Shape, sizeOf } from '../shape.js';
import type { Tensor, TensorOptions } from '../tensor.js';
import { fillBernoulli, fillNormal, fillRandint, fillUniform, randomPermutation } from './distributions.js';
import { defaultGenerator, type Generator } from './generator.js';

export interface RandomOptions extends TensorOptions {
  /** Where the numbers come from. Default: the generator that `manualSeed` seeds. */
  readonly generator?: Generator;
}

function allocateFloat(op: string, shape: Shape, options: RandomOptions): Float32Array | Float64Array {
  checkShape(op, shape);
  const { dtype = 'float32' } = options;
  checkDType(op, dtype);
  if (!isFloat(dtype)) throw new DTypeError(op, `draws floats, not ${dtype}. Use randint for integers`);
  return allocate(dtype, sizeOf(shape)) as Float32Array | Float64Array;
}

/** Uniform on [0, 1). `torch.rand` */
export function rand(shape: Shape, options: RandomOptions = {}): Tensor {
  return uniform(shape, 0, 1, options);
}

/** Uniform on [from, to). `Tensor.uniform_` */
export function uniform(shape: Shape, from: number, to: number, options: RandomOptions = {}): Tensor {
  const storage = allocateFloat('uniform', shape, options);
  if (!(from <= to)) throw new ArgumentError('uniform', `the lower bound must not be above the upper: [${from}, ${to})`);
  fillUniform(storage, from, to, options.generator ?? defaultGenerator);
  return wrap('uniform', storage, shape, options.dtype ?? 'float32', options);
}

/** Normal with mean 0 and standard deviation 1. `torch.randn` */
export function randn(shape: Shape, options: RandomOptions = {}): Tensor {
  return normal(shape, 0, 1, options);
}

/** Normal with the given mean and standard deviation. `Tensor.normal_` */
export function normal(shape: Shape, mean: number, std: number, options: RandomOptions = {}): Tensor {
  const storage = allocateFloat('normal', shape, options);
  if (!(std >= 0)) throw new ArgumentError('normal', `a standard deviation is at least 0, got ${std}`);
  fillNormal(storage, mean, std, options.generator ?? defaultGenerator);
  return wrap('normal', storage, shape, options.dtype ?? 'float32', options);
}

/** Whole numbers, uniform on [low, high); int32. `torch.randint` */
export function randint(shape: Shape, low: number, high: number, options: RandomOptions = {}): Tensor {
  checkShape('randint', shape);
  if (!Number.isInteger(low) || !Number.isInteger(high) || low >= high) {
    throw new ArgumentError('randint', `needs whole numbers with low < high, got [${low}, ${high})`);
  }
  const { dtype = 'int32' } = options;
  checkDType('randint', dtype);
  const storage = allocate(dtype, sizeOf(shape));
  fillRandint(storage, low, high, options.generator ?? defaultGenerator);
  return wrap('randint', storage, shape, dtype, options);
}

/** The numbers from 0 to n - 1 in random order; int32. `torch.randperm` */
export function randperm(n: number, options: RandomOptions = {}): Tensor {
  checkShape('randperm', [n]);
  return wrap('randperm', randomPermutation(n, options.generator ?? defaultGenerator), [n], 'int32', options);
}

/** 1 with probability p, else 0; as floats, to be multiplied with. `Tensor.bernoulli_` */
export function bernoulli(shape: Shape, p: number, options: RandomOptions = {}): Tensor {
  const storage = allocateFloat('bernoulli', shape, options);
  if (!(p >= 0 && p <= 1)) throw new ArgumentError('bernoulli', `a probability is from 0 to 1, got ${p}`);
  fillBernoulli(storage, p, options.generator ?? defaultGenerator);
  return wrap('bernoulli', storage, shape, options.dtype ?? 'float32', options);
}
