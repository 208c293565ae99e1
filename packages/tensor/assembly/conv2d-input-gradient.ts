// The gradient of a convolution's input: columns = w^T g, of some channels and images at a time, added to the pixels they stand for.
import { copyRuns } from './conv2d-columns';
import { mergeRows } from './conv2d-phases';
import { tile } from './matmul';
import { int, pointer } from './parameters';
import { scratch } from './scratch';

/** How much of a sum runs in registers before it goes to memory. */
const DEPTH = 512;

/*
 * With a stride, the pixels that one tap touches lie apart. So the columns are added up in planes by phase first (see
 * conv2d-phases): plane (i, j) has the rows y and columns x of the padded input with y % strideH = i and x % strideW = j.
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
  const plane = (n * int(p, 5) + group) * int(p, 3) + channel;
  mergePhases(p, sums, phase, planes, channels, images, y, plane, isWhole);
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
        addRows(columns, image, to, planes, width, images, rows, outW);
      }
    }
  }
}

/** Adds, for each of some images, rows of `count` floats, which lie side by side, to rows that are `pitch` bytes apart. */
function addRows(
  from: usize,
  fromImage: usize,
  to: usize,
  toImage: usize,
  pitch: usize,
  images: i32,
  rows: i32,
  count: i32,
): void {
  const step = <usize>count << 2;
  const last = <usize>((count - 1) & ~3) << 2;
  // What the last vector reads behind the row's end is made zero, and adds nothing to what lies there.
  const mask = i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(count - ((count - 1) & ~3)));
  fromImage -= <usize>rows * step;
  toImage -= <usize>rows * pitch;
  for (; images > 0; images--, from += fromImage, to += toImage) {
    if (last == 0) {
      for (let row = rows; row > 0; row--, from += step, to += pitch) {
        v128.store(to, f32x4.add(v128.load(to), v128.and(v128.load(from), mask)));
      }
    } else if (last == 16) {
      for (let row = rows; row > 0; row--, from += step, to += pitch) {
        const u = f32x4.add(v128.load(to), v128.load(from));
        const v = f32x4.add(v128.load(to, 16), v128.and(v128.load(from, 16), mask));
        v128.store(to, u);
        v128.store(to, v, 16);
      }
    } else {
      for (let row = rows; row > 0; row--, from += step, to += pitch) {
        for (let at: usize = 0; at < last; at += 16) {
          v128.store(to + at, f32x4.add(v128.load(to + at), v128.load(from + at)));
        }
        v128.store(to + last, f32x4.add(v128.load(to + last), v128.and(v128.load(from + last), mask)));
      }
    }
  }
}

/** Writes (or adds) the planes by phase, from row `y` of the output on, to dx, of which the first is plane `first`. */
function mergePhases(
  p: usize,
  sums: usize,
  phase: usize,
  planes: usize,
  channels: i32,
  images: i32,
  y: i32,
  first: i32,
  isWhole: bool,
): void {
  const H = int(p, 7);
  const W = int(p, 8);
  const strideH = int(p, 13);
  const strideW = int(p, 14);
  const padLeft = int(p, 16);
  const width = <usize>int(p, 25) << 2;
  const plane = <usize>(H * W) << 2;
  const image = plane * <usize>(int(p, 3) * int(p, 5));
  const dx = pointer(p, 0) + <usize>first * plane;
  const top = y * strideH - int(p, 15);
  const bottom = min(H, top + int(p, 24) * strideH);
  const step = <usize>(strideH * W) << 2;
  for (let turn = 0; turn < strideH; turn++) {
    // The first row of this phase that lies in the image.
    const skipped = max(0, (strideH - 1 - turn - top) / strideH);
    const row = top + turn + skipped * strideH;
    if (row >= bottom) continue;
    const rows = (bottom - row + strideH - 1) / strideH;
    let from = sums + phase * <usize>(turn * strideW) + <usize>skipped * width;
    for (let c = 0; c < channels; c++) {
      let to = dx + <usize>c * plane + (<usize>(row * W) << 2);
      for (let i = 0; i < images; i++, from += planes, to += image) {
        mergeRows(from, phase, width, padLeft, to, step, rows, W, strideW, !isWhole);
      }
    }
  }
}
