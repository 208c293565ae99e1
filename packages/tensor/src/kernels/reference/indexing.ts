/** Reading and writing by index, and sorting. Indices have been checked before they get here. */
import type { TypedArray } from '../../dtype.js';
import { type Shape, stridesOf } from '../../shape.js';
import type { Lanes } from '../lanes.js';
import { forEachRow, planWalk } from '../walk.js';
import { emptyLike } from './storage.js';

/** out[o, k, i] = x[o, index[k], i], where x is [outer, length, inner]. */
export function indexSelect(x: TypedArray, index: TypedArray, { outer, length, inner }: Lanes): TypedArray {
  const out = emptyLike(x, outer * index.length * inner);
  for (let o = 0; o < outer; o++) {
    for (let k = 0; k < index.length; k++) {
      const from = (o * length + index[k]) * inner;
      out.set(x.subarray(from, from + inner), (o * index.length + k) * inner);
    }
  }
  return out;
}

/** x, with source[o, k, i] added to [o, index[k], i]. */
export function indexAdd(
  x: TypedArray,
  index: TypedArray,
  source: TypedArray,
  { outer, length, inner }: Lanes,
): TypedArray {
  const out = x.slice();
  for (let o = 0; o < outer; o++) {
    for (let k = 0; k < index.length; k++) {
      const to = (o * length + index[k]) * inner;
      const from = (o * index.length + k) * inner;
      for (let i = 0; i < inner; i++) out[to + i] += source[from + i];
    }
  }
  return out;
}

/** out[..., k, ...] = x[..., index[..., k, ...], ...], the index replacing the position along `axis`. */
export function gather(
  x: TypedArray,
  shape: Shape,
  index: TypedArray,
  indexShape: Shape,
  axis: number,
): TypedArray {
  const out = emptyLike(x, index.length);
  forEachIndexed(shape, index, indexShape, axis, (at, i) => {
    out[i] = x[at];
  });
  return out;
}

/** x, with source[..., k, ...] added to [..., index[..., k, ...], ...]; source may be larger than the index. */
export function scatterAdd(
  x: TypedArray,
  shape: Shape,
  index: TypedArray,
  indexShape: Shape,
  source: TypedArray,
  sourceShape: Shape,
  axis: number,
): TypedArray {
  const out = x.slice();
  const walk = planWalk(indexShape, [
    stridesOf(indexShape),
    stridesOf(sourceShape),
    withoutAxis(stridesOf(shape), axis),
  ]);
  const length = walk.shape[walk.shape.length - 1];
  const [si, ss, so] = walk.strides.map((strides) => strides[strides.length - 1]);
  const step = stridesOf(shape)[axis] ?? 1;
  forEachRow(walk, ([i, s, o]) => {
    for (let k = 0; k < length; k++) out[o + k * so + index[i + k * si] * step] += source[s + k * ss];
  });
  return out;
}

/** Visits each element of the index with the place in x that it points at. */
function forEachIndexed(
  shape: Shape,
  index: TypedArray,
  indexShape: Shape,
  axis: number,
  visit: (at: number, i: number) => void,
): void {
  const strides = stridesOf(shape);
  const walk = planWalk(indexShape, [stridesOf(indexShape), withoutAxis(strides, axis)]);
  const length = walk.shape[walk.shape.length - 1];
  const [si, sx] = walk.strides.map((own) => own[own.length - 1]);
  const step = strides[axis] ?? 1;
  forEachRow(walk, ([i, o]) => {
    for (let k = 0; k < length; k++) visit(o + k * sx + index[i + k * si] * step, i + k * si);
  });
}

function withoutAxis(strides: number[], axis: number): number[] {
  return strides.map((stride, i) => (i === axis ? 0 : stride));
}

/** The order that sorts each lane; stable, with NaN as the largest value, as PyTorch has it. */
export function argsort(x: TypedArray, { outer, length, inner }: Lanes, descending: boolean): TypedArray {
  const out = new Int32Array(outer * length * inner);
  const order = new Int32Array(length);
  const sign = descending ? -1 : 1;
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const start = o * length * inner + i;
      for (let k = 0; k < length; k++) order[k] = k;
      order.sort((p, q) => sign * compare(x[start + p * inner], x[start + q * inner]) || p - q);
      for (let k = 0; k < length; k++) out[start + k * inner] = order[k];
    }
  }
  return out;
}

function compare(a: number, b: number): number {
  if (a === b) return 0;
  if (a !== a) return b !== b ? 0 : 1;
  if (b !== b) return -1;
  return a < b ? -1 : 1;
}
