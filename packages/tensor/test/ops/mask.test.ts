/** Masks, triangles and one-hot rows: every printed form is what PyTorch 1.13 prints for the expression beside it. */
import { describe } from '@jest/globals';
import {
  ArgumentError,
  arange,
  DTypeError,
  maskedFill,
  oneHot,
  ones,
  ShapeError,
  tensor,
  tril,
  triu,
  zeros,
} from '../../src/index.js';
import { itAgrees, itRefuses, untyped } from '../tables.js';

const index = (values: Parameters<typeof tensor>[0]) => tensor(values, { dtype: 'int32' });
const x = tensor([1, 2]);
const mask = tensor([true, false]);

describe('maskedFill', () => {
  const X = 'tensor([1., 2.]).masked_fill';
  itAgrees([
    [`${X}(tensor([True, False]), 9)`, () => maskedFill(x, mask, 9), 'tensor([9., 2.])'],
    [`${X}(tensor([True, False]), -inf)`, () => maskedFill(x, mask, -Infinity), 'tensor([-inf, 2.])'],
    [`${X}(tensor(True), nan)`, () => maskedFill(x, tensor(true), NaN), 'tensor([nan, nan])'],
    [
      `${X}(tensor([[True], [False]]), 5)`,
      () => maskedFill(x, tensor([[true], [false]]), 5),
      'tensor([[5., 5.], [1., 2.]])',
    ],
    [
      `${X}(tensor([True, False]), tensor(7.).double())`,
      () => maskedFill(x, mask, tensor(7, { dtype: 'float64' })),
      'tensor([7., 2.])',
    ],
    [
      'arange(2).masked_fill(tensor([True, False]), True)',
      () => maskedFill(arange(2), mask, true),
      'tensor([1, 1])',
    ],
    [
      'tensor([True, False]).masked_fill(tensor([True, False]), False)',
      () => maskedFill(mask, mask, false),
      'tensor([False, False])',
    ],
    [
      'zeros(0, 2).masked_fill(tensor([True, False]), 1)',
      () => maskedFill(zeros([0, 2]), mask, 1),
      'tensor([], size=(0, 2))',
    ],
  ]);
  itRefuses(DTypeError, {
    'maskedFill: a mask is bool, got float32. Compare first': () => maskedFill(x, tensor([1, 0]), 9),
    'maskedFill: int32 cannot hold 1.5. Convert one of them with to(...)': () =>
      maskedFill(arange(2), mask, 1.5),
    'maskedFill: int32 cannot hold Infinity': () => maskedFill(arange(2), mask, Infinity),
    'maskedFill: bool cannot hold 1.': () => maskedFill(mask, mask, 1),
    'maskedFill: float32 cannot hold float64': () => maskedFill(x, mask, x.to('float64')),
  });
  itRefuses(ShapeError, {
    'maskedFill: [2] and [3] and [] cannot be broadcast': () => maskedFill(x, tensor([true, true, false]), 0),
  });
  itRefuses(ArgumentError, {
    'maskedFill: takes tensors and numbers, got': () => maskedFill(x, mask, untyped('9')),
    'maskedFill: takes a tensor, got': () => maskedFill(x, untyped([true, false]), 9),
  });
});

describe('tril and triu', () => {
  const square = arange(1, 10).reshape([3, 3]);
  const S = 'arange(1, 10).reshape(3, 3)';
  itAgrees([
    [`${S}.tril()`, () => tril(square), 'tensor([[1, 0, 0], [4, 5, 0], [7, 8, 9]])'],
    [`${S}.triu()`, () => triu(square), 'tensor([[1, 2, 3], [0, 5, 6], [0, 0, 9]])'],
    [`${S}.tril(-1)`, () => tril(square, -1), 'tensor([[0, 0, 0], [4, 0, 0], [7, 8, 0]])'],
    [`${S}.tril(1)`, () => tril(square, 1), 'tensor([[1, 2, 0], [4, 5, 6], [7, 8, 9]])'],
    [`${S}.triu(2)`, () => triu(square, 2), 'tensor([[0, 0, 3], [0, 0, 0], [0, 0, 0]])'],
    [`${S}.triu(-9)`, () => triu(square, -9), 'tensor([[1, 2, 3], [4, 5, 6], [7, 8, 9]])'],
    ['ones(2, 1, 3).tril()', () => tril(ones([2, 1, 3])), 'tensor([[[1., 0., 0.]], [[1., 0., 0.]]])'],
    [
      'ones(2, 2, dtype=torch.bool).triu()',
      () => triu(ones([2, 2], { dtype: 'bool' })),
      'tensor([[True, True], [False, True]])',
    ],
    [
      'torch.full((2, 2), nan).tril()',
      () =>
        tril(
          tensor([
            [NaN, NaN],
            [NaN, NaN],
          ]),
        ),
      'tensor([[nan, 0.], [nan, nan]])',
    ],
    ['zeros(0, 3).tril()', () => tril(zeros([0, 3])), 'tensor([], size=(0, 3))'],
  ]);
  itRefuses(ShapeError, {
    'tril: takes matrices, got shape [2]': () => tril(x),
    'triu: takes matrices, got shape []': () => triu(tensor(1)),
  });
  itRefuses(ArgumentError, {
    'tril: a diagonal is a whole number, got NaN': () => tril(square, NaN),
    'triu: a diagonal is a whole number, got 0.5': () => triu(square, 0.5),
    'tril: takes a tensor, got': () => tril(untyped([[1]])),
  });
});

describe('oneHot', () => {
  itAgrees([
    [
      'F.one_hot(tensor([1, 0, 2]))',
      () => oneHot(index([1, 0, 2])),
      'tensor([[0, 1, 0], [1, 0, 0], [0, 0, 1]])',
    ],
    [
      'F.one_hot(tensor([[1], [0]]), 3)',
      () => oneHot(index([[1], [0]]), 3),
      'tensor([[[0, 1, 0]], [[1, 0, 0]]])',
    ],
    ['F.one_hot(tensor(1), 3)', () => oneHot(index(1), 3), 'tensor([0, 1, 0])'],
    ['F.one_hot(tensor([]).long(), 3)', () => oneHot(index([]), 3), 'tensor([], size=(0, 3), dtype=int32)'],
  ]);
  itRefuses(ShapeError, {
    'oneHot: index 3 is out of range: it must be at least 0 and less than 3': () => oneHot(index([3]), 3),
    'oneHot: index -1 is out of range': () => oneHot(index([0, -1])),
  });
  itRefuses(DTypeError, { 'oneHot: an index is int32, got float32': () => oneHot(tensor([1])) });
  itRefuses(ArgumentError, {
    'oneHot: [0] holds no index. Name the number of classes': () => oneHot(index([])),
    'oneHot: the number of classes is a whole number of at least 1, got NaN': () => oneHot(index([0]), NaN),
    'oneHot: the number of classes is a whole number of at least 1, got 2.5': () => oneHot(index([0]), 2.5),
    'oneHot: the number of classes is a whole number of at least 1, got 0': () => oneHot(index([]), 0),
    'oneHot: takes a tensor, got': () => oneHot(untyped([1])),
  });
});
