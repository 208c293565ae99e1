// Pooling over planes: where each window's largest value is, the mean of each window, and the gradients of both.
import { int, pointer } from './parameters';
import { scratch } from './scratch';

/*
 * What all kernels of pooling find in their parameters: 0 input, 1 output, 2 planes, 3 H, 4 W, 5 outH, 6 outW, 7 and 8 the window,
 * 9 and 10 stride, 11 padTop, 12 padLeft, 13 and 14 dilation, 15 planes of a chunk.
 */

/** How many of `kernel` taps, at `start` and every `dilation` from there on, lie before `limit`. */
@inline
function tapsBefore(limit: i32, start: i32, kernel: i32, dilation: i32): i32 {
  return limit <= start ? 0 : min(kernel, (limit - start + dilation - 1) / dilation);
}

/** The values of four neighbouring windows at one tap. */
@inline
function four(from: usize, stride: i32): v128 {
  if (stride == 1) return v128.load(from);
  if (stride == 2) return v128.shuffle<f32>(v128.load(from), v128.load(from, 12), 0, 2, 5, 7);
  const step = <usize>stride << 2;
  let values = v128.load32_zero(from);
  values = v128.load32_lane(from + step, values, 1);
  values = v128.load32_lane(from + step * 2, values, 2);
  return v128.load32_lane(from + step * 3, values, 3);
}

/** The index in its plane of the largest value under each window: the first of equal ones, the last NaN. A chunk is some planes. */
export function maxPool2dIndices(p: usize, chunk: i32): void {
  const H = int(p, 3);
  const W = int(p, 4);
  const outH = int(p, 5);
  const outW = int(p, 6);
  const kernelH = int(p, 7);
  const kernelW = int(p, 8);
  const strideH = int(p, 9);
  const strideW = int(p, 10);
  const padTop = int(p, 11);
  const padLeft = int(p, 12);
  const dilationH = int(p, 13);
  const dilationW = int(p, 14);
  const first = chunk * int(p, 15);
  const last = min(first + int(p, 15), int(p, 2));
  const inside = min(outW, (padLeft + strideW - 1) / strideW);
  const outside = endOfInside(p);
  let to = pointer(p, 1) + (<usize>(first * outH * outW) << 2);
  for (let plane = first; plane < last; plane++) {
    const x = pointer(p, 0) + (<usize>(plane * H * W) << 2);
    for (let y = 0; y < outH; y++, to += <usize>outW << 2) {
      const start = y * strideH - padTop;
      const skipped = tapsBefore(0, start, kernelH, dilationH);
      const top = start + skipped * dilationH;
      const bottom = start + tapsBefore(H, start, kernelH, dilationH) * dilationH;
      for (let i = 0; i < outW; ) {
        if (i >= inside && i + 4 <= outside) {
          storeLargestOfFour(x, top, bottom, i * strideW - padLeft, W, kernelW, dilationH, dilationW, strideW, to + (<usize>i << 2));
          i += 4;
          continue;
        }
        const left = i * strideW - padLeft;
        const column = left + tapsBefore(0, left, kernelW, dilationW) * dilationW;
        const end = left + tapsBefore(W, left, kernelW, dilationW) * dilationW;
        let largest: f32 = -Infinity;
        let index = top * W + column;
        for (let row = top; row < bottom; row += dilationH) {
          for (let at = row * W + column; at < row * W + end; at += dilationW) {
            const value = load<f32>(x + (<usize>at << 2));
            if (value > largest || value != value) {
              largest = value;
              index = at;
            }
          }
        }
        store<i32>(to + (<usize>i << 2), index);
        i++;
      }
    }
  }
}

/** The first window of a row that hangs over the plane's right edge. */
@inline
function endOfInside(p: usize): i32 {
  const room = int(p, 4) - 1 - (int(p, 8) - 1) * int(p, 14) + int(p, 12);
  return room < 0 ? 0 : min(int(p, 6), room / int(p, 10) + 1);
}

@inline
function storeLargestOfFour(
  x: usize,
  top: i32,
  bottom: i32,
  left: i32,
  W: i32,
  kernelW: i32,
  dilationH: i32,
  dilationW: i32,
  stride: i32,
  to: usize,
): void {
  const places = i32x4.mul(i32x4(0, 1, 2, 3), i32x4.splat(stride));
  let largest = f32x4.splat(-Infinity);
  let indices = i32x4.add(places, i32x4.splat(top * W + left));
  for (let row = top; row < bottom; row += dilationH) {
    let at = row * W + left;
    for (let k = 0; k < kernelW; k++, at += dilationW) {
      const values = four(x + (<usize>at << 2), stride);
      const isNew = v128.or(f32x4.gt(values, largest), f32x4.ne(values, values));
      largest = v128.bitselect(values, largest, isNew);
      indices = v128.bitselect(i32x4.add(places, i32x4.splat(at)), indices, isNew);
    }
  }
  v128.store(to, indices);
}

/** The gradient of the planes, from that of the largest values and from 16 their indices; a chunk is some planes. */
export function maxPool2dGrad(p: usize, chunk: i32): void {
  const bytes = <usize>(int(p, 3) * int(p, 4)) << 2;
  const windows = <usize>(int(p, 5) * int(p, 6)) << 2;
  const first = <usize>(chunk * int(p, 15));
  const last = <usize>min(<i32>first + int(p, 15), int(p, 2));
  let to = pointer(p, 1) + first * bytes;
  const end = pointer(p, 1) + last * bytes;
  memory.fill(to, 0, end - to);
  let g = pointer(p, 0) + first * windows;
  let index = pointer(p, 16) + first * windows;
  for (; to < end; to += bytes) {
    for (const next = g + windows; g < next; g += 4, index += 4) {
      const at = to + (<usize>load<i32>(index) << 2);
      store<f32>(at, load<f32>(at) + load<f32>(g));
    }
  }
}

/*
 * Means have two more parameters: 16 whether padding counts (1) or not, 17 what sums are divided by, or NaN for the number of
 * elements. Sums are in double precision and in the reference's order.
 */

/** What the sum of a window is divided by, from the numbers of rows and columns that it has inside and with padding. */
@inline
function divisorOf(p: usize, insideH: i32, paddedH: i32, insideW: i32, paddedW: i32): f64 {
  const given = load<f64>(p + (17 << 3));
  if (given == given) return given;
  return int(p, 16) != 0 ? <f64>paddedH * <f64>paddedW : <f64>insideH * <f64>insideW;
}

/** The mean of each window; a chunk is some planes. */
export function avgPool2d(p: usize, chunk: i32): void {
  const H = int(p, 3);
  const W = int(p, 4);
  const outH = int(p, 5);
  const outW = int(p, 6);
  const kernelH = int(p, 7);
  const kernelW = int(p, 8);
  const strideW = int(p, 10);
  const padTop = int(p, 11);
  const padLeft = int(p, 12);
  const dilationH = int(p, 13);
  const dilationW = int(p, 14);
  const first = chunk * int(p, 15);
  const last = min(first + int(p, 15), int(p, 2));
  const inside = min(outW, (padLeft + strideW - 1) / strideW);
  const outside = endOfInside(p);
  let to = pointer(p, 1) + (<usize>(first * outH * outW) << 2);
  for (let plane = first; plane < last; plane++) {
    const x = pointer(p, 0) + (<usize>(plane * H * W) << 2);
    for (let y = 0; y < outH; y++, to += <usize>outW << 2) {
      const start = y * int(p, 9) - padTop;
      const skipped = tapsBefore(0, start, kernelH, dilationH);
      const rows = tapsBefore(H, start, kernelH, dilationH) - skipped;
      const paddedRows = tapsBefore(H + padTop, start, kernelH, dilationH);
      const top = start + skipped * dilationH;
      const bottom = top + rows * dilationH;
      const whole = divisorOf(p, rows, paddedRows, kernelW, kernelW);
      for (let i = 0; i < outW; ) {
        const left = i * strideW - padLeft;
        if (i >= inside && i + 4 <= outside) {
          storeFourMeans(x, top, bottom, left, W, kernelW, dilationH, dilationW, strideW, whole, to + (<usize>i << 2));
          i += 4;
          continue;
        }
        const before = tapsBefore(0, left, kernelW, dilationW);
        const columns = tapsBefore(W, left, kernelW, dilationW) - before;
        const padded = tapsBefore(W + padLeft, left, kernelW, dilationW);
        let sum: f64 = 0;
        for (let row = top; row < bottom; row += dilationH) {
          let at = x + (<usize>(row * W + left + before * dilationW) << 2);
          for (let k = 0; k < columns; k++, at += <usize>dilationW << 2) sum += <f64>load<f32>(at);
        }
        store<f32>(to + (<usize>i << 2), <f32>(sum / divisorOf(p, rows, paddedRows, columns, padded)));
        i++;
      }
    }
  }
}

@inline
function storeFourMeans(
  x: usize,
  top: i32,
  bottom: i32,
  left: i32,
  W: i32,
  kernelW: i32,
  dilationH: i32,
  dilationW: i32,
  stride: i32,
  divisor: f64,
  to: usize,
): void {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (let row = top; row < bottom; row += dilationH) {
    let at = x + (<usize>(row * W + left) << 2);
    for (let k = 0; k < kernelW; k++, at += <usize>dilationW << 2) {
      const values = four(at, stride);
      low = f64x2.add(low, f64x2.promote_low_f32x4(values));
      high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<f64>(values, values, 1, 1)));
    }
  }
  const a = f32x4.demote_f64x2_zero(f64x2.div(low, f64x2.splat(divisor)));
  const b = f32x4.demote_f64x2_zero(f64x2.div(high, f64x2.splat(divisor)));
  v128.store(to, v128.shuffle<f64>(a, b, 0, 2));
}

/** The gradient of the planes, from that of the means; a chunk is some planes. A row of double precision has to fit into scratch. */
export function avgPool2dGrad(p: usize, chunk: i32): void {
  const H = int(p, 3);
  const W = int(p, 4);
  const outH = int(p, 5);
  const outW = int(p, 6);
  const kernelH = int(p, 7);
  const strideH = int(p, 9);
  const padTop = int(p, 11);
  const dilationH = int(p, 13);
  const reach = (kernelH - 1) * dilationH;
  const first = chunk * int(p, 15);
  const last = min(first + int(p, 15), int(p, 2));
  const sums = scratch();
  let to = pointer(p, 1) + (<usize>(first * H * W) << 2);
  for (let plane = first; plane < last; plane++) {
    const g = pointer(p, 0) + (<usize>(plane * outH * outW) << 2);
    for (let row = 0; row < H; row++, to += <usize>W << 2) {
      const place = row + padTop;
      const end = min(outH - 1, place / strideH);
      for (let at: usize = 0; at < <usize>W << 3; at += 8) store<f64>(sums + at, 0);
      for (let y = place > reach ? (place - reach + strideH - 1) / strideH : 0; y <= end; y++) {
        if ((place - y * strideH) % dilationH == 0) addShares(p, g + (<usize>(y * outW) << 2), y, sums);
      }
      for (let i = 0; i < W; i++) store<f32>(to + (<usize>i << 2), <f32>load<f64>(sums + (<usize>i << 3)));
    }
  }
}

/** Adds to a row of the plane what it gets from row `y` of the windows. */
function addShares(p: usize, g: usize, y: i32, sums: usize): void {
  const H = int(p, 3);
  const W = int(p, 4);
  const outW = int(p, 6);
  const kernelH = int(p, 7);
  const kernelW = int(p, 8);
  const strideW = int(p, 10);
  const padTop = int(p, 11);
  const padLeft = int(p, 12);
  const dilationH = int(p, 13);
  const dilationW = int(p, 14);
  const start = y * int(p, 9) - padTop;
  const rows = tapsBefore(H, start, kernelH, dilationH) - tapsBefore(0, start, kernelH, dilationH);
  const paddedRows = tapsBefore(H + padTop, start, kernelH, dilationH);
  const step = <usize>dilationW << 3;
  for (let i = 0; i < outW; i++) {
    const left = i * strideW - padLeft;
    const before = tapsBefore(0, left, kernelW, dilationW);
    const columns = tapsBefore(W, left, kernelW, dilationW) - before;
    const padded = tapsBefore(W + padLeft, left, kernelW, dilationW);
    const share = <f64>load<f32>(g + (<usize>i << 2)) / divisorOf(p, rows, paddedRows, columns, padded);
    let at = sums + (<usize>(left + before * dilationW) << 3);
    for (let k = 0; k < columns; k++, at += step) store<f64>(at, load<f64>(at) + share);
  }
}
