/** The QR decomposition, by Householder reflections. */
import type { TypedArray } from '../../dtype.js';
import { productOf, triangularize } from './householder.js';
import { roundLike } from './storage.js';
import { columnsOf, divide, powerOfTwoNear } from './vectors.js';

export interface Qr {
  /** [batch, M, K], K = min(M, N). The columns are orthonormal, even where the rank is less than K. */
  readonly Q: TypedArray;
  /** [batch, K, N], zero below the diagonal. */
  readonly R: TypedArray;
}

/**
 * x[i] = Q[i] · R[i] for each of `batch` matrices [M, N]; PyTorch's `linalg.qr`, with LAPACK's signs: a column that is
 * reflected has the sign on the diagonal that its element there had not.
 */
export function qr(x: TypedArray, batch: number, M: number, N: number): Qr {
  const K = Math.min(M, N);
  const Q = new Float64Array(batch * M * K);
  const R = new Float64Array(batch * K * N);
  for (let b = 0; b < batch; b++) {
    const A = columnsOf(M, N, (i, j) => x[(b * M + i) * N + j]);
    const scale = powerOfTwoNear(A);
    for (const column of A) divide(column, scale);
    const columns = productOf(triangularize(A, M), M, K);
    columns.forEach((column, j) => {
      for (let i = 0; i < M; i++) Q[(b * M + i) * K + j] = column[i];
    });
    A.forEach((column, j) => {
      for (let i = 0; i <= Math.min(j, K - 1); i++) R[(b * K + i) * N + j] = column[i] * scale;
    });
  }
  return { Q: roundLike(x, Q), R: roundLike(x, R) };
}
