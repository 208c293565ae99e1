/** The singular value decomposition, by Jacobi rotations. */
import type { TypedArray } from '../../dtype.js';
import { roundLike } from './storage.js';

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
 * `full_matrices=False`. A matrix that holds NaN or infinity has NaN for singular values.
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
    const { left, values, right } = decompose(tall);
    const [u, v] = M >= N ? [left, right] : [right, left];
    S.set(values, i * K);
    for (let k = 0; k < K; k++) {
      for (let row = 0; row < M; row++) U[(i * M + row) * K + k] = u[k][row];
      Vh.set(v[k], (i * K + k) * N);
    }
  }
  return { U: roundLike(x, U), S: roundLike(x, S), Vh: roundLike(x, Vh) };
}

/** The squares of a shorter column have too few digits left for a direction. */
const SHORTEST = 1e-150;

/** A matrix, held as the list of its columns. */
type Columns = Float64Array[];

function columnsOf(rows: number, columns: number, element: (row: number, column: number) => number): Columns {
  return Array.from({ length: columns }, (_, j) =>
    Float64Array.from({ length: rows }, (_, i) => element(i, j)),
  );
}

/**
 * Decomposes A, [M, N] with M >= N, which is overwritten. Jacobi's method needs fewer sweeps for the
 * transposed triangle of a pivoted QR decomposition than for A itself, and each is shorter where M is much
 * larger than N (Drmač and Veselić, "New Fast and Accurate Jacobi SVD Algorithm", 2008).
 *
 * A · P = Q · R, and rotations J make the columns of X = R^T · J orthogonal: X = W · diag(S). Then
 * A = Q · R · P^T = Q · (J · X^T) · P^T = (Q · J) · diag(S) · (P · W)^T.
 */
function decompose(A: Columns): { left: Columns; values: number[]; right: Columns } {
  const [M, N] = [A.length === 0 ? 0 : A[0].length, A.length];
  const scale = powerOfTwoNear(A);
  for (const column of A) divide(column, scale);
  const { reflectors, diagonal, order } = factorize(A);
  const X = columnsOf(N, N, (i, j) => (i === j ? diagonal[j] : i > j ? A[i][j] : 0));
  const J = columnsOf(N, N, (i, j) => (i === j ? 1 : 0));
  orthogonalize(X, J);
  const norms = X.map(norm);
  X.forEach((column, k) => {
    if (norms[k] < SHORTEST) X[k] = unitOrthogonalTo(X.slice(0, k), N);
    else divide(column, norms[k]);
  });
  return {
    left: J.map((column) => reflect(reflectors, column, M)),
    values: norms.map((length) => length * scale),
    right: X.map((column) => permute(column, order)),
  };
}

/** A divisor that brings A near 1, lest squares overflow or underflow. Dividing by it is exact. */
function powerOfTwoNear(A: Columns): number {
  let largest = 0;
  for (const column of A) for (const value of column) largest = Math.max(largest, Math.abs(value));
  return largest > 0 && largest < Infinity ? 2 ** Math.floor(Math.log2(largest)) : 1;
}

/**
 * Householder's QR decomposition with column pivoting (Golub and Van Loan, "Matrix Computations", 4th ed.,
 * §5.4.2). Column j of A · P is column order[j] of A. R is left in A above its diagonal, which is returned.
 * Reflector k is I - v v^T, where v begins with k zeros that are not stored; Q is the product of all.
 */
function factorize(A: Columns): { reflectors: Columns; diagonal: number[]; order: number[] } {
  const order = A.map((_, j) => j);
  const diagonal: number[] = [];
  const reflectors: Columns = [];
  for (let k = 0; k < A.length; k++) {
    const pivot = indexOfLargest(
      A.map((column) => sumOfSquares(column, k)),
      k,
    );
    swap(A, k, pivot);
    swap(order, k, pivot);
    const v = A[k].slice(k);
    // Of the two images of v on the axis the one further away: no digits cancel in the difference.
    const image = v[0] > 0 ? -norm(v) : norm(v);
    v[0] -= image;
    const length = norm(v);
    if (length < SHORTEST) v.fill(0);
    else divide(v, length / Math.SQRT2);
    for (let j = k + 1; j < A.length; j++) addScaled(A[j], -dot(v, A[j], k), v, k);
    diagonal.push(image);
    reflectors.push(v);
  }
  return { reflectors, diagonal, order };
}

/** Q · y, where y is filled up with zeros to the length M. */
function reflect(reflectors: Columns, y: Float64Array, M: number): Float64Array {
  const out = new Float64Array(M);
  out.set(y);
  for (let k = reflectors.length - 1; k >= 0; k--)
    addScaled(out, -dot(reflectors[k], out, k), reflectors[k], k);
  return out;
}

/** Far more than any matrix needs: about ten do. */
const MAX_SWEEPS = 60;

/**
 * Rotates pairs of columns of X until all are orthogonal, the longest first, and those of J along with them
 * (Hestenes, "Inversion of Matrices by Biorthogonalization and Related Results", 1958). The pivoting is from
 * de Rijk, "A One-Sided Jacobi Algorithm for Computing the Singular Value Decomposition on a Vector Computer",
 * 1989.
 */
function orthogonalize(X: Columns, J: Columns): void {
  const N = X.length;
  const tolerance = 4 * Number.EPSILON * Math.sqrt(N);
  for (let sweep = 0, rotated = true; rotated && sweep < MAX_SWEEPS; sweep++) {
    rotated = false;
    const squares = X.map((column) => sumOfSquares(column));
    for (let p = 0; p < N; p++) {
      const longest = indexOfLargest(squares, p);
      for (const list of [X, J, squares]) swap<unknown>(list, p, longest);
      for (let q = p + 1; q < N; q++) {
        const product = dot(X[p], X[q]);
        if (!(Math.abs(product) > tolerance * Math.sqrt(squares[p]) * Math.sqrt(squares[q]))) continue;
        // The tangent of the smaller of the two angles that make the columns orthogonal: t^2 + 2 zeta t = 1.
        const zeta = (squares[q] - squares[p]) / (2 * product);
        const t = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.hypot(1, zeta));
        rotate(X[p], X[q], t);
        rotate(J[p], J[q], t);
        squares[p] -= t * product;
        squares[q] += t * product;
        rotated = true;
      }
    }
  }
}

/** Rotates x and y by the angle whose tangent is t. */
function rotate(x: Float64Array, y: Float64Array, t: number): void {
  const cosine = 1 / Math.sqrt(1 + t * t);
  const sine = cosine * t;
  for (let i = 0; i < x.length; i++) {
    const a = x[i];
    const b = y[i];
    x[i] = cosine * a - sine * b;
    y[i] = sine * a + cosine * b;
  }
}

/** A unit vector of length N that is orthogonal to fewer than N orthonormal ones. */
function unitOrthogonalTo(basis: Columns, N: number): Float64Array {
  // The axis that the basis covers least: what remains of it is longest, at least 1 / sqrt(N).
  const uncovered = Array.from(
    { length: N },
    (_, i) => 1 - basis.reduce((sum, column) => sum + column[i] ** 2, 0),
  );
  const out = new Float64Array(N);
  out[indexOfLargest(uncovered)] = 1;
  // The second pass removes what rounding left (Parlett, "The Symmetric Eigenvalue Problem", §6.9).
  for (let pass = 0; pass < 2; pass++) {
    for (const column of basis) addScaled(out, -dot(column, out), column);
    divide(out, norm(out));
  }
  return out;
}

function permute(column: Float64Array, order: readonly number[]): Float64Array {
  const out = new Float64Array(column.length);
  order.forEach((to, i) => {
    out[to] = column[i];
  });
  return out;
}

function indexOfLargest(values: readonly number[], from = 0): number {
  let index = from;
  for (let i = from + 1; i < values.length; i++) if (values[i] > values[index]) index = i;
  return index;
}

function swap<T>(list: T[], i: number, j: number): void {
  [list[i], list[j]] = [list[j], list[i]];
}

/** The inner product of x and what of y begins at `start`. */
function dot(x: Float64Array, y: Float64Array, start = 0): number {
  let even = 0;
  let odd = 0;
  // Two sums, because an addition can only begin when the one before it has ended.
  const pairs = x.length - (x.length % 2);
  for (let i = 0; i < pairs; i += 2) {
    even += x[i] * y[start + i];
    odd += x[i + 1] * y[start + i + 1];
  }
  return pairs < x.length ? even + odd + x[pairs] * y[start + pairs] : even + odd;
}

/** y += factor * x, for what of y begins at `start`. */
function addScaled(y: Float64Array, factor: number, x: Float64Array, start = 0): void {
  for (let i = 0; i < x.length; i++) y[start + i] += factor * x[i];
}

function divide(x: Float64Array, divisor: number): void {
  for (let i = 0; i < x.length; i++) x[i] /= divisor;
}

function norm(x: Float64Array): number {
  return Math.sqrt(sumOfSquares(x));
}

function sumOfSquares(x: Float64Array, start = 0): number {
  let sum = 0;
  for (let i = start; i < x.length; i++) sum += x[i] * x[i];
  return sum;
}
