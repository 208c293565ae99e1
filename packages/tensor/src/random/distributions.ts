/**
 * Fills typed arrays with random numbers: the same ones that PyTorch's CPU kernels draw from the same generator state.
 *
 * The judge is PyTorch on x86-64 with AVX2. Uniform numbers, coins, integers, permutations and blocks of float32 normals
 * are equal to the last bit. Where `Math.log`, `Math.sin` and the like take part, an engine may round the last bit of a
 * float64 otherwise than C does. Single float32 normals, rounded once more, hardly ever show that; float64 normals are
 * within 4 units in the last place; normals that are truncated at 2 standard deviations or before are within 2 units in
 * float32 and 8 in float64, of the mean where that is larger.
 */

import { type DType, dtypeOf, type TypedArray } from '../dtype.js';
import { ArgumentError } from '../errors.js';
import { erf } from '../kernels/erf.js';
import { fmaFloat32, fmaFloat64 } from '../kernels/fused-multiply-add.js';
import { BLOCK, normalBlockFloat64, normalSample } from './box-muller.js';
import { normalBlockFloat32 } from './box-muller-float32.js';
import type { Generator } from './generator.js';
import { inverseErfFloat32, inverseErfFloat64 } from './inverse-erf.js';

const { fround } = Math;

/** What can hold fractions. */
export type FloatArray = Float32Array | Float64Array;

/**
 * Uniform numbers from the interval [from, to), as `tensor.uniform_`. Rounding may yield `to` itself, as in PyTorch.
 *
 * @throws ArgumentError unless `from <= to` are finite and their difference is so in `out`'s dtype
 */
export function fillUniform(out: FloatArray, from: number, to: number, generator: Generator): void {
  const round = roundingOf(out);
  const low = round(from);
  const range = round(round(to) - low);
  if (!(from <= to && range < Infinity)) {
    throw new ArgumentError(
      'uniform',
      `no interval of ${dtypeOf(out)} goes from ${from} to ${to}. Pass finite bounds with from <= to.`,
    );
  }
  if (isFloat32(out)) {
    for (let i = 0; i < out.length; i++) out[i] = fmaFloat32(uniformFloat32(generator), range, low);
  } else {
    for (let i = 0; i < out.length; i++) out[i] = fmaFloat64(uniformFloat64(generator), range, low);
  }
}

/**
 * Normal numbers of the given mean and standard deviation, as `tensor.normal_`.
 *
 * Fewer than 16 numbers are drawn one by one, by a Box-Muller transform in float64 whose spare half waits in the
 * generator. More are drawn as uniforms and transformed in blocks of 16; if blocks do not divide the length, the last
 * 16 numbers are drawn anew as one block.
 *
 * @throws ArgumentError unless both are finite and `std >= 0`
 */
export function fillNormal(out: FloatArray, mean: number, std: number, generator: Generator): void {
  if (!(Number.isFinite(mean) && Number.isFinite(std) && std >= 0)) {
    throw new ArgumentError(
      'normal',
      `no normal distribution has mean = ${mean} and std = ${std}. Pass finite numbers with std >= 0.`,
    );
  }
  if (out.length < BLOCK) {
    for (let i = 0; i < out.length; i++) out[i] = fmaFloat64(normalSample(generator), std, mean);
    return;
  }
  const transform = isFloat32(out)
    ? (start: number) => normalBlockFloat32(out, start, fround(mean), fround(std))
    : (start: number) => normalBlockFloat64(out, start, mean, std);

  fillUniform(out, 0, 1, generator);
  for (let start = 0; start + BLOCK <= out.length; start += BLOCK) transform(start);
  if (out.length % BLOCK === 0) return;
  const start = out.length - BLOCK;
  fillUniform(out.subarray(start), 0, 1, generator);
  transform(start);
}

/** The integers that each dtype holds without gaps. */
const INTEGER_BOUNDS: Readonly<Record<DType, readonly [min: number, max: number]>> = {
  bool: [0, 1],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  float32: [-(2 ** 24), 2 ** 24],
  float64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
};

/**
 * Integers from `low` (included) to `high` (excluded), as `torch.randint(low, high, size, dtype=...)`.
 *
 * @throws ArgumentError unless they are integers, `low < high`, and `out`'s dtype holds all integers between them
 */
export function fillRandint(out: TypedArray, low: number, high: number, generator: Generator): void {
  const dtype = dtypeOf(out) as DType;
  const [min, max] = INTEGER_BOUNDS[dtype];
  if (!(Number.isInteger(low) && Number.isInteger(high) && min <= low && low < high && high <= max + 1)) {
    throw new ArgumentError(
      'randint',
      `no ${dtype} lies in [${low}, ${high}). Pass integers with ${min} <= low < high <= ${max + 1}.`,
    );
  }
  const range = high - low;
  if (range < 2 ** 32) {
    for (let i = 0; i < out.length; i++) out[i] = (generator.random() % range) + low;
  } else if (dtype === 'int32') {
    for (let i = 0; i < out.length; i++) out[i] = generator.random() + low;
  } else {
    const base = BigInt(low);
    const wideRange = BigInt(high) - base;
    for (let i = 0; i < out.length; i++) out[i] = Number((generator.random64() % wideRange) + base);
  }
}

/**
 * The integers 0 to n - 1 in random order, as `torch.randperm(n)`.
 *
 * @throws ArgumentError unless `n` is an integer from 0 to 2^31 - 1
 */
export function randomPermutation(n: number, generator: Generator): Int32Array {
  if (!Number.isInteger(n) || n < 0 || n >= 2 ** 31) {
    throw new ArgumentError('randperm', `cannot permute ${n} numbers. Pass an integer from 0 to 2^31 - 1.`);
  }
  const permutation = new Int32Array(n).map((_, i) => i);
  for (let i = 0; i < n - 1; i++) {
    const j = i + (generator.random() % (n - i));
    const chosen = permutation[j] as number;
    permutation[j] = permutation[i] as number;
    permutation[i] = chosen;
  }
  return permutation;
}

/**
 * Ones with probability `p`, else zeros, as `tensor.bernoulli_(p)` where PyTorch was built without MKL.
 *
 * @throws ArgumentError unless `p` is between 0 and 1
 */
export function fillBernoulli(out: TypedArray, p: number, generator: Generator): void {
  if (!(p >= 0 && p <= 1)) {
    throw new ArgumentError('bernoulli', `p is ${p}, and not a probability. Pass a number from 0 to 1.`);
  }
  for (let i = 0; i < out.length; i++) out[i] = uniformFloat64(generator) < p ? 1 : 0;
}

/**
 * Numbers of a normal distribution cut off at `a` and `b`, as `torch.nn.init.trunc_normal_`: the inverse of its
 * distribution function, applied to uniform numbers. It is inaccurate if [a, b] lies in a far tail.
 *
 * @throws ArgumentError unless the mean is finite, the standard deviation finite and positive, and `a <= b`
 */
export function fillTruncNormal(
  out: FloatArray,
  mean: number,
  std: number,
  a: number,
  b: number,
  generator: Generator,
): void {
  if (!(Number.isFinite(mean) && Number.isFinite(std) && std > 0 && a <= b)) {
    throw new ArgumentError(
      'truncNormal',
      `no normal distribution has mean = ${mean}, std = ${std}, a = ${a} and b = ${b}. ` +
        'Pass finite mean and std with std > 0, and a <= b.',
    );
  }
  const round = roundingOf(out);
  const inverseErf = isFloat32(out) ? inverseErfFloat32 : inverseErfFloat64;
  const scale = round(std * Math.SQRT2);
  const shift = round(mean);
  const [min, max] = [round(a), round(b)];

  fillUniform(out, 2 * normalCdf((a - mean) / std) - 1, 2 * normalCdf((b - mean) / std) - 1, generator);
  for (let i = 0; i < out.length; i++) {
    const value = round(inverseErf(out[i] as number) * scale) + shift;
    out[i] = Math.min(Math.max(value, min), max);
  }
}

/** The distribution function of the standard normal distribution. */
function normalCdf(x: number): number {
  return (1 + erf(x / Math.SQRT2)) / 2;
}

function uniformFloat32(generator: Generator): number {
  return (generator.random() & 0xffffff) * 2 ** -24;
}

function uniformFloat64(generator: Generator): number {
  return generator.random53() * 2 ** -53;
}

/** By width and not by instanceof, which fails for arrays of another realm. */
function isFloat32(array: FloatArray): array is Float32Array {
  return array.BYTES_PER_ELEMENT === Float32Array.BYTES_PER_ELEMENT;
}

/** To the nearest value that the array can hold. */
function roundingOf(array: FloatArray): (x: number) => number {
  return isFloat32(array) ? fround : Number;
}
