/** Reading and writing by index: every printed form is what PyTorch 1.13 prints for the expression beside it. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  ArgumentError,
  arange,
  DTypeError,
  gather,
  indexAdd,
  indexSelect,
  ShapeError,
  scatterAdd,
  stack,
  tensor,
  zeros,
} from '../../src/index.js';
import { counting, itAgrees, itRefuses, untyped } from '../tables.js';

const index = (values: Parameters<typeof tensor>[0]) => tensor(values, { dtype: 'int32' });
const x = tensor([
  [1, 2],
  [3, 4],
]);
const bools = tensor([true, false]);

describe('gather', () => {
  const X = 'tensor([[1., 2.], [3., 4.]])';
  itAgrees([
    [
      `torch.gather(${X}, 0, tensor([[1, 0], [0, 0]]))`,
      () =>
        gather(
          x,
          0,
          index([
            [1, 0],
            [0, 0],
          ]),
        ),
      'tensor([[3., 2.], [1., 2.]])',
    ],
    [
      `torch.gather(${X}, 1, tensor([[1, 0, 1]]))`,
      () => gather(x, 1, index([[1, 0, 1]])),
      'tensor([[2., 1., 2.]])',
    ],
    [
      `torch.gather(${X}, -1, tensor([[1], [0]]))`,
      () => gather(x, -1, index([[1], [0]])),
      'tensor([[2.], [3.]])',
    ],
    ['torch.gather(tensor(5.), 0, tensor(0))', () => gather(tensor(5), 0, index(0)), 'tensor(5.)'],
    [
      'torch.gather(tensor([True, False]), 0, tensor([1, 1]))',
      () => gather(bools, 0, index([1, 1])),
      'tensor([False, False])',
    ],
    [
      'torch.gather(arange(3), 0, tensor([2, 0]))',
      () => gather(arange(3), 0, index([2, 0])),
      'tensor([2, 0])',
    ],
    [
      `torch.gather(${X}, 0, zeros(0, 2).long())`,
      () => gather(x, 0, zeros([0, 2], { dtype: 'int32' })),
      'tensor([], size=(0, 2))',
    ],
    [
      'torch.gather(zeros(0, 2), 0, zeros(0, 1).long())',
      () => gather(zeros([0, 2]), 0, zeros([0, 1], { dtype: 'int32' })),
      'tensor([], size=(0, 1))',
    ],
  ]);

  it('reads out[i][j][k] from x[i][index[i][j][k]][k]', () => {
    const x = counting([2, 3, 2]);
    const at = index([
      [
        [2, 0],
        [1, 1],
      ],
      [
        [0, 2],
        [2, 1],
      ],
    ]);
    const picked = [0, 1].map((i) =>
      [0, 1].map((j) => [0, 1].map((k) => x.slice([i, at.slice([i, j, k]).item(), k]).item())),
    );
    expect(gather(x, 1, at).tolist()).toEqual(picked);
  });

  itRefuses(ShapeError, {
    'gather: index 2 is out of range: it must be at least 0 and less than 2': () =>
      gather(x, 0, index([[2]])),
    'gather: index -1 is out of range': () => gather(x, 0, index([[-1]])),
    'gather: index 0 is out of range: it must be at least 0 and less than 0': () =>
      gather(zeros([0]), 0, index([0])),
    'gather: an index of shape [1] does not fit into [2, 2] along the axes other than 0': () =>
      gather(x, 0, index([0])),
    'gather: an index of shape [1, 3] does not fit into [2, 2] along the axes other than 0': () =>
      gather(x, 0, index([[0, 0, 0]])),
    'gather: axis 2 does not exist in a tensor with 2 dimensions': () => gather(x, 2, index([[0]])),
  });
  itRefuses(DTypeError, {
    "gather: an index is int32, got float32. Convert with to('int32')": () => gather(x, 0, tensor([[0]])),
    'gather: an index is int32, got bool': () => gather(x, 0, tensor([[true]])),
  });
  itRefuses(ArgumentError, {
    'gather: takes a tensor, got': () => gather(x, 0, untyped([[0]])),
  });
});

describe('scatterAdd', () => {
  const Z = 'zeros(3)';
  const zero = zeros([3]);
  itAgrees([
    [
      `torch.scatter_add(${Z}, 0, tensor([0, 2, 0]), tensor([1., 2., 4.]))`,
      () => scatterAdd(zero, 0, index([0, 2, 0]), tensor([1, 2, 4])),
      'tensor([5., 0., 2.])',
    ],
    [
      'torch.scatter_add(arange(3), 0, tensor([1]), tensor([5, 9]))',
      () => scatterAdd(arange(3), 0, index([1]), index([5, 9])),
      'tensor([0, 6, 2])',
    ],
    [
      'torch.scatter_add(zeros(2, 2), 1, tensor([[1], [0]]), ones(2, 2))',
      () =>
        scatterAdd(
          zeros([2, 2]),
          1,
          index([[1], [0]]),
          tensor([
            [1, 1],
            [1, 1],
          ]),
        ),
      'tensor([[0., 1.], [1., 0.]])',
    ],
    [
      'torch.scatter_add(zeros(2, 2), -2, tensor([[1, 1], [1, 0]]), tensor([[1., 2.], [3., 4.]]))',
      () =>
        scatterAdd(
          zeros([2, 2]),
          -2,
          index([
            [1, 1],
            [1, 0],
          ]),
          x,
        ),
      'tensor([[0., 4.], [4., 2.]])',
    ],
    [
      `torch.scatter_add(${Z}, 0, zeros(0).long(), zeros(0))`,
      () => scatterAdd(zero, 0, index([]), zeros([0])),
      'tensor([0., 0., 0.])',
    ],
    [
      'torch.scatter_add(tensor(1.), 0, tensor(0), tensor(2.))',
      () => scatterAdd(tensor(1), 0, index(0), tensor(2)),
      'tensor(3.)',
    ],
  ]);

  it('leaves the tensor that is added to as it was', () => {
    scatterAdd(zero, 0, index([0]), tensor([1]));
    expect(zero.tolist()).toEqual([0, 0, 0]);
  });

  itRefuses(ShapeError, {
    'scatterAdd: index 3 is out of range: it must be at least 0 and less than 3': () =>
      scatterAdd(zero, 0, index([3]), tensor([1])),
    'scatterAdd: an index of shape [2] does not fit into [1]. It has as many axes, none of them longer': () =>
      scatterAdd(zero, 0, index([0, 0]), tensor([1])),
    'scatterAdd: an index of shape [1, 1] does not fit into [3] along the axes other than 0': () =>
      scatterAdd(zero, 0, index([[0]]), tensor([[1]])),
  });
  itRefuses(DTypeError, {
    "scatterAdd: the source is int32, but what it is added to float32. Convert with to('float32')": () =>
      scatterAdd(zero, 0, index([0]), index([1])),
    "scatterAdd: is not defined for bool. Convert with to('int32') first": () =>
      scatterAdd(bools, 0, index([0]), bools),
    'scatterAdd: an index is int32, got float32': () => scatterAdd(zero, 0, tensor([0]), tensor([1])),
  });
  itRefuses(ArgumentError, {
    'scatterAdd: takes a tensor, got': () => scatterAdd(zero, 0, index([0]), untyped(1)),
  });
});

describe('indexSelect and indexAdd', () => {
  const X = 'tensor([[1., 2.], [3., 4.]])';
  itAgrees([
    [
      `${X}.index_select(0, tensor([1, 0, 1]))`,
      () => indexSelect(x, 0, index([1, 0, 1])),
      'tensor([[3., 4.], [1., 2.], [3., 4.]])',
    ],
    [`${X}.index_select(-1, tensor([1]))`, () => indexSelect(x, -1, index([1])), 'tensor([[2.], [4.]])'],
    [`${X}.index_select(0, tensor(1))`, () => indexSelect(x, 0, index(1)), 'tensor([[3., 4.]])'],
    [`${X}.index_select(1, zeros(0).long())`, () => indexSelect(x, 1, index([])), 'tensor([], size=(2, 0))'],
    [
      'tensor([True, False]).index_select(0, tensor([1, 0]))',
      () => indexSelect(bools, 0, index([1, 0])),
      'tensor([False, True])',
    ],
    [
      `zeros(2, 2).index_add(0, tensor([1, 1]), ${X})`,
      () => indexAdd(zeros([2, 2]), 0, index([1, 1]), x),
      'tensor([[0., 0.], [4., 6.]])',
    ],
    [
      `zeros(2, 3).index_add(1, tensor([2, 0]), ${X})`,
      () => indexAdd(zeros([2, 3]), 1, index([2, 0]), x),
      'tensor([[2., 0., 1.], [4., 0., 3.]])',
    ],
    [
      'arange(3).index_add(-1, tensor(1), tensor([5]))',
      () => indexAdd(arange(3), -1, index(1), index([5])),
      'tensor([0, 6, 2])',
    ],
    [
      `${X}.index_add(0, zeros(0).long(), zeros(0, 2))`,
      () => indexAdd(x, 0, index([]), zeros([0, 2])),
      'tensor([[1., 2.], [3., 4.]])',
    ],
  ]);

  it('selects the parts that select gives one by one', () => {
    const positions = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(positions, fc.integer({ min: 0, max: 2 }), (list, axis) => {
        const x = counting([3, 3, 3]);
        const parts = list.map((i) => x.select(axis, i));
        expect(indexSelect(x, axis, index(list)).tolist()).toEqual(stack(parts, axis).tolist());
      }),
    );
  });

  itRefuses(ShapeError, {
    'indexSelect: index 2 is out of range: it must be at least 0 and less than 2': () =>
      indexSelect(x, 0, index([2])),
    'indexSelect: index -1 is out of range': () => indexSelect(x, 0, index([-1])),
    'indexSelect: an index is a list, got shape [1, 1]. Flatten it, or use gather': () =>
      indexSelect(x, 0, index([[0]])),
    'indexSelect: a scalar has no axis': () => indexSelect(tensor(1), 0, index([0])),
    'indexSelect: axis 2 does not exist': () => indexSelect(x, 2, index([0])),
    'indexAdd: the source must have shape [1, 2] to be added to [2, 2], got [2, 2]': () =>
      indexAdd(x, 0, index([0]), x),
    'indexAdd: index 5 is out of range': () => indexAdd(x, 0, index([5, 0]), x),
    'indexAdd: an index is a list, got shape [1, 2]': () => indexAdd(x, 0, index([[0, 1]]), x),
    'indexAdd: a scalar has no axis': () => indexAdd(tensor(1), 0, index([0]), tensor([1])),
  });
  itRefuses(DTypeError, {
    'indexSelect: an index is int32, got float64': () => indexSelect(x, 0, tensor([0], { dtype: 'float64' })),
    'indexAdd: the source is float64, but what it is added to float32': () =>
      indexAdd(x, 0, index([0, 1]), x.to('float64')),
    'indexAdd: is not defined for bool': () => indexAdd(bools, 0, index([0, 1]), bools),
  });
  itRefuses(ArgumentError, {
    'indexSelect: takes a tensor, got': () => indexSelect(x, 0, untyped([0])),
    'indexAdd: takes a tensor, got': () => indexAdd(x, 0, untyped(null), x),
  });
});
