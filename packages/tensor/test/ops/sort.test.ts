/** Sorting: every printed form is what PyTorch 1.13 prints for the expression beside it. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ArgumentError, arange, argsort, ShapeError, sort, tensor, topk, zeros } from '../../src/index.js';
import { itAgrees, itRefuses, untyped } from '../tables.js';

const x = tensor([
  [3, 1, 2],
  [1, 1, 0],
]);
const special = tensor([1, NaN, -Infinity, NaN, Infinity]);
const down = { descending: true };

describe('sort and argsort', () => {
  const X = 'torch.sort(tensor([[3., 1., 2.], [1., 1., 0.]]), stable=True';
  const S = 'torch.sort(tensor([1., nan, -inf, nan, inf]), stable=True, dim=0';
  itAgrees([
    [`${X}, dim=-1).values`, () => sort(x).values, 'tensor([[1., 2., 3.], [0., 1., 1.]])'],
    [`${X}, dim=-1).indices`, () => sort(x).indices, 'tensor([[1, 2, 0], [2, 0, 1]])'],
    [`${X}, dim=0).values`, () => sort(x, 0).values, 'tensor([[1., 1., 0.], [3., 1., 2.]])'],
    [`${X}, dim=0).indices`, () => sort(x, 0).indices, 'tensor([[1, 0, 1], [0, 1, 0]])'],
    [
      `${X}, dim=1, descending=True).values`,
      () => sort(x, 1, down).values,
      'tensor([[3., 2., 1.], [1., 1., 0.]])',
    ],
    [`${X}, dim=1, descending=True).indices`, () => argsort(x, 1, down), 'tensor([[0, 2, 1], [0, 1, 2]])'],
    [`${S}).values`, () => sort(special).values, 'tensor([-inf, 1., inf, nan, nan])'],
    [`${S}).indices`, () => sort(special).indices, 'tensor([2, 0, 4, 1, 3])'],
    [`${S}, descending=True).indices`, () => argsort(special, 0, down), 'tensor([1, 3, 4, 0, 2])'],
    [
      'torch.sort(tensor([True, False, True]), stable=True, dim=0).values',
      () => sort(tensor([true, false, true])).values,
      'tensor([False, True, True])',
    ],
    [
      'torch.sort(tensor([True, False, True]), stable=True, dim=0).indices',
      () => sort(tensor([true, false, true])).indices,
      'tensor([1, 0, 2])',
    ],
    [
      'torch.sort(tensor([3, -1, 2])).values',
      () => sort(tensor([3, -1, 2], { dtype: 'int32' })).values,
      'tensor([-1, 2, 3])',
    ],
    ['torch.sort(tensor(5.)).values', () => sort(tensor(5)).values, 'tensor(5.)'],
    ['torch.sort(tensor(5.)).indices', () => argsort(tensor(5), -1), 'tensor(0)'],
    ['torch.sort(zeros(0, 2), 0).values', () => sort(zeros([0, 2]), 0).values, 'tensor([], size=(0, 2))'],
    [
      'torch.sort(zeros(0, 2), 0).indices',
      () => argsort(zeros([0, 2]), 0),
      'tensor([], size=(0, 2), dtype=int32)',
    ],
  ]);

  const lists = fc.array(fc.constantFrom(3, 1, 2, 0, -1, 0.5, NaN, -Infinity), { maxLength: 12 });

  it('permutes its input into order, equal values staying in theirs', () => {
    fc.assert(
      fc.property(lists, fc.boolean(), (list, descending) => {
        const { values, indices } = sort(tensor(list, { dtype: 'float64' }), -1, { descending });
        const order = [...indices.dataSync()];
        expect([...order].sort((p, q) => p - q)).toEqual(list.map((_, i) => i));
        expect(values.tolist()).toEqual(order.map((i) => list[i]));
        const rank = (i: number) => (Number.isNaN(list[i]) ? Infinity : list[i]!) * (descending ? -1 : 1);
        for (let k = 1; k < order.length; k++) {
          const [p, q] = [order[k - 1]!, order[k]!];
          expect(rank(p) < rank(q) || (rank(p) === rank(q) && p < q)).toBe(true);
        }
      }),
    );
  });

  itRefuses(ShapeError, {
    'sort: axis 2 does not exist in a tensor with 2 dimensions': () => sort(x, 2),
    'argsort: axis NaN does not exist': () => argsort(x, NaN),
  });
  itRefuses(ArgumentError, {
    'sort: takes a tensor, got': () => sort(untyped([3, 1])),
    'sort: takes its options as an object, { name: value }, got true': () => sort(x, -1, untyped(true)),
    'argsort: takes its options as an object, { name: value }, got true': () => argsort(x, -1, untyped(true)),
  });
});

describe('topk', () => {
  const X = 'torch.topk(tensor([[3., 1., 2.], [1., 5., 0.]])';
  const y = tensor([
    [3, 1, 2],
    [1, 5, 0],
  ]);
  itAgrees([
    [`${X}, 2).values`, () => topk(y, 2).values, 'tensor([[3., 2.], [5., 1.]])'],
    [`${X}, 2).indices`, () => topk(y, 2).indices, 'tensor([[0, 2], [1, 0]])'],
    [
      `${X}, 2, largest=False).values`,
      () => topk(y, 2, { largest: false }).values,
      'tensor([[1., 2.], [0., 1.]])',
    ],
    [`${X}, 1, dim=0).values`, () => topk(y, 1, { axis: 0 }).values, 'tensor([[3., 5., 2.]])'],
    [`${X}, 1, dim=-2).indices`, () => topk(y, 1, { axis: -2 }).indices, 'tensor([[0, 1, 0]])'],
    [`${X}, 0).values`, () => topk(y, 0).values, 'tensor([], size=(2, 0))'],
    [
      'torch.topk(tensor([1., nan, 2.]), 2).values',
      () => topk(tensor([1, NaN, 2]), 2).values,
      'tensor([nan, 2.])',
    ],
    [
      'torch.topk(tensor([1., nan, 2.]), 2, largest=False).values',
      () => topk(tensor([1, NaN, 2]), 2, { largest: false }).values,
      'tensor([1., 2.])',
    ],
    ['torch.topk(arange(3), 2).values', () => topk(arange(3), 2).values, 'tensor([2, 1])'],
    ['torch.topk(tensor(3.), 1).values', () => topk(tensor(3), 1).values, 'tensor(3.)'],
    ['torch.topk(tensor(3.), 1).indices', () => topk(tensor(3), 1).indices, 'tensor(0)'],
  ]);

  it('takes the first of equal values', () => {
    expect(topk(tensor([1, 2, 2, 2, 1]), 2).indices.tolist()).toEqual([1, 2]);
    expect(topk(tensor([2, 1, 1, 1]), 2, { largest: false }).indices.tolist()).toEqual([1, 2]);
  });

  itRefuses(ShapeError, {
    'topk: k is 4, but axis -1 of [2, 3] has only 3 elements': () => topk(y, 4),
    'topk: k is 2, but axis -1 of [] has only 1 elements': () => topk(tensor(1), 2),
    'topk: axis 3 does not exist': () => topk(y, 1, { axis: 3 }),
  });
  itRefuses(ArgumentError, {
    'topk: k is a whole number of at least 0, got -1': () => topk(y, -1),
    'topk: k is a whole number of at least 0, got NaN': () => topk(y, NaN),
    'topk: k is a whole number of at least 0, got undefined': () => topk(y, untyped(undefined)),
    'topk: takes its options as an object, { name: value }, got 0': () => topk(y, 1, untyped(0)),
    'topk: takes a tensor, got': () => topk(untyped([1]), 1),
  });
});
