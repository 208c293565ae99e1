/** Reductions over any set of axes, positions of extremes, and the running sum. */
import type { DType } from '../../../dtype.js';
import { type Shape, sizeOf, stridesOf } from '../../../shape.js';
import type { Lanes } from '../../lanes.js';
import type { ReductionName } from '../../reference/reduce.js';
import { planWalk } from '../../walk.js';
import type { GpuCalls } from '../session.js';
import type { GpuStorage } from '../storage.js';
import { kernel, run } from './define.js';
import { coordinates, innerSizes, named, names, place, THREAD } from './indices.js';

/** The reductions of reference/reduce.ts in gpu.js's dialect: where they begin, and how they take in a value. */
const REDUCTIONS: Readonly<Record<ReductionName, { readonly init: string; readonly combine: string }>> = {
  sum: { init: '0', combine: 'a + value' },
  prod: { init: '1', combine: 'a * value' },
  amax: { init: '-infinity()', combine: 'largest(a, value)' },
  amin: { init: 'infinity()', combine: 'smallest(a, value)' },
  any: { init: '0', combine: 'a === 1 || differs(value, 0) ? 1 : 0' },
  all: { init: '1', combine: 'a === 1 && differs(value, 0) ? 1 : 0' },
};

/** How many values one thread takes in where there are so many that several threads share them. */
const SHARE = 256;

/** Reduces `axes` of a contiguous x. Long sums are made of partial ones, which also keeps rounding errors apart. */
export function reduce(
  calls: GpuCalls,
  name: ReductionName,
  x: GpuStorage,
  shape: Shape,
  axes: readonly number[],
  dtype: DType,
): GpuStorage {
  const strides = stridesOf(shape);
  const all = shape.map((_, axis) => axis);
  const over = (chosen: readonly number[]) =>
    planWalk(
      chosen.map((axis) => shape[axis]),
      [chosen.map((axis) => strides[axis])],
    );
  const kept = over(all.filter((axis) => !axes.includes(axis)));
  const reduced = over(all.filter((axis) => axes.includes(axis)));
  const count = sizeOf(reduced.shape);
  const length = sizeOf(kept.shape);
  const parts = count > 2 * SHARE ? Math.ceil(count / SHARE) : 1;
  const ranks = [kept.shape.length, reduced.shape.length] as const;
  const callable = kernel(`${name} over ${ranks[1]} of ${ranks[0] + ranks[1]} axes`, () => {
    const { init, combine } = REDUCTIONS[name];
    const output = coordinates(`quotient(${THREAD}, parts)`, 'keptSize', ranks[0]);
    const element = '(k * parts + rest(this.thread.x, parts))';
    const inner = coordinates(element, 'size', ranks[1]);
    return {
      inputs: ['x'],
      ints: [
        ...['count', 'parts'],
        ...[...names('keptSize', ranks[0] - 1), ...names('keptStep', ranks[0])],
        ...[...names('size', ranks[1] - 1), ...names('step', ranks[1])],
      ],
      body: `let a = ${init};
        for (let k = 0; k * parts + rest(this.thread.x, parts) < count; k++) {
          const value = x[${place(output, 'keptStep')} + ${place(inner, 'step')}];
          a = ${combine};
        }
        return a;`,
    };
  });
  const scalars: Record<string, number> = {
    count,
    parts,
    ...named('keptSize', innerSizes(kept.shape)),
    ...named('keptStep', kept.strides[0]),
    ...named('size', innerSizes(reduced.shape)),
    ...named('step', reduced.strides[0]),
  };
  const partial = run(calls, callable, { x }, scalars, { length: length * parts, dtype });
  if (parts === 1) return partial;
  const result = reduce(calls, name, partial, [length, parts], [1], dtype);
  partial.release();
  return result;
}

/** Where the first element of the lane of output element `this.thread.x` stands. */
export const LANE = '(quotient(this.thread.x, inner) * length * inner + rest(this.thread.x, inner))';

/** The position of the first largest (or smallest) value of each lane; NaN counts as the most extreme. */
export function argReduce(
  calls: GpuCalls,
  name: 'argmax' | 'argmin',
  x: GpuStorage,
  { outer, length, inner }: Lanes,
): GpuStorage {
  const callable = kernel(name, () => ({
    inputs: ['x'],
    ints: ['length', 'inner'],
    body: `let best = x[${LANE}]; let at = 0;
      for (let k = 1; k < length; k++) {
        const value = x[${LANE} + k * inner];
        if (!isNaN(best) && (isNaN(value) || value ${name === 'argmax' ? '>' : '<'} best)) { best = value; at = k; }
      }
      return at;`,
  }));
  return run(calls, callable, { x }, { length, inner }, { length: outer * inner, dtype: 'int32' });
}

/** out[k] = x[0] + ... + x[k] along each lane. */
export function cumsum(
  calls: GpuCalls,
  x: GpuStorage,
  { outer, length, inner }: Lanes,
  dtype: DType,
): GpuStorage {
  const callable = kernel('cumsum', () => ({
    inputs: ['x'],
    ints: ['length', 'inner'],
    body: `let sum = 0;
      for (let k = 0; k < rest(quotient(this.thread.x, inner), length) + 1; k++) {
        sum = sum + x[this.thread.x - k * inner];
      }
      return sum;`,
  }));
  return run(calls, callable, { x }, { length, inner }, { length: outer * length * inner, dtype });
}
