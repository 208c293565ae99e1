/** The one fast matrix product: blocked, packed and register-tiled, accumulating in double precision. */
import type { TypedArray } from '../../dtype.js';

/** A matrix inside a flat array; element [i, j] is data[offset + i * rowStride + j * columnStride]. */
export interface MatrixView {
  readonly data: TypedArray;
  readonly offset: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

/*
 * The scheme is that of GotoBLAS and BLIS (Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication",
 * 2008; Van Zee and van de Geijn, "BLIS: A Framework for Rapidly Instantiating BLAS Functionality", 2015):
 *
 *            N                          C is cut into tiles of TILE x TILE. The micro-kernel computes one tile: it
 *          +----+---+                   keeps the tile's sums in registers while it walks down K, so that each value
 *        K |  B | j |                   it loads takes part in TILE products instead of one.
 *          +----+---+
 *     K                                 It reads its TILE rows of A and TILE columns of B from "panels", copies in which
 *   +----+ +----+---+                   the values lie in the order of reading. Packing into panels is where a
 * M |  A | |  C |   |                   transpose costs nothing, where float32 becomes float64, and where ragged edges
 *   +----+ |    +---+                   are filled up with zeros.
 *   | i  | |    |tile
 *   +----+ +----+---+                   The panels are filled for one block of A and B at a time, of BLOCK_M x BLOCK_K
 *                                       and BLOCK_K x BLOCK_N, which stay in the caches until they are used up.
 */

/** 3 x 3 sums and 3 + 3 factors are 15 doubles: the largest square that fits the 16 float registers of x86-64. */
const TILE = 3;
/** Two panels, of TILE x BLOCK_K doubles each, fit the level-1 cache. */
const BLOCK_K = 256;
/** The panels of a block of A, 192 KiB, fit the level-2 cache. */
const BLOCK_M = 32 * TILE;
/** The panels of a block of B, 1 MiB, fit the last cache. */
const BLOCK_N = 170 * TILE;

type Panels = readonly Float64Array[];
const panelsA = createPanels(BLOCK_M / TILE);
const panelsB = createPanels(BLOCK_N / TILE);
const tile = new Float64Array(TILE * TILE);

function createPanels(count: number): Panels {
  const values = new Float64Array(count * BLOCK_K * TILE);
  return Array.from({ length: count }, (_, i) => values.subarray(i * BLOCK_K * TILE, (i + 1) * BLOCK_K * TILE));
}

/** C += A · B, where A is [M, K], B is [K, N], and C is [M, N], row-major, beginning at C[offset]. */
export function gemm(
  M: number,
  N: number,
  K: number,
  A: MatrixView,
  B: MatrixView,
  C: Float64Array,
  offset: number,
): void {
  if (N === 1) multiplyVector(M, K, A, B.data, B.offset, B.rowStride, C, offset);
  else if (M === 1) multiplyVector(N, K, transposed(B), A.data, A.offset, A.columnStride, C, offset);
  else multiplyBlocks(M, N, K, A, B, C, offset);
}

function transposed({ data, offset, rowStride, columnStride }: MatrixView): MatrixView {
  return { data, offset, rowStride: columnStride, columnStride: rowStride };
}

function multiplyBlocks(
  M: number,
  N: number,
  K: number,
  A: MatrixView,
  B: MatrixView,
  C: Float64Array,
  offset: number,
): void {
  for (let j = 0; j < N; j += BLOCK_N) {
    const columns = Math.min(BLOCK_N, N - j);
    for (let k = 0; k < K; k += BLOCK_K) {
      const depth = Math.min(BLOCK_K, K - k);
      pack(panelsB, B.data, B.offset + k * B.rowStride + j * B.columnStride, columns, B.columnStride, depth, B.rowStride);
      for (let i = 0; i < M; i += BLOCK_M) {
        const rows = Math.min(BLOCK_M, M - i);
        pack(panelsA, A.data, A.offset + i * A.rowStride + k * A.columnStride, rows, A.rowStride, depth, A.columnStride);
        multiplyPanels(rows, columns, depth, C, offset + i * N + j, N);
      }
    }
  }
}

/**
 * Copies rows of A, or columns of B, into panels of TILE of them: panel[k * TILE + t] is element k of the panel's
 * row (column) t. Rows (columns) beyond the matrix become zeros, whose products end outside C.
 */
function pack(
  panels: Panels,
  data: TypedArray,
  offset: number,
  count: number,
  stride: number,
  depth: number,
  step: number,
): void {
  const end = depth * TILE;
  for (let first = 0; first < count; first += TILE) {
    const panel = panels[first / TILE];
    let at = offset + first * stride;
    if (count - first >= TILE) {
      for (let k = 0; k < end; k += TILE, at += step) {
        panel[k] = data[at];
        panel[k + 1] = data[at + stride];
        panel[k + 2] = data[at + 2 * stride];
      }
    } else {
      const two = count - first === 2;
      for (let k = 0; k < end; k += TILE, at += step) {
        panel[k] = data[at];
        panel[k + 1] = two ? data[at + stride] : 0;
        panel[k + 2] = 0;
      }
    }
  }
}

/** Adds the product of the packed blocks to the rows x columns of C that begin at `offset`, in rows of length N. */
function multiplyPanels(rows: number, columns: number, depth: number, C: Float64Array, offset: number, N: number): void {
  for (let j = 0; j < columns; j += TILE) {
    const panelB = panelsB[j / TILE];
    const width = Math.min(TILE, columns - j);
    for (let i = 0; i < rows; i += TILE) {
      multiplyTile(depth, panelsA[i / TILE], panelB);
      const height = Math.min(TILE, rows - i);
      for (let y = 0, t = 0; y < height; y++, t += TILE) {
        const row = offset + (i + y) * N + j;
        C[row] += tile[t];
        if (width > 1) C[row + 1] += tile[t + 1];
        if (width > 2) C[row + 2] += tile[t + 2];
      }
    }
  }
}

/** A bound on indices into a panel, as a mask: it shows V8 that they cannot overflow, which spares it the checks. */
const INDEX_MASK = 0xffff;

/** The micro-kernel: tile = the sum over k of column k of A's panel times row k of B's panel. */
function multiplyTile(depth: number, a: Float64Array, b: Float64Array): void {
  let c00 = 0;
  let c01 = 0;
  let c02 = 0;
  let c10 = 0;
  let c11 = 0;
  let c12 = 0;
  let c20 = 0;
  let c21 = 0;
  let c22 = 0;
  const end = (depth * TILE) & INDEX_MASK;
  let k = 0;
  while (k < end) {
    const a0 = a[k];
    const a1 = a[k + 1];
    const a2 = a[k + 2];
    const b0 = b[k];
    const b1 = b[k + 1];
    const b2 = b[k + 2];
    c00 += a0 * b0;
    c01 += a0 * b1;
    c02 += a0 * b2;
    c10 += a1 * b0;
    c11 += a1 * b1;
    c12 += a1 * b2;
    c20 += a2 * b0;
    c21 += a2 * b1;
    c22 += a2 * b2;
    k = (k + TILE) & INDEX_MASK;
  }
  tile[0] = c00;
  tile[1] = c01;
  tile[2] = c02;
  tile[3] = c10;
  tile[4] = c11;
  tile[5] = c12;
  tile[6] = c20;
  tile[7] = c21;
  tile[8] = c22;
}

/**
 * C += A · x, for a vector x: where nothing is used twice, packing does not pay. Four rows go together, so that each
 * value of x that is loaded takes part in four products.
 */
function multiplyVector(
  M: number,
  K: number,
  A: MatrixView,
  x: TypedArray,
  start: number,
  stride: number,
  C: Float64Array,
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
      const factor = x[start + k * stride];
      sum0 += data[at] * factor;
      sum1 += data[at + rowStride] * factor;
      sum2 += data[at + 2 * rowStride] * factor;
      sum3 += data[at + 3 * rowStride] * factor;
    }
    C[offset + i] += sum0;
    C[offset + i + 1] += sum1;
    C[offset + i + 2] += sum2;
    C[offset + i + 3] += sum3;
  }
  for (; i < M; i++) {
    const row = A.offset + i * rowStride;
    let sum = 0;
    for (let k = 0; k < K; k++) sum += data[row + k * columnStride] * x[start + k * stride];
    C[offset + i] += sum;
  }
}
