// The gradient of a convolution's input: columns = w^T g, of some channels and images at a time, added to the pixels they stand for.
import { copyRuns } from './conv2d-columns';
import { tile } from './matmul';
import { int, pointer } from './parameters';
import { scratch } from './scratch';

/** How much of a sum runs in registers before it goes to memory. */
const DEPTH = 512;

/*
 * With a stride, the pixels that one tap touches lie apart. So the columns are added up in planes by phase first: plane (i, j) has
 * the rows y and columns x of the padded input with y % strideH = i and x % strideW = j, in which each tap touches whole runs.
 */

/**
 * dx from g; a chunk is some channels of one group of a block of images.
 *
 * 0 to 19 as in conv2d-columns, with w^T in panels of its rows; 20 images of a block; 21 rows of the output that are taken at
 * once: all of them, or else a block is one image; 22 channels of a chunk; 23 channels that are taken at once, whose rows of the
 * column matrix fill tiles; 24 and 25 rows and columns of a phase's plane.
 */
export function conv2dInputGrad(p: usize, chunk: i32): void {
  const C = int(p, 3);
  const outH = int(p, 11);
  const perBlock = int(p, 20);
  const band = int(p, 21);
  const perChunk = int(p, 22);
  const atOnce = int(p, 23);
  const parts = (C + perChunk - 1) / perChunk;
  const groups = int(p, 5);
  const part = chunk % parts;
  const group = (chunk / parts) % groups;
  const n = (chunk / parts / groups) * perBlock;
  const images = min(perBlock, int(p, 6) - n);
  const first = part * perChunk;
  const last = min(first + perChunk, C);
  const isWhole = band >= outH;
  if (!isWhole) {
    const plane = <usize>(int(p, 7) * int(p, 8)) << 2;
    memory.fill(pointer(p, 0) + <usize>((n * groups + group) * C + first) * plane, 0, <usize>(last - first) * plane);
  }
  for (let y = 0; y < outH; y += band) {
    const rows = min(band, outH - y);
    const pixels = images * rows * int(p, 12);
    const g = scratch();
    packOutputs(p, group, n, y, rows, pixels, g);
    for (let c = first; c < last; c += atOnce) {
      addChannels(p, group, n, images, y, rows, pixels, c, min(atOnce, last - c), g, isWhole);
    }
  }
}

/** Brings the gradients of some output pixels into panels [O / groups][NR]. */
function packOutputs(p: usize, group: i32, n: i32, y: i32, rows: i32, pixels: i32, to: usize): void {
  const O = int(p, 4);
  const outW = int(p, 12);
  const NR = int(p, 19) != 0 ? 16 : 8;
  const count = rows * outW;
  const plane = <usize>(int(p, 11) * outW) << 2;
  const image = plane * <usize>(O * int(p, 5));
  const g = pointer(p, 2) + <usize>n * image + <usize>(group * O) * plane + (<usize>(y * outW) << 2);
  for (let q = 0; q < pixels; ) {
    const i = q / count;
    const at = q - i * count;
    const column = q % NR;
    const run = min(count - at, NR - column);
    const target = to + (<usize>((q - column) * O + column) << 2);
    copyRuns(g + <usize>i * image + (<usize>at << 2), plane, target, <usize>NR << 2, O, run, 1, 0, run);
    q += run;
  }
}

function addChannels(
  p: usize,
  group: i32,
  n: i32,
  images: i32,
  y: i32,
  rows: i32,
  pixels: i32,
  channel: i32,
  channels: i32,
  g: usize,
  isWhole: bool,
): void {
  const O = int(p, 4);
  const wide = int(p, 19) != 0;
  const taps = int(p, 9) * int(p, 10);
  const MR = wide ? 6 : 4;
  const NR = wide ? 16 : 8;
  const across = (pixels + NR - 1) / NR;
  const down = (channels * taps + MR - 1) / MR;
  const pitch = <usize>(across * NR) << 2;
  const panel = <usize>(MR * O) << 2;
  const panels = <usize>((int(p, 3) * taps + MR - 1) / MR);
  const w = pointer(p, 1) + (<usize>group * panels + <usize>((channel * taps) / MR)) * panel;
  const columns = g + <usize>O * pitch;
  for (let j = 0; j < across; j++) {
    const b = g + ((<usize>(j * NR) * <usize>O) << 2);
    for (let i = 0; i < down; i++) {
      const c = columns + <usize>(i * MR) * pitch + (<usize>(j * NR) << 2);
      for (let o = 0; o < O || o == 0; o += DEPTH) {
        const a = w + <usize>i * panel + (<usize>(o * MR) << 2);
        tile(wide, min(DEPTH, O - o), a, b + (<usize>(o * NR) << 2), <usize>NR << 2, c, pitch, o > 0);
      }
    }
  }
  const sums = columns + <usize>(down * MR) * pitch;
  const phase = <usize>(int(p, 24) * int(p, 25)) << 2;
  const planes = phase * <usize>(int(p, 13) * int(p, 14));
  memory.fill(sums, 0, planes * <usize>(channels * images));
  addColumns(p, columns, pitch, channels, images, rows, sums, phase, planes);
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < images; i++) {
      const plane = ((n + i) * int(p, 5) + group) * int(p, 3) + channel + c;
      mergePhases(p, sums + <usize>(c * images + i) * planes, phase, y, plane, isWhole);
    }
  }
}

/** Adds rows of the column matrix to the planes by phase. */
function addColumns(
  p: usize,
  columns: usize,
  pitch: usize,
  channels: i32,
  images: i32,
  rows: i32,
  sums: usize,
  phase: usize,
  planes: usize,
): void {
  const KH = int(p, 9);
  const KW = int(p, 10);
  const outW = int(p, 12);
  const strideH = int(p, 13);
  const strideW = int(p, 14);
  const dilationH = int(p, 17);
  const dilationW = int(p, 18);
  const width = <usize>int(p, 25) << 2;
  const image = <usize>(rows * outW) << 2;
  for (let c = 0; c < channels; c++, sums += planes * images) {
    for (let kh = 0; kh < KH; kh++) {
      const row = kh * dilationH;
      for (let kw = 0; kw < KW; kw++, columns += pitch) {
        const column = kw * dilationW;
        const plane = sums + phase * <usize>((row % strideH) * strideW + (column % strideW));
        const to = plane + <usize>(row / strideH) * width + (<usize>(column / strideW) << 2);
        for (let i = 0; i < images; i++) addRows(columns + <usize>i * image, to + <usize>i * planes, width, rows, outW);
      }
    }
  }
}

/** Adds rows of `count` floats, which lie side by side, to rows that are `pitch` bytes apart. */
function addRows(from: usize, to: usize, pitch: usize, rows: i32, count: i32): void {
  const step = <usize>count << 2;
  const rest = count & 3;
  const whole = step & ~15;
  // What a vector reads behind the row's end is made zero, and adds nothing to what lies there.
  const mask = i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(rest));
  if (count < 4) {
    for (; rows > 0; rows--, from += step, to += pitch) {
      v128.store(to, f32x4.add(v128.load(to), v128.and(v128.load(from), mask)));
    }
  } else if (count > 4 && count < 8) {
    for (; rows > 0; rows--, from += step, to += pitch) {
      const u = f32x4.add(v128.load(to), v128.load(from));
      const v = f32x4.add(v128.load(to, 16), v128.and(v128.load(from, 16), mask));
      v128.store(to, u);
      v128.store(to, v, 16);
    }
  } else {
    for (; rows > 0; rows--, from += step, to += pitch) {
      for (let at: usize = 0; at < whole; at += 16) {
        v128.store(to + at, f32x4.add(v128.load(to + at), v128.load(from + at)));
      }
      if (rest != 0) {
        v128.store(to + whole, f32x4.add(v128.load(to + whole), v128.and(v128.load(from + whole), mask)));
      }
    }
  }
}

/** Writes (or adds) the planes by phase of one channel of an image, from row `y` of the output on, to its plane of dx. */
function mergePhases(p: usize, sums: usize, phase: usize, y: i32, plane: i32, isWhole: bool): void {
  const H = int(p, 7);
  const W = int(p, 8);
  const strideH = int(p, 13);
  const strideW = int(p, 14);
  const padTop = int(p, 15);
  const padLeft = int(p, 16);
  const width = <usize>int(p, 25) << 2;
  const dx = pointer(p, 0) + (<usize>(plane * H * W) << 2);
  const top = y * strideH - padTop;
  const bottom = min(H, top + int(p, 24) * strideH);
  const first = max(0, top);
  let turn = (first - top) % strideH;
  let from = sums + phase * <usize>(turn * strideW) + <usize>((first - top) / strideH) * width;
  let to = dx + (<usize>(first * W) << 2);
  for (let h = first; h < bottom; h++, to += <usize>W << 2) {
    if (isWhole && strideW == 2) interleave(from, phase, padLeft, to, W);
    else mergeRow(from, phase, padLeft, to, W, strideW, !isWhole);
    from += phase * strideW;
    if (++turn == strideH) {
      turn = 0;
      from += width - phase * <usize>(strideH * strideW);
    }
  }
}

/** Two phases to one row. */
function interleave(from: usize, phase: usize, skip: i32, to: usize, count: i32): void {
  let even = from + phase * <usize>(skip & 1) + (<usize>(skip >> 1) << 2);
  let odd = from + phase * <usize>(~skip & 1) + (<usize>((skip + 1) >> 1) << 2);
  let i = 0;
  for (; i + 8 <= count; i += 8, even += 16, odd += 16, to += 32) {
    const a = v128.load(even);
    const b = v128.load(odd);
    v128.store(to, v128.shuffle<f32>(a, b, 0, 4, 1, 5));
    v128.store(to, v128.shuffle<f32>(a, b, 2, 6, 3, 7), 16);
  }
  if (i + 4 <= count) {
    v128.store(to, v128.shuffle<f32>(v128.load(even), v128.load(odd), 0, 4, 1, 5));
    i += 4;
    even += 8;
    odd += 8;
    to += 16;
  }
  for (; i < count; i += 2, even += 4, odd += 4, to += 8) {
    store<f32>(to, load<f32>(even));
    if (i + 1 < count) store<f32>(to, load<f32>(odd), 4);
  }
}

/** Any number of phases to one row. */
function mergeRow(from: usize, phase: usize, skip: i32, to: usize, count: i32, stride: i32, isAdded: bool): void {
  if (stride == 1 && !isAdded) {
    copyRuns(from + (<usize>skip << 2), 0, to, 0, 1, count, 1, 0, count);
    return;
  }
  let turn = skip % stride;
  let at = from + (<usize>(skip / stride) << 2);
  for (let i = 0; i < count; i++, to += 4) {
    const value = load<f32>(at + phase * <usize>turn);
    store<f32>(to, isAdded ? load<f32>(to) + value : value);
    if (++turn == stride) {
      turn = 0;
      at += 4;
    }
  }
}
