/**
 * The Box-Muller transform in float32, operation by operation that of PyTorch's `normal_fill_16_AVX2`.
 *
 * Its log, sin and cos are those of the Cephes library in single precision (S. Moshier), coefficients included, with
 * multiplications and additions fused where PyTorch's compiler fuses them. As no transcendental function of `Math`
 * takes part, every JavaScript engine yields the same bits.
 */

import { fmaFloat32 } from '../kernels/fused-multiply-add.js';

const { fround } = Math;
const TWO_PI = fround(2 * Math.PI);
const HALF_BLOCK = 8;

/**
 * Turns the 16 uniforms at `start` into normals, in place: the first eight are for the radius, the others for the
 * angle. `mean` and `std` are float32 values.
 */
export function normalBlockFloat32(data: Float32Array, start: number, mean: number, std: number): void {
  for (let j = start; j < start + HALF_BLOCK; j++) {
    const radius = fround(Math.sqrt(-2 * log(1 - (data[j] as number))));
    const theta = fround(TWO_PI * (data[j + HALF_BLOCK] as number));
    const octant = nearestEvenOctant(theta);
    const x = reduce(theta, octant);
    const c = cosNearZero(x);
    const s = sinNearZero(x);
    const isSwapped = (octant & 2) !== 0;
    const cos = (isSwapped ? s : c) * ((octant + 2) & 4 ? -1 : 1);
    const sin = (isSwapped ? c : s) * (octant & 4 ? -1 : 1);
    data[j] = fmaFloat32(fround(radius * cos), std, mean);
    data[j + HALF_BLOCK] = fmaFloat32(fround(radius * sin), std, mean);
  }
}

const LOG = [
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
  2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
].map(fround);
const SQRT_HALF = fround(Math.SQRT1_2);

/** log(2) in two parts, of which the larger has so few bits that its product with an exponent is exact. */
const LOG2_HIGH = 0.693359375;
const LOG2_LOW = fround(-2.1219444e-4);

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** The natural logarithm of a positive normal number. */
function log(value: number): number {
  float[0] = value;
  const pattern = bits[0] as number;
  bits[0] = (pattern & 0x007fffff) | 0x3f000000;
  const mantissa = float[0];
  const isSmall = mantissa < SQRT_HALF;
  const exponent = (pattern >>> 23) - (isSmall ? 127 : 126);
  const x = (isSmall ? 2 * mantissa : mantissa) - 1;
  const z = fround(x * x);
  const cubic = fmaFloat32(fround(polynomial(LOG, x) * x), z, fround(exponent * LOG2_LOW));
  const rest = fmaFloat32(-0.5, z, cubic);
  return fmaFloat32(exponent, LOG2_HIGH, fround(x + rest));
}

const FOUR_OVER_PI = fround(4 / Math.PI);

/** The even multiple of pi / 4 that is nearest to `theta`, counted in pi / 4. */
function nearestEvenOctant(theta: number): number {
  return (Math.trunc(fround(theta * FOUR_OVER_PI)) + 1) & ~1;
}

/** -pi / 4 in three parts, of which the larger two have few bits. */
const PART_1 = -0.78515625;
const PART_2 = -2.4187564849853516e-4;
const PART_3 = fround(-3.774894977445941e-8);

/** `theta - octant * pi / 4`, which lies within pi / 4 of zero. */
function reduce(theta: number, octant: number): number {
  return fmaFloat32(octant, PART_3, fmaFloat32(octant, PART_2, fmaFloat32(octant, PART_1, theta)));
}

const COS = [2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2].map(fround);

/** cos(x) for |x| <= pi / 4. */
function cosNearZero(x: number): number {
  const z = fround(x * x);
  return fround(fmaFloat32(fround(polynomial(COS, z) * z), z, -0.5 * z) + 1);
}

const SIN = [-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1].map(fround);

/** sin(x) for |x| <= pi / 4. */
function sinNearZero(x: number): number {
  const z = fround(x * x);
  return fmaFloat32(fround(polynomial(SIN, z) * z), x, x);
}

/** Horner's scheme; the coefficients stand from the highest power down. */
function polynomial(coefficients: readonly number[], x: number): number {
  let sum = coefficients[0] as number;
  for (let k = 1; k < coefficients.length; k++) sum = fmaFloat32(sum, x, coefficients[k] as number);
  return sum;
}
