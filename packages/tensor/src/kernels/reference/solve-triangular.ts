/** Systems of equations with triangular matrices, by substitution. */
import type { TypedArray } from '../../dtype.js';
import { roundLike } from './storage.js';

/** Dimensions and options of `solveTriangular`. */
export interface TriangularDims {
  readonly batch: number;
  readonly N: number;
  /** The columns of the right side. */
  readonly columns: number;
  /** Whether A is taken as upper triangular, else as lower. */
  readonly upper: boolean;
  /** Whether A is transposed first; `upper` says what it was before. */
  readonly transpose: boolean;
}

/**
 * X with op(A[i]) · X[i] = B[i] for each of `batch` matrices A [N, N] and B [N, columns]. What stands on the other side of
 * the diagonal of A is not read. A zero on the diagonal gives infinities or NaN.
 */
export function solveTriangular(a: TypedArray, b: TypedArray, dims: TriangularDims): TypedArray {
  const { batch, N, columns, upper, transpose } = dims;
  const X = Float64Array.from(b);
  // Substitution begins where only one unknown is left: at the end for what is upper triangular now.
  const backwards = upper !== transpose;
  for (let i = 0; i < batch; i++) {
    const element = (row: number, column: number) =>
      a[i * N * N + (transpose ? column * N + row : row * N + column)];
    for (let n = 0; n < N; n++) {
      const row = backwards ? N - 1 - n : n;
      const at = (i * N + row) * columns;
      for (let m = 0; m < n; m++) {
        const known = backwards ? N - 1 - m : m;
        const factor = element(row, known);
        const from = (i * N + known) * columns;
        for (let j = 0; j < columns; j++) X[at + j] -= factor * X[from + j];
      }
      const divisor = element(row, row);
      for (let j = 0; j < columns; j++) X[at + j] /= divisor;
    }
  }
  return roundLike(b, X);
}
