// Convolution as a product of the weight with a column matrix of which only one panel exists at a time.
import { packColumns } from './conv2d-columns';
import { tile } from './matmul';
import { int, pointer } from './parameters';
import { scratch } from './scratch';

/** How many rows of the column matrix a panel has at most: it then stays in the first cache. */
const DEPTH = 384;

/**
 * y = w * x + bias; a chunk is a stretch of pixels of one group.
 *
 * 0 to 19 as in conv2d-columns, with w in panels of its rows; 20 pixels of a chunk, a multiple of a tile's; 21 bias per output or 0.
 */
export function conv2d(p: usize, chunk: i32): void {
  const O = int(p, 4);
  const pixels = int(p, 11) * int(p, 12) * int(p, 6);
  const wide = int(p, 19) != 0;
  const perChunk = int(p, 20);
  const K = int(p, 3) * int(p, 9) * int(p, 10);
  const MR = wide ? 6 : 4;
  const NR = wide ? 16 : 8;
  const chunks = (pixels + perChunk - 1) / perChunk;
  const group = chunk / chunks;
  const first = (chunk - group * chunks) * perChunk;
  const last = min(first + perChunk, pixels);
  const w = pointer(p, 1) + (<usize>(group * ((O + MR - 1) / MR) * MR * K) << 2);
  const blocks = max(1, (K + DEPTH - 1) / DEPTH);
  const depth = max(1, (K + blocks - 1) / blocks);
  const stride = <usize>NR << 2;
  const panel = scratch();
  const block = panel + (DEPTH << 6);
  for (let q = first; q < last; q += NR) {
    const end = min(q + NR, last);
    for (let k = 0; k < K || k == 0; k += depth) {
      const rows = min(depth, K - k);
      packColumns(p, group, k, k + rows, q, end, panel, stride);
      for (let i = 0; i < O; i += MR) {
        tile(wide, rows, w + (<usize>(i * K + k * MR) << 2), panel, stride, block + <usize>i * stride, stride, k > 0);
      }
    }
    unpackPixels(p, group, block, stride, q, end);
  }
}

/** Brings a block [O / groups, pixels] to where it belongs in y, and adds the bias. */
function unpackPixels(p: usize, group: i32, block: usize, stride: usize, first: i32, last: i32): void {
  const O = int(p, 4);
  const pixels = int(p, 11) * int(p, 12);
  const plane = <usize>pixels << 2;
  const bias = pointer(p, 21);
  for (let q = first; q < last; ) {
    const n = q / pixels;
    const pixel = q - n * pixels;
    const count = min(last - q, pixels - pixel);
    const output = (n * int(p, 5) + group) * O;
    let to = pointer(p, 2) + <usize>output * plane + (<usize>pixel << 2);
    let from = block + (<usize>(q - first) << 2);
    for (let o = 0; o < O; o++, from += stride, to += plane) {
      const shift: f32 = bias != 0 ? load<f32>(bias + (<usize>(group * O + o) << 2)) : 0;
      shiftRun(from, to, count, shift);
    }
    q += count;
  }
}

@inline
function shiftRun(from: usize, to: usize, count: i32, shift: f32): void {
  const shifts = f32x4.splat(shift);
  if (count == 16) {
    const a = f32x4.add(v128.load(from), shifts);
    const b = f32x4.add(v128.load(from, 16), shifts);
    const c = f32x4.add(v128.load(from, 32), shifts);
    const d = f32x4.add(v128.load(from, 48), shifts);
    v128.store(to, a);
    v128.store(to, b, 16);
    v128.store(to, c, 32);
    v128.store(to, d, 48);
  } else if (count >= 4) {
    const end = <usize>(count - 4) << 2;
    for (let at: usize = 0; at < end; at += 16) v128.store(to + at, f32x4.add(v128.load(from + at), shifts));
    v128.store(to + end, f32x4.add(v128.load(from + end), shifts));
  } else {
    for (let at: usize = 0; at < <usize>count << 2; at += 4) store<f32>(to + at, load<f32>(from + at) + shift);
  }
}
