/** Householder reflections: the orthogonal matrices I - v v^T that turn a vector into a multiple of an axis. */
import { addScaled, type Columns, divide, dot, norm } from './vectors.js';

/** The squares of a shorter vector have too few digits left for a direction. */
const SHORTEST = 1e-150;

/**
 * Turns x into the v of the reflection that maps x to [image, 0, 0, ...], and returns the image. Where nothing is
 * to be mapped v is 0, so that the image keeps its sign, as LAPACK has it (`dlarfg`).
 */
export function reflector(x: Float64Array): number {
  const first = x[0];
  x[0] = 0;
  const rest = norm(x);
  if (rest < SHORTEST) {
    x.fill(0);
    return first;
  }
  // Of the two images of x on the axis the one further away: no digits cancel in the difference.
  const image = first >= 0 ? -Math.hypot(first, rest) : Math.hypot(first, rest);
  x[0] = first - image;
  divide(x, norm(x) / Math.SQRT2);
  return image;
}

/** Applies the reflection v to what of y begins at `start`. */
export function reflect(v: Float64Array, y: Float64Array, start: number): void {
  addScaled(y, -dot(v, y, start), v, start);
}

/** The first `count` columns of Q = H_0 H_1 ..., [rows, rows]; reflector k begins with row k. */
export function productOf(reflectors: Columns, rows: number, count: number): Columns {
  const Q = Array.from({ length: count }, (_, j) => {
    const axis = new Float64Array(rows);
    axis[j] = 1;
    return axis;
  });
  for (let k = reflectors.length - 1; k >= 0; k--) {
    // Columns before are axes still, which this reflector and those after it leave alone.
    for (let j = k; j < count; j++) reflect(reflectors[k], Q[j], k);
  }
  return Q;
}

/**
 * Householder's QR decomposition of A, [M, N] (Golub and Van Loan, "Matrix Computations", 4th ed., §5.2.2). A is
 * overwritten by R: zeros below the diagonal. Reflector k, of length M - k, maps what of A begins with row k; Q is the
 * product of all.
 */
export function triangularize(A: Columns, M: number): Columns {
  const reflectors: Columns = [];
  for (let k = 0; k < Math.min(M, A.length); k++) {
    const v = A[k].slice(k);
    A[k].fill(0, k + 1);
    A[k][k] = reflector(v);
    for (let j = k + 1; j < A.length; j++) reflect(v, A[j], k);
    reflectors.push(v);
  }
  return reflectors;
}
