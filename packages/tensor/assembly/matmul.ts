// The matrix product: C[i] = A[i] B[i] for each i of a batch, from packed panels or with one side read where it lies.
import { finishBlock } from './epilogue';
import { int, pointer } from './parameters';
import { scratch } from './scratch';
import { rows1x2, rows4x2, tile4x2, tile6x4 } from './tiles';

/** Below this K, writing C takes longer than reading A and B. */
const SHALLOW = 48;

/** One tile of the size that the machine is best at. */
@inline
export function tile(wide: bool, K: i32, a: usize, b: usize, bStride: usize, c: usize, cStride: usize, accumulate: bool): void {
  if (wide) tile6x4(K, a, b, bStride, c, cStride, accumulate);
  else tile4x2(K, a, b, bStride, c, cStride, accumulate);
}

/** Moves the part of a tile that lies within C: from `from`, whose rows are `fromStride` bytes long, adding or replacing. */
export function copyTile(
  from: usize,
  fromStride: usize,
  c: usize,
  cStride: usize,
  columnStride: usize,
  rows: i32,
  columns: i32,
  accumulate: bool,
): void {
  for (let i = 0; i < rows; i++) {
    let source = from + <usize>i * fromStride;
    let target = c + <usize>i * cStride;
    for (let j = 0; j < columns; j++, source += 4, target += columnStride) {
      const value = load<f32>(source);
      store<f32>(target, accumulate ? load<f32>(target) + value : value);
    }
  }
}

/**
 * A block of C from packed panels; a chunk is a block.
 *
 * 0 A's panels, 1 B's panels (or B itself), 2 C, 3 M, 4 N, 5 K, 6 wide (1) or narrow tiles, 7 rows and 8 columns of a block,
 * 9 and 10 lists of the matrix of A and of B that each product takes, 11 floats from one k of B to the next,
 * 12 floats from one panel of B to the next, 13 floats from one matrix of B to the next, 14 floats from one row of C to the next,
 * 15 floats from one column of C to the next, 16 bias per column or 0, 17 activation,
 * 18 how much of K the sums in registers run over before they go to memory.
 */
export function matmulTiles(p: usize, chunk: i32): void {
  const M = int(p, 3);
  const N = int(p, 4);
  const K = int(p, 5);
  const wide = int(p, 6) != 0;
  const blockRows = int(p, 7);
  const blockColumns = int(p, 8);
  const bStride = pointer(p, 11) << 2;
  const bPanel = pointer(p, 12) << 2;
  const cStride = pointer(p, 14) << 2;
  const cColumn = pointer(p, 15) << 2;
  const MR = wide ? 6 : 4;
  const NR = wide ? 16 : 8;
  const down = (M + blockRows - 1) / blockRows;
  const across = (N + blockColumns - 1) / blockColumns;
  const product = chunk / (down * across);
  const block = chunk - product * down * across;
  const top = (block / across) * blockRows;
  const left = (block % across) * blockColumns;
  const bottom = min(top + blockRows, M);
  const right = min(left + blockColumns, N);
  const aPanel = <usize>(K * MR) << 2;
  const aMatrix = load<u32>(pointer(p, 9) + (<usize>product << 2));
  const bMatrix = load<u32>(pointer(p, 10) + (<usize>product << 2));
  const a = pointer(p, 0) + <usize>aMatrix * aPanel * <usize>((M + MR - 1) / MR);
  const b = pointer(p, 1) + ((<usize>bMatrix * pointer(p, 13)) << 2);
  const c = pointer(p, 2) + ((<usize>product * <usize>M * <usize>N) << 2);
  const depthOfBlock = int(p, 18);
  const spare = scratch();
  const spareStride = <usize>NR << 2;
  // A tile reads a panel of each side. The inner loop changes the one that is cheaper to fetch again: panels of A as a rule,
  // but where K is small it is C that counts, and C is written along its rows.
  const alongRows = K <= SHALLOW;
  const outer = alongRows ? (bottom - top + MR - 1) / MR : (right - left + NR - 1) / NR;
  const inner = alongRows ? (right - left + NR - 1) / NR : (bottom - top + MR - 1) / MR;
  for (let k = 0; k < K || k == 0; k += depthOfBlock) {
    const depth = min(depthOfBlock, K - k);
    const accumulate = k > 0;
    for (let u = 0; u < outer; u++) {
      for (let v = 0; v < inner; v++) {
        const i = top + (alongRows ? u : v) * MR;
        const j = left + (alongRows ? v : u) * NR;
        const bAt = b + <usize>(j / NR) * bPanel + <usize>k * bStride;
        const aAt = a + <usize>(i / MR) * aPanel + (<usize>(k * MR) << 2);
        const cAt = c + <usize>i * cStride + <usize>j * cColumn;
        if (i + MR <= bottom && j + NR <= right && cColumn == 4) {
          tile(wide, depth, aAt, bAt, bStride, cAt, cStride, accumulate);
        } else {
          tile(wide, depth, aAt, bAt, bStride, spare, spareStride, false);
          copyTile(spare, spareStride, cAt, cStride, cColumn, min(MR, bottom - i), min(NR, right - j), accumulate);
        }
      }
    }
  }
  finishBlock(c, top, bottom, left, right, cStride, cColumn, pointer(p, 16), int(p, 17));
}

/**
 * A product with few columns, which would not pay for packing A: reads A's rows where they lie; a chunk is a stretch of rows.
 *
 * 0 A, 1 B's panels of 8 columns, 2 C, 3 M, 4 N, 5 K, 6 floats from one row of A to the next, 7 rows of a chunk,
 * 8 and 9 lists of the address of A's matrix and of the index of B's that each product takes, 10 floats from one row of C to the
 * next, 11 floats from one column of C to the next, 12 bias per column or 0, 13 activation.
 */
export function matmulRows(p: usize, chunk: i32): void {
  const M = int(p, 3);
  const N = int(p, 4);
  const K = int(p, 5);
  const perChunk = int(p, 7);
  const aStride = pointer(p, 6) << 2;
  const cStride = pointer(p, 10) << 2;
  const cColumn = pointer(p, 11) << 2;
  const chunks = (M + perChunk - 1) / perChunk;
  const product = chunk / chunks;
  const top = (chunk - product * chunks) * perChunk;
  const bottom = min(top + perChunk, M);
  const panels = (N + 7) >> 3;
  const a = load<u32>(pointer(p, 8) + (<usize>product << 2));
  const bMatrix = load<u32>(pointer(p, 9) + (<usize>product << 2));
  const b = pointer(p, 1) + ((<usize>bMatrix * <usize>panels * <usize>K) << 5);
  const c = pointer(p, 2) + ((<usize>product * <usize>M * <usize>N) << 2);
  const spare = scratch();
  for (let i = top; i < bottom; ) {
    const rows = i + 4 <= bottom ? 4 : 1;
    const aAt = a + <usize>i * aStride;
    for (let panel = 0; panel < panels; panel++) {
      const j = panel << 3;
      const bAt = b + ((<usize>panel * <usize>K) << 5);
      const cAt = c + <usize>i * cStride + <usize>j * cColumn;
      const isWhole = cColumn == 4 && j + 8 <= N;
      const to = isWhole ? cAt : spare;
      const toStride = isWhole ? cStride : 32;
      if (rows == 4) rows4x2(K, aAt, aStride, bAt, 32, to, toStride, false);
      else rows1x2(K, aAt, aStride, bAt, 32, to, toStride, false);
      if (!isWhole) copyTile(spare, 32, cAt, cStride, cColumn, rows, min(8, N - j), false);
    }
    i += rows;
  }
  finishBlock(c, top, bottom, 0, N, cStride, cColumn, pointer(p, 12), int(p, 13));
}
