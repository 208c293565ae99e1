// What differs between plain and relaxed SIMD.

/** a * b + c: with one rounding under relaxed SIMD (where the processor has that), with two under plain. */
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
}
