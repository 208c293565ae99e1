/** The reduction kernels against groups of values that are gathered one by one. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { allocate, type DType } from '../../src/dtype.js';
import { lanesAlong } from '../../src/kernels/lanes.js';
import {
  argReduce,
  cumsum,
  REDUCTIONS,
  type ReductionName,
  reduce,
} from '../../src/kernels/reference/reduce.js';
import { type Shape, sizeOf, stridesOf } from '../../src/shape.js';
import { shapes } from '../tables.js';

const NAMES = Object.keys(REDUCTIONS) as ReductionName[];
const DTYPES: readonly DType[] = ['float32', 'float64', 'int32', 'bool'];

/** A shape and some of its axes. */
const reductions = shapes.chain((shape) => fc.tuple(fc.constant(shape), fc.subarray(shape.map((_, i) => i))));

/** Small whole numbers, so that sums and products are exact in whatever order. */
function valuesOf(dtype: DType, length: number) {
  const values = allocate(dtype, length);
  for (let i = 0; i < length; i++) values[i] = dtype === 'bool' ? ((i * 7) % 3) & 1 : ((i * 7) % 5) - 2;
  return values;
}

/** The positions that are reduced into each element of the result, in row-major order. */
function groupsOf(shape: Shape, axes: readonly number[]): number[][] {
  const strides = stridesOf(shape);
  const kept = stridesOf(shape.map((length, axis) => (axes.includes(axis) ? 1 : length)));
  const groups: number[][] = Array.from(
    { length: sizeOf(shape.filter((_, axis) => !axes.includes(axis))) },
    () => [],
  );
  for (let i = 0; i < sizeOf(shape); i++) {
    const at = (axis: number) => Math.floor(i / strides[axis]!) % shape[axis]!;
    const group = shape.reduce((sum, _, axis) => sum + (axes.includes(axis) ? 0 : at(axis) * kept[axis]!), 0);
    groups[group]!.push(i);
  }
  return groups;
}

describe.each(NAMES)('%s', (name) => {
  const { init, combine } = REDUCTIONS[name];
  it.each(DTYPES)('combines the values of each group of %s, starting from the neutral one', (dtype) => {
    const outputDType = name === 'any' || name === 'all' ? 'bool' : dtype;
    fc.assert(
      fc.property(reductions, ([shape, axes]) => {
        const x = valuesOf(dtype, sizeOf(shape));
        const groups = groupsOf(shape, axes);
        const expected = allocate(outputDType, groups.length);
        expected.set(groups.map((group) => group.map((i) => x[i]!).reduce(combine, init)));
        expect(reduce(name, x, shape, axes, outputDType)).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });
});

describe('along an axis', () => {
  const axes = shapes
    .filter((shape) => shape.length > 0)
    .chain((shape) => fc.tuple(fc.constant(shape), fc.nat({ max: shape.length - 1 })));

  it('argReduce finds the first of the largest or smallest', () => {
    fc.assert(
      fc.property(axes, ([shape, axis]) => {
        fc.pre(shape[axis] !== 0);
        const x = valuesOf('float32', sizeOf(shape));
        const lanes = groupsOf(shape, [axis]).map((group) => group.map((i) => x[i]!));
        const largest = lanes.map((lane) => lane.indexOf(Math.max(...lane)));
        const smallest = lanes.map((lane) => lane.indexOf(Math.min(...lane)));
        expect([...argReduce('argmax', x, lanesAlong(shape, axis))]).toEqual(largest);
        expect([...argReduce('argmin', x, lanesAlong(shape, axis))]).toEqual(smallest);
      }),
    );
  });

  it.each(DTYPES.filter((dtype) => dtype !== 'bool'))('cumsum adds up %s from the start', (dtype) => {
    fc.assert(
      fc.property(axes, ([shape, axis]) => {
        const x = valuesOf(dtype, sizeOf(shape));
        const expected = allocate(dtype, x.length);
        for (const group of groupsOf(shape, [axis])) {
          group.forEach((i, k) => {
            expected[i] = group.slice(0, k + 1).reduce((sum, j) => sum + x[j]!, 0);
          });
        }
        expect(cumsum(x, lanesAlong(shape, axis), dtype)).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });
});
