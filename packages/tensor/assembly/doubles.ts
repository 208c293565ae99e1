// Floats as doubles: sums and means are computed in double precision, two lanes at a time.

/** Two floats of memory as doubles. */
@inline
export function pairAt(at: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(at));
}

/** The first two floats of a vector as doubles. */
@inline
export function lowPair(x: v128): v128 {
  return f64x2.promote_low_f32x4(x);
}

/** The last two floats of a vector as doubles. */
@inline
export function highPair(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f32>(x, x, 2, 3, 2, 3));
}

/** Four doubles, rounded to floats. */
@inline
export function toFloats(low: v128, high: v128): v128 {
  return v128.shuffle<f32>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5);
}

/** The sum of both doubles. */
@inline
export function sumOfPair(x: v128): f64 {
  return f64x2.extract_lane(x, 0) + f64x2.extract_lane(x, 1);
}
