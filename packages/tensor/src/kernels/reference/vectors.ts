/** Arithmetic on vectors in double precision, which the decompositions are made of. */

/** A matrix, held as the list of its columns. */
export type Columns = Float64Array[];

/** The matrix [rows, columns] whose elements a function gives. */
export function columnsOf(
  rows: number,
  columns: number,
  element: (row: number, column: number) => number,
): Columns {
  return Array.from({ length: columns }, (_, j) => {
    const column = new Float64Array(rows);
    for (let i = 0; i < rows; i++) column[i] = element(i, j);
    return column;
  });
}

/** The inner product of x and what of y begins at `start`. */
export function dot(x: Float64Array, y: Float64Array, start = 0): number {
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
export function addScaled(y: Float64Array, factor: number, x: Float64Array, start = 0): void {
  for (let i = 0; i < x.length; i++) y[start + i] += factor * x[i];
}

export function divide(x: Float64Array, divisor: number): void {
  for (let i = 0; i < x.length; i++) x[i] /= divisor;
}

export function norm(x: Float64Array): number {
  return Math.sqrt(dot(x, x));
}

/** x and y are replaced by c x + s y and c y - s x. */
export function rotate(x: Float64Array, y: Float64Array, c: number, s: number): void {
  for (let i = 0; i < x.length; i++) {
    const a = x[i];
    const b = y[i];
    x[i] = c * a + s * b;
    y[i] = c * b - s * a;
  }
}

/** A divisor that brings A near 1, lest squares overflow or underflow. Dividing by it is exact. */
export function powerOfTwoNear(A: Columns): number {
  let largest = 0;
  for (const column of A) for (const value of column) largest = Math.max(largest, Math.abs(value));
  return largest > 0 && largest < Infinity ? 2 ** Math.floor(Math.log2(largest)) : 1;
}
