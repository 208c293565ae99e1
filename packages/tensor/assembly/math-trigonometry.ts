// Sine, cosine and tangent of four floats at a time, in double precision: x = n pi/2 + r with |r| <= pi/4, where n pi/2 is
// subtracted in three parts (Cody and Waite), and for large x the fraction of x 2/pi is taken from the bits of 2/pi that count
// (Payne and Hanek, "Radian reduction for trigonometric functions", 1983). Polynomials are minimax fits. All to 1 ulp.
import { highPair, lowPair, toFloats } from './doubles';
import { ROUNDER } from './math-doubles';

const TWO_OVER_PI: f64 = 0.6366197723675814;
/** pi/2 in parts of 33 bits: n of up to 20 bits times one of the first two is exact. */
const HALF_PI_1: f64 = 1.5707963267341256;
const HALF_PI_2: f64 = 6.077100506303966e-11;
const HALF_PI_3: f64 = 2.0222662487959506e-21;
const HALF_PI: f64 = 1.5707963267948966;

/** From here on the bits of 2/pi are used. */
const LARGE: f32 = 524288;

@inline
function term(y: v128, z: v128, next: f64): v128 {
  return f64x2.add(f64x2.mul(y, z), f64x2.splat(next));
}

/** sin(r) for |r| <= pi/4, to 2^-37. */
@inline
function sineOfRest(r: v128): v128 {
  const z = f64x2.mul(r, r);
  let y = term(f64x2.splat(2.718304228323254e-6), z, -0.00019839334082871266);
  y = term(y, z, 0.008333329383581552);
  y = term(y, z, -0.16666666641606998);
  // As a product it keeps -0.
  return f64x2.mul(r, term(y, z, 1));
}

/** cos(r) for |r| <= pi/4, to 2^-42. */
@inline
function cosineOfRest(r: v128): v128 {
  const z = f64x2.mul(r, r);
  let y = term(f64x2.splat(-2.7210169283644446e-7), z, 2.4799519190654808e-5);
  y = term(y, z, -0.0013888883750354816);
  y = term(y, z, 0.04166666662279319);
  y = term(y, z, -0.5);
  return term(y, z, 1);
}

/** n + ROUNDER for x that are not large. */
@inline
function quadrants(x: v128): v128 {
  return term(x, f64x2.splat(TWO_OVER_PI), ROUNDER);
}

/** x - n pi/2. */
@inline
function restOf(x: v128, quadrant: v128): v128 {
  const n = f64x2.sub(quadrant, f64x2.splat(ROUNDER));
  let r = f64x2.sub(x, f64x2.mul(n, f64x2.splat(HALF_PI_1)));
  r = f64x2.sub(r, f64x2.mul(n, f64x2.splat(HALF_PI_2)));
  return f64x2.sub(r, f64x2.mul(n, f64x2.splat(HALF_PI_3)));
}

/** All lanes of the mask where the lowest bit is set. */
@inline
function isOdd(quadrant: v128): v128 {
  return i64x2.sub(i64x2.splat(0), v128.and(quadrant, i64x2.splat(1)));
}

/** The sign for the third and fourth quadrant. */
@inline
function signOf(quadrant: v128): v128 {
  return i64x2.shl(v128.and(quadrant, i64x2.splat(2)), 62);
}

const SINE: i32 = 0;
const COSINE: i32 = 1;
const TANGENT: i32 = 2;

@inline
function compute(kind: i32, r: v128, quadrant: v128): v128 {
  const sine = sineOfRest(r);
  const cosine = cosineOfRest(r);
  if (kind == TANGENT) {
    const odd = isOdd(quadrant);
    const y = f64x2.div(v128.bitselect(cosine, sine, odd), v128.bitselect(sine, cosine, odd));
    return v128.xor(y, v128.and(odd, f64x2.splat(-0.0)));
  }
  const turned = kind == COSINE ? i64x2.add(quadrant, i64x2.splat(1)) : quadrant;
  return v128.xor(v128.bitselect(cosine, sine, isOdd(turned)), signOf(turned));
}

@inline
function trigonometric(kind: i32, x: v128): v128 {
  const low = lowPair(x);
  const high = highPair(x);
  let lowQuadrant = quadrants(low);
  let highQuadrant = quadrants(high);
  let lowRest = restOf(low, lowQuadrant);
  let highRest = restOf(high, highQuadrant);
  if (!i32x4.all_true(f32x4.lt(f32x4.abs(x), f32x4.splat(LARGE)))) {
    for (let lane = 0; lane < 4; lane++) {
      const isThis = i32x4.eq(i32x4(0, 1, 2, 3), i32x4.splat(lane));
      const value = laneOf(x, isThis);
      if (abs(value) < LARGE) continue;
      const quadrant = f64x2.splat(largeRest(value));
      const rest = f64x2.splat(remainderOfLarge);
      lowQuadrant = v128.bitselect(quadrant, lowQuadrant, i64x2.extend_low_i32x4_s(isThis));
      lowRest = v128.bitselect(rest, lowRest, i64x2.extend_low_i32x4_s(isThis));
      highQuadrant = v128.bitselect(quadrant, highQuadrant, i64x2.extend_high_i32x4_s(isThis));
      highRest = v128.bitselect(rest, highRest, i64x2.extend_high_i32x4_s(isThis));
    }
  }
  return toFloats(compute(kind, lowRest, lowQuadrant), compute(kind, highRest, highQuadrant));
}

/** The value in the one lane of the mask. */
@inline
function laneOf(x: v128, mask: v128): f32 {
  const chosen = v128.and(x, mask);
  const pairs = v128.or(chosen, v128.shuffle<i32>(chosen, chosen, 2, 3, 0, 1));
  return f32x4.extract_lane(v128.or(pairs, v128.shuffle<i32>(pairs, pairs, 1, 0, 3, 2)), 0);
}

/** What `largeRest` leaves besides its result. */
let remainderOfLarge: f64 = 0;

/** n + ROUNDER and, in `remainderOfLarge`, r; NaN for what is not finite. */
function largeRest(x: f32): f64 {
  const bits = reinterpret<u32>(x);
  const exponent = <i32>((bits >> 23) & 0xff);
  if (exponent == 0xff) {
    remainderOfLarge = NaN;
    return ROUNDER;
  }
  // |x| = m 2^e. Of 2/pi, bits that are worth 4 / 2^e or more give whole turns, so 96 bits from the next one on are enough.
  const m = <u64>((bits & 0x7fffff) | 0x800000);
  const at = exponent - 150 + 30;
  const word = at >> 5;
  const shift = at & 31;
  const part2 = m * bitsFrom(word + 2, shift);
  const part1 = m * bitsFrom(word + 1, shift) + (part2 >> 32);
  const part0 = m * bitsFrom(word, shift) + (part1 >> 32);
  // In units of 2^-62 quadrants, modulo 4 quadrants.
  const turn = (part0 << 32) | (part1 & 0xffffffff);
  const n = (turn + 0x2000_0000_0000_0000) >> 62;
  const r = <f64>(<i64>(turn - (n << 62))) * (HALF_PI / 4611686018427387904.0);
  const isNegative = bits >> 31 != 0;
  remainderOfLarge = isNegative ? -r : r;
  return ROUNDER + (isNegative ? -<f64>n : <f64>n);
}

/** 32 bits from a place among the words of 2/pi. */
@inline
function bitsFrom(word: i32, shift: i32): u64 {
  const both = (wordOfTwoOverPi(word) << 32) | wordOfTwoOverPi(word + 1);
  return ((both << <u64>shift) >> 32) & 0xffffffff;
}

/** 2/pi in words of 32 bits; the first one holds its whole part. */
function wordOfTwoOverPi(i: i32): u64 {
  switch (i) {
    case 1: return 0xa2f9836e;
    case 2: return 0x4e441529;
    case 3: return 0xfc2757d1;
    case 4: return 0xf534ddc0;
    case 5: return 0xdb629599;
    case 6: return 0x3c439041;
    case 7: return 0xfe5163ab;
    default: return 0;
  }
}

/** sin(x) to 1 ulp for any x. */
export function sineOf(x: v128): v128 {
  return trigonometric(SINE, x);
}

/** cos(x) to 1 ulp for any x. */
export function cosineOf(x: v128): v128 {
  return trigonometric(COSINE, x);
}

/** tan(x) to 1 ulp for any x. */
export function tangentOf(x: v128): v128 {
  return trigonometric(TANGENT, x);
}
