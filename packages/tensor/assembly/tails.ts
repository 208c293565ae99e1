// The end of a row: one to three floats in a vector.

/** The first `count` floats at an address, and `filling` after them. What is read beyond them belongs to the same memory. */
@inline
export function loadTail(at: usize, count: i32, filling: v128): v128 {
  const inside = i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(count));
  return v128.bitselect(v128.load(at), filling, inside);
}

/** Writes the first `count` floats of a vector. */
@inline
export function storeTail(at: usize, x: v128, count: i32): void {
  store<f32>(at, f32x4.extract_lane(x, 0));
  if (count > 1) store<f32>(at + 4, f32x4.extract_lane(x, 1));
  if (count > 2) store<f32>(at + 8, f32x4.extract_lane(x, 2));
}
