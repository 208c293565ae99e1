// The error function of four floats at a time, and gelu, which is made of it. Polynomials are minimax fits. `k` is where the
// constants are: those of exponentials first.
import { multiplyAdd } from './arithmetic';
import { POLYNOMIAL, polynomial6, polynomial7, polynomial8, polynomial9, putPolynomial } from './math-constants';
import { EXPONENTIAL, exponentialRest, one, powerOf2, putExponential, reduced, shifted, whole } from './math-exponential';

const NEAR: usize = EXPONENTIAL;
const FAR: usize = EXPONENTIAL + POLYNOMIAL;
const FARTHEST: usize = EXPONENTIAL + 2 * POLYNOMIAL;
const SIGN: usize = EXPONENTIAL + 2 * POLYNOMIAL + 4;
const HALF: usize = EXPONENTIAL + 2 * POLYNOMIAL + 8;
const MINUS_HALF: usize = EXPONENTIAL + 2 * POLYNOMIAL + 12;
const LEADING: usize = EXPONENTIAL + 2 * POLYNOMIAL + 16;
const CENTRE: usize = EXPONENTIAL + 2 * POLYNOMIAL + 20;
const DENSITY: usize = EXPONENTIAL + 2 * POLYNOMIAL + 24;
const MINUS_INFINITY: usize = EXPONENTIAL + 2 * POLYNOMIAL + 28;
const NOT_A_NUMBER: usize = EXPONENTIAL + 2 * POLYNOMIAL + 32;

/** The constants of `errorFunction`. */
export function putErf(k: usize): void {
  putExponential(k, 0, 0);
  putPolynomial(
    k + NEAR,
    7.780701707815751e-5,
    -0.0007991410093382001,
    0.0051866075955331326,
    -0.026853153482079506,
    0.11283576488494873,
    -0.3761262595653534,
    0.12837916612625122,
  );
  putPolynomial(
    k + FAR,
    -2.1693749658879824e-5,
    0.0004414333088789135,
    -0.004205124918371439,
    0.025210006162524223,
    -0.10842172056436539,
    -0.6332166194915771,
    -1.1295802593231201,
    0.00018846854800358415,
  );
  // From here on erf is 1.
  store<f32>(k, 4, FARTHEST);
  store<f32>(k, -0.0, SIGN);
}

/** The error function to 4 ulp: below 1 by a polynomial, above as 1 - e^P(x), where P is a fit of log(erfc(x)). */
@inline
export function errorFunction(k: usize, x: v128): v128 {
  const size = f32x4.abs(x);
  const near = multiplyAdd(polynomial7(k + NEAR, f32x4.mul(x, x)), size, size);
  const log = polynomial8(k + FAR, f32x4.pmin(size, v128.load32_splat(k, FARTHEST)));
  const shift = shifted(k, log);
  const power = powerOf2(k, whole(k, shift));
  const complement = multiplyAdd(exponentialRest(k, reduced(k, log, shift)), power, power);
  const far = f32x4.sub(one(k), complement);
  const y = v128.bitselect(near, far, f32x4.lt(size, one(k)));
  return v128.bitselect(x, y, v128.load32_splat(k, SIGN));
}

/** The constants of `gaussianLinear` and of its slope. */
export function putGelu(k: usize): void {
  putExponential(k, 0, 0);
  putPolynomial(
    k + NEAR,
    -8.478898052999284e-6,
    0.00011585090396692976,
    -0.001188803929835558,
    0.009974461980164051,
    -0.06649057567119598,
    0.3989422917366028,
  );
  putPolynomial(
    k + FAR,
    0.32401302456855774,
    -0.19877947866916656,
    -0.23865297436714172,
    0.2899000644683838,
    0.18268555402755737,
    -0.36459848284721375,
    -0.5053306221961975,
    -0.22382748126983643,
    0.36567366123199463,
  );
  // From here on the tail of the normal distribution is 0.
  store<f32>(k, 14.5, FARTHEST);
  store<f32>(k, -0.0, SIGN);
  store<f32>(k, 0.5, HALF);
  store<f32>(k, -0.5, MINUS_HALF);
  store<u32>(k, 0xfffff000, LEADING);
  store<f32>(k, 0.395, CENTRE);
  // 1 / sqrt(2 pi).
  store<f32>(k, 0.3989422804014327, DENSITY);
  store<f32>(k, -Infinity, MINUS_INFINITY);
  store<f32>(k, NaN, NOT_A_NUMBER);
}

/** Phi(x) for |x| up to 1, where Phi is the normal distribution function. */
@inline
function centralDistribution(k: usize, x: v128): v128 {
  return multiplyAdd(x, polynomial6(k + NEAR, f32x4.mul(x, x)), v128.load32_splat(k, HALF));
}

/** t e^(t^2 / 2) (1 - Phi(t)) for t from 1 to 14.5: nearly constant, and a polynomial in 1 / (1 + t / 2) less 0.395. */
@inline
function scaledTail(k: usize, t: v128): v128 {
  const u = f32x4.div(one(k), multiplyAdd(t, v128.load32_splat(k, HALF), one(k)));
  return polynomial9(k + FAR, f32x4.sub(u, v128.load32_splat(k, CENTRE)));
}

/** The first 12 bits of t, whose square is exact. */
@inline
function leading(k: usize, t: v128): v128 {
  return v128.and(t, v128.load32_splat(k, LEADING));
}

/** -part^2 / 2. */
@inline
function mainExponent(k: usize, part: v128): v128 {
  return f32x4.mul(f32x4.mul(part, part), v128.load32_splat(k, MINUS_HALF));
}

/** e^r for e^(-t^2 / 2) = 2^n e^r. */
@inline
function bell(k: usize, t: v128, part: v128, shift: v128): v128 {
  const others = f32x4.mul(f32x4.sub(t, part), f32x4.add(t, part));
  const rest = f32x4.mul(others, v128.load32_splat(k, MINUS_HALF));
  const r = f32x4.add(reduced(k, mainExponent(k, part), shift), rest);
  return f32x4.add(exponentialRest(k, r), one(k));
}

/**
 * x Phi(x) to 4 ulp: near 0 by a polynomial, and else as max(x, 0) - |x| (1 - Phi(|x|)), which cancels nothing. NaN for
 * -infinity, as in PyTorch.
 */
@inline
export function gaussianLinear(k: usize, x: v128): v128 {
  const size = f32x4.abs(x);
  const near = f32x4.mul(x, centralDistribution(k, x));
  const t = f32x4.pmin(size, v128.load32_splat(k, FARTHEST));
  const part = leading(k, t);
  const shift = shifted(k, mainExponent(k, part));
  const n = whole(k, shift);
  const half = i32x4.shr_s(n, 1);
  // Where e^(-t^2 / 2) is denormal, t times it need not be: so the second factor of 2^n comes last.
  const product = f32x4.mul(f32x4.mul(scaledTail(k, t), bell(k, t, part, shift)), powerOf2(k, half));
  const tail = f32x4.mul(product, powerOf2(k, i32x4.sub(n, half)));
  const far = f32x4.sub(v128.andnot(x, f32x4.lt(x, f32x4.splat(0))), tail);
  const y = v128.bitselect(near, far, f32x4.lt(size, one(k)));
  const signed = v128.or(y, v128.and(x, v128.load32_splat(k, SIGN)));
  const isPole = f32x4.eq(x, v128.load32_splat(k, MINUS_INFINITY));
  return v128.bitselect(v128.load32_splat(k, NOT_A_NUMBER), signed, isPole);
}

/** Phi(x) + x phi(x), the slope of gelu: to 4 ulp of 1. */
@inline
export function gaussianLinearSlope(k: usize, x: v128): v128 {
  const size = f32x4.abs(x);
  const t = f32x4.pmin(size, v128.load32_splat(k, FARTHEST));
  const part = leading(k, t);
  const shift = shifted(k, mainExponent(k, part));
  const n = whole(k, shift);
  const half = i32x4.shr_s(n, 1);
  const first = f32x4.mul(bell(k, t, part, shift), powerOf2(k, half));
  const e = f32x4.mul(first, powerOf2(k, i32x4.sub(n, half)));
  const tail = f32x4.div(f32x4.mul(scaledTail(k, t), e), t);
  const far = v128.bitselect(tail, f32x4.sub(one(k), tail), f32x4.lt(x, f32x4.splat(0)));
  const isNear = f32x4.lt(size, one(k));
  const distribution = v128.bitselect(centralDistribution(k, x), far, isNear);
  return multiplyAdd(x, f32x4.mul(e, v128.load32_splat(k, DENSITY)), distribution);
}
