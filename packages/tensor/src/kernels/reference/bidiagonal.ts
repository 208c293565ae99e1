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
  // What the last reflection from the right has still to take from the columns: u[j] times `sum` from column j.
  let u = new Float64Array(N);
  let sum: Float64Array = new Float64Array(N);
  for (let k = 0; k < N; k++) {
    // Each column is brought up to date and reflected from the left at once, while it is in the cache.
    addScaled(A[k], -u[0], sum, k);
    const v = A[k].slice(k);
    diagonal[k] = reflector(v);
    lefts.push(v);
    for (let j = k + 1; j < N; j++) {
      addScaled(A[j], -u[j - k], sum, k);
      reflect(v, A[j], k);
    }
    if (k === N - 1) break;
    u = Float64Array.from({ length: N - 1 - k }, (_, j) => A[k + 1 + j][k]);
    upper[k] = reflector(u);
    rights.push(u);
    sum = combination(A, u, k + 1);
  }
  // Right reflectors leave the first axis alone, and work on the others as left ones work on all.
  const inner = productOf(rights, Math.max(N - 1, 0), Math.max(N - 1, 0));
  return { left: productOf(lefts, N, N), right: bordered(inner, N), diagonal, upper };
}

/** The sum of u[j] times column start + j of A, from row `start` on. */
function combination(A: Columns, u: Float64Array, start: number): Float64Array {
  const sum = new Float64Array(A.length - start);
  let j = 0;
  // Four columns at a time: the sum is read and written a quarter as often.
  for (; j + 3 < u.length; j += 4) {
    const [a, b, c, d] = [A[start + j], A[start + j + 1], A[start + j + 2], A[start + j + 3]];
    const [p, q, r, s] = [u[j], u[j + 1], u[j + 2], u[j + 3]];
    for (let i = 0; i < sum.length; i++) {
      sum[i] += p * a[start + i] + q * b[start + i] + r * c[start + i] + s * d[start + i];
    }
  }
  for (; j < u.length; j++) {
    const column = A[start + j];
    for (let i = 0; i < sum.length; i++) sum[i] += u[j] * column[start + i];
  }
  return sum;
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
