/**
 * Reading and writing by index, and sorting. Each thread computes one element of the output, so what is added by index is
 * gathered: an element looks for all that is meant for it. Reading at an index that there is not gives NaN.
 */
import { type Shape, sizeOf, stridesOf } from '../../../shape.js';
import type { Lanes } from '../../lanes.js';
import { planWalk } from '../../walk.js';
import type { GpuCalls } from '../session.js';
import type { GpuStorage } from '../storage.js';
import { kernel, run } from './define.js';
import { coordinates, innerSizes, named, names, place, THREAD } from './indices.js';

/** out[o, k, i] = x[o, index[k], i], where x is [outer, length, inner]. */
export function indexSelect(
  calls: GpuCalls,
  x: GpuStorage,
  index: GpuStorage,
  { outer, length, inner }: Lanes,
): GpuStorage {
  const count = index.length;
  const callable = kernel('indexSelect', () => ({
    inputs: ['x', 'index'],
    ints: ['length', 'inner', 'count'],
    body: `const at = index[rest(quotient(this.thread.x, inner), count)];
      if (at < 0 || at >= length) { return notANumber(); }
      return x[(quotient(this.thread.x, inner * count) * length + whole(at)) * inner + rest(this.thread.x, inner)];`,
  }));
  const output = { length: outer * count * inner, dtype: x.dtype };
  return run(calls, callable, { x, index }, { length, inner, count }, output);
}

/** x, with source[o, k, i] added to [o, index[k], i]. */
export function indexAdd(
  calls: GpuCalls,
  x: GpuStorage,
  index: GpuStorage,
  source: GpuStorage,
  { length, inner }: Lanes,
): GpuStorage {
  const count = index.length;
  const callable = kernel('indexAdd', () => ({
    inputs: ['x', 'index', 'source'],
    ints: ['length', 'inner', 'count'],
    body: `let sum = x[this.thread.x];
      for (let k = 0; k < count; k++) {
        if (whole(index[k]) === rest(quotient(this.thread.x, inner), length)) {
          sum = sum + source[(quotient(this.thread.x, inner * length) * count + k) * inner + rest(this.thread.x, inner)];
        }
      }
      return sum;`,
  }));
  return run(
    calls,
    callable,
    { x, index, source },
    { length, inner, count },
    { length: x.length, dtype: x.dtype },
  );
}

/** out[..., k, ...] = x[..., index[..., k, ...], ...], the index replacing the position along `axis`. */
export function gather(
  calls: GpuCalls,
  x: GpuStorage,
  shape: Shape,
  index: GpuStorage,
  indexShape: Shape,
  axis: number,
): GpuStorage {
  const strides = stridesOf(shape);
  const others = strides.map((stride, i) => (i === axis ? 0 : stride));
  const walk = planWalk(indexShape, [stridesOf(indexShape), others]);
  const rank = walk.shape.length;
  const callable = kernel(`gather, ${rank} axes`, () => ({
    inputs: ['x', 'index'],
    ints: ['length', 'stride', ...names('size', rank - 1), ...names('step', rank)],
    body: `const at = index[this.thread.x];
      if (at < 0 || at >= length) { return notANumber(); }
      return x[${place(coordinates(THREAD, 'size', rank), 'step')} + whole(at) * stride];`,
  }));
  const scalars: Record<string, number> = {
    length: shape[axis] ?? 1,
    stride: strides[axis] ?? 1,
    ...named('size', innerSizes(walk.shape)),
    ...named('step', walk.strides[1]),
  };
  return run(calls, callable, { x, index }, scalars, { length: sizeOf(indexShape), dtype: x.dtype });
}

/** x, with source[..., k, ...] added to [..., index[..., k, ...], ...]; source may be larger than the index. */
export function scatterAdd(
  calls: GpuCalls,
  x: GpuStorage,
  shape: Shape,
  index: GpuStorage,
  indexShape: Shape,
  source: GpuStorage,
  sourceShape: Shape,
  axis: number,
): GpuStorage {
  // A scalar is a list of one.
  const [own, of, from] = [shape, indexShape, sourceShape].map((each) => (each.length === 0 ? [1] : each));
  const rank = own.length;
  const callable = kernel(`scatterAdd, axis ${axis} of ${rank}`, () => {
    const at = coordinates(THREAD, 'size', rank);
    const looking = at.with(axis, 'k');
    const isBeyond = at.flatMap((each, i) => (i === axis ? [] : [`${each} >= limit${i}`]));
    return {
      inputs: ['x', 'index', 'source'],
      ints: [
        ...names('size', rank - 1),
        ...names('limit', rank),
        ...names('indexStep', rank),
        ...names('sourceStep', rank),
      ],
      body: `let sum = x[this.thread.x];
        ${isBeyond.length > 0 ? `if (${isBeyond.join(' || ')}) { return sum; }` : ''}
        for (let k = 0; k < limit${axis}; k++) {
          if (whole(index[${place(looking, 'indexStep')}]) === ${at[axis]}) {
            sum = sum + source[${place(looking, 'sourceStep')}];
          }
        }
        return sum;`,
    };
  });
  const scalars: Record<string, number> = {
    ...named('size', innerSizes(own)),
    ...named('limit', of),
    ...named('indexStep', stridesOf(of)),
    ...named('sourceStep', stridesOf(from)),
  };
  return run(calls, callable, { x, index, source }, scalars, { length: x.length, dtype: x.dtype });
}

/**
 * The order that sorts each lane; stable, with NaN as the largest value. Each value counts those that come before it, which
 * is its place; then each place looks for the value that has it.
 */
export function argsort(
  calls: GpuCalls,
  x: GpuStorage,
  { outer, length, inner }: Lanes,
  descending: boolean,
): GpuStorage {
  const ranks = kernel(`ranks, ${descending ? 'descending' : 'ascending'}`, () => ({
    inputs: ['x'],
    ints: ['length', 'inner'],
    body: `const own = x[this.thread.x]; let before = 0;
      for (let k = 0; k < length; k++) {
        const value = x[${OWN_LANE} + k * inner];
        const isEqual = value === own || (isNaN(value) && isNaN(own));
        const isBefore = ${descending ? BEFORE.descending : BEFORE.ascending};
        if (isBefore || (isEqual && k < rest(quotient(this.thread.x, inner), length))) { before = before + 1; }
      }
      return before;`,
  }));
  const positions = kernel('positions of ranks', () => ({
    inputs: ['ranks'],
    ints: ['length', 'inner'],
    body: `let at = 0;
      for (let k = 0; k < length; k++) {
        if (whole(ranks[${OWN_LANE} + k * inner]) === rest(quotient(this.thread.x, inner), length)) { at = k; }
      }
      return at;`,
  }));
  const output = { length: outer * length * inner, dtype: 'int32' } as const;
  const ranked = run(calls, ranks, { x }, { length, inner }, output);
  const order = run(calls, positions, { ranks: ranked }, { length, inner }, output);
  ranked.release();
  return order;
}

/** Where the lane of element `this.thread.x` begins. */
const OWN_LANE = '(quotient(this.thread.x, length * inner) * length * inner + rest(this.thread.x, inner))';

const BEFORE = {
  ascending: 'value < own || (isNaN(own) && !isNaN(value))',
  descending: 'value > own || (isNaN(value) && !isNaN(own))',
};
