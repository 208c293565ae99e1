/** Rearranging: every printed form is what PyTorch 1.13 prints for the expression beside it. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  ArgumentError,
  arange,
  concat,
  DTYPES,
  expand,
  flatten,
  flip,
  permute,
  reshape,
  ShapeError,
  squeeze,
  stack,
  tensor,
  tile,
  transpose,
  unsqueeze,
  zeros,
} from '../../src/index.js';
import { counting, itAgrees, itRefuses, printOnOneLine, tensors, untyped } from '../tables.js';

const six = arange(6).reshape([2, 3]);
const bools = tensor([true, false]);

describe('reshape', () => {
  itAgrees([
    ['arange(6).reshape(3, 2)', () => reshape(six, [3, 2]), 'tensor([[0, 1], [2, 3], [4, 5]])'],
    ['arange(6).reshape(-1, 2)', () => reshape(six, [-1, 2]), 'tensor([[0, 1], [2, 3], [4, 5]])'],
    ['arange(6).reshape(-1)', () => reshape(six, [-1]), 'tensor([0, 1, 2, 3, 4, 5])'],
    ['tensor([5.]).reshape(())', () => reshape(tensor([5]), []), 'tensor(5.)'],
    ['tensor(5.).reshape(1, -1)', () => reshape(tensor(5), [1, -1]), 'tensor([[5.]])'],
    ['zeros(0, 3).reshape(-1, 3)', () => reshape(zeros([0, 3]), [-1, 3]), 'tensor([], size=(0, 3))'],
    ['zeros(0, 3).reshape(5, 0)', () => reshape(zeros([0, 3]), [5, 0]), 'tensor([], size=(5, 0))'],
    ['tensor([True, False]).reshape(2, 1)', () => reshape(bools, [2, 1]), 'tensor([[True], [False]])'],
  ]);

  it('shares the storage', () => {
    expect(reshape(six, [6]).storage).toBe(six.storage);
  });

  it('is undone by the shape of before, whatever shape was in between', () => {
    fc.assert(
      fc.property(tensors, (x) => {
        expect(String(reshape(reshape(x, [x.numel()]), x.shape))).toBe(String(x));
      }),
    );
  });

  itRefuses(ShapeError, {
    'reshape: 6 elements of shape [2, 3] do not fill [4, 2]. The product of the lengths must stay the same':
      () => reshape(six, [4, 2]),
    'reshape: 6 elements of shape [2, 3] do not fill [-1, 4].': () => reshape(six, [-1, 4]),
    'reshape: 0 elements of shape [0, 3] do not fill [-1, 0].': () => reshape(zeros([0, 3]), [-1, 0]),
    'reshape: only one length may be -1, got [-1, -1]': () => reshape(six, [-1, -1]),
    'reshape: a shape is a list of whole numbers of at least -1, got [-2, -3]': () => reshape(six, [-2, -3]),
    'reshape: a shape is a list of whole numbers of at least -1, got [NaN, 6]': () => reshape(six, [NaN, 6]),
    'reshape: a shape is a list of whole numbers of at least -1, got 6. Write [6]': () =>
      reshape(six, untyped(6)),
    'reshape: a shape is a list of whole numbers of at least -1, got undefined': () =>
      reshape(six, untyped(undefined)),
  });
  itRefuses(ArgumentError, { 'reshape: takes a tensor, got': () => reshape(untyped([1, 2]), [2]) });
});

describe('flatten', () => {
  itAgrees([
    [
      'arange(6).reshape(1, 2, 3).flatten()',
      () => flatten(six.reshape([1, 2, 3])),
      'tensor([0, 1, 2, 3, 4, 5])',
    ],
    [
      'arange(6).reshape(1, 2, 3).flatten(1)',
      () => flatten(six.reshape([1, 2, 3]), 1),
      'tensor([[0, 1, 2, 3, 4, 5]])',
    ],
    [
      'arange(6).reshape(1, 2, 3).flatten(0, 1)',
      () => flatten(six.reshape([1, 2, 3]), 0, 1),
      'tensor([[0, 1, 2], [3, 4, 5]])',
    ],
    [
      'arange(6).reshape(1, 2, 3).flatten(-3, -2)',
      () => flatten(six.reshape([1, 2, 3]), -3, -2),
      'tensor([[0, 1, 2], [3, 4, 5]])',
    ],
    ['arange(6).reshape(2, 3).flatten(1, 1)', () => flatten(six, 1, 1), 'tensor([[0, 1, 2], [3, 4, 5]])'],
    ['tensor(3.).flatten()', () => flatten(tensor(3)), 'tensor([3.])'],
    ['zeros(2, 3, 0).flatten(1)', () => flatten(zeros([2, 3, 0]), 1), 'tensor([], size=(2, 0))'],
  ]);
  itRefuses(ShapeError, {
    'flatten: the first axis 1 comes after the last axis 0': () => flatten(six, 1, 0),
    'flatten: axis 2 does not exist in a tensor with 2 dimensions': () => flatten(six, 2),
    'flatten: axis NaN does not exist': () => flatten(six, NaN),
  });
});

describe('squeeze and unsqueeze', () => {
  itAgrees([
    ['tensor([[[1.], [2.]]]).squeeze()', () => squeeze(tensor([[[1], [2]]])), 'tensor([1., 2.])'],
    ['tensor([[[1.], [2.]]]).squeeze(0)', () => squeeze(tensor([[[1], [2]]]), 0), 'tensor([[1.], [2.]])'],
    ['tensor([[[1.], [2.]]]).squeeze(-1)', () => squeeze(tensor([[[1], [2]]]), -1), 'tensor([[1., 2.]])'],
    ['tensor([[[1.], [2.]]]).squeeze(1)', () => squeeze(tensor([[[1], [2]]]), 1), 'tensor([[[1.], [2.]]])'],
    [
      'tensor([[[1.], [2.]]]).squeeze(2).squeeze(0)',
      () => squeeze(tensor([[[1], [2]]]), [0, -1]),
      'tensor([1., 2.])',
    ],
    ['tensor([[1.]])', () => squeeze(tensor([[1]]), []), 'tensor([[1.]])'],
    ['tensor([[1.]]).squeeze()', () => squeeze(tensor([[1]])), 'tensor(1.)'],
    ['tensor(1.).squeeze(-1)', () => squeeze(tensor(1), -1), 'tensor(1.)'],
    ['zeros(0, 1).squeeze()', () => squeeze(zeros([0, 1])), 'tensor([])'],
    ['tensor([1., 2.]).unsqueeze(0)', () => unsqueeze(tensor([1, 2]), 0), 'tensor([[1., 2.]])'],
    ['tensor([1., 2.]).unsqueeze(-1)', () => unsqueeze(tensor([1, 2]), -1), 'tensor([[1.], [2.]])'],
    ['tensor([1., 2.]).unsqueeze(-2)', () => unsqueeze(tensor([1, 2]), -2), 'tensor([[1., 2.]])'],
    ['tensor(True).unsqueeze(0)', () => unsqueeze(tensor(true), 0), 'tensor([True])'],
  ]);
  itRefuses(ShapeError, {
    'squeeze: axis 2 does not exist in a tensor with 2 dimensions': () => squeeze(six, 2),
    'squeeze: axes [0, -2] name the same axis twice': () => squeeze(six, [0, -2]),
    'unsqueeze: axis 3 does not exist in a tensor with 3 dimensions': () => unsqueeze(six, 3),
    'unsqueeze: axis undefined does not exist': () => unsqueeze(six, untyped(undefined)),
  });
  itRefuses(ArgumentError, { 'squeeze: axes must be a list, got "0"': () => squeeze(six, untyped('0')) });
});

describe('permute and transpose', () => {
  const x = 'arange(6).reshape(1, 2, 3)';
  itAgrees([
    ['arange(6).reshape(2, 3).permute(1, 0)', () => permute(six, [1, 0]), 'tensor([[0, 3], [1, 4], [2, 5]])'],
    [
      `${x}.permute(2, 0, 1)`,
      () => permute(six.reshape([1, 2, 3]), [2, 0, 1]),
      'tensor([[[0, 3]], [[1, 4]], [[2, 5]]])',
    ],
    [
      `${x}.permute(-1, 1, 0)`,
      () => permute(six.reshape([1, 2, 3]), [-1, 1, 0]),
      'tensor([[[0], [3]], [[1], [4]], [[2], [5]]])',
    ],
    ['tensor(2.).permute(())', () => permute(tensor(2), []), 'tensor(2.)'],
    [
      'zeros(2, 0, 3).permute(2, 1, 0)',
      () => permute(zeros([2, 0, 3]), [2, 1, 0]),
      'tensor([], size=(3, 0, 2))',
    ],
    ['arange(6).reshape(2, 3).transpose(-2, -1)', () => transpose(six), 'tensor([[0, 3], [1, 4], [2, 5]])'],
    [
      `${x}.transpose(0, 1)`,
      () => transpose(six.reshape([1, 2, 3]), 0, 1),
      'tensor([[[0, 1, 2]], [[3, 4, 5]]])',
    ],
    ['arange(2).transpose(0, -1)', () => transpose(arange(2), 0, -1), 'tensor([0, 1])'],
    ['tensor(2.).transpose(0, -1)', () => transpose(tensor(2), 0, -1), 'tensor(2.)'],
  ]);

  it('puts element [i0, i1, ...] where the permuted index says', () => {
    const x = counting([2, 3, 4]);
    const y = permute(x, [2, 0, 1]);
    for (const [i, j, k] of [
      [0, 0, 0],
      [1, 2, 3],
      [0, 2, 1],
      [1, 0, 2],
    ] as const) {
      expect(y.slice([k, i, j]).item()).toBe(x.slice([i, j, k]).item());
    }
  });

  it('is undone by the inverse permutation, in every dtype', () => {
    const permuted = tensors.chain((x) =>
      fc.record({
        x: fc.constantFrom(...DTYPES).map((dtype) => x.to(dtype)),
        order: fc.shuffledSubarray(
          x.shape.map((_, axis) => axis),
          { minLength: x.ndim },
        ),
      }),
    );
    fc.assert(
      fc.property(permuted, ({ x, order }) => {
        const inverse = order.map((_, axis) => order.indexOf(axis));
        expect(String(permute(permute(x, order), inverse))).toBe(String(x));
      }),
    );
  });

  itRefuses(ShapeError, {
    'permute: [0] must name each of the 2 axes of [2, 3] once': () => permute(six, [0]),
    'permute: [0, -2] must name each of the 2 axes of [2, 3] once': () => permute(six, [0, -2]),
    'permute: [] must name each of the 2 axes of [2, 3] once': () => permute(six, []),
    'permute: axis 2 does not exist in a tensor with 2 dimensions': () => permute(six, [0, 2]),
    'permute: axis "0" does not exist': () => permute(six, untyped(['0', '1'])),
    'transpose: axis -2 does not exist in a tensor with 1 dimensions': () => transpose(arange(2)),
    'transpose: axis 5 does not exist': () => transpose(six, 0, 5),
  });
  itRefuses(ArgumentError, {
    'permute: the order of axes must be a list, got 1. Write [1]': () => permute(six, untyped(1)),
    'transpose: takes a tensor, got': () => transpose(untyped(null)),
  });
});

describe('expand', () => {
  itAgrees([
    [
      'tensor([[1.], [2.]]).expand(2, 3)',
      () => expand(tensor([[1], [2]]), [2, 3]),
      'tensor([[1., 1., 1.], [2., 2., 2.]])',
    ],
    [
      'tensor([[1.], [2.]]).expand(-1, 2)',
      () => expand(tensor([[1], [2]]), [-1, 2]),
      'tensor([[1., 1.], [2., 2.]])',
    ],
    ['tensor([1., 2.]).expand(2, -1)', () => expand(tensor([1, 2]), [2, -1]), 'tensor([[1., 2.], [1., 2.]])'],
    ['tensor(True).expand(2)', () => expand(tensor(true), [2]), 'tensor([True, True])'],
    ['tensor(4).expand(())', () => expand(tensor(4, { dtype: 'int32' }), []), 'tensor(4)'],
    ['zeros(1).expand(0)', () => expand(zeros([1]), [0]), 'tensor([])'],
    ['zeros(0, 1).expand(0, 2)', () => expand(zeros([0, 1]), [0, 2]), 'tensor([], size=(0, 2))'],
  ]);
  itRefuses(ShapeError, {
    'expand: [2, 3] cannot be stretched to [4, 3]. Counted from the last axis, every length must stay': () =>
      expand(six, [4, 3]),
    'expand: [2, 3] cannot be stretched to [3]': () => expand(six, [3]),
    'expand: [0] cannot be stretched to [1]': () => expand(zeros([0]), [1]),
    'expand: a shape is a list of whole numbers of at least 0, got [-1, 2, 3]': () => expand(six, [-1, 2, 3]),
    'expand: a shape is a list of whole numbers of at least -1, got [-2, 3]': () => expand(six, [-2, 3]),
    'expand: a shape is a list of whole numbers of at least -1, got "2"': () => expand(six, untyped('2')),
    'expand: [1000000, 1000000] has 1000000000000 elements': () => expand(tensor(1), [1e6, 1e6]),
  });
});

describe('flip', () => {
  itAgrees([
    ['arange(6).reshape(2, 3).flip(0)', () => flip(six, 0), 'tensor([[3, 4, 5], [0, 1, 2]])'],
    ['arange(6).reshape(2, 3).flip(-1)', () => flip(six, -1), 'tensor([[2, 1, 0], [5, 4, 3]])'],
    ['arange(6).reshape(2, 3).flip([1, 0])', () => flip(six, [1, 0]), 'tensor([[5, 4, 3], [2, 1, 0]])'],
    ['arange(6).reshape(2, 3).flip([])', () => flip(six, []), 'tensor([[0, 1, 2], [3, 4, 5]])'],
    ['tensor([True, False]).flip(0)', () => flip(bools, 0), 'tensor([False, True])'],
    ['zeros(0, 2).flip(0)', () => flip(zeros([0, 2]), 0), 'tensor([], size=(0, 2))'],
    ['tensor(1.).flip(0)', () => flip(tensor(1), 0), 'tensor(1.)'],
  ]);

  it('is its own inverse along any axes', () => {
    const flipped = tensors.chain((x) =>
      fc.record({ x: fc.constant(x), axes: fc.subarray(x.shape.map((_, axis) => axis)) }),
    );
    fc.assert(
      fc.property(flipped, ({ x, axes }) => {
        expect(String(flip(flip(x, axes), axes))).toBe(String(x));
      }),
    );
  });

  itRefuses(ShapeError, {
    'flip: axis 2 does not exist in a tensor with 2 dimensions': () => flip(six, 2),
    'flip: axes [1, -1] name the same axis twice': () => flip(six, [1, -1]),
  });
  itRefuses(ArgumentError, {
    'flip: axes must be a list, got undefined': () => flip(six, untyped(undefined)),
  });
});

describe('concat and stack', () => {
  const [a, b] = [
    tensor([[1, 2]]),
    tensor([
      [3, 4],
      [5, 6],
    ]),
  ];
  itAgrees([
    [
      'torch.cat([tensor([[1., 2.]]), tensor([[3., 4.], [5., 6.]])])',
      () => concat([a, b]),
      'tensor([[1., 2.], [3., 4.], [5., 6.]])',
    ],
    [
      'torch.cat([tensor([[3., 4.], [5., 6.]]), tensor([[7.], [8.]])], -1)',
      () => concat([b, tensor([[7], [8]])], -1),
      'tensor([[3., 4., 7.], [5., 6., 8.]])',
    ],
    ['torch.cat([tensor([1., 2.])])', () => concat([tensor([1, 2])]), 'tensor([1., 2.])'],
    [
      'torch.cat([tensor([1]), tensor([2.5])])',
      () => concat([arange(1, 2), tensor([2.5])]),
      'tensor([1.0000, 2.5000])',
    ],
    [
      'torch.cat([tensor([True]), tensor([2])])',
      () => concat([tensor([true]), arange(2, 3)]),
      'tensor([1, 2])',
    ],
    [
      'torch.cat([tensor([True]), tensor([False])])',
      () => concat([tensor([true]), tensor([false])]),
      'tensor([True, False])',
    ],
    [
      'torch.cat([zeros(0, 2), ones(1, 2)])',
      () => concat([zeros([0, 2]), tensor([[1, 1]])]),
      'tensor([[1., 1.]])',
    ],
    ['torch.cat([zeros(0), zeros(0)])', () => concat([zeros([0]), zeros([0])]), 'tensor([])'],
    [
      'torch.stack([tensor([1., 2.]), tensor([3., 4.])])',
      () => stack([tensor([1, 2]), tensor([3, 4])]),
      'tensor([[1., 2.], [3., 4.]])',
    ],
    [
      'torch.stack([tensor([1., 2.]), tensor([3., 4.])], -1)',
      () => stack([tensor([1, 2]), tensor([3, 4])], -1),
      'tensor([[1., 3.], [2., 4.]])',
    ],
    [
      'torch.stack([tensor(1), tensor(2.5)])',
      () => stack([arange(1, 2).squeeze(), tensor(2.5)]),
      'tensor([1.0000, 2.5000])',
    ],
    ['torch.stack([zeros(0, 2)])', () => stack([zeros([0, 2])]), 'tensor([], size=(1, 0, 2))'],
  ]);

  it('is a stack where equal shapes are joined along a new axis', () => {
    fc.assert(
      fc.property(tensors, (x) => {
        const pair = stack([x, x.mul(10)]);
        expect(printOnOneLine(pair.select(0, 0))).toBe(printOnOneLine(x));
        expect(printOnOneLine(pair.select(0, 1))).toBe(printOnOneLine(x.mul(10)));
      }),
    );
  });

  itRefuses(ShapeError, {
    'concat: [1, 2] and [2, 2] differ outside of axis 1': () => concat([a, b], 1),
    'concat: takes tensors with the same number of axes and at least one, got [1, 2], [2]. Use stack for scalars':
      () => concat([a, arange(2)]),
    'concat: takes tensors with the same number of axes and at least one, got []': () => concat([tensor(1)]),
    'concat: axis 2 does not exist in a tensor with 2 dimensions': () => concat([a, b], 2),
    'stack: all shapes must be equal, got [1, 2] and [2, 2]': () => stack([a, b]),
    'stack: axis 3 does not exist in a tensor with 3 dimensions': () => stack([a], 3),
  });
  itRefuses(ArgumentError, {
    'concat: needs at least one tensor, got an empty list': () => concat([]),
    'concat: what is joined must be a list, got a Tensor': () => concat(untyped(a)),
    'concat: what is joined must be a list, got undefined': () => concat(untyped(undefined)),
    'concat: takes a tensor, got': () => concat([a, untyped([[1, 2]])]),
    'stack: needs at least one tensor, got an empty list': () => stack([]),
    'stack: takes a tensor, got': () => stack([untyped(1)]),
  });
});

describe('tile', () => {
  itAgrees([
    ['torch.tile(tensor([1, 2]), (2,))', () => tile(arange(1, 3), [2]), 'tensor([1, 2, 1, 2])'],
    [
      'torch.tile(tensor([1, 2]), (2, 2))',
      () => tile(arange(1, 3), [2, 2]),
      'tensor([[1, 2, 1, 2], [1, 2, 1, 2]])',
    ],
    [
      'torch.tile(tensor([[1], [2]]), (2,))',
      () => tile(arange(1, 3).unsqueeze(1), [2]),
      'tensor([[1, 1], [2, 2]])',
    ],
    [
      'torch.tile(tensor([[1], [2]]), (2, 1))',
      () => tile(arange(1, 3).unsqueeze(1), [2, 1]),
      'tensor([[1], [2], [1], [2]])',
    ],
    ['torch.tile(tensor(True), (2,))', () => tile(tensor(true), [2]), 'tensor([True, True])'],
    ['torch.tile(tensor([1, 2]), ())', () => tile(arange(1, 3), []), 'tensor([1, 2])'],
    ['torch.tile(tensor([1., 2.]), (2, 0))', () => tile(tensor([1, 2]), [2, 0]), 'tensor([], size=(2, 0))'],
  ]);
  itRefuses(ArgumentError, {
    'tile: a number of repeats is a whole number of at least 0, got -1': () => tile(six, [-1]),
    'tile: a number of repeats is a whole number of at least 0, got NaN': () => tile(six, [NaN]),
    'tile: how often each axis is repeated must be a list, got 2. Write [2]': () => tile(six, untyped(2)),
  });
});
