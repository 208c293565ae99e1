/**
 * Multiplication and addition with a single rounding, which JavaScript has no instruction for.
 *
 * PyTorch's kernels for x86-64 are compiled with FMA contraction: without these functions, the last bits of bounded
 * uniforms (hence of freshly initialised layers) and of normals would differ from PyTorch's.
 */

const float = new Float64Array(1);
const lowWord = new Int32Array(float.buffer, 0, 1);
const pattern = new BigInt64Array(float.buffer);

/** The last bits of a float64, which float32 lacks. They equal TIE in the middle between two float32 values. */
const EXTRA_BITS = 2 ** 29 - 1;
const TIE = 2 ** 28;

/**
 * `a * b + c` for float32 values, rounded once to float32; exact unless the result is subnormal.
 *
 * The product is exact in float64. The sum is rounded to float64 and then again to float32, which errs only where the
 * first rounding lands on the middle between two float32 values.
 */
export function fmaFloat32(a: number, b: number, c: number): number {
  const product = a * b;
  const sum = product + c;
  float[0] = sum;
  const isTie = ((lowWord[0] as number) & EXTRA_BITS) === TIE;
  return isTie ? breakTie(sum, sumError(product, c, sum)) : Math.fround(sum);
}

/** `sum + error`, rounded to float32, for a `sum` in the middle between two float32 values and a tiny `error`. */
function breakTie(sum: number, error: number): number {
  const nearest = Math.fround(sum);
  if (error === 0) return nearest;
  const other = sum + (sum - nearest);
  return error > 0 ? Math.max(nearest, other) : Math.min(nearest, other);
}

/**
 * `a * b + c` for float64 values, rounded once; exact unless the product is near the limits of the exponent range.
 *
 * Boldo and Melquiond, "Emulation of a FMA and correctly rounded sums: proved algorithms using rounding to odd" (2008).
 */
export function fmaFloat64(a: number, b: number, c: number): number {
  const product = a * b;
  const productRest = productError(a, b, product);
  const inner = c + productRest;
  const innerRest = sumError(c, productRest, inner);
  const outer = product + inner;
  const outerRest = sumError(product, inner, outer);
  return outer + addRoundingToOdd(innerRest, outerRest);
}

/** `x + y - sum` exactly, where `sum` is the rounded sum (Knuth's TwoSum). */
function sumError(x: number, y: number, sum: number): number {
  const z = sum - x;
  return x - (sum - z) + (y - z);
}

/** `x * y - product` exactly, where `product` is the rounded product (Dekker's TwoProduct). */
function productError(x: number, y: number, product: number): number {
  const xHigh = highHalf(x);
  const xLow = x - xHigh;
  const yHigh = highHalf(y);
  const yLow = y - yHigh;
  return xLow * yLow - (product - xHigh * yHigh - xLow * yHigh - xHigh * yLow);
}

/** The upper 26 bits of a float64's significand (Veltkamp's splitting). */
function highHalf(x: number): number {
  const scaled = (2 ** 27 + 1) * x;
  return scaled - (scaled - x);
}

/** `x + y`, where an inexact result becomes that neighbour whose last bit is 1. */
function addRoundingToOdd(x: number, y: number): number {
  const sum = x + y;
  const error = sumError(x, y, sum);
  if (error === 0) return sum;
  float[0] = sum;
  const bits = pattern[0] as bigint;
  if (bits & 1n) return sum;
  pattern[0] = bits + (error > 0 === sum > 0 ? 1n : -1n);
  return float[0];
}
