/** Matrices inside flat arrays. */
import type { TypedArray } from '../../dtype.js';

/** Element [i, j] is data[offset + i * rowStride + j * columnStride]. */
export interface MatrixView {
  readonly data: TypedArray;
  readonly offset: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

/** A matrix whose rows lie one after the other, `rowStride` apart. */
export function rowMajor(data: TypedArray, rowStride: number, offset = 0): MatrixView {
  return { data, offset, rowStride, columnStride: 1 };
}

/** The same values, with rows for columns. */
export function transposed({ data, offset, rowStride, columnStride }: MatrixView): MatrixView {
  return { data, offset, rowStride: columnStride, columnStride: rowStride };
}
