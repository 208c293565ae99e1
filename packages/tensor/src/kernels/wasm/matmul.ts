/** Matrix products in wasm: which of three ways suits the shapes, and how operands are packed for it. */
import type { MatmulDims } from '../dims.js';
import { compute, type Frame } from './frame.js';
import { blockOf, tileOf } from './tile.js';

/** What comes after the product, while its values are still in the cache. */
export interface Epilogue {
  /** Added to each column; [N]. */
  readonly bias?: Float32Array | undefined;
  readonly activation?: Activation | undefined;
}

export type Activation = 'relu';

const ACTIVATIONS: readonly (Activation | undefined)[] = [undefined, 'relu'];

/** A product C = A B with everything that is transposed expressed by strides (in floats). */
interface Product {
  readonly M: number;
  readonly N: number;
  readonly K: number;
  readonly a: Side;
  readonly b: Side;
  readonly rowStride: number;
  readonly columnStride: number;
}

/** One operand: [M, K] or [K, N], in memory as it is. */
interface Side {
  readonly array: Float32Array;
  readonly offsets: readonly number[];
  /** From one k to the next. */
  readonly strideK: number;
  /** From one row of A, or column of B, to the next. */
  readonly strideL: number;
}

/** Products with so few columns (or rows) are read where they lie: packing would cost as much as the product. */
const FEW = 16;

/** C[i] = op(A[i]) op(B[i]), float32. `undefined` where wasm cannot do it. */
export function matmul(
  a: Float32Array,
  b: Float32Array,
  dims: MatmulDims,
  epilogue: Epilogue = {},
): Float32Array | undefined {
  const { M, N, K, transposeA, transposeB, offsetsA, offsetsB } = dims;
  const length = offsetsA.length * M * N;
  if (length === 0) return new Float32Array(0);
  const product: Product = {
    M,
    N,
    K,
    a: {
      array: a,
      offsets: offsetsA,
      ...(transposeA ? { strideK: M, strideL: 1 } : { strideK: 1, strideL: K }),
    },
    b: {
      array: b,
      offsets: offsetsB,
      ...(transposeB ? { strideK: 1, strideL: K } : { strideK: N, strideL: 1 }),
    },
    rowStride: N,
    columnStride: 1,
  };
  return compute((frame) => {
    const c = frame.output(length);
    const bias = epilogue.bias === undefined ? 0 : frame.input(epilogue.bias);
    const activation = ACTIVATIONS.indexOf(epilogue.activation);
    multiply(frame, bias === 0 ? favourable(product) : product, c, [bias, activation]);
    return frame.result(c, length);
  });
}

/** The transposed product, C^T = B^T A^T, where only that one can read its large operand where it lies. */
function favourable(product: Product): Product {
  const { M, N, a, b } = product;
  const isBetter = (N <= FEW && a.strideK !== 1) || (M <= FEW && N > FEW && b.strideL !== 1);
  if (!isBetter) return product;
  return {
    M: N,
    N: M,
    K: product.K,
    a: b,
    b: a,
    rowStride: product.columnStride,
    columnStride: product.rowStride,
  };
}

function multiply(frame: Frame, product: Product, c: number, epilogue: readonly [number, number]): void {
  const { M, N, a, b } = product;
  if (N <= FEW && a.strideK === 1 && M > 1) multiplyRows(frame, product, c, epilogue);
  else multiplyTiles(frame, product, c, epilogue, M <= FEW && b.strideL === 1 && N > FEW);
}

/** How many multiplications a chunk should have at least: some 100 microseconds of work. */
const CHUNK_PRODUCTS = 2 ** 21;

/** Few columns: A's rows are read where they lie. */
function multiplyRows(frame: Frame, product: Product, c: number, epilogue: readonly [number, number]): void {
  const { M, N, K, a, b } = product;
  const panels = packed(frame, b, K, N, 8);
  const rows = Math.max(4, 4 * Math.ceil(CHUNK_PRODUCTS / (4 * K * (N + 7) + 1)));
  const base = frame.input(a.array);
  const chunks = a.offsets.length * Math.ceil(M / rows);
  const sources = frame.list(a.offsets.map((offset) => base + 4 * offset));
  const { rowStride, columnStride } = product;
  const parameters = [base, panels.address, c, M, N, K, a.strideL, rows];
  parameters.push(sources, frame.list(panels.indices), rowStride, columnStride, ...epilogue);
  frame.launch('matmulRows', chunks, parameters);
}

/** How much of K the sums in registers run over before they go to memory: a panel of B then stays in the first cache. */
const DEPTH = 256;

/** Less where B is read in place: each of its rows may be another page, and the processor finds only so many at once. */
const DIRECT_DEPTH = 32;

/** Everything else: A in panels, B in panels or, where there are few rows, read where it lies. */
function multiplyTiles(
  frame: Frame,
  product: Product,
  c: number,
  epilogue: readonly [number, number],
  isDirect: boolean,
): void {
  const { M, N, K, a, b } = product;
  const { MR, NR, isWide } = tileOf(frame.wide);
  const left = packed(frame, a, K, M, MR);
  const right = isDirect ? inPlace(frame, b, NR) : packed(frame, b, K, N, NR);
  const { rows, columns } = blockOf(N);
  const chunks = a.offsets.length * Math.ceil(M / rows) * Math.ceil(N / columns);
  const { rowStride, columnStride } = product;
  const parameters = [left.address, right.address, c, M, N, K, Number(isWide), rows, columns];
  parameters.push(frame.list(left.indices), frame.list(right.indices));
  parameters.push(right.strideK, right.panel, right.matrix, rowStride, columnStride, ...epilogue);
  parameters.push(isDirect ? DIRECT_DEPTH : DEPTH);
  frame.launch('matmulTiles', chunks, parameters);
}

/** Where tiles find an operand. */
interface Panels {
  readonly address: number;
  /** Which matrix each product of the batch takes, in units of `matrix` floats. */
  readonly indices: readonly number[];
  /** Floats from one k to the next, from one panel to the next, from one matrix to the next. */
  readonly strideK: number;
  readonly panel: number;
  readonly matrix: number;
}

function inPlace(frame: Frame, { array, offsets, strideK }: Side, width: number): Panels {
  return { address: frame.input(array), indices: offsets, strideK, panel: width, matrix: 1 };
}

/** How many floats a chunk of packing should move at least. */
const CHUNK_FLOATS = 2 ** 16;

function packed(
  frame: Frame,
  { array, offsets, strideK, strideL }: Side,
  K: number,
  L: number,
  width: number,
): Panels {
  const distinct = [...new Set(offsets)];
  const panels = Math.ceil(L / width);
  const matrix = panels * width * K;
  const layout = `${width}:${K}:${L}:${strideK}:${distinct.join()}`;
  const address = frame.prepared(array, layout, 4 * distinct.length * matrix, (target) => {
    const source = frame.input(array);
    const perChunk = Math.max(1, Math.ceil(CHUNK_FLOATS / (width * K + 1)));
    const chunks = Math.ceil(panels / perChunk);
    const sources = frame.list(distinct.map((offset) => source + 4 * offset));
    const parameters = [sources, target, K, L, width, strideK, strideL, perChunk, chunks];
    frame.launch('packPanels', distinct.length * chunks, parameters);
  });
  const indices =
    distinct.length === offsets.length
      ? [...offsets.keys()]
      : offsets.map((offset) => distinct.indexOf(offset));
  return { address, indices, strideK: width, panel: width * K, matrix };
}
