// The error function of four floats at a time, and gelu, which is made of it. Polynomials are minimax fits.
import { multiplyAdd } from './arithmetic';
import { exponentialRest, powerOf2, reduced, shifted, whole } from './math-exponential';

@inline
function term(y: v128, z: v128, next: f32): v128 {
  return multiplyAdd(y, z, f32x4.splat(next));
}

/** The error function to 4 ulp: below 1 by a polynomial, above as 1 - e^P(x), where P is a fit of log(erfc(x)). */
@inline
export function errorFunction(x: v128): v128 {
  const size = f32x4.abs(x);
  const square = f32x4.mul(x, x);
  let near = f32x4.splat(7.780701707815751e-5);
  near = term(near, square, -0.0007991410093382001);
  near = term(near, square, 0.0051866075955331326);
  near = term(near, square, -0.026853153482079506);
  near = term(near, square, 0.11283576488494873);
  near = term(near, square, -0.3761262595653534);
  near = term(near, square, 0.12837916612625122);
  near = multiplyAdd(near, size, size);
  // From 4 on it is 1.
  const t = f32x4.pmin(size, f32x4.splat(4));
  let log = f32x4.splat(-2.1693749658879824e-5);
  log = term(log, t, 0.0004414333088789135);
  log = term(log, t, -0.004205124918371439);
  log = term(log, t, 0.025210006162524223);
  log = term(log, t, -0.10842172056436539);
  log = term(log, t, -0.6332166194915771);
  log = term(log, t, -1.1295802593231201);
  log = term(log, t, 0.00018846854800358415);
  const shift = shifted(log);
  const power = powerOf2(whole(shift));
  const complement = multiplyAdd(exponentialRest(reduced(log, shift)), power, power);
  const far = f32x4.sub(f32x4.splat(1), complement);
  const y = v128.bitselect(near, far, f32x4.lt(size, f32x4.splat(1)));
  return v128.bitselect(x, y, f32x4.splat(-0.0));
}

/** Beyond it the tail of the normal distribution is 0. */
const FARTHEST: f32 = 14.5;

/** (Phi(x) - 1/2) / x for |x| up to 1, where Phi is the normal distribution function. */
@inline
function centre(x: v128): v128 {
  const square = f32x4.mul(x, x);
  let y = f32x4.splat(-8.478898052999284e-6);
  y = term(y, square, 0.00011585090396692976);
  y = term(y, square, -0.001188803929835558);
  y = term(y, square, 0.009974461980164051);
  y = term(y, square, -0.06649057567119598);
  return term(y, square, 0.3989422917366028);
}

/** t e^(t^2 / 2) (1 - Phi(t)) for t from 1 to 14.5: nearly constant, and a polynomial in 1 / (1 + t / 2) less 0.395. */
@inline
function scaledTail(t: v128): v128 {
  const u = f32x4.div(f32x4.splat(1), term(t, f32x4.splat(0.5), 1));
  const w = f32x4.sub(u, f32x4.splat(0.395));
  let y = f32x4.splat(0.32401302456855774);
  y = term(y, w, -0.19877947866916656);
  y = term(y, w, -0.23865297436714172);
  y = term(y, w, 0.2899000644683838);
  y = term(y, w, 0.18268555402755737);
  y = term(y, w, -0.36459848284721375);
  y = term(y, w, -0.5053306221961975);
  y = term(y, w, -0.22382748126983643);
  return term(y, w, 0.36567366123199463);
}

/** -part^2 / 2 for the first 12 bits of t, which is exact. */
@inline
function mainExponent(part: v128): v128 {
  return f32x4.mul(f32x4.mul(part, part), f32x4.splat(-0.5));
}

/** e^r for e^(-t^2 / 2) = 2^n e^r. */
@inline
function bell(t: v128, part: v128, shift: v128): v128 {
  const rest = f32x4.mul(f32x4.mul(f32x4.sub(t, part), f32x4.add(t, part)), f32x4.splat(-0.5));
  const r = f32x4.add(reduced(mainExponent(part), shift), rest);
  return f32x4.add(exponentialRest(r), f32x4.splat(1));
}

/** The first 12 bits. */
@inline
function leading(t: v128): v128 {
  return v128.and(t, i32x4.splat(0xfffff000));
}

/**
 * x Phi(x) to 4 ulp: near 0 by a polynomial, and else as max(x, 0) - |x| (1 - Phi(|x|)), which cancels nothing. NaN for
 * -infinity, as in PyTorch.
 */
@inline
export function gaussianLinear(x: v128): v128 {
  const size = f32x4.abs(x);
  const zero = f32x4.splat(0);
  const near = f32x4.mul(x, multiplyAdd(x, centre(x), f32x4.splat(0.5)));
  const t = f32x4.pmin(size, f32x4.splat(FARTHEST));
  const part = leading(t);
  const shift = shifted(mainExponent(part));
  const n = whole(shift);
  const half = i32x4.shr_s(n, 1);
  // Where e^(-t^2 / 2) is denormal, t times it need not be: so the second factor of 2^n comes last.
  const product = f32x4.mul(f32x4.mul(scaledTail(t), bell(t, part, shift)), powerOf2(half));
  const tail = f32x4.mul(product, powerOf2(i32x4.sub(n, half)));
  const far = f32x4.sub(v128.andnot(x, f32x4.lt(x, zero)), tail);
  const y = v128.bitselect(near, far, f32x4.lt(size, f32x4.splat(1)));
  const signed = v128.or(y, v128.and(x, f32x4.splat(-0.0)));
  return v128.bitselect(f32x4.splat(NaN), signed, f32x4.eq(x, f32x4.splat(-Infinity)));
}

/** Phi(x) + x phi(x), the slope of gelu: to 4 ulp of the larger of its two terms. */
@inline
export function gaussianLinearSlope(x: v128): v128 {
  const size = f32x4.abs(x);
  const t = f32x4.pmin(size, f32x4.splat(FARTHEST));
  const part = leading(t);
  const shift = shifted(mainExponent(part));
  const n = whole(shift);
  const half = i32x4.shr_s(n, 1);
  const scaled = f32x4.mul(f32x4.mul(bell(t, part, shift), powerOf2(half)), powerOf2(i32x4.sub(n, half)));
  const tail = f32x4.div(f32x4.mul(scaledTail(t), scaled), t);
  const far = v128.bitselect(tail, f32x4.sub(f32x4.splat(1), tail), f32x4.lt(x, f32x4.splat(0)));
  const near = multiplyAdd(x, centre(x), f32x4.splat(0.5));
  const distribution = v128.bitselect(near, far, f32x4.lt(size, f32x4.splat(1)));
  return multiplyAdd(x, f32x4.mul(scaled, f32x4.splat(0.3989422804014327)), distribution);
}
