// The gradient of a convolution's weight: the column matrix times g^T, summed over slabs of pixels.
import { packColumns } from './conv2d-columns';
import { packRange } from './pack';
import { int, pointer } from './parameters';
import { scratch } from './scratch';
import { rows4x2, rows6x4 } from './tiles';

/**
 * The products of slabs of pixels: [slabs, groups, K, O / groups], with K and O / groups rounded up to whole tiles; a chunk is
 * a part of the rows K of one group and slab.
 *
 * 0 to 19 as in conv2d-columns, with the products as 1; 20 pixels of a slab; 21 rows of a part, and 22 rows and
 * 23 pixels that are taken at once, with rows in multiples of all tiles'; 24 and 25 K and O / groups rounded up.
 */
export function conv2dWeightSlabs(p: usize, chunk: i32): void {
  const O = int(p, 4);
  const groups = int(p, 5);
  const pixels = int(p, 11) * int(p, 12) * int(p, 6);
  const wide = int(p, 19) != 0;
  const perSlab = int(p, 20);
  const perPart = int(p, 21);
  const rowsAtOnce = int(p, 22);
  const atOnce = int(p, 23);
  const allRows = int(p, 24);
  const width = int(p, 25);
  const K = int(p, 3) * int(p, 9) * int(p, 10);
  const MR = wide ? 6 : 4;
  const NR = wide ? 16 : 8;
  const parts = (K + perPart - 1) / perPart;
  const part = chunk % parts;
  const product = chunk / parts;
  const slab = product / groups;
  const group = product % groups;
  const first = slab * perSlab;
  const last = min(first + perSlab, pixels);
  const top = part * perPart;
  const bottom = min(top + perPart, K);
  const sums = pointer(p, 1) + ((<usize>product * <usize>allRows * <usize>width) << 2);
  const sumsPitch = <usize>width << 2;
  const bStride = <usize>NR << 2;
  const g = scratch();
  const columns = g + (<usize>(width * atOnce) << 2);
  const pitch = <usize>atOnce << 2;
  for (let q = first; q < last; q += atOnce) {
    const depth = min(atOnce, last - q);
    packOutputs(p, group, q, depth, NR, g);
    for (let k = top; k < bottom; k += rowsAtOnce) {
      const end = min(k + rowsAtOnce, bottom);
      packColumns(p, group, k, end, q, q + depth, columns, pitch);
      for (let j = 0; j < O; j += NR) {
        const b = g + (<usize>(j * depth) << 2);
        for (let i = k; i < end; i += MR) {
          const a = columns + <usize>(i - k) * pitch;
          const c = sums + <usize>i * sumsPitch + (<usize>j << 2);
          if (wide) rows6x4(depth, a, pitch, b, bStride, c, sumsPitch, q > first);
          else rows4x2(depth, a, pitch, b, bStride, c, sumsPitch, q > first);
        }
      }
    }
  }
}

/** Brings `depth` pixels of g from pixel `first` on, transposed, into panels [depth][NR]. */
function packOutputs(p: usize, group: i32, first: i32, depth: i32, NR: i32, to: usize): void {
  const O = int(p, 4);
  const pixels = int(p, 11) * int(p, 12);
  const outputs = O * int(p, 5);
  for (let done = 0; done < depth; ) {
    const n = (first + done) / pixels;
    const pixel = first + done - n * pixels;
    const count = min(depth - done, pixels - pixel);
    const from = pointer(p, 2) + (<usize>((n * outputs + group * O) * pixels + pixel) << 2);
    for (let o = 0; o < O; o += NR) {
      const source = from + (<usize>(o * pixels) << 2);
      packRange(source, to + (<usize>(o * depth + done * NR) << 2), count, O - o, NR, 1, pixels, 0, 1);
    }
    done += count;
  }
}

/**
 * Adds the products of all slabs, in their order; a chunk is some rows K of one group.
 *
 * 0 dw [groups, O / groups, K], 1 products, 2 slabs, 3 K, 4 O / groups, 5 groups, 6 and 7 K and O / groups rounded up,
 * 8 rows of a chunk, a multiple of 4.
 */
export function conv2dWeightSum(p: usize, chunk: i32): void {
  const slabs = int(p, 2);
  const K = int(p, 3);
  const O = int(p, 4);
  const perChunk = int(p, 8);
  const row = pointer(p, 7) << 2;
  const product = row * pointer(p, 6);
  const slab = product * pointer(p, 5);
  const chunks = (K + perChunk - 1) / perChunk;
  const group = chunk / chunks;
  const top = (chunk - group * chunks) * perChunk;
  const bottom = min(top + perChunk, K);
  const dw = pointer(p, 0) + (<usize>(group * O * K) << 2);
  const start = pointer(p, 1) + <usize>group * product;
  const outputs = O & ~3;
  const whole = bottom - ((bottom - top) & 3);
  for (let k = top; k < whole; k += 4) {
    const from = start + <usize>k * row;
    const to = dw + (<usize>k << 2);
    for (let o = 0; o < outputs; o += 4) {
      sumBlock(from + (<usize>o << 2), row, slab, slabs, to + (<usize>(o * K) << 2), <usize>K << 2);
    }
  }
  for (let k = top; k < bottom; k++) {
    const from = start + <usize>k * row;
    for (let o = k < whole ? outputs : 0; o < O; o++) {
      store<f32>(dw + (<usize>(o * K + k) << 2), sumAt(from + (<usize>o << 2), slab, slabs));
    }
  }
}

/** Adds blocks of 4 x 4, and transposes the sum. */
@inline
function sumBlock(from: usize, row: usize, slab: usize, slabs: i32, to: usize, step: usize): void {
  let r0 = v128.load(from);
  let r1 = v128.load(from + row);
  let r2 = v128.load(from + row * 2);
  let r3 = v128.load(from + row * 3);
  for (let s = 1; s < slabs; s++) {
    from += slab;
    r0 = f32x4.add(r0, v128.load(from));
    r1 = f32x4.add(r1, v128.load(from + row));
    r2 = f32x4.add(r2, v128.load(from + row * 2));
    r3 = f32x4.add(r3, v128.load(from + row * 3));
  }
  const a = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
  const b = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const c = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const d = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f64>(a, b, 0, 2));
  v128.store(to + step, v128.shuffle<f64>(a, b, 1, 3));
  v128.store(to + step * 2, v128.shuffle<f64>(c, d, 0, 2));
  v128.store(to + step * 3, v128.shuffle<f64>(c, d, 1, 3));
}

@inline
function sumAt(at: usize, step: usize, count: i32): f32 {
  let sum = load<f32>(at);
  for (let s = 1; s < count; s++) {
    at += step;
    sum += load<f32>(at);
  }
  return sum;
}
