/**
 * The Box-Muller transform in float32, eight numbers at a time (`normal_fill_16_AVX2` of PyTorch).
 *
 * log, sin and cos are those of the Cephes library in single precision (S. Moshier), coefficients included, in the
 * order of operations that PyTorch's AVX2 version has once the compiler has contracted it. As no transcendental
 * function of `Math` takes part, every JavaScript engine yields the same bits.
 */

import { fmaFloat32 } from './fused-multiply-add.js';

const { fround } = Math;
const TWO_PI = fround(2 * Math.PI);

/** Lanes advance side by side, as they do in the original: their chains of operations are long, but independent. */
const LANES = 8;
const lanes = () => new Float32Array(LANES);

const radius = lanes();
const cosine = lanes();
const sine = lanes();

/**
 * Turns the 16 uniforms at `start` into normals, in place: the first eight are for the radius, the others for the
 * angle. `mean` and `std` are float32 values.
 */
export function normalBlockFloat32(data: Float32Array, start: number, mean: number, std: number): void {
  const angles = start + LANES;
  for (let l = 0; l < LANES; l++) {
    radius[l] = 1 - (data[start + l] as number);
    sine[l] = TWO_PI * (data[angles + l] as number);
  }
  logLanes(radius);
  sinCosLanes(sine, cosine);
  for (let l = 0; l < LANES; l++) {
    const r = fround(Math.sqrt(-2 * (radius[l] as number)));
    data[start + l] = fmaFloat32(fround(r * (cosine[l] as number)), std, mean);
    data[angles + l] = fmaFloat32(fround(r * (sine[l] as number)), std, mean);
  }
}

const x = lanes();
const z = lanes();
const y = lanes();
const w = lanes();

const LOG = [
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
  2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
].map(fround);

/** log(2) in two parts, of which the larger has so few bits that its product with an exponent is exact. */
const LOG2_HIGH = 0.693359375;
const LOG2_LOW = fround(-2.1219444e-4);
const SQRT_HALF = fround(Math.SQRT1_2);

const exponents = new Int32Array(LANES);
const mantissas = lanes();
const bits = new Int32Array(mantissas.buffer);

/** Replaces positive normal numbers by their natural logarithms. */
function logLanes(values: Float32Array): void {
  mantissas.set(values);
  for (let l = 0; l < LANES; l++) {
    const pattern = bits[l] as number;
    bits[l] = (pattern & 0x007fffff) | 0x3f000000;
    const mantissa = mantissas[l] as number;
    const isSmall = mantissa < SQRT_HALF;
    exponents[l] = (pattern >>> 23) - (isSmall ? 127 : 126);
    x[l] = (isSmall ? 2 * mantissa : mantissa) - 1;
  }
  square(x, z);
  horner(LOG, x, y);
  for (let l = 0; l < LANES; l++) {
    const exponent = exponents[l] as number;
    const xl = x[l] as number;
    const zl = z[l] as number;
    const cubic = fmaFloat32(fround((y[l] as number) * xl), zl, fround(exponent * LOG2_LOW));
    const rest = fmaFloat32(-0.5, zl, cubic);
    values[l] = fmaFloat32(exponent, LOG2_HIGH, fround(xl + rest));
  }
}

const SIN = [-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1].map(fround);
const COS = [2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2].map(fround);
const FOUR_OVER_PI = fround(4 / Math.PI);

/** -pi / 4 in three parts, of which the larger two have few bits. */
const MINUS_QUARTER_PI_1 = -0.78515625;
const MINUS_QUARTER_PI_2 = -2.4187564849853515625e-4;
const MINUS_QUARTER_PI_3 = fround(-3.77489497744594108e-8);

const octants = new Int32Array(LANES);

/** Replaces `angles`, which lie in [0, 2 pi], by their sines, and writes their cosines. */
function sinCosLanes(angles: Float32Array, cosines: Float32Array): void {
  for (let l = 0; l < LANES; l++) {
    const angle = angles[l] as number;
    // The even multiple of pi / 4 that is nearest, which leaves an x within pi / 4 of zero.
    const octant = (Math.trunc(fround(angle * FOUR_OVER_PI)) + 1) & ~1;
    octants[l] = octant;
    const reduced = fmaFloat32(octant, MINUS_QUARTER_PI_2, fmaFloat32(octant, MINUS_QUARTER_PI_1, angle));
    x[l] = fmaFloat32(octant, MINUS_QUARTER_PI_3, reduced);
  }
  square(x, z);
  horner(SIN, z, y);
  horner(COS, z, w);
  for (let l = 0; l < LANES; l++) {
    const octant = octants[l] as number;
    const xl = x[l] as number;
    const zl = z[l] as number;
    const sin = fmaFloat32(fround((y[l] as number) * zl), xl, xl);
    const cos = fround(fmaFloat32(fround((w[l] as number) * zl), zl, -0.5 * zl) + 1);
    const isSwapped = (octant & 2) !== 0;
    angles[l] = (isSwapped ? cos : sin) * (octant & 4 ? -1 : 1);
    cosines[l] = (isSwapped ? sin : cos) * ((octant + 2) & 4 ? -1 : 1);
  }
}

function square(base: Float32Array, out: Float32Array): void {
  for (let l = 0; l < LANES; l++) out[l] = (base[l] as number) ** 2;
}

/** The polynomial with these coefficients, from the highest power down. */
function horner(coefficients: readonly number[], base: Float32Array, out: Float32Array): void {
  out.fill(coefficients[0] as number);
  for (let k = 1; k < coefficients.length; k++) {
    const coefficient = coefficients[k] as number;
    for (let l = 0; l < LANES; l++) out[l] = fmaFloat32(out[l] as number, base[l] as number, coefficient);
  }
}
