// What comes after a product while its block is still in the cache: the bias and the activation.

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

/** c = activation(c + bias[column]) for rows `top` to `bottom`, columns `left` to `right`; `bias` may be 0 for none. */
export function finishBlock(
  c: usize,
  top: i32,
  bottom: i32,
  left: i32,
  right: i32,
  rowStride: usize,
  columnStride: usize,
  bias: usize,
  activation: i32,
): void {
  if (bias == 0 && activation == 0) return;
  for (let i = top; i < bottom; i++) {
    let at = c + <usize>i * rowStride + <usize>left * columnStride;
    let j = left;
    if (columnStride == 4) {
      for (; j + 4 <= right; j += 4, at += 16) {
        let value = v128.load(at);
        if (bias != 0) value = f32x4.add(value, v128.load(bias + (<usize>j << 2)));
        v128.store(at, activateVector(value, activation));
      }
    }
    for (; j < right; j++, at += columnStride) {
      const shift: f32 = bias != 0 ? load<f32>(bias + (<usize>j << 2)) : 0;
      store<f32>(at, activate(load<f32>(at) + shift, activation));
    }
  }
}
