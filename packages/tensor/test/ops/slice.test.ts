/** Regions of tensors: every printed form is what PyTorch 1.13 prints for the expression beside it. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  ArgumentError,
  type Attrs,
  arange,
  concat,
  DTYPES,
  narrow,
  pad,
  ShapeError,
  select,
  setRecorder,
  slice,
  split,
  tensor,
  zeros,
} from '../../src/index.js';
import { itAgrees, itRefuses, tensors, untyped } from '../tables.js';

const x = arange(6).reshape([2, 3]);
const list = tensor([1, 2, 3]);
const bools = tensor([true, false]);

describe('slice', () => {
  const X = 'arange(6).reshape(2, 3)';
  itAgrees([
    [`${X}[1]`, () => slice(x, [1]), 'tensor([3, 4, 5])'],
    [`${X}[-1, -3]`, () => slice(x, [-1, -3]), 'tensor(3)'],
    [`${X}[:, 1:]`, () => slice(x, [null, [1]]), 'tensor([[1, 2], [4, 5]])'],
    [`${X}[:, :-1]`, () => slice(x, [null, [null, -1]]), 'tensor([[0, 1], [3, 4]])'],
    [
      `${X}[0:1, ::2]`,
      () =>
        slice(x, [
          [0, 1],
          [null, null, 2],
        ]),
      'tensor([[0, 2]])',
    ],
    [`${X}[:, -2:9]`, () => slice(x, [null, [-2, 9]]), 'tensor([[1, 2], [4, 5]])'],
    [`${X}[-9:1, 1]`, () => slice(x, [[-9, 1], 1]), 'tensor([1])'],
    [`${X}[:, 2:1]`, () => slice(x, [null, [2, 1]]), 'tensor([], size=(2, 0), dtype=int32)'],
    [`${X}[5:]`, () => slice(x, [[5]]), 'tensor([], size=(0, 3), dtype=int32)'],
    [`${X}[:]`, () => slice(x, []), 'tensor([[0, 1, 2], [3, 4, 5]])'],
    ['tensor(7.)', () => slice(tensor(7), []), 'tensor(7.)'],
    ['tensor([True, False])[1:]', () => slice(bools, [[1, null]]), 'tensor([False])'],
    ['arange(10)[1:9:3]', () => slice(arange(10), [[1, 9, 3]]), 'tensor([1, 4, 7])'],
    ['zeros(0, 2)[:, 0]', () => slice(zeros([0, 2]), [null, 0]), 'tensor([])'],
  ]);

  it('copies: the slice of a parameter does not change with it', () => {
    const parameter = tensor([1, 2, 3]);
    const part = slice(parameter, [[0, 3]]);
    parameter.assign(tensor([7, 8, 9]));
    expect(part.tolist()).toEqual([1, 2, 3]);
  });

  it('takes what a filter of the positions takes', () => {
    const bound = fc.option(fc.integer({ min: -7, max: 7 }));
    const cases = fc.tuple(fc.integer({ min: 0, max: 6 }), bound, bound, fc.integer({ min: 1, max: 4 }));
    fc.assert(
      fc.property(cases, ([length, from, to, step]) => {
        const first = from === null ? 0 : from < 0 ? Math.max(0, from + length) : from;
        const end = to === null ? length : to < 0 ? to + length : to;
        const positions = Array.from({ length }, (_, i) => i);
        const expected = positions.filter((i) => i >= first && i < end && (i - first) % step === 0);
        expect(slice(arange(length), [[from, to, step]]).tolist()).toEqual(expected);
      }),
    );
  });

  itRefuses(ShapeError, {
    'slice: index 2 is out of range for axis 0 of length 2': () => slice(x, [2]),
    'slice: index -4 is out of range for axis 1 of length 3': () => slice(x, [0, -4]),
    'slice: index 0 is out of range for axis 0 of length 0': () => slice(zeros([0]), [0]),
    'slice: 3 ranges for the 2 axes of [2, 3]': () => slice(x, [null, null, null]),
    'slice: 1 ranges for the 0 axes of []': () => slice(tensor(1), [0]),
  });
  itRefuses(ArgumentError, {
    'slice: a step is a whole number of at least 1, got -1. Use flip to go backwards': () =>
      slice(x, [[null, null, -1]]),
    'slice: a step is a whole number of at least 1, got 0': () => slice(x, [[0, 1, 0]]),
    'slice: a bound is a whole number, got NaN': () => slice(x, [[NaN]]),
    'slice: a bound is a whole number, got 1.5': () => slice(x, [[0, 1.5]]),
    'slice: a bound is a whole number, got [0, 1]': () => slice(x, untyped([[[0, 1]]])),
    'slice: an index is a whole number, got 0.5': () => slice(x, [0.5]),
    'slice: a range is an index, [start, end, step] or null, got "1:2"': () => slice(x, untyped(['1:2'])),
    'slice: a range is an index, [start, end, step] or null, got [0, 1, 1, 1]': () =>
      slice(x, untyped([[0, 1, 1, 1]])),
    'slice: the ranges must be a list, got 1. Write [1]': () => slice(x, untyped(1)),
    'slice: the ranges must be a list, got undefined': () => slice(x, untyped(undefined)),
    'slice: takes a tensor, got': () => slice(untyped([1]), [0]),
  });
});

describe('narrow and select', () => {
  itAgrees([
    ['arange(6).reshape(2, 3).narrow(1, 1, 2)', () => narrow(x, 1, 1, 2), 'tensor([[1, 2], [4, 5]])'],
    ['arange(6).reshape(2, 3).narrow(-1, -2, 1)', () => narrow(x, -1, -2, 1), 'tensor([[1], [4]])'],
    ['tensor([1., 2., 3.]).narrow(0, 3, 0)', () => narrow(list, 0, 3, 0), 'tensor([])'],
    ['arange(6).reshape(2, 3).select(0, 1)', () => select(x, 0, 1), 'tensor([3, 4, 5])'],
    ['arange(6).reshape(2, 3).select(-1, -1)', () => select(x, -1, -1), 'tensor([2, 5])'],
    ['tensor([True, False]).select(0, 0)', () => select(bools, 0, 0), 'tensor(True)'],
  ]);
  itRefuses(ShapeError, {
    'narrow: from 2, length 2 is outside of axis 1 of [2, 3]': () => narrow(x, 1, 2, 2),
    'narrow: from -4, length 1 is outside of axis 0 of [3]': () => narrow(list, 0, -4, 1),
    'narrow: axis 2 does not exist in a tensor with 2 dimensions': () => narrow(x, 2, 0, 1),
    'narrow: a scalar has no axis': () => narrow(tensor(1), 0, 0, 1),
    'select: index 3 is out of range for axis 1 of length 3': () => select(x, 1, 3),
    'select: index -4 is out of range for axis 1 of length 3': () => select(x, -1, -4),
    'select: a scalar has no axis': () => select(tensor(1), 0, 0),
  });
  itRefuses(ArgumentError, {
    'narrow: the start is a whole number, got NaN': () => narrow(x, 0, NaN, 1),
    'narrow: the length is a whole number of at least 0, got -1': () => narrow(x, 0, 0, -1),
    'select: an index is a whole number, got undefined': () => select(x, 0, untyped(undefined)),
  });
});

describe('split', () => {
  itAgrees([
    ['torch.split(tensor([1., 2., 3.]), 2)', () => split(list, 2), 'tensor([1., 2.]); tensor([3.])'],
    ['torch.split(tensor([1., 2., 3.]), 5)', () => split(list, 5), 'tensor([1., 2., 3.])'],
    [
      'torch.split(tensor([1., 2., 3.]), [2, 0, 1])',
      () => split(list, [2, 0, 1]),
      'tensor([1., 2.]); tensor([]); tensor([3.])',
    ],
    [
      'torch.split(arange(6).reshape(2, 3), 2, -1)',
      () => split(x, 2, -1),
      'tensor([[0, 1], [3, 4]]); tensor([[2], [5]])',
    ],
    ['torch.split(zeros(0), 2)', () => split(zeros([0]), 2), 'tensor([])'],
  ]);

  it('is undone by concat', () => {
    const pieces = tensors
      .filter((x) => x.ndim > 0)
      .chain((x) =>
        fc.record({
          x: fc.constant(x),
          axis: fc.integer({ min: -x.ndim, max: x.ndim - 1 }),
          size: fc.integer({ min: 1, max: 5 }),
        }),
      );
    fc.assert(
      fc.property(pieces, ({ x, axis, size }) => {
        expect(String(concat(split(x, size, axis), axis))).toBe(String(x));
      }),
    );
  });

  itRefuses(ShapeError, {
    'split: sizes [1, 1] do not add up to axis 0 of [3]': () => split(list, [1, 1]),
    'split: sizes [] do not add up to axis 0 of [3]': () => split(list, []),
    'split: axis 1 does not exist in a tensor with 1 dimensions': () => split(list, 1, 1),
    'split: a scalar has no axis': () => split(tensor(1), 1),
  });
  itRefuses(ArgumentError, {
    'split: a size is a whole number of at least 1, got 0': () => split(list, 0),
    'split: a size is a whole number of at least 1, got NaN': () => split(list, NaN),
    'split: a size is a whole number of at least 0, got -1': () => split(list, [4, -1]),
    'split: the sizes must be a list, got undefined': () => split(list, untyped(undefined)),
  });
});

describe('pad', () => {
  const X = 'arange(6).reshape(2, 3)';
  itAgrees([
    ['F.pad(tensor([1., 2., 3.]), (1, 2))', () => pad(list, [1, 2]), 'tensor([0., 1., 2., 3., 0., 0.])'],
    [
      'F.pad(tensor([1., 2., 3.]), (-1, 1), value=9.)',
      () => pad(list, [-1, 1], { value: 9 }),
      'tensor([2., 3., 9.])',
    ],
    ['F.pad(tensor([1., 2., 3.]), (-2, -1))', () => pad(list, [-2, -1]), 'tensor([])'],
    ['F.pad(tensor([1., 2., 3.]), (4, -3))', () => pad(list, [4, -3]), 'tensor([0., 0., 0., 0.])'],
    [
      'F.pad(tensor([1.]), (-1, 3), value=inf)',
      () => pad(tensor([1]), [-1, 3], { value: Infinity }),
      'tensor([inf, inf, inf])',
    ],
    [`F.pad(${X}, (1, 0))`, () => pad(x, [1, 0]), 'tensor([[0, 0, 1, 2], [0, 3, 4, 5]])'],
    [
      `F.pad(${X}, (0, -1, 1, 0), value=7)`,
      () => pad(x, [0, -1, 1, 0], { value: 7 }),
      'tensor([[7, 7], [0, 1], [3, 4]])',
    ],
    [
      `F.pad(${X}, (0, 1), value=1.5)`,
      () => pad(x, [0, 1], { value: 1.5 }),
      'tensor([[0, 1, 2, 1], [3, 4, 5, 1]])',
    ],
    [
      'F.pad(tensor([True, False]), (1, 1), value=0.5)',
      () => pad(bools, [1, 1], { value: 0.5 }),
      'tensor([True, True, False, True])',
    ],
    [
      'F.pad(tensor([True, False]), (0, 1), value=True)',
      () => pad(bools, [0, 1], { value: true }),
      'tensor([True, False, True])',
    ],
    ['F.pad(tensor(1.), ())', () => pad(tensor(1), []), 'tensor(1.)'],
    ['F.pad(zeros(0, 1), (1, 0, 1, 0))', () => pad(zeros([0, 1]), [1, 0, 1, 0]), 'tensor([[0., 0.]])'],
  ]);

  it.each([NaN, -Infinity, -0])('with %p hands no op an attribute that JSON cannot hold', (value) => {
    const seen: Attrs[] = [];
    const previous = setRecorder((op, inputs, attrs, run) => {
      seen.push(attrs);
      return run(op, inputs, attrs);
    });
    try {
      for (const dtype of ['float32', 'float64'] as const) {
        const padded = pad(list.to(dtype), [1, 0], { value });
        expect([padded.dtype, ...padded.dataSync()]).toEqual([dtype, value, 1, 2, 3]);
      }
    } finally {
      setRecorder(previous);
    }
    expect(JSON.parse(JSON.stringify(seen))).toEqual(seen);
  });

  it('is undone by the opposite amounts, in every dtype', () => {
    const padded = tensors.chain((x) =>
      fc.record({
        x: fc.constantFrom(...DTYPES).map((dtype) => x.to(dtype)),
        amounts: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 2 * x.ndim, maxLength: 2 * x.ndim }),
      }),
    );
    fc.assert(
      fc.property(padded, ({ x, amounts }) => {
        const there = pad(x, amounts, { value: 1 });
        expect(there.numel()).toBeGreaterThanOrEqual(x.numel());
        expect(
          String(
            pad(
              there,
              amounts.map((amount) => -amount),
            ),
          ),
        ).toBe(String(x));
      }),
    );
  });

  itRefuses(ShapeError, {
    'pad: takes [before, after] for up to 1 axes, last axis first, got [1]': () => pad(list, [1]),
    'pad: takes [before, after] for up to 1 axes, last axis first, got [1, 1, 1, 1]': () =>
      pad(list, [1, 1, 1, 1]),
    'pad: [-2, -2] cuts more from [3] than there is': () => pad(list, [-2, -2]),
    'pad: [4, -4] cuts more from [3] than there is': () => pad(list, [4, -4]),
    'pad: [-4, 9] cuts more from [3] than there is': () => pad(list, [-4, 9]),
    'pad: [3000000003] has 3000000003 elements': () => pad(list, [0, 3e9]),
  });
  itRefuses(ArgumentError, {
    'pad: an amount is a whole number, got 0.5': () => pad(list, [0.5, 0]),
    'pad: an amount is a whole number, got NaN': () => pad(list, [NaN, 0]),
    'pad: the padding must be a list, got 1. Write [1]': () => pad(list, untyped(1)),
    'pad: the value is a number or a boolean, got "0"': () => pad(list, [1, 1], untyped({ value: '0' })),
    'pad: NaN does not fit into int32': () => pad(x, [1, 1], { value: NaN }),
    'pad: takes its options as an object, { name: value }, got 9': () => pad(list, [1, 1], untyped(9)),
    'pad: takes a tensor, got': () => pad(untyped(undefined), [1, 1]),
  });
});
