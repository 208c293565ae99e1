/** Reductions over any set of axes, and the running sum. */
import { allocate, type DType, type TypedArray } from '../../dtype.js';
import { type Shape, sizeOf, stridesOf } from '../../shape.js';
import { forEachRow, planWalk } from '../walk.js';
import type { Lanes } from '../lanes.js';

interface Reduction {
  readonly init: number;
  readonly combine: (accumulated: number, x: number) => number;
  readonly int32?: (accumulated: number, x: number) => number;
}

/** Math.max and Math.min give NaN as soon as there is one, as PyTorch does. */
export const REDUCTIONS = {
  sum: { init: 0, combine: (a, x) => a + x },
  prod: { init: 1, combine: (a, x) => a * x, int32: Math.imul },
  amax: { init: -Infinity, combine: (a, x) => Math.max(a, x) },
  amin: { init: Infinity, combine: (a, x) => Math.min(a, x) },
  any: { init: 0, combine: (a, x) => (a !== 0 || x !== 0 ? 1 : 0) },
  all: { init: 1, combine: (a, x) => (a !== 0 && x !== 0 ? 1 : 0) },
} as const satisfies Record<string, Reduction>;

export type ReductionName = keyof typeof REDUCTIONS;

/** Reduces `axes` of a contiguous `x`, accumulating in double precision. */
export function reduce(name: ReductionName, x: TypedArray, shape: Shape, axes: readonly number[], dtype: DType): TypedArray {
  const reduction: Reduction = REDUCTIONS[name];
  const combine = dtype === 'int32' ? (reduction.int32 ?? reduction.combine) : reduction.combine;
  const kept = shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  const keptStrides = stridesOf(kept).map((stride, axis) => (axes.includes(axis) ? 0 : stride));
  const accumulators = new Float64Array(sizeOf(kept)).fill(reduction.init);
  const walk = planWalk(shape, [stridesOf(shape), keptStrides]);
  const length = walk.shape[walk.shape.length - 1];
  const [sx, sa] = walk.strides.map((strides) => strides[strides.length - 1]);
  forEachRow(walk, ([ix, ia]) => {
    if (sa === 0) {
      let sum = accumulators[ia];
      for (let i = 0; i < length; i++) sum = combine(sum, x[ix + i * sx]);
      accumulators[ia] = sum;
    } else {
      for (let i = 0; i < length; i++) accumulators[ia + i * sa] = combine(accumulators[ia + i * sa], x[ix + i * sx]);
    }
  });
  const out = allocate(dtype, accumulators.length);
  out.set(accumulators);
  return out;
}

/** The position of the first largest (or smallest) value of each lane; NaN counts as the most extreme. */
export function argReduce(name: 'argmax' | 'argmin', x: TypedArray, { outer, length, inner }: Lanes): TypedArray {
  const sign = name === 'argmax' ? 1 : -1;
  const out = new Int32Array(outer * inner);
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const start = o * length * inner + i;
      let best = sign * x[start];
      let at = 0;
      for (let k = 1; k < length && best === best; k++) {
        const value = sign * x[start + k * inner];
        if (value > best || value !== value) {
          best = value;
          at = k;
        }
      }
      out[o * inner + i] = at;
    }
  }
  return out;
}

/** out[k] = x[0] + ... + x[k] along each lane. */
export function cumsum(x: TypedArray, { outer, length, inner }: Lanes, dtype: DType): TypedArray {
  const out = allocate(dtype, outer * length * inner);
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      let sum = 0;
      for (let k = 0, at = o * length * inner + i; k < length; k++, at += inner) {
        sum += x[at];
        out[at] = sum;
      }
    }
  }
  return out;
}
