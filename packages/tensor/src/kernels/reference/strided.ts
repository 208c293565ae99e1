/** Moving values without changing them: strided reads and writes, concatenation. */
import { allocate, type DType, type TypedArray } from '../../dtype.js';
import { type Shape, sizeOf, stridesOf } from '../../shape.js';
import { forEachRow, planWalk } from '../walk.js';

/** Where a strided region of a larger array begins and how it is walked. */
export interface Region {
  readonly offset: number;
  readonly strides: readonly number[];
}

/** Reads the region as a contiguous array of `shape`: permute, slice, flip and expand are this. */
export function stridedRead(x: TypedArray, shape: Shape, dtype: DType, region: Region): TypedArray {
  const out = allocate(dtype, sizeOf(shape));
  copy(x, region, out, { offset: 0, strides: stridesOf(shape) }, shape);
  return out;
}

/** Writes `x` (contiguous, of `shape`) into the region of a new array of `size` elements that holds `fill` elsewhere. */
export function stridedWrite(
  x: TypedArray,
  shape: Shape,
  dtype: DType,
  region: Region,
  size: number,
  fill: number,
): TypedArray {
  const out = allocate(dtype, size).fill(fill);
  copy(x, { offset: 0, strides: stridesOf(shape) }, out, region, shape);
  return out;
}

function copy(from: TypedArray, source: Region, to: TypedArray, target: Region, shape: Shape): void {
  const walk = planWalk(shape, [source.strides, target.strides]);
  const length = walk.shape[walk.shape.length - 1];
  const [sf, st] = walk.strides.map((strides) => strides[strides.length - 1]);
  forEachRow(walk, ([f, t]) => {
    const start = f + source.offset;
    const end = t + target.offset;
    if (sf === 1 && st === 1) to.set(from.subarray(start, start + length), end);
    else for (let i = 0; i < length; i++) to[end + i * st] = from[start + i * sf];
  });
}

/** Joins arrays, each seen as [outer, rowLengths[i]], along the second axis. */
export function concat(
  inputs: readonly TypedArray[],
  outer: number,
  rowLengths: readonly number[],
  dtype: DType,
): TypedArray {
  const width = rowLengths.reduce((sum, length) => sum + length, 0);
  const out = allocate(dtype, outer * width);
  let column = 0;
  inputs.forEach((input, i) => {
    const length = rowLengths[i];
    for (let row = 0; row < outer; row++) {
      out.set(input.subarray(row * length, (row + 1) * length), row * width + column);
    }
    column += length;
  });
  return out;
}
