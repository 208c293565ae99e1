/** Comparison, logic and choice; every printed form is what PyTorch 1.13 prints for the expression beside it. */
import { describe, expect, it } from '@jest/globals';
import {
  ArgumentError,
  clamp,
  eq,
  ge,
  gt,
  isfinite,
  isinf,
  isnan,
  le,
  logicalAnd,
  logicalNot,
  logicalOr,
  logicalXor,
  lt,
  ne,
  ShapeError,
  tensor,
  where,
  zeros,
} from '../../src/index.js';
import { itAgrees, itRefuses, untyped } from '../tables.js';

const int32 = { dtype: 'int32' } as const;
const float64 = { dtype: 'float64' } as const;
const [a, b] = [tensor([1, 2, NaN, Infinity, -0]), tensor([2, 2, NaN, Infinity, 0])];

describe('comparisons', () => {
  itAgrees([
    [
      'torch.eq(torch.tensor([1., 2., nan, inf, -0.]), torch.tensor([2., 2., nan, inf, 0.]))',
      () => eq(a, b),
      'tensor([False, True, False, True, True])',
    ],
    [
      'torch.ne(torch.tensor([1., 2., nan, inf, -0.]), torch.tensor([2., 2., nan, inf, 0.]))',
      () => ne(a, b),
      'tensor([True, False, True, False, False])',
    ],
    [
      'torch.lt(torch.tensor([1., 2., nan, inf, -0.]), torch.tensor([2., 2., nan, inf, 0.]))',
      () => lt(a, b),
      'tensor([True, False, False, False, False])',
    ],
    [
      'torch.le(torch.tensor([1., 2., nan, inf, -0.]), torch.tensor([2., 2., nan, inf, 0.]))',
      () => le(a, b),
      'tensor([True, True, False, True, True])',
    ],
    [
      'torch.gt(torch.tensor([2., 2., nan, inf, 0.]), torch.tensor([1., 2., nan, inf, -0.]))',
      () => gt(b, a),
      'tensor([True, False, False, False, False])',
    ],
    [
      'torch.ge(torch.tensor([2., 2., nan, inf, 0.]), torch.tensor([1., 2., nan, inf, -0.]))',
      () => ge(b, a),
      'tensor([True, True, False, True, True])',
    ],
    [
      'torch.gt(torch.tensor([1, 2, 3], dtype=torch.int32), 1.5)',
      () => gt(tensor([1, 2, 3], int32), 1.5),
      'tensor([False, True, True])',
    ],
    ['torch.eq(torch.tensor([0.1]), 0.1)', () => eq(tensor([0.1]), 0.1), 'tensor([True])'],
    [
      'torch.eq(torch.tensor([0.1]), torch.tensor([0.1], dtype=torch.float64))',
      () => eq(tensor([0.1]), tensor([0.1], float64)),
      'tensor([False])',
    ],
    [
      'torch.le(torch.tensor([True, False]), torch.tensor([False, False]))',
      () => le(tensor([true, false]), tensor([false, false])),
      'tensor([False, True])',
    ],
    [
      'torch.lt(torch.tensor([[1.], [2.]]), torch.tensor([1., 2., 3.]))',
      () => lt(tensor([[1], [2]]), tensor([1, 2, 3])),
      'tensor([[False, True, True], [False, False, True]])',
    ],
    ['torch.ge(torch.zeros(0, 2), 1)', () => ge(zeros([0, 2]), 1), 'tensor([], size=(0, 2), dtype=bool)'],
    [
      'torch.ne(torch.tensor(3), torch.tensor(3))',
      () => ne(tensor(3, int32), tensor(3, int32)),
      'tensor(False)',
    ],
  ]);
});

describe('logic takes everything but 0 as true', () => {
  const [p, q] = [tensor([0, 0, 0.5, NaN]), tensor([0, -2, 0, 1], int32)];
  itAgrees([
    [
      'torch.logical_and(torch.tensor([0., 0., 0.5, nan]), torch.tensor([0, -2, 0, 1]))',
      () => logicalAnd(p, q),
      'tensor([False, False, False, True])',
    ],
    [
      'torch.logical_or(torch.tensor([0., 0., 0.5, nan]), torch.tensor([0, -2, 0, 1]))',
      () => logicalOr(p, q),
      'tensor([False, True, True, True])',
    ],
    [
      'torch.logical_xor(torch.tensor([0., 0., 0.5, nan]), torch.tensor([0, -2, 0, 1]))',
      () => logicalXor(p, q),
      'tensor([False, True, True, False])',
    ],
    [
      'torch.logical_not(torch.tensor([0., 0., 0.5, nan]))',
      () => logicalNot(p),
      'tensor([True, True, False, False])',
    ],
    [
      'torch.logical_not(torch.tensor([0, -2, 0, 1]))',
      () => logicalNot(q),
      'tensor([True, False, True, False])',
    ],
    [
      'torch.logical_xor(torch.tensor([[True], [False]]), torch.tensor([True, False]))',
      () => logicalXor(tensor([[true], [false]]), tensor([true, false])),
      'tensor([[False, True], [True, False]])',
    ],
  ]);
});

describe('kinds of numbers', () => {
  const x = tensor([NaN, Infinity, -Infinity, 1]);
  itAgrees([
    [
      'torch.isnan(torch.tensor([nan, inf, -inf, 1.]))',
      () => isnan(x),
      'tensor([True, False, False, False])',
    ],
    ['torch.isinf(torch.tensor([nan, inf, -inf, 1.]))', () => isinf(x), 'tensor([False, True, True, False])'],
    [
      'torch.isfinite(torch.tensor([nan, inf, -inf, 1.]))',
      () => isfinite(x),
      'tensor([False, False, False, True])',
    ],
    ['torch.isnan(torch.tensor([1, 0]))', () => isnan(tensor([1, 0], int32)), 'tensor([False, False])'],
    ['torch.isfinite(torch.tensor([True]))', () => isfinite(tensor([true])), 'tensor([True])'],
  ]);
});

describe('where', () => {
  const c = tensor([true, false, true]);
  itAgrees([
    [
      'torch.where(torch.tensor([True, False, True]), torch.tensor([1., 2., 3.]), torch.tensor([-1., -2., -3.]))',
      () => where(c, tensor([1, 2, 3]), tensor([-1, -2, -3])),
      'tensor([1., -2., 3.])',
    ],
    ['torch.where(torch.tensor([True, False, True]), 1, 0)', () => where(c, 1, 0), 'tensor([1, 0, 1])'],
    [
      'torch.where(torch.tensor([True, False, True]), 1.5, 0)',
      () => where(c, 1.5, 0),
      'tensor([1.5000, 0.0000, 1.5000])',
    ],
    [
      'torch.where(torch.tensor([True, False, True]), torch.tensor([1, 2, 3], dtype=torch.int32), 0.5)',
      () => where(c, tensor([1, 2, 3], int32), 0.5),
      'tensor([1.0000, 0.5000, 3.0000])',
    ],
    [
      'torch.where(torch.tensor([True, False, True]), torch.tensor([1, 2, 3]), torch.tensor([0.25], dtype=torch.float64))',
      () => where(c, tensor([1, 2, 3], int32), tensor([0.25], float64)),
      'tensor([1.0000, 0.2500, 3.0000], dtype=float64)',
    ],
    [
      'torch.where(torch.tensor([True, False, True]), True, torch.tensor([False]))',
      () => where(c, true, tensor([false])),
      'tensor([True, False, True])',
    ],
    [
      'torch.where(torch.tensor([[True], [False]]), torch.tensor([1., 2.]), torch.tensor(nan))',
      () => where(tensor([[true], [false]]), tensor([1, 2]), NaN),
      'tensor([[1., 2.], [nan, nan]])',
    ],
    [
      'torch.where(torch.tensor([True, False, True]), torch.tensor([[1], [2]]), 0)',
      () => where(c, tensor([[1], [2]], int32), 0),
      'tensor([[1, 0, 1], [2, 0, 2]])',
    ],
    [
      'torch.where(torch.zeros(0, dtype=torch.bool), torch.zeros(0), torch.ones(1))',
      () => where(tensor(new Uint8Array(0)), zeros([0]), 1),
      'tensor([])',
    ],
  ]);

  it('takes any condition that is not 0 as true, and plain ones', () => {
    expect(where(tensor([2, 0, NaN]), 1, -1).tolist()).toEqual([1, -1, 1]);
    expect(where(true, 1, 2).item()).toBe(1);
  });

  it('does not let what is not chosen through', () => {
    expect(where(c, tensor([1, NaN, 3]), tensor([NaN, 2, Infinity])).tolist()).toEqual([1, 2, 3]);
  });

  itRefuses(ShapeError, {
    'where: [3] and [2] and [] cannot be broadcast: axis -1 is 3 and 2': () => where(c, tensor([1, 2]), 0),
  });
  itRefuses(ArgumentError, {
    'where: takes tensors and numbers, got "yes"': () => where(untyped('yes'), 1, 0),
    'where: takes tensors and numbers, got undefined': () => where(c, 1, untyped(undefined)),
  });
});

describe('clamp', () => {
  const x = tensor([-2, 0.5, 3, NaN, Infinity]);
  const whole = tensor([1, 2, -3], int32);
  itAgrees([
    [
      'torch.clamp(torch.tensor([-2., 0.5, 3., nan, inf]), -1, 1)',
      () => clamp(x, -1, 1),
      'tensor([-1.0000, 0.5000, 1.0000, nan, 1.0000])',
    ],
    [
      'torch.clamp(torch.tensor([-2., 0.5, 3., nan, inf]), min=0)',
      () => clamp(x, 0),
      'tensor([0.0000, 0.5000, 3.0000, nan, inf])',
    ],
    [
      'torch.clamp(torch.tensor([-2., 0.5, 3., nan, inf]), max=0.75)',
      () => clamp(x, null, 0.75),
      'tensor([-2.0000, 0.5000, 0.7500, nan, 0.7500])',
    ],
    [
      'torch.clamp(torch.tensor([-2., 0.5, 3., nan, inf]), min=2, max=1)',
      () => clamp(x, 2, 1),
      'tensor([1., 1., 1., nan, 1.])',
    ],
    [
      'torch.clamp(torch.tensor([1., 2.]), torch.tensor([5., 0.]), torch.tensor([4., 1.]))',
      () => clamp(tensor([1, 2]), tensor([5, 0]), tensor([4, 1])),
      'tensor([4., 1.])',
    ],
    [
      'torch.clamp(torch.tensor([1., 2.]), min=torch.tensor([nan, 0.]))',
      () => clamp(tensor([1, 2]), tensor([NaN, 0])),
      'tensor([nan, 2.])',
    ],
    [
      'torch.clamp(torch.tensor([1, 2, -3], dtype=torch.int32), 0, 1).long()',
      () => clamp(whole, 0, 1),
      'tensor([1, 1, 0])',
    ],
    [
      'torch.clamp(torch.tensor([1, 2, -3], dtype=torch.int32), max=-2147483648).long()',
      () => clamp(whole, null, -2147483648),
      'tensor([-2147483648, -2147483648, -2147483648])',
    ],
    [
      'torch.clamp(torch.tensor([1, 2, -3], dtype=torch.int32), 0.5)',
      () => clamp(whole, 0.5),
      'tensor([1.0000, 2.0000, 0.5000])',
    ],
    [
      'torch.clamp(torch.tensor([1, 2, -3], dtype=torch.int32), max=torch.tensor([[1.], [2.]], dtype=torch.float64))',
      () => clamp(whole, null, tensor([[1], [2]], float64)),
      'tensor([[1., 1., -3.], [1., 2., -3.]], dtype=float64)',
    ],
    [
      'torch.clamp(torch.tensor([True, False]), torch.tensor([True, True]))',
      () => clamp(tensor([true, false]), tensor([true, true])),
      'tensor([True, True])',
    ],
    [
      'torch.clamp(torch.tensor([True, False]), 0, 1)',
      () => clamp(tensor([true, false]), 0, 1),
      'tensor([1, 0])',
    ],
    [
      'torch.clamp(torch.zeros(0, 3), torch.tensor([1., 2., 3.]))',
      () => clamp(zeros([0, 3]), tensor([1, 2, 3])),
      'tensor([], size=(0, 3))',
    ],
  ]);

  it('lets NaN limits through as NaN', () => {
    expect(clamp(tensor([1, 2]), NaN).tolist()).toEqual([NaN, NaN]);
  });

  itRefuses(ArgumentError, {
    'clamp: needs a minimum, a maximum, or both': () => clamp(x),
    'clamp: takes tensors and numbers, got "1"': () => clamp(x, untyped('1')),
    'clamp: takes tensors and numbers, got [1]': () => clamp(untyped([1]), 0),
  });
  itRefuses(ShapeError, { 'clamp: [5] and [2] and [] cannot be broadcast': () => clamp(x, tensor([1, 2])) });
});
