// Convolution in which each output sees one channel, and its gradients: directly, plane by plane.
import { multiplyAdd } from './arithmetic';
import { mergeRows, sortRows } from './conv2d-phases';
import { int, pointer } from './parameters';
import { scratch } from './scratch';

/*
 * Each plane is padded first, and its rows are sorted as conv2d-phases says.
 *
 * 0 to 19 as in conv2d-columns, with the weight, or its gradient, as it is in 1; 20 planes of a chunk; 21 columns of a phase.
 */

/** Bytes of a padded row: all its phases. */
@inline
function rowBytes(p: usize): usize {
  return <usize>(int(p, 14) * int(p, 21)) << 2;
}

/** Lists for each tap how far behind the first one it sees. Returns the place behind the list. */
function listTaps(p: usize, to: usize): usize {
  const KH = int(p, 9);
  const KW = int(p, 10);
  const strideW = int(p, 14);
  const width = int(p, 21);
  const down = rowBytes(p) * <usize>int(p, 17);
  for (let kh = 0; kh < KH; kh++) {
    for (let kw = 0; kw < KW; kw++, to += 4) {
      const column = kw * int(p, 18);
      const across = <usize>((column % strideW) * width + column / strideW) << 2;
      store<u32>(to, <u32>(down * <usize>kh + across));
    }
  }
  return (to + 15) & ~15;
}

/** Rows of a padded plane: what is seen, and what there is. */
@inline
function paddedRows(p: usize): i32 {
  return max((int(p, 11) - 1) * int(p, 13) + (int(p, 9) - 1) * int(p, 17) + 1, int(p, 7) + int(p, 15));
}

/** Pads a plane and sorts its columns. */
function padPlane(p: usize, x: usize, to: usize): void {
  const W = int(p, 8);
  const row = rowBytes(p);
  memory.fill(to, 0, row * <usize>paddedRows(p));
  to += row * <usize>int(p, 15);
  sortRows(x, <usize>W << 2, int(p, 7), W, to, <usize>int(p, 21) << 2, row, int(p, 16), int(p, 14));
}

/** Lanes of a last vector that has `count` values, 1 to 4. */
@inline
function firstLanes(count: i32): v128 {
  return i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(count));
}

/** The output; a chunk is some of its planes. 22 bias per output, or 0. */
export function depthwise(p: usize, chunk: i32): void {
  const outputs = int(p, 4) * int(p, 5);
  const taps = <usize>(int(p, 9) * int(p, 10)) << 2;
  const outH = int(p, 11);
  const outW = int(p, 12);
  const bias = pointer(p, 22);
  const list = scratch();
  const padded = listTaps(p, list);
  const row = rowBytes(p);
  const first = chunk * int(p, 20);
  const last = min(first + int(p, 20), outputs * int(p, 6));
  const plane = <usize>(int(p, 7) * int(p, 8)) << 2;
  let to = pointer(p, 2) + (<usize>(first * outH * outW) << 2);
  for (let output = first; output < last; output++) {
    const o = output % outputs;
    // The outputs of one channel come one after the other, and share its padded plane.
    if (output == first || o % int(p, 4) == 0) padPlane(p, pointer(p, 0) + <usize>(output / int(p, 4)) * plane, padded);
    const w = pointer(p, 1) + <usize>o * taps;
    const shift = f32x4.splat(bias != 0 ? load<f32>(bias + (<usize>o << 2)) : 0);
    for (let y = 0; y < outH; y++) {
      const from = padded + row * <usize>(y * int(p, 13));
      let x = 0;
      for (; x + 8 <= outW; x += 8, to += 32) {
        let left = shift;
        let right = shift;
        const at = from + (<usize>x << 2);
        for (let tap: usize = 0; tap < taps; tap += 4) {
          const factor = v128.load32_splat(w + tap);
          const seen = at + load<u32>(list + tap);
          left = multiplyAdd(factor, v128.load(seen), left);
          right = multiplyAdd(factor, v128.load(seen, 16), right);
        }
        v128.store(to, left);
        v128.store(to, right, 16);
      }
      for (; x < outW; x += 4) {
        let sum = shift;
        const at = from + (<usize>x << 2);
        for (let tap: usize = 0; tap < taps; tap += 4) {
          sum = multiplyAdd(v128.load32_splat(w + tap), v128.load(at + load<u32>(list + tap)), sum);
        }
        to = storeUpTo(to, sum, outW - x);
      }
    }
  }
}

/** Stores the first `count` lanes, four at most, and returns the place behind them. */
@inline
function storeUpTo(to: usize, values: v128, count: i32): usize {
  if (count >= 4) {
    v128.store(to, values);
    return to + 16;
  }
  v128.store32_lane(to, values, 0);
  if (count > 1) v128.store32_lane(to, values, 1, 4);
  if (count > 2) v128.store32_lane(to, values, 2, 8);
  return to + (<usize>count << 2);
}

/** The gradient of the input; a chunk is some of its planes. */
export function depthwiseInputGrad(p: usize, chunk: i32): void {
  const perChannel = int(p, 4);
  const channels = int(p, 5);
  const H = int(p, 7);
  const W = int(p, 8);
  const taps = int(p, 9) * int(p, 10);
  const pixels = int(p, 11) * int(p, 12);
  const list = scratch();
  const sums = listTaps(p, list);
  const row = rowBytes(p);
  const phase = <usize>int(p, 21) << 2;
  const first = chunk * int(p, 20);
  const last = min(first + int(p, 20), channels * int(p, 6));
  let to = pointer(p, 0) + (<usize>(first * H * W) << 2);
  for (let plane = first; plane < last; plane++) {
    memory.fill(sums, 0, row * <usize>paddedRows(p));
    for (let i = 0; i < perChannel; i++) {
      const o = (plane % channels) * perChannel + i;
      const g = pointer(p, 2) + (<usize>((plane * perChannel + i) * pixels) << 2);
      spread(p, g, pointer(p, 1) + (<usize>(o * taps) << 2), list, sums);
    }
    const from = sums + row * <usize>int(p, 15);
    mergeRows(from, phase, row, int(p, 16), to, <usize>W << 2, H, W, int(p, 14), false);
    to += <usize>(H * W) << 2;
  }
}

/** Adds each value of a plane of g, times each tap of w, to the place that the tap saw. */
function spread(p: usize, g: usize, w: usize, list: usize, sums: usize): void {
  const taps = <usize>(int(p, 9) * int(p, 10)) << 2;
  const outH = int(p, 11);
  const outW = int(p, 12);
  const step = rowBytes(p) * int(p, 13);
  const end = <usize>((outW - 1) & ~3) << 2;
  const lanes = firstLanes(outW - ((outW - 1) & ~3));
  for (let tap: usize = 0; tap < taps; tap += 4) {
    const factor = v128.load32_splat(w + tap);
    let to = sums + load<u32>(list + tap);
    let from = g;
    for (let y = 0; y < outH; y++, to += step, from += <usize>outW << 2) {
      for (let at: usize = 0; at < end; at += 16) {
        v128.store(to + at, multiplyAdd(factor, v128.load(from + at), v128.load(to + at)));
      }
      // The product is masked, not the factor: zero times infinity is no zero.
      const rest = v128.and(f32x4.mul(factor, v128.load(from + end)), lanes);
      v128.store(to + end, f32x4.add(v128.load(to + end), rest));
    }
  }
}

/** The gradient of the weight, all images in their order; a chunk is an output. */
export function depthwiseWeightGrad(p: usize, chunk: i32): void {
  const perChannel = int(p, 4);
  const channels = int(p, 5);
  const taps = <usize>(int(p, 9) * int(p, 10)) << 2;
  const outH = int(p, 11);
  const outW = int(p, 12);
  const list = scratch();
  const padded = listTaps(p, list);
  const step = rowBytes(p) * int(p, 13);
  const plane = int(p, 7) * int(p, 8);
  const dw = pointer(p, 1) + <usize>chunk * taps;
  const end = <usize>((outW - 1) & ~3) << 2;
  const lanes = firstLanes(outW - ((outW - 1) & ~3));
  memory.fill(dw, 0, taps);
  for (let n = 0; n < int(p, 6); n++) {
    padPlane(p, pointer(p, 0) + (<usize>((n * channels + chunk / perChannel) * plane) << 2), padded);
    const g = pointer(p, 2) + (<usize>((n * channels * perChannel + chunk) * outH * outW) << 2);
    for (let tap: usize = 0; tap < taps; tap += 4) {
      let sum = f32x4.splat(0);
      let rest = f32x4.splat(0);
      let x = padded + load<u32>(list + tap);
      let from = g;
      for (let y = 0; y < outH; y++, x += step, from += <usize>outW << 2) {
        for (let at: usize = 0; at < end; at += 16) sum = multiplyAdd(v128.load(from + at), v128.load(x + at), sum);
        rest = multiplyAdd(v128.load(from + end), v128.load(x + end), rest);
      }
      // What the last vectors read behind their rows' ends stays in lanes of its own.
      sum = f32x4.add(sum, v128.and(rest, lanes));
      const pair = f32x4.add(sum, v128.shuffle<f32>(sum, sum, 2, 3, 0, 1));
      store<f32>(dw + tap, load<f32>(dw + tap) + f32x4.extract_lane(pair, 0) + f32x4.extract_lane(pair, 1));
    }
  }
}
