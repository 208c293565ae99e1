// The column matrix of a convolution, [C / groups * KH * KW, pixels]: parts of it from an image, and back to one.
import { int, pointer } from './parameters';

/*
 * What all kernels of convolution find in their parameters: 0 x or dx, 1 the packed operand, 2 y or g, 3 channels and 4 outputs of a
 * group, 5 groups, 6 images, 7 H, 8 W, 9 KH, 10 KW, 11 outH, 12 outW, 13 and 14 stride, 15 padTop, 16 padLeft, 17 and 18 dilation,
 * 19 wide (1) or narrow tiles. Pixels are those of the output, counted through all images; a row of the column matrix belongs
 * to one channel and one tap, a position in the kernel.
 */

/** Rows `top` to `bottom` of a group's column matrix, of pixels `first` to `last`; a row of `to` takes `pitch` bytes. */
export function packColumns(p: usize, group: i32, top: i32, bottom: i32, first: i32, last: i32, to: usize, pitch: usize): void {
  const C = int(p, 3);
  const H = int(p, 7);
  const W = int(p, 8);
  const KH = int(p, 9);
  const KW = int(p, 10);
  const outH = int(p, 11);
  const outW = int(p, 12);
  const strideH = int(p, 13);
  const strideW = int(p, 14);
  const padTop = int(p, 15);
  const padLeft = int(p, 16);
  const dilationH = int(p, 17);
  const dilationW = int(p, 18);
  const taps = KH * KW;
  const plane = <usize>(H * W) << 2;
  const image = plane * <usize>(C * int(p, 5));
  const step = pitch * <usize>taps;
  const topChannel = top / taps;
  const topTap = top - topChannel * taps;
  const bottomChannel = bottom / taps;
  const bottomTap = bottom - bottomChannel * taps;
  const n = first / (outH * outW);
  const pixel = first - n * (outH * outW);
  let x = pointer(p, 0) + <usize>n * image + <usize>(group * C) * plane;
  let y = pixel / outW;
  let left = pixel - y * outW;
  for (let q = first; q < last; ) {
    const count = min(last - q, outW - left);
    let tap = 0;
    for (let kh = 0; kh < KH; kh++) {
      const row = y * strideH + kh * dilationH - padTop;
      const isInside = row >= 0 && row < H;
      for (let kw = 0; kw < KW; kw++, tap++) {
        const channel = topChannel + i32(tap < topTap);
        const channels = bottomChannel + i32(tap < bottomTap) - channel;
        const target = to + <usize>(channel * taps + tap - top) * pitch;
        const column = left * strideW + kw * dilationW - padLeft;
        // Of the `count` pixels, those from `start` to `end` see the image, the others its padding.
        let start = 0;
        let end = count;
        if (!isInside) end = 0;
        else {
          if (column < 0) start = min(count, (strideW - 1 - column) / strideW);
          if (column + (count - 1) * strideW >= W) end = max(start, (W - column + strideW - 1) / strideW);
        }
        const from = x + <usize>channel * plane + (<usize>(row * W + column) << 2);
        if (end <= start) clearRuns(target, step, channels, count);
        else if (strideW > 2 || start > MARGIN || count - end > MARGIN) {
          copyStrided(from, plane, target, step, channels, count, strideW, start, end);
        } else copyRuns(from, plane, target, step, channels, count, strideW, start, end);
      }
    }
    q += count;
    to += <usize>count << 2;
    left += count;
    if (left == outW) {
      left = 0;
      if (++y == outH) {
        y = 0;
        x += image;
      }
    }
  }
}

/** For each of some channels, zeros. */
function clearRuns(to: usize, step: usize, channels: i32, count: i32): void {
  const bytes = <usize>count << 2;
  const whole = bytes & ~15;
  for (; channels > 0; channels--, to += step) {
    for (let at: usize = 0; at < whole; at += 16) v128.store(to + at, f32x4.splat(0));
    for (let at = whole; at < bytes; at += 4) store<f32>(to + at, 0);
  }
}

/** For each of some channels, floats that lie `stride` apart, with zeros before `start` and from `end` on. */
export function copyStrided(
  from: usize,
  fromStep: usize,
  to: usize,
  toStep: usize,
  channels: i32,
  count: i32,
  stride: i32,
  start: i32,
  end: i32,
): void {
  for (; channels > 0; channels--, from += fromStep, to += toStep) {
    for (let i = 0; i < count; i++) {
      const isInside = i >= start && i < end;
      store<f32>(to + (<usize>i << 2), isInside ? load<f32>(from + (<usize>(i * stride) << 2)) : 0);
    }
  }
}

/** So many floats may be read, and made zero, before and behind what a run takes: there is memory on both sides of an operand. */
const MARGIN = 4;

/** The same for a stride of 1 or 2, with few zeros: vectors, of which those at both ends are masked. */
export function copyRuns(
  from: usize,
  fromStep: usize,
  to: usize,
  toStep: usize,
  channels: i32,
  count: i32,
  stride: i32,
  start: i32,
  end: i32,
): void {
  const lanes = i32x4(0, 1, 2, 3);
  const first = v128.and(i32x4.ge_s(lanes, i32x4.splat(start)), i32x4.lt_s(lanes, i32x4.splat(end)));
  const shift = max(0, count - 4);
  const last = v128.and(i32x4.ge_s(lanes, i32x4.splat(start - shift)), i32x4.lt_s(lanes, i32x4.splat(end - shift)));
  if (stride == 1) copyVectors(1, from, fromStep, to, toStep, channels, count, first, last);
  else copyVectors(2, from, fromStep, to, toStep, channels, count, first, last);
}

/** Four floats that lie `stride` (1 or 2) apart. */
@inline
function four(stride: i32, from: usize): v128 {
  return stride == 1 ? v128.load(from) : v128.shuffle<f32>(v128.load(from), v128.load(from, 12), 0, 2, 5, 7);
}

/** The last vector overlaps the one before it where `count` is no multiple of four. */
@inline
function copyVectors(
  stride: i32,
  from: usize,
  fromStep: usize,
  to: usize,
  toStep: usize,
  channels: i32,
  count: i32,
  first: v128,
  last: v128,
): void {
  const lastTo = <usize>(count - 4) << 2;
  const lastFrom = lastTo * stride;
  if (count == 1) {
    for (; channels > 0; channels--, from += fromStep, to += toStep) v128.store32_lane(to, v128.and(four(stride, from), first), 0);
  } else if (count == 2) {
    for (; channels > 0; channels--, from += fromStep, to += toStep) v128.store64_lane(to, v128.and(four(stride, from), first), 0);
  } else if (count == 3) {
    for (; channels > 0; channels--, from += fromStep, to += toStep) {
      const u = v128.and(four(stride, from), first);
      v128.store64_lane(to, u, 0);
      v128.store32_lane(to, u, 2, 8);
    }
  } else if (count == 4) {
    for (; channels > 0; channels--, from += fromStep, to += toStep) v128.store(to, v128.and(four(stride, from), first));
  } else if (count <= 8) {
    for (; channels > 0; channels--, from += fromStep, to += toStep) {
      const u = v128.and(four(stride, from), first);
      const v = v128.and(four(stride, from + lastFrom), last);
      v128.store(to, u);
      v128.store(to + lastTo, v);
    }
  } else {
    for (; channels > 0; channels--, from += fromStep, to += toStep) {
      v128.store(to, v128.and(four(stride, from), first));
      let source = from + 16 * stride;
      for (let at: usize = 16; at < lastTo; at += 16, source += 16 * stride) v128.store(to + at, four(stride, source));
      v128.store(to + lastTo, v128.and(four(stride, from + lastFrom), last));
    }
  }
}
