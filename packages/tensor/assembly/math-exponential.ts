// Exponentials of four floats at a time: exp, expm1, sigmoid, silu and tanh.
//
// All stand on e^x = 2^n e^r with n = round(x / log(2)) and |r| <= log(2) / 2, where log(2) is subtracted in two parts of which
// the first has so few bits that its multiples are exact (Cody and Waite, "Software manual for the elementary functions", 1980).
// The polynomials are minimax fits in powers of r. Bounds hold for plain and relaxed SIMD alike, denormals included.
import { multiplyAdd } from './arithmetic';

const LOG2_E: f32 = 1.4426950408889634;
const LN2_HIGH: f32 = 0.693359375;
const LN2_LOW: f32 = -2.1219444005469057e-4;

/** 1.5 * 2^23: adding it rounds to a whole number, which then stands in the lowest bits. */
const ROUNDER: f32 = 12582912;
const ROUNDER_BITS: i32 = 0x4b400000;

/** Below it e^x is 0, above the other one infinity. */
const LOWEST: f32 = -104;
const HIGHEST: f32 = 89;

/** x, or a limit that it is beyond; NaN stays. */
@inline
export function limit(x: v128, low: f32, high: f32): v128 {
  return f32x4.pmin(f32x4.pmax(x, f32x4.splat(low)), f32x4.splat(high));
}

/** round(x / log(2)) + ROUNDER, for |x| below 2^22. */
@inline
export function shifted(x: v128): v128 {
  return multiplyAdd(x, f32x4.splat(LOG2_E), f32x4.splat(ROUNDER));
}

/** x - n log(2), given n + ROUNDER. */
@inline
export function reduced(x: v128, shift: v128): v128 {
  const n = f32x4.sub(shift, f32x4.splat(ROUNDER));
  const r = multiplyAdd(n, f32x4.splat(-LN2_HIGH), x);
  return multiplyAdd(n, f32x4.splat(-LN2_LOW), r);
}

/** e^r - 1 for |r| <= log(2) / 2, to 1 ulp. */
@inline
export function exponentialRest(r: v128): v128 {
  let y = f32x4.splat(0.0001994427148019895);
  y = multiplyAdd(y, r, f32x4.splat(0.0013932723086327314));
  y = multiplyAdd(y, r, f32x4.splat(0.008333208039402962));
  y = multiplyAdd(y, r, f32x4.splat(0.04166648909449577));
  y = multiplyAdd(y, r, f32x4.splat(0.1666666716337204));
  y = multiplyAdd(y, r, f32x4.splat(0.5));
  return multiplyAdd(f32x4.mul(r, r), y, r);
}

/** 2^n for n from -126 to 127. */
@inline
export function powerOf2(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23);
}

/** The whole number n of n + ROUNDER. */
@inline
export function whole(shift: v128): v128 {
  return i32x4.sub(shift, i32x4.splat(ROUNDER_BITS));
}

/** e^x to 2 ulp. */
@inline
export function exponential(x: v128): v128 {
  const bounded = limit(x, LOWEST, HIGHEST);
  const shift = shifted(bounded);
  const y = f32x4.add(exponentialRest(reduced(bounded, shift)), f32x4.splat(1));
  // 2^n in two factors: n may be below the exponents of normal numbers, and above all of them.
  const n = whole(shift);
  const half = i32x4.shr_s(n, 1);
  return f32x4.mul(f32x4.mul(y, powerOf2(half)), powerOf2(i32x4.sub(n, half)));
}

/** e^x - 1 to 2 ulp, also near 0. */
@inline
export function exponentialMinus1(x: v128): v128 {
  const bounded = limit(x, -18, HIGHEST);
  const shift = shifted(bounded);
  const rest = exponentialRest(reduced(bounded, shift));
  // Half of 2^n (e^r - 1) + 2^n - 1: 2^n itself may be infinite.
  const power = powerOf2(i32x4.sub(whole(shift), i32x4.splat(1)));
  const half = multiplyAdd(rest, power, f32x4.sub(power, f32x4.splat(0.5)));
  const y = f32x4.add(half, half);
  return v128.bitselect(x, y, f32x4.lt(f32x4.abs(x), f32x4.splat(2.9802322e-8)));
}

/** e^-|x| for the sigmoid and its kin. */
@inline
function decay(x: v128): v128 {
  return exponential(f32x4.neg(f32x4.abs(x)));
}

/** 1 / (1 + e^-x) to 4 ulp. */
@inline
export function logistic(x: v128): v128 {
  const e = decay(x);
  const one = f32x4.splat(1);
  return f32x4.div(v128.bitselect(e, one, f32x4.lt(x, f32x4.splat(0))), f32x4.add(one, e));
}

/** x / (1 + e^-x) to 4 ulp; NaN for -infinity, as in PyTorch. */
@inline
export function sigmoidLinear(x: v128): v128 {
  const isBelow = f32x4.lt(x, f32x4.splat(0));
  const bounded = f32x4.pmax(f32x4.neg(f32x4.abs(x)), f32x4.splat(-125));
  const shift = shifted(bounded);
  const y = f32x4.add(exponentialRest(reduced(bounded, shift)), f32x4.splat(1));
  const n = whole(shift);
  const half = i32x4.shr_s(n, 1);
  // Where e^-|x| is denormal, x e^-|x| need not be: so the second factor of 2^n comes last.
  const one = f32x4.splat(1);
  const first = f32x4.mul(y, powerOf2(half));
  const second = powerOf2(i32x4.sub(n, half));
  const numerator = v128.bitselect(f32x4.mul(bounded, first), x, isBelow);
  const ratio = f32x4.div(numerator, multiplyAdd(first, second, one));
  const value = f32x4.mul(ratio, v128.bitselect(second, one, isBelow));
  return v128.bitselect(f32x4.splat(NaN), value, f32x4.eq(x, f32x4.splat(-Infinity)));
}

/** The hyperbolic tangent to 4 ulp: near 0 by a polynomial, and else 1 - 2 / (e^2x + 1). */
@inline
export function hyperbolicTangent(x: v128): v128 {
  const size = f32x4.abs(x);
  const square = f32x4.mul(x, x);
  let near = f32x4.splat(0.002145308069884777);
  near = multiplyAdd(near, square, f32x4.splat(-0.008182975463569164));
  near = multiplyAdd(near, square, f32x4.splat(0.021704532206058502));
  near = multiplyAdd(near, square, f32x4.splat(-0.05394785478711128));
  near = multiplyAdd(near, square, f32x4.splat(0.13333219289779663));
  near = multiplyAdd(near, square, f32x4.splat(-0.3333333134651184));
  near = multiplyAdd(f32x4.mul(square, size), near, size);
  // From 10 on the tangent is 1.
  const bounded = f32x4.pmin(size, f32x4.splat(10));
  const doubled = f32x4.add(bounded, bounded);
  const shift = shifted(doubled);
  const rest = exponentialRest(reduced(doubled, shift));
  const power = powerOf2(whole(shift));
  const exponential = multiplyAdd(rest, power, power);
  const one = f32x4.splat(1);
  const far = f32x4.sub(one, f32x4.div(f32x4.splat(2), f32x4.add(exponential, one)));
  const y = v128.bitselect(near, far, f32x4.lt(size, f32x4.splat(0.625)));
  return v128.bitselect(x, y, f32x4.splat(-0.0));
}

/** s (1 + x (1 - s)) with s = 1 / (1 + e^-x), the slope of silu: to 4 ulp of the larger of its two terms. */
@inline
export function sigmoidLinearSlope(x: v128): v128 {
  const e = decay(x);
  const one = f32x4.splat(1);
  const whole = f32x4.add(one, e);
  const isBelow = f32x4.lt(x, f32x4.splat(0));
  const s = f32x4.div(v128.bitselect(e, one, isBelow), whole);
  const complement = f32x4.div(v128.bitselect(one, e, isBelow), whole);
  return f32x4.mul(s, multiplyAdd(x, complement, one));
}
