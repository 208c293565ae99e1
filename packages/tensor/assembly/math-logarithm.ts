// Logarithms of four floats at a time.
//
// x = 2^k m with sqrt(1/2) <= m < sqrt(2), and with f = m - 1, log(x) = k log(2) + f - f^2 / 2 + f^3 P(f), where P is a minimax fit
// and log(2) is added in two parts, of which the first has so few bits that k times it is exact (the method of Cephes' logf).
// Bounds hold for plain and relaxed SIMD alike, denormals included.
import { multiplyAdd } from './arithmetic';

const LN2_HIGH: f32 = 0.693359375;
const LN2_LOW: f32 = -2.1219444005469057e-4;

/** The bits of sqrt(1/2). */
const SQRT_HALF: i32 = 0x3f3504f3;

/** log(1 + f) - f for sqrt(1/2) <= 1 + f < sqrt(2), plus `shift`, which is small against f. */
@inline
function series(f: v128, shift: v128): v128 {
  const square = f32x4.mul(f, f);
  let y = f32x4.splat(0.06803063303232193);
  y = multiplyAdd(y, f, f32x4.splat(-0.11721904575824738));
  y = multiplyAdd(y, f, f32x4.splat(0.11885234713554382));
  y = multiplyAdd(y, f, f32x4.splat(-0.12396164238452911));
  y = multiplyAdd(y, f, f32x4.splat(0.14218729734420776));
  y = multiplyAdd(y, f, f32x4.splat(-0.1666865199804306));
  y = multiplyAdd(y, f, f32x4.splat(0.20002201199531555));
  y = multiplyAdd(y, f, f32x4.splat(-0.24999994039535522));
  y = multiplyAdd(y, f, f32x4.splat(0.3333331048488617));
  y = multiplyAdd(f32x4.mul(square, f), y, shift);
  return multiplyAdd(square, f32x4.splat(-0.5), y);
}

/** k of x = 2^k m, from the bits of a normal x. */
@inline
function exponentOf(x: v128): v128 {
  return i32x4.shr_s(i32x4.sub(x, i32x4.splat(SQRT_HALF)), 23);
}

/** What log is where x is not a positive number: -infinity at 0, NaN below and at NaN, infinity at infinity. */
@inline
function withPoles(x: v128, y: v128): v128 {
  const zero = f32x4.splat(0);
  const infinity = f32x4.splat(Infinity);
  let value = v128.bitselect(x, y, f32x4.eq(x, infinity));
  value = v128.bitselect(f32x4.neg(infinity), value, f32x4.eq(x, zero));
  return v128.bitselect(value, f32x4.splat(NaN), f32x4.ge(x, zero));
}

/** log(x) to 2 ulp. */
@inline
export function naturalLogarithm(x: v128): v128 {
  const isTiny = f32x4.lt(x, f32x4.splat(1.17549435e-38));
  const normal = v128.bitselect(f32x4.mul(x, f32x4.splat(8388608)), x, isTiny);
  const exponent = exponentOf(normal);
  const f = f32x4.sub(i32x4.sub(normal, i32x4.shl(exponent, 23)), f32x4.splat(1));
  const k = f32x4.sub(f32x4.convert_i32x4_s(exponent), v128.and(isTiny, f32x4.splat(23)));
  const y = f32x4.add(f, series(f, f32x4.mul(k, f32x4.splat(LN2_LOW))));
  return withPoles(x, multiplyAdd(k, f32x4.splat(LN2_HIGH), y));
}

/** log(1 + x) to 2 ulp, also near 0: what 1 + x loses is put back to first order. */
@inline
export function logarithm1p(x: v128): v128 {
  const one = f32x4.splat(1);
  const u = f32x4.add(x, one);
  const exponent = exponentOf(u);
  const k = f32x4.convert_i32x4_s(exponent);
  const isNear = i32x4.eq(exponent, i32x4.splat(0));
  const f = v128.bitselect(x, f32x4.sub(i32x4.sub(u, i32x4.shl(exponent, 23)), one), isNear);
  const lost = v128.bitselect(
    f32x4.sub(x, f32x4.sub(u, one)),
    f32x4.sub(one, f32x4.sub(u, x)),
    f32x4.lt(x, one),
  );
  const correction = v128.andnot(f32x4.div(lost, u), isNear);
  const y = f32x4.add(f, series(f, multiplyAdd(k, f32x4.splat(LN2_LOW), correction)));
  const value = withPoles(u, multiplyAdd(k, f32x4.splat(LN2_HIGH), y));
  // Keeps -0.
  return v128.bitselect(x, value, f32x4.eq(x, f32x4.splat(0)));
}
