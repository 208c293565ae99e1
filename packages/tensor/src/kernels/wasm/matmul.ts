/** Matrix products in wasm: which of three ways suits the shapes, and how operands are packed for it. */
import type { MatmulDims } from '../dims.js';
import { compute, type Frame } from './frame.js';
import { RESIDENT_BYTES } from './residency.js';
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
  /** Whether C is stored transposed, as [N, M], and a bias is one for each of its rows. */
  readonly isTransposed: boolean;
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

/** Whether columns are few; also more of them, where they nearly fill two panels of the widest tile. */
const areFew = (N: number) => N <= FEW || (N > 1.5 * FEW && N <= 2 * FEW);

/** With fewer yet, panels would be half empty: each value is a dot product of its own. */
const VERY_FEW = 4;

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
    isTransposed: false,
  };
  return compute((frame) => {
    const c = frame.output(length);
    const bias = epilogue.bias === undefined ? 0 : frame.input(epilogue.bias);
    const activation = ACTIVATIONS.indexOf(epilogue.activation);
    multiply(frame, product, c, [bias, activation]);
    return frame.result(c, length);
  });
}

/** C^T = B^T A^T, whose sides change their roles. */
function transposed({ M, N, K, a, b }: Product): Product {
  return { M: N, N: M, K, a: b, b: a, isTransposed: true };
}

/** Multiplies the product, or the transposed one, in the way that reads the larger operand where it lies, if there is one. */
function multiply(frame: Frame, product: Product, c: number, epilogue: readonly [number, number]): void {
  const { M, N } = product;
  const both = N <= M ? [product, transposed(product)] : [transposed(product), product];
  const ofRows = both.find((p) => areFew(p.N) && p.a.strideK === 1);
  const direct = both.find((p) => p.M <= FEW && p.N > FEW && p.b.strideL === 1);
  if (ofRows !== undefined) multiplyRows(frame, ofRows, c, epilogue);
  else multiplyTiles(frame, direct ?? product, c, epilogue, direct !== undefined);
}

/** How many multiplications a chunk should have at least: some 100 microseconds of work. */
const CHUNK_PRODUCTS = 2 ** 21;

/** Few columns: A's rows are read where they lie. */
function multiplyRows(frame: Frame, product: Product, c: number, epilogue: readonly [number, number]): void {
  const { M, N, K, a, b } = product;
  const width = panelWidth(N, K, frame);
  const left = isLargeWeight(product) ? copied(frame, a, K, M) : inPlace(frame, a, 1);
  // With such a stride, B is one panel as it is, or rows for dot products.
  const right = width === b.strideK ? inPlace(frame, b, 1) : packed(frame, b, K, N, width);
  const rows = 12 * Math.ceil(CHUNK_PRODUCTS / (12 * K * (N + 7) + 1));
  const chunks = a.offsets.length * Math.ceil(M / rows);
  const parameters = [left.list, right.list, c, M, N, K, rows, width];
  frame.launch('matmulRows', chunks, [...parameters, Number(product.isTransposed), ...epilogue]);
}

/** Whether A was the right side, as weights are, and is too large to be kept among the copies of what passes by. */
function isLargeWeight({ a, isTransposed }: Product): boolean {
  return isTransposed && a.array.byteLength > RESIDENT_BYTES.passing / 2;
}

/** Columns of B that are taken at once: those of a tile, or one for dot products, which take whole vectors of K. */
function panelWidth(N: number, K: number, frame: Frame): number {
  if (N <= VERY_FEW && K % 4 === 0) return 1;
  return N > 8 ? tileOf(frame.wide).NR : 8;
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
  const parameters = [
    left.list,
    right.list,
    c,
    M,
    N,
    K,
    Number(isWide),
    rows,
    columns,
    right.strideK,
    right.panel,
  ];
  parameters.push(Number(product.isTransposed), ...epilogue, isDirect ? DIRECT_DEPTH : DEPTH);
  frame.launch('matmulTiles', chunks, parameters);
}

/** Where kernels find an operand. */
interface Panels {
  /** The address of a list of the address of each product's matrix. */
  readonly list: number;
  /** Floats from one k to the next, and from one panel to the next. */
  readonly strideK: number;
  readonly panel: number;
}

function inPlace(frame: Frame, { array, offsets, strideK }: Side, width: number): Panels {
  const base = frame.input(array);
  return { list: frame.list(offsets.map((offset) => base + 4 * offset)), strideK, panel: width };
}

/** A [M, K] as it is, but kept like what was packed if it recurs: as one panel [M][K]. */
function copied(frame: Frame, { array, offsets }: Side, K: number, M: number): Panels {
  return packed(frame, { array, offsets, strideK: K, strideL: 1 }, M, K, K);
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
  const places = new Map(distinct.map((offset, i) => [offset, address + 4 * matrix * i]));
  const list = frame.list(offsets.map((offset) => places.get(offset) as number));
  return { list, strideK: width, panel: width * K };
}
