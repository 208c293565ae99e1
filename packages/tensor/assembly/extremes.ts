// The largest value of a row.

/** The larger one of each lane. Of NaN it knows nothing, but it is one instruction, where f32x4.max is eight. */
@inline
function larger(a: v128, b: v128): v128 {
  return f32x4.pmax(a, b);
}

/** The largest lane. */
@inline
function largestLane(x: v128): f32 {
  x = larger(x, v128.shuffle<f32>(x, x, 2, 3, 0, 1));
  x = larger(x, v128.shuffle<f32>(x, x, 1, 0, 3, 2));
  return f32x4.extract_lane(x, 0);
}

/** The largest of `length` floats; where there is NaN among them, that of the others. */
export function largestNumber(x: usize, length: i32): f32 {
  let a = f32x4.splat(-Infinity);
  let b = a;
  let c = a;
  let d = a;
  for (; length >= 16; length -= 16, x += 64) {
    a = larger(a, v128.load(x));
    b = larger(b, v128.load(x, 16));
    c = larger(c, v128.load(x, 32));
    d = larger(d, v128.load(x, 48));
  }
  for (; length >= 4; length -= 4, x += 16) a = larger(a, v128.load(x));
  for (; length > 0; length--, x += 4) a = larger(a, v128.load32_splat(x));
  return largestLane(larger(larger(a, b), larger(c, d)));
}

/** The largest of `length` floats times `sign`, which is 1 or -1; NaN if there is one. */
export function largestOf(x: usize, length: i32, sign: f32): f32 {
  const signs = f32x4.splat(sign);
  let a = f32x4.splat(-Infinity);
  let b = a;
  let strangers = f32x4.splat(0);
  for (; length >= 8; length -= 8, x += 32) {
    const v = v128.load(x);
    const w = v128.load(x, 16);
    a = larger(a, f32x4.mul(v, signs));
    b = larger(b, f32x4.mul(w, signs));
    strangers = v128.or(strangers, v128.or(f32x4.ne(v, v), f32x4.ne(w, w)));
  }
  for (; length > 0; length--, x += 4) {
    const v = v128.load32_splat(x);
    a = larger(a, f32x4.mul(v, signs));
    strangers = v128.or(strangers, f32x4.ne(v, v));
  }
  return v128.any_true(strangers) ? NaN : largestLane(larger(a, b));
}
