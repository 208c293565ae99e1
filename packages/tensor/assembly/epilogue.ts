// What comes after a product while its block is still in the cache: the bias and the activation.

/** Bytes from one row of C [M, N] to the next. */
@inline
export function rowStride(transposed: bool, N: i32): usize {
  return transposed ? 4 : <usize>N << 2;
}

/** Bytes from one column of C [M, N] to the next. */
@inline
export function columnStride(transposed: bool, M: i32): usize {
  return transposed ? <usize>M << 2 : 4;
}

/** The activations, by the number that the caller passes. */
const RELU = 1;

/** One value's activation. */
@inline
export function activate(value: f32, activation: i32): f32 {
  return activation == RELU ? max<f32>(value, 0) : value;
}

@inline
function activateVector(value: v128, activation: i32): v128 {
  return activation == RELU ? f32x4.max(value, f32x4.splat(0)) : value;
}

/**
 * C = activation(C + bias) for rows `top` to `bottom` and columns `left` to `right` of C [M, N]; `bias` [N] may be 0 for none.
 * C that is stored transposed was asked for as [N, M], with a bias [M].
 */
export function finishBlock(
  c: usize,
  top: i32,
  bottom: i32,
  left: i32,
  right: i32,
  M: i32,
  N: i32,
  transposed: bool,
  bias: usize,
  activation: i32,
): void {
  if (bias == 0 && activation == 0) return;
  const stride = <usize>(transposed ? M : N) << 2;
  const first = transposed ? left : top;
  const last = transposed ? right : bottom;
  const start = <usize>(transposed ? top : left) << 2;
  const end = <usize>(transposed ? bottom : right) << 2;
  for (let i = first; i < last; i++) {
    const row = c + <usize>i * stride;
    let j = start;
    for (; j + 16 <= end; j += 16) {
      let value = v128.load(row + j);
      if (bias != 0) value = f32x4.add(value, v128.load(bias + j));
      v128.store(row + j, activateVector(value, activation));
    }
    for (; j < end; j += 4) {
      const shift: f32 = bias != 0 ? load<f32>(bias + j) : 0;
      store<f32>(row + j, activate(load<f32>(row + j) + shift, activation));
    }
  }
}
