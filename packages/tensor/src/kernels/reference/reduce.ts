/** Reductions over any set of axes, and the running sum. */
import { allocate, type DType, type TypedArray } from '../../dtype.js';
import { type Shape, sizeOf, stridesOf } from '../../shape.js';
import type { Lanes } from '../lanes.js';
import { forEachRow, planWalk } from '../walk.js';

interface Reduction {
  readonly init: number;
  readonly combine: (accumulated: number, x: number) => number;
  /** The same on int32, which wraps around. */
  readonly int32?: (accumulated: number, x: number) => number;
}

/** Math.max and Math.min give NaN as soon as there is one, as PyTorch does. */
export const REDUCTIONS = {
  sum: { init: 0, combine: (a, x) => a + x, int32: (a, x) => (a + x) | 0 },
  prod: { init: 1, combine: (a, x) => a * x, int32: Math.imul },
  amax: { init: -Infinity, combine: (a, x) => Math.max(a, x) },
  amin: { init: Infinity, combine: (a, x) => Math.min(a, x) },
  any: { init: 0, combine: (a, x) => (a !== 0 || x !== 0 ? 1 : 0) },
  all: { init: 1, combine: (a, x) => (a !== 0 && x !== 0 ? 1 : 0) },
} as const satisfies Record<string, Reduction>;

export type ReductionName = keyof typeof REDUCTIONS;

/** Reduces `axes` of a contiguous `x`, accumulating in double precision. */
export function reduce(
  name: ReductionName,
  x: TypedArray,
  shape: Shape,
  axes: readonly number[],
  dtype: DType,
): TypedArray {
  const reduction: Reduction = REDUCTIONS[name];
  const kept = shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  const keptStrides = stridesOf(kept).map((stride, axis) => (axes.includes(axis) ? 0 : stride));
  const accumulators = new Float64Array(sizeOf(kept)).fill(reduction.init);
  const walk = planWalk(shape, [stridesOf(shape), keptStrides]);
  const count = walk.shape[walk.shape.length - 1];
  const step = walk.strides[1][walk.shape.length - 1];
  const fold = name === 'sum' && dtype !== 'int32' ? addRow : folding(reduction, dtype);
  forEachRow(walk, ([i, o]) => fold(accumulators, o, step, x, i, count));
  const out = allocate(dtype, accumulators.length);
  out.set(accumulators);
  return out;
}

/** Takes x[i], ..., x[i + count - 1] into accumulators[o] (step 0) or into as many of them from there on (step 1). */
type Fold = (
  accumulators: Float64Array,
  o: number,
  step: number,
  x: TypedArray,
  i: number,
  count: number,
) => void;

function folding({ combine, int32 }: Reduction, dtype: DType): Fold {
  const f = (dtype === 'int32' && int32) || combine;
  return (accumulators, o, step, x, i, count) => {
    for (let k = 0; k < count; k++, o += step) accumulators[o] = f(accumulators[o], x[i + k]);
  };
}

/** Sums are what every backward pass is full of: written out, as in hot-rows.ts. */
const addRow: Fold = (sums, o, step, x, i, count) => {
  if (step === 0) {
    let sum = 0;
    for (let k = 0; k < count; k++) sum += x[i + k];
    sums[o] += sum;
  } else {
    for (let k = 0; k < count; k++) sums[o + k] += x[i + k];
  }
};

/** The position of the first largest (or smallest) value of each lane; NaN counts as the most extreme. */
export function argReduce(
  name: 'argmax' | 'argmin',
  x: TypedArray,
  { outer, length, inner }: Lanes,
): TypedArray {
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
