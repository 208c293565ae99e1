// Functions of floats that are computed in double precision, two lanes at a time: where the arguments of exponentials grow so
// large that a float has no digits left for the result. What comes out is rounded once: to 1 ulp, denormals included.
import { highPair, lowPair, toFloats } from './doubles';

const LN2: f64 = 0.6931471805599453;
const LOG2_E: f64 = 1.4426950408889634;

/** 1.5 * 2^52: adding it rounds to a whole number, which then stands in the lowest bits. */
export const ROUNDER: f64 = 6755399441055744;

@inline
function both(value: f64): v128 {
  return f64x2.splat(value);
}

@inline
function plus(a: v128, b: f64): v128 {
  return f64x2.add(a, f64x2.splat(b));
}

@inline
function times(a: v128, b: f64): v128 {
  return f64x2.mul(a, f64x2.splat(b));
}

/** e^x with a relative error of 2^-34, for results that go into floats: 0 below -200, and e^200 above 200. */
@inline
export function exponentialOfPair(x: v128): v128 {
  const bounded = f64x2.pmin(f64x2.pmax(x, both(-200)), both(200));
  const shift = plus(times(bounded, LOG2_E), ROUNDER);
  const r = f64x2.sub(bounded, times(plus(shift, -ROUNDER), LN2));
  const square = f64x2.mul(r, r);
  let y = plus(times(r, 0.0001991878346389904), 0.0013946368098086222);
  y = plus(f64x2.mul(y, r), 0.00833326364148687);
  y = plus(f64x2.mul(y, r), 0.041666265846336044);
  y = plus(f64x2.mul(y, r), 0.1666666686371334);
  y = plus(f64x2.mul(y, r), 0.5000000079110868);
  y = plus(f64x2.add(f64x2.mul(y, square), r), 1);
  const power = i64x2.shl(i64x2.add(shift, i64x2.splat(1023)), 52);
  return v128.andnot(f64x2.mul(y, power), f64x2.lt(x, both(-200)));
}

/**
 * log(x) of positive normal doubles with a relative error of 2^-44: x = 2^k m, sqrt(1/2) <= m < sqrt(2), and
 * log(m) = 2 artanh(s) with s = (m - 1) / (m + 1), by a minimax fit in s^2.
 */
@inline
export function logarithmOfPair(x: v128): v128 {
  // The bits of 1 less those of sqrt(1/2): the exponent goes up by 1 from sqrt(1/2) on.
  const biased = i64x2.shr_u(i64x2.add(x, i64x2.splat(0x0009_5f61_9980_c433)), 52);
  const m = i64x2.sub(x, i64x2.shl(i64x2.sub(biased, i64x2.splat(1023)), 52));
  // 2^52 plus a whole number has this in its lowest bits.
  const k = plus(v128.or(biased, i64x2.splat(0x4330_0000_0000_0000)), -4503599627371519);
  const s = f64x2.div(plus(m, -1), plus(m, 1));
  const z = f64x2.mul(s, s);
  let y = plus(times(z, 0.19587194102305344), 0.22175991310298424);
  y = plus(f64x2.mul(y, z), 0.28572113523047718);
  y = plus(f64x2.mul(y, z), 0.39999995584327896);
  y = plus(f64x2.mul(y, z), 0.6666666667589939);
  y = f64x2.add(f64x2.mul(f64x2.mul(z, s), y), f64x2.add(s, s));
  return f64x2.add(times(k, LN2), y);
}

/** log(1 + e^(beta x)) / beta, or x where beta x is above the threshold. */
@inline
function softplusOfPair(x: v128, beta: v128, threshold: v128): v128 {
  const scaled = f64x2.mul(x, beta);
  const e = exponentialOfPair(f64x2.neg(f64x2.abs(scaled)));
  // Where 1 + e has lost most of e, two terms of the series are exact enough.
  const short = f64x2.sub(e, f64x2.mul(times(e, 0.5), e));
  const log = v128.bitselect(short, logarithmOfPair(plus(e, 1)), f64x2.lt(e, both(7.62939453125e-6)));
  const y = f64x2.div(f64x2.add(f64x2.pmax(scaled, both(0)), log), beta);
  return v128.bitselect(x, y, f64x2.gt(scaled, threshold));
}

/** log(1 + e^(beta x)) / beta to 1 ulp, or x where beta x is above the threshold. */
export function softplusOf(x: v128, beta: v128, threshold: v128): v128 {
  return toFloats(
    softplusOfPair(lowPair(x), lowPair(beta), lowPair(threshold)),
    softplusOfPair(highPair(x), highPair(beta), highPair(threshold)),
  );
}

/** x / (1 + e^(-2 y)) with y = sqrt(2 / pi) (x + 0.044715 x^3), which is x (1 + tanh(y)) / 2. */
@inline
function geluTanhOfPair(x: v128): v128 {
  const cube = f64x2.mul(f64x2.mul(x, x), times(x, 0.044715));
  const doubled = times(f64x2.add(x, cube), 1.5957691216057308);
  const e = exponentialOfPair(f64x2.neg(f64x2.abs(doubled)));
  const numerator = v128.bitselect(e, both(1), f64x2.lt(doubled, both(0)));
  return f64x2.div(f64x2.mul(x, numerator), plus(e, 1));
}

/** The approximation of gelu by a hyperbolic tangent to 1 ulp, also where 1 + tanh is next to 0; NaN for -infinity. */
export function geluTanhOf(x: v128): v128 {
  return toFloats(geluTanhOfPair(lowPair(x)), geluTanhOfPair(highPair(x)));
}

/** a^b = e^(b log|a|), with the sign and the special values of C's pow, a^2 rounded exactly. */
@inline
function powerOfPair(a: v128, b: v128): v128 {
  const zero = both(0);
  const one = both(1);
  const infinity = both(Infinity);
  const size = f64x2.abs(a);
  let log = logarithmOfPair(size);
  log = v128.bitselect(both(-Infinity), log, f64x2.eq(size, zero));
  log = v128.bitselect(size, log, f64x2.ge(size, infinity));
  let y = exponentialOfPair(f64x2.mul(b, log));
  const isWhole = f64x2.eq(f64x2.nearest(b), b);
  const half = times(b, 0.5);
  const isOdd = v128.andnot(isWhole, f64x2.eq(f64x2.nearest(half), half));
  y = v128.or(y, v128.and(v128.and(isOdd, a), both(-0.0)));
  const isImaginary = v128.andnot(v128.and(f64x2.lt(a, zero), f64x2.lt(size, infinity)), isWhole);
  y = v128.bitselect(both(NaN), y, v128.or(isImaginary, f64x2.ne(a, a)));
  y = v128.bitselect(f64x2.mul(a, a), y, f64x2.eq(b, both(2)));
  const isMinusOne = v128.and(f64x2.eq(size, one), f64x2.eq(f64x2.abs(b), infinity));
  return v128.bitselect(one, y, v128.or(f64x2.eq(b, zero), v128.or(f64x2.eq(a, one), isMinusOne)));
}

/** a to the power of b to 1 ulp. */
export function powerOf(a: v128, b: v128): v128 {
  return toFloats(powerOfPair(lowPair(a), lowPair(b)), powerOfPair(highPair(a), highPair(b)));
}
