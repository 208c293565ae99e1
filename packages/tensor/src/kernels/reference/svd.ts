/** The singular value decomposition: bidiagonalization, then implicit QR sweeps. */
import type { TypedArray } from '../../dtype.js';
import { bidiagonalize } from './bidiagonal.js';
import { diagonalize } from './diagonalize.js';
import { reflect, triangularize } from './householder.js';
import { roundLike } from './storage.js';
import { type Columns, columnsOf, divide, powerOfTwoNear } from './vectors.js';

export interface Svd {
  /** [batch, M, K], K = min(M, N). The columns are orthonormal, even where the rank is less than K. */
  readonly U: TypedArray;
  /** [batch, K], descending. */
  readonly S: TypedArray;
  /** [batch, K, N]. The rows are orthonormal. */
  readonly Vh: TypedArray;
}

/**
 * x[i] = U[i] · diag(S[i]) · Vh[i] for each of `batch` matrices [M, N]; PyTorch's `linalg.svd` with
 * `full_matrices=False`. A matrix that holds NaN or infinity has NaN for everything.
 */
export function svd(x: TypedArray, batch: number, M: number, N: number): Svd {
  const K = Math.min(M, N);
  const U = new Float64Array(batch * M * K);
  const S = new Float64Array(batch * K);
  const Vh = new Float64Array(batch * K * N);
  for (let i = 0; i < batch; i++) {
    const element = (row: number, column: number) => x[(i * M + row) * N + column];
    // A wide matrix is decomposed as its transpose, V · diag(S) · U^T.
    const tall = M >= N ? columnsOf(M, N, element) : columnsOf(N, M, (row, column) => element(column, row));
    const { left, values, right } = decompose(tall, Math.max(M, N));
    const [u, v] = M >= N ? [left, right] : [right, left];
    S.set(values, i * K);
    for (let k = 0; k < K; k++) {
      for (let row = 0; row < M; row++) U[(i * M + row) * K + k] = u[k][row];
      Vh.set(v[k], (i * K + k) * N);
    }
  }
  return { U: roundLike(x, U), S: roundLike(x, S), Vh: roundLike(x, Vh) };
}

/** Decomposes A, [M, N] with M >= N, which is overwritten. The parts are sorted by their values. */
function decompose(A: Columns, M: number): { left: Columns; values: number[]; right: Columns } {
  // No iteration would end.
  if (!A.every((column) => column.every(Number.isFinite))) return nothing(A.length, M);
  const scale = powerOfTwoNear(A);
  for (const column of A) divide(column, scale);
  // A long matrix is first made square: A = Q · R, and it is R whose columns all following work is done on.
  const reflectors = M > A.length ? triangularize(A, M) : [];
  const square = A.map((column) => column.slice(0, A.length));
  const parts = bidiagonalize(square);
  diagonalize(parts);
  const { left, right, diagonal } = parts;
  const order = [...diagonal.keys()].sort((i, j) => Math.abs(diagonal[j]) - Math.abs(diagonal[i]));
  return {
    left: order.map((k) => reflectAll(reflectors, left[k], M)),
    values: order.map((k) => Math.abs(diagonal[k]) * scale),
    right: order.map((k) => (diagonal[k] < 0 ? right[k].map((value) => -value) : right[k])),
  };
}

function nothing(N: number, M: number) {
  const columns = (rows: number) => Array.from({ length: N }, () => new Float64Array(rows).fill(Number.NaN));
  return { left: columns(M), values: new Array<number>(N).fill(Number.NaN), right: columns(N) };
}

/** Q · y, where y is filled up with zeros to the length M. */
function reflectAll(reflectors: Columns, y: Float64Array, M: number): Float64Array {
  const out = new Float64Array(M);
  out.set(y);
  for (let k = reflectors.length - 1; k >= 0; k--) reflect(reflectors[k], out, k);
  return out;
}
