// The matrix product with few columns, which would not pay for packing the left side: its rows are read where they lie.
import { columnStride, finishBlock, rowStride } from './epilogue';
import { copyTile } from './matmul';
import { int, pointer } from './parameters';
import { scratch } from './scratch';
import { dots4x2, rows4x2, rows6x4 } from './tiles';

/**
 * C[i] = A[i] B[i] for each i of a batch; a chunk is a stretch of rows.
 *
 * 0 and 1 lists of the addresses of A [M, K] and of B's panels for each product, 2 C, 3 M, 4 N, 5 K, 6 rows of a chunk, 7 columns of
 * a panel: 16, 8, or 1 for dot products, 8 whether C is stored transposed (1), 9 bias or 0, 10 activation.
 */
export function matmulRows(p: usize, chunk: i32): void {
  const M = int(p, 3);
  const N = int(p, 4);
  const K = int(p, 5);
  const perChunk = int(p, 6);
  const width = int(p, 7);
  const transposed = int(p, 8) != 0;
  const cStride = rowStride(transposed, N);
  const cColumn = columnStride(transposed, M);
  const aStride = <usize>K << 2;
  const height = width == 16 ? 6 : 4;
  const chunks = (M + perChunk - 1) / perChunk;
  const product = chunk / chunks;
  const top = (chunk - product * chunks) * perChunk;
  const bottom = min(top + perChunk, M);
  const a = load<u32>(pointer(p, 0) + (<usize>product << 2));
  const b = load<u32>(pointer(p, 1) + (<usize>product << 2));
  const c = pointer(p, 2) + ((<usize>product * <usize>M * <usize>N) << 2);
  for (let i = top; i < bottom; ) {
    // Rows that fill no tile are computed one by one: a stride of 0 has one stand in for all, and written again and again.
    const rows = i + height <= bottom ? height : 1;
    const isWhole = rows == height;
    const aAt = a + <usize>i * aStride;
    const cAt = c + <usize>i * cStride;
    if (width == 1) dotRows(K, N, aAt, isWhole ? aStride : 0, b, cAt, isWhole ? cStride : 0, cColumn);
    else panelRows(K, N, rows, aAt, isWhole ? aStride : 0, b, width, cAt, isWhole ? cStride : 0, cColumn);
    i += rows;
  }
  finishBlock(c, top, bottom, 0, N, M, N, transposed, pointer(p, 9), int(p, 10));
}

/** A tile's rows of C from panels of B. */
function panelRows(
  K: i32,
  N: i32,
  rows: i32,
  a: usize,
  aStride: usize,
  b: usize,
  width: i32,
  c: usize,
  cStride: usize,
  cColumn: usize,
): void {
  const spare = scratch();
  const bStride = <usize>width << 2;
  for (let j = 0; j < N; j += width) {
    const bAt = b + ((<usize>j * <usize>K) << 2);
    const cAt = c + <usize>j * cColumn;
    const isWhole = cColumn == 4 && j + width <= N;
    const to = isWhole ? cAt : spare;
    const toStride = isWhole ? cStride : bStride;
    if (width == 16) rows6x4(K, a, aStride, bAt, bStride, to, toStride, false);
    else rows4x2(K, a, aStride, bAt, bStride, to, toStride, false);
    if (!isWhole) copyTile(spare, bStride, cAt, cStride, cColumn, rows, min(width, N - j), false);
  }
}

/** Four rows of C as dot products with two rows of B at a time; the last one again stands in for both. */
function dotRows(K: i32, N: i32, a: usize, aStride: usize, b: usize, c: usize, cStride: usize, cColumn: usize): void {
  const lanes = scratch();
  const stride = <usize>K << 2;
  for (let j = 0; j < N; j += 2) {
    const isPair = j + 1 < N;
    dots4x2(K, a, aStride, b + <usize>j * stride, isPair ? stride : 0, lanes);
    const cAt = c + <usize>j * cColumn;
    storeSums(lanes, cAt, cStride);
    storeSums(lanes + 64, isPair ? cAt + cColumn : cAt, cStride);
  }
}

/** Sums the lanes of four vectors. */
function storeSums(lanes: usize, to: usize, stride: usize): void {
  const r0 = v128.load(lanes);
  const r1 = v128.load(lanes, 16);
  const r2 = v128.load(lanes, 32);
  const r3 = v128.load(lanes, 48);
  const u = f32x4.add(v128.shuffle<f32>(r0, r1, 0, 4, 1, 5), v128.shuffle<f32>(r0, r1, 2, 6, 3, 7));
  const v = f32x4.add(v128.shuffle<f32>(r2, r3, 0, 4, 1, 5), v128.shuffle<f32>(r2, r3, 2, 6, 3, 7));
  const sums = f32x4.add(v128.shuffle<f64>(u, v, 0, 2), v128.shuffle<f64>(u, v, 1, 3));
  v128.store32_lane(to, sums, 0);
  v128.store32_lane(to + stride, sums, 1);
  v128.store32_lane(to + stride * 2, sums, 2);
  v128.store32_lane(to + stride * 3, sums, 3);
}
