/** Bidiagonal matrices: how any square matrix becomes one, and how one becomes diagonal. */
import { productOf, reflect, reflector } from './householder.js';
import { addScaled, type Columns } from './vectors.js';

/** A = left · B · right^T, where B has `diagonal` and, to the right of it, `upper`. */
export interface Bidiagonal {
  readonly left: Columns;
  readonly right: Columns;
  readonly diagonal: Float64Array;
  /** One element shorter than the diagonal. */
  readonly upper: Float64Array;
}

/**
 * Bidiagonalizes A, [N, N], which is overwritten: reflections from the left and from the right in turns clear a column
 * and a row (Golub and Kahan, "Calculating the Singular Values and Pseudo-Inverse of a Matrix", 1965).
 */
export function bidiagonalize(A: Columns): Bidiagonal {
  const N = A.length;
  const diagonal = new Float64Array(N);
  const upper = new Float64Array(Math.max(N - 1, 0));
  const lefts: Columns = [];
  const rights: Columns = [];
  for (let k = 0; k < N; k++) {
    const v = A[k].slice(k);
    diagonal[k] = reflector(v);
    for (let j = k + 1; j < N; j++) reflect(v, A[j], k);
    lefts.push(v);
    if (k === N - 1) break;
    const u = Float64Array.from({ length: N - 1 - k }, (_, j) => A[k + 1 + j][k]);
    upper[k] = reflector(u);
    reflectRows(A, u, k + 1);
    rights.push(u);
  }
  // Right reflectors leave the first axis alone, and work on the others as left ones work on all.
  const inner = productOf(rights, Math.max(N - 1, 0), Math.max(N - 1, 0));
  return { left: productOf(lefts, N, N), right: bordered(inner, N), diagonal, upper };
}

/** Applies the reflection u from the right to what of A begins with row and column `start`. */
function reflectRows(A: Columns, u: Float64Array, start: number): void {
  const sum = new Float64Array(A.length - start);
  for (let j = 0; j < u.length; j++) {
    const column = A[start + j];
    const factor = u[j];
    for (let i = 0; i < sum.length; i++) sum[i] += factor * column[start + i];
  }
  for (let j = 0; j < u.length; j++) addScaled(A[start + j], -u[j], sum, start);
}

/** The matrix [N, N] with a 1 in the first corner and `inner` below and to the right of it. */
function bordered(inner: Columns, N: number): Columns {
  return Array.from({ length: N }, (_, j) => {
    const column = new Float64Array(N);
    if (j === 0) column[0] = 1;
    else column.set(inner[j - 1], 1);
    return column;
  });
}
