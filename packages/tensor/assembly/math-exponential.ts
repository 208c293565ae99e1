// Exponentials of four floats at a time: exp, expm1, sigmoid, silu and tanh.
//
// All stand on e^x = 2^n e^r with n = round(x / log(2)) and |r| <= log(2) / 2, where log(2) is subtracted in two parts of which
// the first has so few bits that its multiples are exact (Cody and Waite, "Software manual for the elementary functions", 1980).
// The polynomials are minimax fits in powers of r. Bounds hold for plain and relaxed SIMD alike, denormals included.
// `k` is where the constants are: those of `putExponential` first, then what the function itself needs.
import { multiplyAdd } from './arithmetic';
import { POLYNOMIAL, polynomial6, putPolynomial } from './math-constants';

const REST: usize = 0;
const LOG2_E: usize = POLYNOMIAL;
const ROUNDER: usize = POLYNOMIAL + 4;
const ROUNDER_BITS: usize = POLYNOMIAL + 8;
const LN2_HIGH: usize = POLYNOMIAL + 12;
const LN2_LOW: usize = POLYNOMIAL + 16;
const LOWEST: usize = POLYNOMIAL + 20;
const HIGHEST: usize = POLYNOMIAL + 24;
const BIAS: usize = POLYNOMIAL + 28;
const ONE: usize = POLYNOMIAL + 32;

/** The bytes that `putExponential` writes. */
export const EXPONENTIAL: usize = POLYNOMIAL + 36;

/** The constants of all exponentials, for x between two limits. */
export function putExponential(k: usize, lowest: f32, highest: f32): void {
  putPolynomial(
    k + REST,
    0.0001994427148019895,
    0.0013932723086327314,
    0.008333208039402962,
    0.04166648909449577,
    0.1666666716337204,
    0.5,
  );
  store<f32>(k, 1.4426950408889634, LOG2_E);
  // 1.5 * 2^23: adding it rounds to a whole number, which then stands in the lowest bits.
  store<f32>(k, 12582912, ROUNDER);
  store<i32>(k, 0x4b400000, ROUNDER_BITS);
  store<f32>(k, -0.693359375, LN2_HIGH);
  store<f32>(k, 2.1219444005469057e-4, LN2_LOW);
  store<f32>(k, lowest, LOWEST);
  store<f32>(k, highest, HIGHEST);
  store<i32>(k, 127, BIAS);
  store<f32>(k, 1, ONE);
}

/** The constants of `exponential`: e^x is 0 below -104, and infinity above 89. */
export function putExp(k: usize): void {
  putExponential(k, -104, 89);
}

@inline
export function one(k: usize): v128 {
  return v128.load32_splat(k, ONE);
}

/** round(x / log(2)) + ROUNDER, for |x| below 2^22. */
@inline
export function shifted(k: usize, x: v128): v128 {
  return multiplyAdd(x, v128.load32_splat(k, LOG2_E), v128.load32_splat(k, ROUNDER));
}

/** x - n log(2), given n + ROUNDER. */
@inline
export function reduced(k: usize, x: v128, shift: v128): v128 {
  const n = f32x4.sub(shift, v128.load32_splat(k, ROUNDER));
  const r = multiplyAdd(n, v128.load32_splat(k, LN2_HIGH), x);
  return multiplyAdd(n, v128.load32_splat(k, LN2_LOW), r);
}

/** e^r - 1 for |r| <= log(2) / 2, to 1 ulp. */
@inline
export function exponentialRest(k: usize, r: v128): v128 {
  return multiplyAdd(f32x4.mul(r, r), polynomial6(k + REST, r), r);
}

/** 2^n for n from -126 to 127. */
@inline
export function powerOf2(k: usize, n: v128): v128 {
  return i32x4.shl(i32x4.add(n, v128.load32_splat(k, BIAS)), 23);
}

/** The whole number n of n + ROUNDER. */
@inline
export function whole(k: usize, shift: v128): v128 {
  return i32x4.sub(shift, v128.load32_splat(k, ROUNDER_BITS));
}

/** e^x to 2 ulp. */
@inline
export function exponential(k: usize, x: v128): v128 {
  const atLeast = f32x4.pmax(x, v128.load32_splat(k, LOWEST));
  return boundedExponential(k, f32x4.pmin(atLeast, v128.load32_splat(k, HIGHEST)));
}

@inline
function boundedExponential(k: usize, x: v128): v128 {
  const shift = shifted(k, x);
  const y = f32x4.add(exponentialRest(k, reduced(k, x, shift)), one(k));
  // 2^n in two factors: n may be below the exponents of normal numbers, and above all of them.
  const n = whole(k, shift);
  const half = i32x4.shr_s(n, 1);
  return f32x4.mul(f32x4.mul(y, powerOf2(k, half)), powerOf2(k, i32x4.sub(n, half)));
}

const HALF: usize = EXPONENTIAL;
const TINY: usize = EXPONENTIAL + 4;

/** The constants of `exponentialMinus1`: e^x - 1 is -1 below -18. */
export function putExpm1(k: usize): void {
  putExponential(k, -18, 89);
  store<f32>(k, 0.5, HALF);
  store<f32>(k, 2.9802322e-8, TINY);
}

/** e^x - 1 to 2 ulp, also near 0. */
@inline
export function exponentialMinus1(k: usize, x: v128): v128 {
  const atLeast = f32x4.pmax(x, v128.load32_splat(k, LOWEST));
  const bounded = f32x4.pmin(atLeast, v128.load32_splat(k, HIGHEST));
  const shift = shifted(k, bounded);
  const rest = exponentialRest(k, reduced(k, bounded, shift));
  // Half of 2^n (e^r - 1) + 2^n - 1: 2^n itself may be infinite.
  const power = powerOf2(k, i32x4.sub(whole(k, shift), i32x4.splat(1)));
  const half = multiplyAdd(rest, power, f32x4.sub(power, v128.load32_splat(k, HALF)));
  const y = f32x4.add(half, half);
  return v128.bitselect(x, y, f32x4.lt(f32x4.abs(x), v128.load32_splat(k, TINY)));
}

/** e^-|x| for the sigmoid and its kin, with the constants of `exponential`. */
@inline
function decay(k: usize, x: v128): v128 {
  return boundedExponential(k, f32x4.pmax(f32x4.neg(f32x4.abs(x)), v128.load32_splat(k, LOWEST)));
}

/** 1 / (1 + e^-x) to 4 ulp, with the constants of `exponential`. */
@inline
export function logistic(k: usize, x: v128): v128 {
  const e = decay(k, x);
  const numerator = v128.bitselect(e, one(k), f32x4.lt(x, f32x4.splat(0)));
  return f32x4.div(numerator, f32x4.add(one(k), e));
}

const MINUS_INFINITY: usize = EXPONENTIAL;
const NOT_A_NUMBER: usize = EXPONENTIAL + 4;

/** The constants of `sigmoidLinear`: x e^x is 0 below -125. */
export function putSilu(k: usize): void {
  putExponential(k, -125, 89);
  store<f32>(k, -Infinity, MINUS_INFINITY);
  store<f32>(k, NaN, NOT_A_NUMBER);
}

/** x / (1 + e^-x) to 4 ulp; NaN for -infinity, as in PyTorch. */
@inline
export function sigmoidLinear(k: usize, x: v128): v128 {
  const isBelow = f32x4.lt(x, f32x4.splat(0));
  const bounded = f32x4.pmax(f32x4.neg(f32x4.abs(x)), v128.load32_splat(k, LOWEST));
  const shift = shifted(k, bounded);
  const y = f32x4.add(exponentialRest(k, reduced(k, bounded, shift)), one(k));
  const n = whole(k, shift);
  const half = i32x4.shr_s(n, 1);
  // Where e^-|x| is denormal, x e^-|x| need not be: so the second factor of 2^n comes last.
  const first = f32x4.mul(y, powerOf2(k, half));
  const second = powerOf2(k, i32x4.sub(n, half));
  const numerator = v128.bitselect(f32x4.mul(bounded, first), x, isBelow);
  const ratio = f32x4.div(numerator, multiplyAdd(first, second, one(k)));
  const value = f32x4.mul(ratio, v128.bitselect(second, one(k), isBelow));
  const isPole = f32x4.eq(x, v128.load32_splat(k, MINUS_INFINITY));
  return v128.bitselect(v128.load32_splat(k, NOT_A_NUMBER), value, isPole);
}

/** s (1 + x (1 - s)) with s = 1 / (1 + e^-x), the slope of silu: to 4 ulp of 1. With the constants of `exponential`. */
@inline
export function sigmoidLinearSlope(k: usize, x: v128): v128 {
  const e = decay(k, x);
  const sum = f32x4.add(one(k), e);
  const isBelow = f32x4.lt(x, f32x4.splat(0));
  const s = f32x4.div(v128.bitselect(e, one(k), isBelow), sum);
  const complement = f32x4.div(v128.bitselect(one(k), e, isBelow), sum);
  return f32x4.mul(s, multiplyAdd(x, complement, one(k)));
}

const NEAR: usize = EXPONENTIAL;
const NEARNESS: usize = EXPONENTIAL + POLYNOMIAL;
const TWO: usize = EXPONENTIAL + POLYNOMIAL + 4;
const SIGN: usize = EXPONENTIAL + POLYNOMIAL + 8;

/** The constants of `hyperbolicTangent`: from 10 on it is 1. */
export function putTanh(k: usize): void {
  putExponential(k, -10, 10);
  putPolynomial(
    k + NEAR,
    0.002145308069884777,
    -0.008182975463569164,
    0.021704532206058502,
    -0.05394785478711128,
    0.13333219289779663,
    -0.3333333134651184,
  );
  store<f32>(k, 0.625, NEARNESS);
  store<f32>(k, 2, TWO);
  store<f32>(k, -0.0, SIGN);
}

/** The hyperbolic tangent to 4 ulp: near 0 by a polynomial, and else 1 - 2 / (e^2x + 1). */
@inline
export function hyperbolicTangent(k: usize, x: v128): v128 {
  const size = f32x4.abs(x);
  const square = f32x4.mul(x, x);
  const near = multiplyAdd(f32x4.mul(square, size), polynomial6(k + NEAR, square), size);
  const bounded = f32x4.pmin(size, v128.load32_splat(k, HIGHEST));
  const doubled = f32x4.add(bounded, bounded);
  const shift = shifted(k, doubled);
  const power = powerOf2(k, whole(k, shift));
  const e = multiplyAdd(exponentialRest(k, reduced(k, doubled, shift)), power, power);
  const far = f32x4.sub(one(k), f32x4.div(v128.load32_splat(k, TWO), f32x4.add(e, one(k))));
  const y = v128.bitselect(near, far, f32x4.lt(size, v128.load32_splat(k, NEARNESS)));
  return v128.bitselect(x, y, v128.load32_splat(k, SIGN));
}
