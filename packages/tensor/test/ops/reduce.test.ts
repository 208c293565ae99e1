/** Reductions; every printed form is what PyTorch 1.13 prints for the expression beside it (with int32 for its int64). */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  ArgumentError,
  all,
  amax,
  amin,
  any,
  argmax,
  argmin,
  max,
  min,
  prod,
  ShapeError,
  sum,
  type Tensor,
  tensor,
  zeros,
} from '../../src/index.js';
import { counting, itAgrees, itRefuses, shapes, untyped } from '../tables.js';

const int32 = { dtype: 'int32' } as const;
const float64 = { dtype: 'float64' } as const;
const keepdim = { keepdim: true } as const;
/** torch.arange(24).reshape(2, 3, 4) */
const cube = counting([2, 3, 4]);
const truths = tensor([
  [true, false],
  [true, true],
]);

describe('axes', () => {
  itAgrees([
    ['torch.sum(torch.arange(24).reshape(2, 3, 4))', () => sum(cube), 'tensor(276)'],
    ['torch.sum(torch.arange(24).reshape(2, 3, 4), [])', () => sum(cube, []), 'tensor(276)'],
    [
      'torch.sum(torch.arange(24).reshape(2, 3, 4), 0)',
      () => sum(cube, 0),
      'tensor([[12, 14, 16, 18], [20, 22, 24, 26], [28, 30, 32, 34]])',
    ],
    [
      'torch.sum(torch.arange(24).reshape(2, 3, 4), -1)',
      () => sum(cube, -1),
      'tensor([[6, 22, 38], [54, 70, 86]])',
    ],
    [
      'torch.sum(torch.arange(24).reshape(2, 3, 4), (0, 2))',
      () => sum(cube, [0, 2]),
      'tensor([60, 92, 124])',
    ],
    ['torch.sum(torch.arange(24).reshape(2, 3, 4), (-1, 1))', () => sum(cube, [-1, 1]), 'tensor([66, 210])'],
    [
      'torch.sum(torch.arange(24).reshape(2, 3, 4), (2, 0), keepdim=True)',
      () => sum(cube, [2, 0], keepdim),
      'tensor([[[60], [92], [124]]])',
    ],
    [
      'torch.sum(torch.arange(24).reshape(2, 3, 4), (0, 1, 2), keepdim=True)',
      () => sum(cube, undefined, keepdim),
      'tensor([[[276]]])',
    ],
    [
      'torch.amax(torch.arange(24).reshape(2, 3, 4), (0, 2))',
      () => amax(cube, [0, 2]),
      'tensor([15, 19, 23])',
    ],
    [
      'torch.amin(torch.arange(24).reshape(2, 3, 4), 1, keepdim=True)',
      () => amin(cube, 1, keepdim),
      'tensor([[[0, 1, 2, 3]], [[12, 13, 14, 15]]])',
    ],
    [
      'torch.prod(torch.arange(24).reshape(2, 3, 4), 1)',
      () => prod(cube, 1),
      'tensor([[0, 45, 120, 231], [3840, 4641, 5544, 6555]])',
    ],
    ['torch.sum(torch.tensor(3.), 0)', () => sum(tensor(3), 0), 'tensor(3.)'],
    ['torch.amax(torch.tensor(3.), -1, keepdim=True)', () => amax(tensor(3), -1, keepdim), 'tensor(3.)'],
  ]);

  it('are reduced one by one or together with the same result', () => {
    const cases = shapes.chain((shape) => fc.tuple(fc.constant(shape), fc.subarray(shape.map((_, i) => i))));
    fc.assert(
      fc.property(cases, ([shape, axes]) => {
        const x = counting(shape);
        const oneByOne = axes.reduce((reduced, axis) => sum(reduced, axis, keepdim), x);
        const together = axes.length === 0 ? x : sum(x, axes, keepdim);
        expect([together.shape, together.tolist()]).toEqual([oneByOne.shape, oneByOne.tolist()]);
      }),
    );
  });

  itRefuses(ShapeError, {
    'sum: axis 3 does not exist in a tensor with 3 dimensions; it must be from -3 to 2': () => sum(cube, 3),
    'prod: axis -4 does not exist in a tensor with 3 dimensions': () => prod(cube, [0, -4]),
    'any: axes [0, -3] name the same axis twice': () => any(cube, [0, -3]),
    'amax: axis 1 does not exist in a tensor with 0 dimensions; it must be from -1 to 0': () =>
      amax(tensor(1), 1),
    'argmax: axis 3 does not exist in a tensor with 3 dimensions': () => argmax(cube, 3),
    'max: axis 3 does not exist in a tensor with 3 dimensions': () => max(cube, 3),
    'sum: axis 0.5 does not exist': () => sum(cube, 0.5),
    'sum: axis NaN does not exist': () => sum(cube, NaN),
  });
  itRefuses(ArgumentError, {
    'sum: takes a tensor, got [1]. Make one with tensor(...)': () => sum(untyped([1])),
    'prod: takes a tensor, got 3': () => prod(untyped(3)),
    'argmin: takes a tensor, got null': () => argmin(untyped(null)),
    'min: takes a tensor, got undefined': () => min(untyped(undefined)),
    'all: axes must be a list, got "0"': () => all(cube, untyped('0')),
    'sum: takes its options as an object, { name: value }, got true': () => sum(cube, 0, untyped(true)),
    'argmax: takes its options as an object, { name: value }, got true': () => argmax(cube, 0, untyped(true)),
    'max: takes its options as an object, { name: value }, got true': () => max(cube, 0, untyped(true)),
  });
});

describe('nothing', () => {
  itAgrees([
    ['torch.sum(torch.zeros(0))', () => sum(zeros([0])), 'tensor(0.)'],
    ['torch.prod(torch.zeros(0, 2), 0)', () => prod(zeros([0, 2]), 0), 'tensor([1., 1.])'],
    ['torch.any(torch.zeros(2, 0), 1)', () => any(zeros([2, 0]), 1), 'tensor([False, False])'],
    ['torch.all(torch.zeros(2, 0), 1)', () => all(zeros([2, 0]), 1), 'tensor([True, True])'],
    ['torch.sum(torch.zeros(0, 2), 1)', () => sum(zeros([0, 2]), 1), 'tensor([])'],
    ['torch.amax(torch.zeros(0, 2), 1)', () => amax(zeros([0, 2]), 1), 'tensor([])'],
    ['torch.argmin(torch.zeros(0, 2), 1)', () => argmin(zeros([0, 2]), 1), 'tensor([], dtype=int32)'],
  ]);

  itRefuses(ShapeError, {
    'amax: axis 0 of [0, 2] has length 0, and nothing has no amax. Reduce axes that hold values': () =>
      amax(zeros([0, 2]), [0, 1]),
    'amin: axis 1 of [2, 0] has length 0': () => amin(zeros([2, 0])),
    'argmax: axis 0 of [0] has length 0': () => argmax(zeros([0])),
    'argmin: axis 1 of [2, 0, 3] has length 0': () => argmin(zeros([2, 0, 3]), -2),
    'max: axis 0 of [0] has length 0': () => max(zeros([0])),
    'min: axis 0 of [0, 2] has length 0': () => min(zeros([0, 2]), 0),
  });
});

describe('dtypes', () => {
  itAgrees([
    ['torch.sum(torch.tensor([[True, False], [True, True]]))', () => sum(truths), 'tensor(3)'],
    ['torch.sum(torch.tensor([[True, False], [True, True]]), 0)', () => sum(truths, 0), 'tensor([2, 1])'],
    ['torch.prod(torch.tensor([[True, False], [True, True]]), 1)', () => prod(truths, 1), 'tensor([0, 1])'],
    [
      'torch.amin(torch.tensor([[True, False], [True, True]]), 1)',
      () => amin(truths, 1),
      'tensor([False, True])',
    ],
    [
      'torch.any(torch.tensor([[True, False], [True, True]]), 1)',
      () => any(truths, 1),
      'tensor([True, True])',
    ],
    [
      'torch.all(torch.tensor([[True, False], [True, True]]), 1)',
      () => all(truths, 1),
      'tensor([False, True])',
    ],
    ['torch.any(torch.tensor([0., nan]))', () => any(tensor([0, NaN])), 'tensor(True)'],
    ['torch.all(torch.tensor([1, 0, 2]))', () => all(tensor([1, 0, 2], int32)), 'tensor(False)'],
    [
      'torch.sum(torch.tensor([0.1, 0.2], dtype=torch.float64))',
      () => sum(tensor([0.1, 0.2], float64)),
      'tensor(0.3000, dtype=float64)',
    ],
    [
      'torch.sum(torch.tensor([2147483647, 1]), dtype=torch.int32).long()',
      () => sum(tensor([2147483647, 1], int32)),
      'tensor(-2147483648)',
    ],
    [
      'torch.prod(torch.tensor([65537, 65537, 3]), dtype=torch.int32).long()',
      () => prod(tensor([65537, 65537, 3], int32)),
      'tensor(393219)',
    ],
    [
      'torch.amax(torch.tensor([-2147483648, -2147483647]), 0)',
      () => amax(tensor([-2147483648, -2147483647], int32)),
      'tensor(-2147483647)',
    ],
  ]);
});

describe('values', () => {
  const rows = tensor([
    [1, NaN, 3],
    [-Infinity, 2, Infinity],
  ]);
  itAgrees([
    [
      'torch.sum(torch.tensor([[1., nan, 3.], [-inf, 2., inf]]), 1)',
      () => sum(rows, 1),
      'tensor([nan, nan])',
    ],
    [
      'torch.sum(torch.tensor([[1., nan, 3.], [-inf, 2., inf]]), 0)',
      () => sum(rows, 0),
      'tensor([-inf, nan, inf])',
    ],
    [
      'torch.prod(torch.tensor([[1., nan, 3.], [-inf, 2., inf]]), 1)',
      () => prod(rows, 1),
      'tensor([nan, -inf])',
    ],
    [
      'torch.amax(torch.tensor([[1., nan, 3.], [-inf, 2., inf]]), 1)',
      () => amax(rows, 1),
      'tensor([nan, inf])',
    ],
    [
      'torch.amin(torch.tensor([[1., nan, 3.], [-inf, 2., inf]]), 0)',
      () => amin(rows, 0),
      'tensor([-inf, nan, 3.])',
    ],
    ['torch.sum(torch.tensor([3e38, 3e38]))', () => sum(tensor([3e38, 3e38])), 'tensor(inf)'],
    ['torch.prod(torch.tensor([1e-30, 1e-30]))', () => prod(tensor([1e-30, 1e-30])), 'tensor(0.)'],
  ]);

  it('are summed in double precision, which 2^24 + 1 + ... + 1 shows', () => {
    const values = [2 ** 24, 1, 1, 1, 1];
    expect(sum(tensor(values)).item()).toBe(2 ** 24 + 4);
    expect(sum(tensor(values.map((value) => [value, 0])), 0).tolist()).toEqual([2 ** 24 + 4, 0]);
  });
});

describe('where the extremes stand', () => {
  const ties = tensor(
    [
      [3, 1, 3],
      [1, 1, 2],
    ],
    int32,
  );
  const holes = tensor([1, NaN, 3, NaN]);
  itAgrees([
    ['torch.argmax(torch.tensor([[3, 1, 3], [1, 1, 2]]))', () => argmax(ties), 'tensor(0)'],
    ['torch.argmin(torch.tensor([[3, 1, 3], [1, 1, 2]]), 0)', () => argmin(ties, 0), 'tensor([1, 0, 1])'],
    [
      'torch.argmax(torch.tensor([[3, 1, 3], [1, 1, 2]]), -1, keepdim=True)',
      () => argmax(ties, -1, keepdim),
      'tensor([[0], [2]])',
    ],
    [
      'torch.argmin(torch.tensor([[3, 1, 3], [1, 1, 2]]), keepdim=True)',
      () => argmin(ties, undefined, keepdim),
      'tensor([[1]])',
    ],
    ['torch.argmax(torch.tensor([1., nan, 3., nan]))', () => argmax(holes), 'tensor(1)'],
    ['torch.argmin(torch.tensor([1., nan, 3., nan]))', () => argmin(holes), 'tensor(1)'],
    ['torch.argmax(torch.tensor([nan, 1.]))', () => argmax(tensor([NaN, 1])), 'tensor(0)'],
    ['torch.argmax(torch.tensor([-inf, -inf]))', () => argmax(tensor([-Infinity, -Infinity])), 'tensor(0)'],
    ['torch.argmin(torch.tensor(5.))', () => argmin(tensor(5)), 'tensor(0)'],
    ['torch.argmax(torch.tensor(5.), 0, keepdim=True)', () => argmax(tensor(5), 0, keepdim), 'tensor(0)'],
    [
      'torch.argmin(torch.tensor([-2147483648, 2147483647]))',
      () => argmin(tensor([-2147483648, 2147483647], int32)),
      'tensor(0)',
    ],
  ]);

  it('agrees with the position of the extreme in a list, along every axis', () => {
    const x = cube.mul(7).remainder(11);
    const lane = (i: number, k: number) => [0, 1, 2].map((j) => x.dataSync()[i * 12 + j * 4 + k] as number);
    const positions = (extreme: (...values: number[]) => number) =>
      [0, 1].map((i) => [0, 1, 2, 3].map((k) => lane(i, k).indexOf(extreme(...lane(i, k)))));
    expect(argmax(x, 1).tolist()).toEqual(positions(Math.max));
    expect(argmin(x, 1).tolist()).toEqual(positions(Math.min));
  });
});

describe('max and min', () => {
  const x = tensor([
    [1, 5, 5],
    [NaN, 2, 0],
  ]);
  const both = ({ values, indices }: { values: Tensor; indices: Tensor }) => [values, indices];
  itAgrees([
    ['torch.max(torch.tensor([[1., 5., 5.], [nan, 2., 0.]]))', () => max(x), 'tensor(nan)'],
    ['torch.min(torch.tensor([1, -3, 2]))', () => min(tensor([1, -3, 2], int32)), 'tensor(-3)'],
    [
      'torch.max(torch.tensor([[1., 5., 5.], [nan, 2., 0.]]), 1)',
      () => both(max(x, 1)),
      'tensor([5., nan]); tensor([1, 0])',
    ],
    [
      'torch.min(torch.tensor([[1., 5., 5.], [nan, 2., 0.]]), 0)',
      () => both(min(x, 0)),
      'tensor([nan, 2., 0.]); tensor([1, 1, 1])',
    ],
    [
      'torch.max(torch.tensor([[1., 5., 5.], [nan, 2., 0.]]), -1, keepdim=True)',
      () => both(max(x, -1, keepdim)),
      'tensor([[5.], [nan]]); tensor([[1], [0]])',
    ],
    ['torch.min(torch.tensor(4.), 0)', () => both(min(tensor(4), 0)), 'tensor(4.); tensor(0)'],
    [
      'torch.max(torch.zeros(0, 3), 1)',
      () => both(max(zeros([0, 3]), 1)),
      'tensor([]); tensor([], dtype=int32)',
    ],
  ]);
});
