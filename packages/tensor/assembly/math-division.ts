// Remainders and quotients that round down, exact as those of the reference: in double precision, where a division of floats
// whose quotient is not too large leaves no error in its whole part, and else lane by lane.
import { highPair, lowPair, toFloats } from './doubles';

/** Quotients up to here differ from a whole number, if at all, by more than a division of doubles rounds off. */
const LARGE: f64 = 268435456;

/** Lanes where a / b is so small, and everything finite, that its whole part is exact. */
@inline
function isSimple(quotient: v128, b: v128): v128 {
  const isSmall = f64x2.lt(f64x2.abs(quotient), f64x2.splat(LARGE));
  return v128.and(isSmall, f64x2.lt(f64x2.abs(b), f64x2.splat(Infinity)));
}

/** a - b trunc(a / b), with the sign of a also where it is 0. */
@inline
function restOfPair(a: v128, b: v128, whole: v128): v128 {
  return v128.or(f64x2.sub(a, f64x2.mul(whole, b)), v128.and(a, f64x2.splat(-0.0)));
}

/** Whether a rest has the wrong sign for a division that rounds down. */
@inline
function isBelow(rest: v128, b: v128): v128 {
  const zero = f64x2.splat(0);
  return v128.and(f64x2.ne(rest, zero), v128.xor(f64x2.lt(rest, zero), f64x2.lt(b, zero)));
}

@inline
function isBelowOne(rest: f64, b: f64): bool {
  return rest != 0 && rest < 0 != b < 0;
}

function remainderOfOne(a: f64, b: f64): f64 {
  const rest = a % b;
  return isBelowOne(rest, b) ? rest + b : rest;
}

function floorDivideOne(a: f64, b: f64): f64 {
  if (b == 0) return a / b;
  const rest = a % b;
  const quotient = (a - rest) / b - (isBelowOne(rest, b) ? 1 : 0);
  return quotient == 0 ? 0 * (a / b) : nearest(quotient);
}

function remainderOfPair(a: v128, b: v128): v128 {
  const quotient = f64x2.div(a, b);
  if (!i64x2.all_true(isSimple(quotient, b))) {
    const first = remainderOfOne(f64x2.extract_lane(a, 0), f64x2.extract_lane(b, 0));
    const second = remainderOfOne(f64x2.extract_lane(a, 1), f64x2.extract_lane(b, 1));
    return f64x2.replace_lane(f64x2.splat(first), 1, second);
  }
  const rest = restOfPair(a, b, f64x2.trunc(quotient));
  return v128.bitselect(f64x2.add(rest, b), rest, isBelow(rest, b));
}

function floorDividePair(a: v128, b: v128): v128 {
  const quotient = f64x2.div(a, b);
  if (!i64x2.all_true(isSimple(quotient, b))) {
    const first = floorDivideOne(f64x2.extract_lane(a, 0), f64x2.extract_lane(b, 0));
    const second = floorDivideOne(f64x2.extract_lane(a, 1), f64x2.extract_lane(b, 1));
    return f64x2.replace_lane(f64x2.splat(first), 1, second);
  }
  const whole = f64x2.trunc(quotient);
  const rest = restOfPair(a, b, whole);
  return f64x2.sub(whole, v128.and(isBelow(rest, b), f64x2.splat(1)));
}

/** a - b floor(a / b), exactly. */
export function remainderOf(a: v128, b: v128): v128 {
  return toFloats(remainderOfPair(lowPair(a), lowPair(b)), remainderOfPair(highPair(a), highPair(b)));
}

/** floor(a / b), exactly. */
export function floorDivideOf(a: v128, b: v128): v128 {
  return toFloats(floorDividePair(lowPair(a), lowPair(b)), floorDividePair(highPair(a), highPair(b)));
}
