// Packing: brings a matrix into the order in which the register tiles read it.
import { int, pointer } from './parameters';

/**
 * Writes the matrix X [K, L] as panels [L / width][K][width]: what a tile reads for one k lies side by side. The last panel is
 * filled up with zeros. One of the two strides is 1.
 *
 * 0 list of the matrices' addresses, 1 target, 2 K, 3 L, 4 width, 5 stride of k, 6 stride of l (in floats),
 * 7 panels per chunk, 8 chunks per matrix.
 */
export function packPanels(p: usize, chunk: i32): void {
  const K = int(p, 2);
  const L = int(p, 3);
  const width = int(p, 4);
  const perChunk = int(p, 7);
  const chunks = int(p, 8);
  const matrix = chunk / chunks;
  const from = load<u32>(pointer(p, 0) + (<usize>matrix << 2));
  const panels = (L + width - 1) / width;
  const target = pointer(p, 1) + ((<usize>(matrix * panels * width) * <usize>K) << 2);
  const first = (chunk - matrix * chunks) * perChunk;
  const last = min(first + perChunk, panels);
  packRange(from, target, K, L, width, int(p, 5), int(p, 6), first, last);
}

/** Panels `first` up to `last` (exclusive) of one matrix. */
export function packRange(
  from: usize,
  target: usize,
  K: i32,
  L: i32,
  width: i32,
  strideK: i32,
  strideL: i32,
  first: i32,
  last: i32,
): void {
  for (let panel = first; panel < last; panel++) {
    const l = panel * width;
    const columns = min(width, L - l);
    const source = from + ((<usize>l * <usize>strideL) << 2);
    const to = target + ((<usize>l * <usize>K) << 2);
    if (columns < width) packPart(source, to, K, width, columns, strideK, strideL);
    else if (strideL == 1) packAlong(source, to, K, width, strideK);
    else packAcross(source, to, K, width, strideL);
  }
}

/** A panel that is not full. */
function packPart(from: usize, to: usize, K: i32, width: i32, columns: i32, strideK: i32, strideL: i32): void {
  for (let k = 0; k < K; k++) {
    const row = from + ((<usize>k * <usize>strideK) << 2);
    for (let l = 0; l < width; l++) {
      store<f32>(to + (<usize>l << 2), l < columns ? load<f32>(row + ((<usize>l * <usize>strideL) << 2)) : 0);
    }
    to += <usize>width << 2;
  }
}

/** The panel's columns lie side by side: copies stretches of `width`, two vectors at a time. */
function packAlong(from: usize, to: usize, K: i32, width: i32, strideK: i32): void {
  const step = <usize>strideK << 2;
  const bytes = <usize>width << 2;
  for (let k = 0; k < K; k++) {
    let at: usize = 0;
    for (; at + 32 <= bytes; at += 32) {
      const u = v128.load(from + at);
      const v = v128.load(from + at, 16);
      v128.store(to + at, u);
      v128.store(to + at, v, 16);
    }
    for (; at + 16 <= bytes; at += 16) v128.store(to + at, v128.load(from + at));
    for (; at + 8 <= bytes; at += 8) store<u64>(to + at, load<u64>(from + at));
    for (; at < bytes; at += 4) store<f32>(to + at, load<f32>(from + at));
    from += step;
    to += bytes;
  }
}

/** The panel's columns are `stride` apart, and neighbours in k side by side: transposes 4 x 4 at a time. */
function packAcross(from: usize, to: usize, K: i32, width: i32, stride: i32): void {
  const step = <usize>stride << 2;
  const bytes = <usize>width << 2;
  for (let k = 0; k + 4 <= K; k += 4) {
    let column = from + (<usize>k << 2);
    let at = to + <usize>k * bytes;
    let l = 0;
    for (; l + 4 <= width; l += 4, column += step << 2, at += 16) {
      const r0 = v128.load(column);
      const r1 = v128.load(column + step);
      const r2 = v128.load(column + step * 2);
      const r3 = v128.load(column + step * 3);
      const a = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
      const b = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
      const c = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
      const d = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
      v128.store(at, v128.shuffle<f64>(a, b, 0, 2));
      v128.store(at + bytes, v128.shuffle<f64>(a, b, 1, 3));
      v128.store(at + bytes * 2, v128.shuffle<f64>(c, d, 0, 2));
      v128.store(at + bytes * 3, v128.shuffle<f64>(c, d, 1, 3));
    }
    for (; l + 2 <= width; l += 2, column += step << 1, at += 8) {
      const r0 = v128.load(column);
      const r1 = v128.load(column + step);
      const a = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
      const b = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
      v128.store64_lane(at, a, 0);
      v128.store64_lane(at + bytes, a, 1);
      v128.store64_lane(at + bytes * 2, b, 0);
      v128.store64_lane(at + bytes * 3, b, 1);
    }
    for (; l < width; l++, column += step, at += 4) {
      const r = v128.load(column);
      store<f32>(at, f32x4.extract_lane(r, 0));
      store<f32>(at + bytes, f32x4.extract_lane(r, 1));
      store<f32>(at + bytes * 2, f32x4.extract_lane(r, 2));
      store<f32>(at + bytes * 3, f32x4.extract_lane(r, 3));
    }
  }
  for (let k = K & ~3; k < K; k++) {
    let column = from + (<usize>k << 2);
    let at = to + <usize>k * bytes;
    for (let l = 0; l < width; l++, column += step, at += 4) store<f32>(at, load<f32>(column));
  }
}
