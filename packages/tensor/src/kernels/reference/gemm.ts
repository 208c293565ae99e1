/** The one fast matrix product: blocked, packed and register-tiled, accumulating in double precision. */
import type { TypedArray } from '../../dtype.js';
import { type MatrixView, transposed } from './matrix-view.js';

/*
 * The scheme is that of GotoBLAS and BLIS (Goto and van de Geijn, "Anatomy of High-Performance Matrix
 * Multiplication", 2008; Van Zee and van de Geijn, "BLIS: A Framework for Rapidly Instantiating BLAS
 * Functionality", 2015).
 *
 *                  N           C is cut into tiles of TILE x TILE. The micro-kernel computes one of them: it
 *            +-----#---+       keeps the tile's sums in registers while it walks along K, so that each value
 *          K |     #   |  B    that it loads takes part in TILE products instead of one.
 *            +-----#---+
 *      K                       It reads its TILE rows of A and TILE columns of B from panels: copies in which
 *    +---+   +---------+       the values lie in the order of reading. Packing the panels is where a transpose
 *    |   |   |         |       costs nothing, where float32 becomes float64, and where ragged edges are filled
 *  M |###|   |     #   |  C    up with zeros.
 *    +---+   +---------+
 *      A                       Panels are packed for one block of A, [BLOCK, BLOCK_K], and one of B,
 *                              [BLOCK_K, BLOCK], at a time. They stay in the caches while all the tiles that
 *                              they contribute to are brought forward.
 */

/** 3 x 3 sums and 3 + 3 factors are 15 numbers: no larger square fits x86-64's 16 registers for floats. */
const TILE = 3;
/** Two panels, 6 KiB each, fit the level-1 cache. */
const BLOCK_K = 256;
/** A block of A and one of B, 384 KiB each, fit the level-2 cache, and packing them is 1 % of the work. */
const BLOCK = 64 * TILE;

/*
 * The buffers are constants of the module, not arguments, because V8 then compiles their addresses and lengths
 * into the micro-kernel, which makes it a quarter faster.
 */
const panelsA = new Float64Array(BLOCK * BLOCK_K);
const panelsB = new Float64Array(BLOCK * BLOCK_K);
/** The sums of one block of C, row by row. */
const sums = new Float64Array(BLOCK * BLOCK);

/**
 * C = A · B, where A is [M, K], B is [K, N], and C is [M, N], row-major from C[offset] on. Everything is summed
 * in double precision and rounded once, to the type of C.
 */
export function gemm(
  M: number,
  N: number,
  K: number,
  A: MatrixView,
  B: MatrixView,
  C: TypedArray,
  offset = 0,
): void {
  if (N === 1) multiplyVector(M, K, A, B, C, offset);
  else if (M === 1) multiplyVector(N, K, transposed(B), transposed(A), C, offset);
  else multiplyMatrix(M, N, K, A, B, C, offset);
}

function multiplyMatrix(
  M: number,
  N: number,
  K: number,
  A: MatrixView,
  B: MatrixView,
  C: TypedArray,
  offset: number,
): void {
  const columnsOfB = transposed(B);
  for (let i = 0; i < M; i += BLOCK) {
    const rows = Math.min(BLOCK, M - i);
    for (let j = 0; j < N; j += BLOCK) {
      const columns = Math.min(BLOCK, N - j);
      const width = Math.ceil(columns / TILE) * TILE;
      sums.fill(0, 0, Math.ceil(rows / TILE) * TILE * width);
      for (let k = 0; k < K; k += BLOCK_K) {
        const depth = Math.min(BLOCK_K, K - k);
        pack(panelsA, A, i, rows, k, depth);
        pack(panelsB, columnsOfB, j, columns, k, depth);
        multiplyPanels(rows, columns, depth, width);
      }
      for (let row = 0; row < rows; row++) {
        const to = offset + (i + row) * N + j;
        for (let column = 0; column < columns; column++) C[to + column] = sums[row * width + column];
      }
    }
  }
}

/**
 * Copies the block [count, depth] that begins at [row, k] into panels of TILE rows each, one after the other.
 * In a panel, element k of row t is at k * TILE + t. Rows beyond the matrix become zeros; the sums that these
 * give are never copied to C.
 */
function pack(
  panels: Float64Array,
  { data, offset, rowStride, columnStride }: MatrixView,
  row: number,
  count: number,
  k: number,
  depth: number,
): void {
  let to = 0;
  for (let first = 0; first < count; first += TILE) {
    const end = to + depth * TILE;
    const rows = Math.min(TILE, count - first);
    let at = offset + (row + first) * rowStride + k * columnStride;
    for (; to < end; to += TILE, at += columnStride) {
      panels[to] = data[at];
      panels[to + 1] = rows > 1 ? data[at + rowStride] : 0;
      panels[to + 2] = rows > 2 ? data[at + 2 * rowStride] : 0;
    }
  }
}

/** Adds the product of the packed blocks to `sums`, whose rows are `width` long. */
function multiplyPanels(rows: number, columns: number, depth: number, width: number): void {
  for (let j = 0; j < columns; j += TILE) {
    for (let i = 0; i < rows; i += TILE) multiplyTile(i * depth, j * depth, depth, i * width + j, width);
  }
}

/** No index into a block of panels is larger. As a mask it shows V8 that indices cannot overflow. */
const INDEX_MASK = 0xffff;

/**
 * The micro-kernel: for each k, column k of a panel of A times row k of a panel of B is added to a tile of
 * `sums`. The panels begin at `a` and `b`, the tile at `at`.
 */
function multiplyTile(a: number, b: number, depth: number, at: number, width: number): void {
  let c00 = 0;
  let c01 = 0;
  let c02 = 0;
  let c10 = 0;
  let c11 = 0;
  let c12 = 0;
  let c20 = 0;
  let c21 = 0;
  let c22 = 0;
  const end = (a + depth * TILE) & INDEX_MASK;
  let p = a & INDEX_MASK;
  let q = b & INDEX_MASK;
  while (p < end) {
    const a0 = panelsA[p];
    const a1 = panelsA[p + 1];
    const a2 = panelsA[p + 2];
    const b0 = panelsB[q];
    const b1 = panelsB[q + 1];
    const b2 = panelsB[q + 2];
    c00 += a0 * b0;
    c01 += a0 * b1;
    c02 += a0 * b2;
    c10 += a1 * b0;
    c11 += a1 * b1;
    c12 += a1 * b2;
    c20 += a2 * b0;
    c21 += a2 * b1;
    c22 += a2 * b2;
    p = (p + TILE) & INDEX_MASK;
    q = (q + TILE) & INDEX_MASK;
  }
  const row1 = at + width;
  const row2 = row1 + width;
  sums[at] += c00;
  sums[at + 1] += c01;
  sums[at + 2] += c02;
  sums[row1] += c10;
  sums[row1 + 1] += c11;
  sums[row1 + 2] += c12;
  sums[row2] += c20;
  sums[row2 + 1] += c21;
  sums[row2 + 2] += c22;
}

/**
 * C = A · x, where A is [M, K] and x is [K, 1]. No value of A is used twice, so packing does not pay. Four rows
 * go together, so that each value of x that is loaded takes part in four products.
 */
function multiplyVector(
  M: number,
  K: number,
  A: MatrixView,
  x: MatrixView,
  C: TypedArray,
  offset: number,
): void {
  const { data, rowStride, columnStride } = A;
  let i = 0;
  for (; i + 4 <= M; i += 4) {
    let at = A.offset + i * rowStride;
    let sum0 = 0;
    let sum1 = 0;
    let sum2 = 0;
    let sum3 = 0;
    for (let k = 0; k < K; k++, at += columnStride) {
      const factor = x.data[x.offset + k * x.rowStride];
      sum0 += data[at] * factor;
      sum1 += data[at + rowStride] * factor;
      sum2 += data[at + 2 * rowStride] * factor;
      sum3 += data[at + 3 * rowStride] * factor;
    }
    C[offset + i] = sum0;
    C[offset + i + 1] = sum1;
    C[offset + i + 2] = sum2;
    C[offset + i + 3] = sum3;
  }
  for (; i < M; i++) {
    const row = A.offset + i * rowStride;
    let sum = 0;
    for (let k = 0; k < K; k++) sum += data[row + k * columnStride] * x.data[x.offset + k * x.rowStride];
    C[offset + i] = sum;
  }
}
