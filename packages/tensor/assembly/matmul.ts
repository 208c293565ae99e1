// The matrix product: C[i] = A[i] B[i] for each i of a batch, from packed panels or with one side read where it lies.
import { columnStride, finishBlock, rowStride } from './epilogue';
import { int, pointer } from './parameters';
import { scratch } from './scratch';
import { tile4x2, tile6x4 } from './tiles';

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
 * 0 and 1 lists of the addresses of A's and of B's panels (or of B itself) for each product, 2 C, 3 M, 4 N, 5 K, 6 wide (1) or narrow
 * tiles, 7 rows and 8 columns of a block, 9 floats from one k of B to the next, 10 floats from one panel of B to the next,
 * 11 whether C is stored transposed (1), 12 bias or 0, 13 activation, 14 how much of K the sums in registers run over before they go
 * to memory.
 */
export function matmulTiles(p: usize, chunk: i32): void {
  const M = int(p, 3);
  const N = int(p, 4);
  const K = int(p, 5);
  const wide = int(p, 6) != 0;
  const blockRows = int(p, 7);
  const blockColumns = int(p, 8);
  const bStride = pointer(p, 9) << 2;
  const bPanel = pointer(p, 10) << 2;
  const transposed = int(p, 11) != 0;
  const cStride = rowStride(transposed, N);
  const cColumn = columnStride(transposed, M);
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
  const a = load<u32>(pointer(p, 0) + (<usize>product << 2));
  const b = load<u32>(pointer(p, 1) + (<usize>product << 2));
  const c = pointer(p, 2) + ((<usize>product * <usize>M * <usize>N) << 2);
  const depthOfBlock = int(p, 14);
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
        if (i + MR <= bottom && j + NR <= right && !transposed) {
          tile(wide, depth, aAt, bAt, bStride, cAt, cStride, accumulate);
        } else {
          tile(wide, depth, aAt, bAt, bStride, spare, spareStride, false);
          copyTile(spare, spareStride, cAt, cStride, cColumn, min(MR, bottom - i), min(NR, right - j), accumulate);
        }
      }
    }
  }
  finishBlock(c, top, bottom, left, right, M, N, transposed, pointer(p, 12), int(p, 13));
}
