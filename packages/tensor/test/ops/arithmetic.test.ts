/** Arithmetic with broadcasting; every printed form is what PyTorch 1.13 prints for the expression beside it. */
import { describe, expect, it } from '@jest/globals';
import {
  ArgumentError,
  add,
  DTypeError,
  div,
  floorDivide,
  full,
  maximum,
  minimum,
  mul,
  ones,
  pow,
  remainder,
  ShapeError,
  sub,
  tensor,
  zeros,
} from '../../src/index.js';
import { itAgrees, itRefuses, untyped } from '../tables.js';

const int32 = { dtype: 'int32' } as const;
const float64 = { dtype: 'float64' } as const;
const matrix = tensor([
  [1, 2, 3],
  [4, 5, 6],
]);

describe('broadcasting', () => {
  itAgrees([
    ['torch.add(torch.tensor(1.), torch.tensor(2.))', () => add(tensor(1), tensor(2)), 'tensor(3.)'],
    [
      'torch.add(torch.tensor([[1., 2., 3.], [4., 5., 6.]]), 10)',
      () => add(matrix, 10),
      'tensor([[11., 12., 13.], [14., 15., 16.]])',
    ],
    [
      'torch.sub(10, torch.tensor([[1., 2., 3.], [4., 5., 6.]]))',
      () => sub(10, matrix),
      'tensor([[9., 8., 7.], [6., 5., 4.]])',
    ],
    [
      'torch.add(torch.tensor([[1., 2., 3.], [4., 5., 6.]]), torch.tensor([10., 20., 30.]))',
      () => add(matrix, tensor([10, 20, 30])),
      'tensor([[11., 22., 33.], [14., 25., 36.]])',
    ],
    [
      'torch.sub(torch.tensor([10., 20., 30.]), torch.tensor([[1., 2., 3.], [4., 5., 6.]]))',
      () => sub(tensor([10, 20, 30]), matrix),
      'tensor([[9., 18., 27.], [6., 15., 24.]])',
    ],
    [
      'torch.mul(torch.tensor([[1., 2., 3.], [4., 5., 6.]]), torch.tensor([[10.], [20.]]))',
      () => mul(matrix, tensor([[10], [20]])),
      'tensor([[10., 20., 30.], [80., 100., 120.]])',
    ],
    [
      'torch.sub(torch.tensor([[1.], [2.]]), torch.tensor([[10., 20.]]))',
      () => sub(tensor([[1], [2]]), tensor([[10, 20]])),
      'tensor([[-9., -19.], [-8., -18.]])',
    ],
    [
      'torch.add(torch.ones(2, 1, 2), torch.full((3, 1), 2.))',
      () => add(ones([2, 1, 2]), full([3, 1], 2)),
      'tensor([[[3., 3.], [3., 3.], [3., 3.]], [[3., 3.], [3., 3.], [3., 3.]]])',
    ],
    ['torch.add(torch.zeros(0), torch.tensor(1.))', () => add(zeros([0]), tensor(1)), 'tensor([])'],
    [
      'torch.add(torch.zeros(0, 1), torch.ones(1, 3))',
      () => add(zeros([0, 1]), ones([1, 3])),
      'tensor([], size=(0, 3))',
    ],
    [
      'torch.add(torch.zeros(2, 0), torch.ones(1))',
      () => add(zeros([2, 0]), ones([1])),
      'tensor([], size=(2, 0))',
    ],
  ]);

  itRefuses(ShapeError, {
    'add: [2, 3] and [2] cannot be broadcast: axis -1 is 3 and 2. Lengths must be equal or 1, counted from the last axis; reshape or unsqueeze':
      () => add(ones([2, 3]), ones([2])),
    'mul: [0] and [2] cannot be broadcast: axis -1 is 0 and 2': () => mul(ones([0]), ones([2])),
  });
});

describe('the dtype of a result', () => {
  itAgrees([
    [
      'torch.add(torch.tensor([1, 2], dtype=torch.int32), 1).long()',
      () => add(tensor([1, 2], int32), 1),
      'tensor([2, 3])',
    ],
    [
      'torch.add(torch.tensor([1, 2], dtype=torch.int32), 0.5)',
      () => add(tensor([1, 2], int32), 0.5),
      'tensor([1.5000, 2.5000])',
    ],
    [
      'torch.add(torch.tensor([1, 2], dtype=torch.int32), torch.tensor([0.5], dtype=torch.float64))',
      () => add(tensor([1, 2], int32), tensor([0.5], float64)),
      'tensor([1.5000, 2.5000], dtype=float64)',
    ],
    [
      'torch.add(torch.tensor([1.]), torch.tensor(0.5, dtype=torch.float64))',
      () => add(tensor([1]), tensor(0.5, float64)),
      'tensor([1.5000])',
    ],
    [
      'torch.add(torch.tensor([True, True]), torch.tensor([True, False]))',
      () => add(tensor([true, true]), tensor([true, false])),
      'tensor([True, True])',
    ],
    ['torch.add(torch.tensor([True, False]), 1)', () => add(tensor([true, false]), 1), 'tensor([2, 1])'],
    [
      'torch.mul(torch.tensor([True, False]), torch.tensor([True, True]))',
      () => mul(tensor([true, false]), tensor([true, true])),
      'tensor([True, False])',
    ],
    [
      'torch.mul(torch.tensor([True, False]), 0.5)',
      () => mul(tensor([true, false]), 0.5),
      'tensor([0.5000, 0.0000])',
    ],
    [
      'torch.div(torch.tensor([3, -7], dtype=torch.int32), 2)',
      () => div(tensor([3, -7], int32), 2),
      'tensor([1.5000, -3.5000])',
    ],
    [
      'torch.div(torch.tensor([True]), torch.tensor([True]))',
      () => div(tensor([true]), tensor([true])),
      'tensor([1.])',
    ],
    [
      'torch.div(torch.tensor([1.], dtype=torch.float64), 3)',
      () => div(tensor([1], float64), 3),
      'tensor([0.3333], dtype=float64)',
    ],
    [
      'torch.maximum(torch.tensor([1, 5], dtype=torch.int32), torch.tensor([2.5]))',
      () => maximum(tensor([1, 5], int32), tensor([2.5])),
      'tensor([2.5000, 5.0000])',
    ],
  ]);

  it('is int32 for whole numbers and float32 for fractions alone', () => {
    expect([add(2, 3).dtype, add(2, 3.5).dtype, add(true, 1).dtype]).toEqual(['int32', 'float32', 'int32']);
    expect([add(2 ** 31, 1).dtype, add(-(2 ** 31), 0).dtype]).toEqual(['float32', 'int32']);
  });

  const truth = tensor([true]);
  itRefuses(DTypeError, {
    "sub: is not defined for bool. Convert with to('int32'), or use logicalXor": () => sub(truth, truth),
    "pow: is not defined for bool. Convert with to('int32')": () => pow(truth, truth),
    'floorDivide: is not defined for bool': () => floorDivide(true, true),
    'remainder: is not defined for bool': () => remainder(true, true),
  });
});

describe('operands', () => {
  itRefuses(ArgumentError, {
    'add: takes tensors and numbers, got [1, 2]. Make a tensor of it with tensor(...)': () =>
      add(tensor([1]), untyped([1, 2])),
    'mul: takes tensors and numbers, got null': () => mul(untyped(null), 1),
    'div: takes tensors and numbers, got undefined': () => div(1, untyped(undefined)),
    'pow: takes tensors and numbers, got "2"': () => pow(untyped('2'), 1),
    'maximum: takes tensors and numbers, got 2': () => maximum(untyped(2n), 1),
  });

  it("may be methods' receivers", () => {
    expect(
      tensor([1, 2])
        .add(1)
        .mul(tensor([2, 3]))
        .tolist(),
    ).toEqual([4, 9]);
  });
});

describe('values', () => {
  itAgrees([
    [
      'torch.add(torch.tensor([1., inf, -inf, nan, inf]), torch.tensor([inf, inf, inf, 1., -inf]))',
      () =>
        add(
          tensor([1, Infinity, -Infinity, NaN, Infinity]),
          tensor([Infinity, Infinity, Infinity, 1, -Infinity]),
        ),
      'tensor([inf, inf, nan, nan, nan])',
    ],
    [
      'torch.add(torch.tensor([16777216., 1e-30]), torch.tensor([1., 1e-38]))',
      () => add(tensor([16777216, 1e-30]), tensor([1, 1e-38])),
      'tensor([1.6777e+07, 1.0000e-30])',
    ],
    [
      'torch.mul(torch.tensor([3e38, 1e-30, -0., inf]), torch.tensor([10., 1e-30, 5., 0.]))',
      () => mul(tensor([3e38, 1e-30, -0, Infinity]), tensor([10, 1e-30, 5, 0])),
      'tensor([inf, 0., -0., nan])',
    ],
    [
      'torch.div(torch.tensor([1., -1., 0., 1., inf]), torch.tensor([0., 0., 0., inf, inf]))',
      () => div(tensor([1, -1, 0, 1, Infinity]), tensor([0, 0, 0, Infinity, Infinity])),
      'tensor([inf, -inf, nan, 0., nan])',
    ],
    [
      'torch.maximum(torch.tensor([1., nan, -inf, 2.]), torch.tensor([nan, 1., -5., 2.]))',
      () => maximum(tensor([1, NaN, -Infinity, 2]), tensor([NaN, 1, -5, 2])),
      'tensor([nan, nan, -5., 2.])',
    ],
    [
      'torch.minimum(torch.tensor([1., nan, inf, 2.]), torch.tensor([nan, 1., -5., 2.]))',
      () => minimum(tensor([1, NaN, Infinity, 2]), tensor([NaN, 1, -5, 2])),
      'tensor([nan, nan, -5., 2.])',
    ],
    [
      'torch.minimum(torch.tensor([True, False]), torch.tensor([True, True]))',
      () => minimum(tensor([true, false]), tensor([true, true])),
      'tensor([True, False])',
    ],
  ]);

  it('keep the digits of float64', () => {
    // torch.add(torch.tensor(0.1, dtype=torch.float64), 0.2).item()
    expect(add(tensor(0.1, float64), 0.2).item()).toBe(0.30000000000000004);
  });
});

describe('int32', () => {
  const large = tensor([2147483647, -2147483648, 65536, -123456789], int32);
  itAgrees([
    [
      '(torch.tensor([2147483647, -2147483648, 65536, -123456789], dtype=torch.int32) + 1).long()',
      () => add(large, 1),
      'tensor([-2147483648, -2147483647, 65537, -123456788])',
    ],
    [
      '(torch.tensor([2147483647, -2147483648, 65536, -123456789], dtype=torch.int32) - 1).long()',
      () => sub(large, 1),
      'tensor([2147483646, 2147483647, 65535, -123456790])',
    ],
    [
      '(torch.tensor([2147483647, -2147483648, 65536, -123456789], dtype=torch.int32) * 65537).long()',
      () => mul(large, 65537),
      'tensor([2147418111, -2147483648, 65536, 730804971])',
    ],
    [
      '(torch.tensor([3, 7, -3, 10], dtype=torch.int32) ** torch.tensor([40, 33, 31, 0], dtype=torch.int32)).long()',
      () => pow(tensor([3, 7, -3, 10], int32), tensor([40, 33, 31, 0], int32)),
      'tensor([689956897, 100179207, -1264544299, 1])',
    ],
  ]);
});

describe('floorDivide and remainder', () => {
  const [a, b] = [tensor([7, -7, 7, -7], int32), tensor([2, 2, -2, -2], int32)];
  itAgrees([
    [
      'torch.floor_divide(torch.tensor([7, -7, 7, -7], dtype=torch.int32), torch.tensor([2, 2, -2, -2], dtype=torch.int32)).long()',
      () => floorDivide(a, b),
      'tensor([3, -4, -4, 3])',
    ],
    [
      'torch.remainder(torch.tensor([7, -7, 7, -7], dtype=torch.int32), torch.tensor([2, 2, -2, -2], dtype=torch.int32)).long()',
      () => remainder(a, b),
      'tensor([1, 1, -1, -1])',
    ],
    [
      'torch.floor_divide(torch.tensor([7.5, -7.5, 7.5, -7.5, 1.]), torch.tensor([2., 2., -2., -2., 0.1]))',
      () => floorDivide(tensor([7.5, -7.5, 7.5, -7.5, 1]), tensor([2, 2, -2, -2, 0.1])),
      'tensor([3., -4., -4., 3., 9.])',
    ],
    [
      'torch.remainder(torch.tensor([7.5, -7.5, 7.5, -7.5, -1e-20]), torch.tensor([2., 2., -2., -2., 1.]))',
      () => remainder(tensor([7.5, -7.5, 7.5, -7.5, -1e-20]), tensor([2, 2, -2, -2, 1])),
      'tensor([1.5000, 0.5000, -0.5000, -1.5000, 1.0000])',
    ],
    [
      'torch.floor_divide(torch.tensor([1., -1., 1., -1., inf, nan]), torch.tensor([inf, inf, -inf, -inf, 1., 1.]))',
      () =>
        floorDivide(
          tensor([1, -1, 1, -1, Infinity, NaN]),
          tensor([Infinity, Infinity, -Infinity, -Infinity, 1, 1]),
        ),
      'tensor([0., -1., -1., 0., nan, nan])',
    ],
    [
      'torch.remainder(torch.tensor([1., -1., 1., -1., inf, nan]), torch.tensor([inf, inf, -inf, -inf, 1., 1.]))',
      () =>
        remainder(
          tensor([1, -1, 1, -1, Infinity, NaN]),
          tensor([Infinity, Infinity, -Infinity, -Infinity, 1, 1]),
        ),
      'tensor([1., inf, -inf, -1., nan, nan])',
    ],
    [
      'torch.floor_divide(torch.tensor([0., -0., 5., -5.]), torch.tensor([0., 3., 0., 0.]))',
      () => floorDivide(tensor([0, -0, 5, -5]), tensor([0, 3, 0, 0])),
      'tensor([nan, -0., inf, -inf])',
    ],
    [
      'torch.remainder(torch.tensor([0., -0., 5., -5.]), torch.tensor([0., 3., 0., 0.]))',
      () => remainder(tensor([0, -0, 5, -5]), tensor([0, 3, 0, 0])),
      'tensor([nan, -0., nan, nan])',
    ],
  ]);

  it('give 0 for an integer by 0, where PyTorch raises', () => {
    expect(floorDivide(tensor([5, -5, 0], int32), 0).tolist()).toEqual([0, 0, 0]);
    expect(remainder(tensor([5, -5, 0], int32), 0).tolist()).toEqual([0, 0, 0]);
  });
});

describe('pow', () => {
  itAgrees([
    [
      'torch.pow(torch.tensor([1., 1., -1., -1., 2., 2.]), torch.tensor([nan, inf, inf, -inf, -inf, inf]))',
      () =>
        pow(tensor([1, 1, -1, -1, 2, 2]), tensor([NaN, Infinity, Infinity, -Infinity, -Infinity, Infinity])),
      'tensor([1., 1., 1., 1., 0., inf])',
    ],
    [
      'torch.pow(torch.tensor([0., -0., 0., nan, nan, -8., -8.]), torch.tensor([-1., -1., 0., 0., 1., 1/3, 3.]))',
      () => pow(tensor([0, -0, 0, NaN, NaN, -8, -8]), tensor([-1, -1, 0, 0, 1, 1 / 3, 3])),
      'tensor([inf, -inf, 1., 1., nan, nan, -512.])',
    ],
    [
      'torch.pow(torch.tensor([4., 2.25]), 0.5)',
      () => pow(tensor([4, 2.25]), 0.5),
      'tensor([2.0000, 1.5000])',
    ],
    [
      'torch.pow(2, torch.tensor([-1., 0.5, 3.]))',
      () => pow(2, tensor([-1, 0.5, 3])),
      'tensor([0.5000, 1.4142, 8.0000])',
    ],
    [
      'torch.pow(torch.tensor([1, -1, -1, 0, 2], dtype=torch.int32), torch.tensor([-2, -3, -2, -1, -1], dtype=torch.int32)).long()',
      () => pow(tensor([1, -1, -1, 0, 2], int32), tensor([-2, -3, -2, -1, -1], int32)),
      'tensor([1, -1, 1, 0, 0])',
    ],
    [
      'torch.pow(torch.tensor([4, 9], dtype=torch.int32), 0.5)',
      () => pow(tensor([4, 9], int32), 0.5),
      'tensor([2., 3.])',
    ],
    ['torch.pow(torch.tensor([True, False]), 2)', () => pow(tensor([true, false]), 2), 'tensor([1, 0])'],
    ['torch.pow(torch.tensor([2., 4.]), -1)', () => pow(tensor([2, 4]), -1), 'tensor([0.5000, 0.2500])'],
  ]);

  itRefuses(ArgumentError, {
    "pow: integers to the power -1 are fractions. Convert the base with to('float32')": () =>
      pow(tensor([1, 2], int32), -1),
  });
});
