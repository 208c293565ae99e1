// Logarithms of four floats at a time.
//
// x = 2^e m with sqrt(1/2) <= m < sqrt(2), and with f = m - 1, log(x) = e log(2) + f - f^2 / 2 + f^3 P(f), where P is a minimax fit
// and log(2) is added in two parts, of which the first has so few bits that e times it is exact (the method of Cephes' logf).
// Bounds hold for plain and relaxed SIMD alike, denormals included. `k` is where the constants are.
import { multiplyAdd } from './arithmetic';
import { POLYNOMIAL, polynomial9, putPolynomial } from './math-constants';

const SERIES: usize = 0;
const MINUS_HALF: usize = POLYNOMIAL;
const LN2_HIGH: usize = POLYNOMIAL + 4;
const LN2_LOW: usize = POLYNOMIAL + 8;
const SQRT_HALF: usize = POLYNOMIAL + 12;
const ONE: usize = POLYNOMIAL + 16;
const PLUS_INFINITY: usize = POLYNOMIAL + 20;
const MINUS_INFINITY: usize = POLYNOMIAL + 24;
const NOT_A_NUMBER: usize = POLYNOMIAL + 28;
const NORMAL: usize = POLYNOMIAL + 32;
const SCALE: usize = POLYNOMIAL + 36;
const SCALE_BITS: usize = POLYNOMIAL + 40;

/** The constants of both logarithms. */
export function putLog(k: usize): void {
  putPolynomial(
    k + SERIES,
    0.06803063303232193,
    -0.11721904575824738,
    0.11885234713554382,
    -0.12396164238452911,
    0.14218729734420776,
    -0.1666865199804306,
    0.20002201199531555,
    -0.24999994039535522,
    0.3333331048488617,
  );
  store<f32>(k, -0.5, MINUS_HALF);
  store<f32>(k, 0.693359375, LN2_HIGH);
  store<f32>(k, -2.1219444005469057e-4, LN2_LOW);
  // The bits of sqrt(1/2).
  store<i32>(k, 0x3f3504f3, SQRT_HALF);
  store<f32>(k, 1, ONE);
  store<f32>(k, Infinity, PLUS_INFINITY);
  store<f32>(k, -Infinity, MINUS_INFINITY);
  store<f32>(k, NaN, NOT_A_NUMBER);
  store<f32>(k, 1.17549435e-38, NORMAL);
  // What makes denormals normal.
  store<f32>(k, 8388608, SCALE);
  store<f32>(k, 23, SCALE_BITS);
}

/** log(1 + f) - f for sqrt(1/2) <= 1 + f < sqrt(2), plus `shift`, which is small against f. */
@inline
function series(k: usize, f: v128, shift: v128): v128 {
  const square = f32x4.mul(f, f);
  const y = multiplyAdd(f32x4.mul(square, f), polynomial9(k + SERIES, f), shift);
  return multiplyAdd(square, v128.load32_splat(k, MINUS_HALF), y);
}

/** e of x = 2^e m, from the bits of a normal x. */
@inline
function exponentOf(k: usize, x: v128): v128 {
  return i32x4.shr_s(i32x4.sub(x, v128.load32_splat(k, SQRT_HALF)), 23);
}

/** m - 1. */
@inline
function fractionOf(k: usize, x: v128, exponent: v128): v128 {
  return f32x4.sub(i32x4.sub(x, i32x4.shl(exponent, 23)), v128.load32_splat(k, ONE));
}

/** What log is where x is not a positive number: -infinity at 0, NaN below and at NaN, infinity at infinity. */
@inline
function withPoles(k: usize, x: v128, y: v128): v128 {
  const zero = f32x4.splat(0);
  let value = v128.bitselect(x, y, f32x4.eq(x, v128.load32_splat(k, PLUS_INFINITY)));
  value = v128.bitselect(v128.load32_splat(k, MINUS_INFINITY), value, f32x4.eq(x, zero));
  return v128.bitselect(value, v128.load32_splat(k, NOT_A_NUMBER), f32x4.ge(x, zero));
}

/** log(x) to 2 ulp. */
@inline
export function naturalLogarithm(k: usize, x: v128): v128 {
  const isTiny = f32x4.lt(x, v128.load32_splat(k, NORMAL));
  const normal = v128.bitselect(f32x4.mul(x, v128.load32_splat(k, SCALE)), x, isTiny);
  const exponent = exponentOf(k, normal);
  const f = fractionOf(k, normal, exponent);
  const scaled = v128.and(isTiny, v128.load32_splat(k, SCALE_BITS));
  const e = f32x4.sub(f32x4.convert_i32x4_s(exponent), scaled);
  const y = f32x4.add(f, series(k, f, f32x4.mul(e, v128.load32_splat(k, LN2_LOW))));
  return withPoles(k, x, multiplyAdd(e, v128.load32_splat(k, LN2_HIGH), y));
}

/** log(1 + x) to 2 ulp, also near 0: what 1 + x loses is put back to first order. */
@inline
export function logarithm1p(k: usize, x: v128): v128 {
  const one = v128.load32_splat(k, ONE);
  const zero = f32x4.splat(0);
  const u = f32x4.add(x, one);
  const exponent = exponentOf(k, u);
  const e = f32x4.convert_i32x4_s(exponent);
  const isNear = i32x4.eq(exponent, zero);
  const f = v128.bitselect(x, fractionOf(k, u, exponent), isNear);
  const ofSmall = f32x4.sub(x, f32x4.sub(u, one));
  const ofLarge = f32x4.sub(one, f32x4.sub(u, x));
  const lost = v128.bitselect(ofSmall, ofLarge, f32x4.lt(x, one));
  const correction = v128.andnot(f32x4.div(lost, u), isNear);
  const y = f32x4.add(f, series(k, f, multiplyAdd(e, v128.load32_splat(k, LN2_LOW), correction)));
  const value = withPoles(k, u, multiplyAdd(e, v128.load32_splat(k, LN2_HIGH), y));
  // Keeps -0.
  return v128.bitselect(x, value, f32x4.eq(x, zero));
}
