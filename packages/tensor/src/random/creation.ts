/**
 * Random tensors, the numbers that PyTorch's CPU generator draws for the same seed.
 *
 * They are equal to the last bit, but for normal numbers in float64 and truncated normal numbers: these take logarithms,
 * sines and exponentials, in which JavaScript and C may round differently, and agree to a few units in the last place.
 */
import { allocate, convert, isFloat } from '../dtype.js';
import { ArgumentError, DTypeError, formatValue } from '../errors.js';
import { checkShape, type Shape, sizeOf } from '../shape.js';
import { resolveDType, wrap } from '../storage.js';
import type { Tensor, TensorOptions } from '../tensor.js';
import {
  type FloatArray,
  fillBernoulli,
  fillNormal,
  fillRandint,
  fillTruncNormal,
  fillUniform,
  randomPermutation,
} from './distributions.js';
import { defaultGenerator, Generator } from './generator.js';

export interface RandomOptions extends TensorOptions {
  /** Where the numbers come from. Default: the generator that `manualSeed` seeds. */
  readonly generator?: Generator;
}

function generatorOf(op: string, options: RandomOptions): Generator {
  const { generator = defaultGenerator } = options;
  if (generator instanceof Generator) return generator;
  throw new ArgumentError(
    op,
    `draws from a Generator, got ${formatValue(generator)}. Make one with new Generator(seed)`,
  );
}

type Fill = (out: FloatArray, generator: Generator) => void;

/** A tensor of floats, filled by `fill`. */
function drawFloats(op: string, shape: Shape, options: RandomOptions, fill: Fill): Tensor {
  checkShape(op, shape);
  const dtype = resolveDType(op, options, 'float32');
  if (!isFloat(dtype)) throw new DTypeError(op, `draws floats, not ${dtype}. Use randint for integers`);
  const storage = allocate(dtype, sizeOf(shape));
  fill(storage as FloatArray, generatorOf(op, options));
  return wrap(op, storage, shape, dtype, options);
}

/** Uniform on [0, 1). `torch.rand` */
export function rand(shape: Shape, options: RandomOptions = {}): Tensor {
  return drawFloats('rand', shape, options, (out, generator) => fillUniform(out, 0, 1, generator));
}

/**
 * Uniform on [from, to). `Tensor.uniform_`
 * @throws ArgumentError unless both are finite and from <= to.
 */
export function uniform(shape: Shape, from: number, to: number, options: RandomOptions = {}): Tensor {
  return drawFloats('uniform', shape, options, (out, generator) => fillUniform(out, from, to, generator));
}

/**
 * Normal with mean 0 and standard deviation 1. Fewer than 16 numbers are drawn one by one and more in blocks of 16, so
 * that a short tensor is not the beginning of a long one. `torch.randn`
 */
export function randn(shape: Shape, options: RandomOptions = {}): Tensor {
  return drawFloats('randn', shape, options, (out, generator) => fillNormal(out, 0, 1, generator));
}

/**
 * Normal with the given mean and standard deviation. `Tensor.normal_`
 * @throws ArgumentError unless both are finite and the standard deviation is at least 0.
 */
export function normal(shape: Shape, mean: number, std: number, options: RandomOptions = {}): Tensor {
  return drawFloats('normal', shape, options, (out, generator) => fillNormal(out, mean, std, generator));
}

/**
 * Normal, cut off at a and b. `torch.nn.init.trunc_normal_`
 * @throws ArgumentError unless mean and standard deviation are finite, the latter above 0, and a <= b.
 */
export function truncNormal(
  shape: Shape,
  mean: number,
  std: number,
  a: number,
  b: number,
  options: RandomOptions = {},
): Tensor {
  return drawFloats('truncNormal', shape, options, (out, generator) =>
    fillTruncNormal(out, mean, std, a, b, generator),
  );
}

/**
 * 1 with probability p, else 0; as floats, to be multiplied with. `Tensor.bernoulli_`, unless PyTorch was built with
 * Intel's MKL, which then draws these from a generator of its own, and other ones.
 * @throws ArgumentError unless p is from 0 to 1.
 */
export function bernoulli(shape: Shape, p: number, options: RandomOptions = {}): Tensor {
  return drawFloats('bernoulli', shape, options, (out, generator) => fillBernoulli(out, p, generator));
}

/**
 * Whole numbers, uniform on [low, high); int32 unless a dtype is named. `torch.randint`
 * @throws ArgumentError unless low < high are whole numbers and the dtype holds all that lie between.
 */
export function randint(shape: Shape, low: number, high: number, options: RandomOptions = {}): Tensor {
  checkShape('randint', shape);
  const dtype = resolveDType('randint', options, 'int32');
  const storage = allocate(dtype, sizeOf(shape));
  fillRandint(storage, low, high, generatorOf('randint', options));
  return wrap('randint', storage, shape, dtype, options);
}

/** The numbers from 0 to n - 1 in random order; int32 unless a dtype is named. `torch.randperm` */
export function randperm(n: number, options: RandomOptions = {}): Tensor {
  checkShape('randperm', [n]);
  const dtype = resolveDType('randperm', options, 'int32');
  if (dtype === 'bool') throw new DTypeError('randperm', 'is not defined for bool. Use int32');
  const order = randomPermutation(n, generatorOf('randperm', options));
  return wrap('randperm', convert(order, dtype), [n], dtype, options);
}
