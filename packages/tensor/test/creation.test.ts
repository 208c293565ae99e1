/** Making tensors; every printed form is what PyTorch 1.13 prints for the expression beside it. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  ArgumentError,
  arange,
  DeviceError,
  DTYPES,
  DTypeError,
  eye,
  fromTypedArray,
  full,
  fullLike,
  linspace,
  ones,
  onesLike,
  ShapeError,
  sizeOf,
  tensor,
  zeros,
  zerosLike,
} from '../src/index.js';
import { counting, itAgrees, itRefuses, shapes, untyped } from './tables.js';

const int32 = { dtype: 'int32' } as const;
const float64 = { dtype: 'float64' } as const;
const bool = { dtype: 'bool' } as const;

describe('tensor', () => {
  itAgrees([
    [
      'torch.tensor([[1., 2.], [3., 4.]])',
      () =>
        tensor([
          [1, 2],
          [3, 4],
        ]),
      'tensor([[1., 2.], [3., 4.]])',
    ],
    ['torch.tensor(3.)', () => tensor(3), 'tensor(3.)'],
    ['torch.tensor(True)', () => tensor(true), 'tensor(True)'],
    ['torch.tensor([True, False])', () => tensor([true, false]), 'tensor([True, False])'],
    ['torch.tensor([True, 2.5])', () => tensor([true, 2.5]), 'tensor([1.0000, 2.5000])'],
    ['torch.tensor([])', () => tensor([]), 'tensor([])'],
    ['torch.tensor([[], []])', () => tensor([[], []]), 'tensor([], size=(2, 0))'],
    ['torch.tensor([[[1.]]])', () => tensor([[[1]]]), 'tensor([[[1.]]])'],
    [
      'torch.tensor([1.7, -1.7], dtype=torch.int32).long()',
      () => tensor([1.7, -1.7], int32),
      'tensor([1, -1])',
    ],
    [
      'torch.tensor([0, -2, nan], dtype=torch.bool)',
      () => tensor([0, -2, NaN], bool),
      'tensor([False, True, True])',
    ],
    ['torch.tensor([nan, inf, -inf])', () => tensor([NaN, Infinity, -Infinity]), 'tensor([nan, inf, -inf])'],
    ['torch.tensor([True, False], dtype=torch.int64)', () => tensor([true, false], int32), 'tensor([1, 0])'],
    [
      'torch.tensor(torch.tensor([1.5, 0.])).bool()',
      () => tensor(tensor([1.5, 0]), bool),
      'tensor([True, False])',
    ],
  ]);

  it('keeps all digits of float64 and rounds to float32', () => {
    expect(tensor(0.1, float64).item()).toBe(0.1);
    expect(tensor(0.1).item()).toBe(Math.fround(0.1));
  });

  it('takes typed arrays in their dtype, and copies them', () => {
    const source = Int32Array.of(1, 2);
    const x = tensor(source);
    source[0] = 9;
    expect([x.dtype, x.tolist()]).toEqual(['int32', [1, 2]]);
    expect(tensor(Float64Array.of(1)).dtype).toBe('float64');
    expect(tensor(Uint8Array.of(0, 7), int32).tolist()).toEqual([0, 7]);
    expect([tensor(Uint8Array.of(0, 7)).dtype, tensor(Uint8Array.of(0, 7)).tolist()]).toEqual([
      'bool',
      [false, true],
    ]);
  });

  it('copies tensors, in their dtype unless another is named', () => {
    const x = tensor([1, 2], int32);
    expect(tensor(x)).not.toBe(x);
    expect([tensor(x).dtype, tensor(x, float64).dtype]).toEqual(['int32', 'float64']);
    expect(tensor(x).storage).not.toBe(x.storage);
  });

  it('gives back with tolist what it was made of', () => {
    for (const dtype of DTYPES) {
      fc.assert(
        fc.property(shapes, (shape) => {
          const nested = counting(shape).to(dtype).tolist();
          const again = tensor(untyped<number[]>(nested), { dtype });
          // An empty first axis hides the lengths of the others.
          expect(again.shape).toEqual(shape.slice(0, shape.includes(0) ? shape.indexOf(0) + 1 : undefined));
          expect([again.dtype, again.tolist()]).toEqual([dtype, nested]);
        }),
        { numRuns: 30 },
      );
    }
  });

  const itself: unknown[] = [];
  itself.push(itself);
  itRefuses(ShapeError, {
    'tensor: ragged nested array: expected an array of 2 at [1], found an array of 1': () =>
      tensor([[1, 2], [3]]),
    'tensor: ragged nested array: expected an array of 1 at [1], found 2': () => tensor([[1], 2]),
    'tensor: ragged nested array: expected a number at [1], found an array of 1': () => tensor([1, [2]]),
    'tensor: ragged nested array: expected a number at [1][0][1], found an array of 1': () =>
      tensor([[[1, 2]], [[3, [4]]]]),
    'tensor: ragged nested array: expected an array of 0 at [1], found an array of 1': () =>
      tensor([[], [1]]),
    'tensor: nested more than 64 deep. Does an array contain itself?': () => tensor(untyped(itself)),
  });

  itRefuses(ArgumentError, {
    'tensor: takes numbers and booleans, found undefined at [0]': () => tensor(new Array(2)),
    'tensor: takes numbers and booleans, found "1" at [0][0]': () => tensor(untyped([['1']])),
    'tensor: takes numbers and booleans, found 1n at [0]': () => tensor(untyped([1n])),
    'tensor: takes numbers and booleans, found null': () => tensor(untyped(null)),
    'tensor: takes numbers and booleans, found undefined': () => tensor(untyped(undefined)),
    'tensor: takes numbers and booleans, found a Float32Array at [0]': () =>
      tensor(untyped([Float32Array.of(1)])),
    'tensor: takes numbers and booleans, found an ArrayBuffer': () =>
      tensor(untyped(new Float64Array(1).buffer)),
    "tensor: NaN does not fit into int32. Name another dtype, such as 'float64'": () =>
      tensor([1, NaN], int32),
    'tensor: -Infinity does not fit into int32.': () => tensor(-Infinity, int32),
    'tensor: 2147483648 does not fit into int32.': () => tensor(2 ** 31, int32),
    'tensor: takes its options as an object, { name: value }, got "int32"': () => tensor(1, untyped('int32')),
    'tensor: takes its options as an object, { name: value }, got null': () => tensor(1, untyped(null)),
  });

  itRefuses(DTypeError, {
    'tensor: an Int8Array has no dtype here. Use Float32Array,': () => tensor(untyped(new Int8Array(1))),
    'tensor: there is no dtype "float16"; known: bool, int32, float32, float64': () =>
      tensor(1, untyped({ dtype: 'float16' })),
    'tensor: there is no dtype "toString"': () => tensor(1, untyped({ dtype: 'toString' })),
  });

  itRefuses(DeviceError, {
    'tensor: there is no device "tpu"; known devices: cpu': () => tensor(1, untyped({ device: 'tpu' })),
  });
});

describe('fromTypedArray', () => {
  it('wraps the array itself, in the shape that is named', () => {
    const array = Float64Array.of(1, 2, 3, 4);
    const x = fromTypedArray(array, [2, 2]);
    expect(x.storage).toBe(array);
    expect([x.dtype, x.tolist()]).toEqual([
      'float64',
      [
        [1, 2],
        [3, 4],
      ],
    ]);
  });

  it('makes a list when no shape is named', () => {
    expect(fromTypedArray(Uint8Array.of(1, 0)).tolist()).toEqual([true, false]);
    expect(fromTypedArray(new Int32Array(0)).shape).toEqual([0]);
    expect(fromTypedArray(Float32Array.of(5), []).item()).toBe(5);
  });

  itRefuses(ShapeError, {
    'fromTypedArray: 3 elements do not fill [2, 2]': () => fromTypedArray(new Float32Array(3), [2, 2]),
    'fromTypedArray: a shape is a list': () => fromTypedArray(new Float32Array(4), [-2, -2]),
  });

  itRefuses(DTypeError, {
    'fromTypedArray: the array holds float32, not int32. Use tensor(array) to convert': () =>
      fromTypedArray(new Float32Array(1), [1], int32),
    'fromTypedArray: [1, 2] has no dtype here. Use Float32Array': () => fromTypedArray(untyped([1, 2])),
    'fromTypedArray: undefined has no dtype here.': () => fromTypedArray(untyped(undefined)),
    'fromTypedArray: a BigInt64Array has no dtype here.': () => fromTypedArray(untyped(new BigInt64Array(1))),
  });

  itRefuses(ArgumentError, {
    'fromTypedArray: bool is bytes of 0 and 1, found 2. Use tensor(array) to convert': () =>
      fromTypedArray(Uint8Array.of(0, 2)),
  });
});

describe('constants', () => {
  itAgrees([
    ['torch.full((2, 2), 1.5)', () => full([2, 2], 1.5), 'tensor([[1.5000, 1.5000], [1.5000, 1.5000]])'],
    ['torch.full((2,), True)', () => full([2], true), 'tensor([True, True])'],
    ['torch.full((), 7.)', () => full([], 7), 'tensor(7.)'],
    ['torch.full((2,), -1.5, dtype=torch.int64)', () => full([2], -1.5, int32), 'tensor([-1, -1])'],
    ['torch.full((1,), 0.5, dtype=torch.bool)', () => full([1], 0.5, bool), 'tensor([True])'],
    ['torch.full((1,), nan)', () => full([1], NaN), 'tensor([nan])'],
    [
      'torch.full((0, 3), 1, dtype=torch.bool)',
      () => full([0, 3], 1, bool),
      'tensor([], size=(0, 3), dtype=bool)',
    ],
    ['torch.zeros(2)', () => zeros([2]), 'tensor([0., 0.])'],
    ['torch.zeros(0, 2)', () => zeros([0, 2]), 'tensor([], size=(0, 2))'],
    ['torch.zeros((), dtype=torch.int64)', () => zeros([], int32), 'tensor(0)'],
    ['torch.ones(1, 2, dtype=torch.bool)', () => ones([1, 2], bool), 'tensor([[True, True]])'],
    ['torch.ones(2, dtype=torch.float64)', () => ones([2], float64), 'tensor([1., 1.], dtype=float64)'],
    [
      'torch.zeros_like(torch.ones(2, dtype=torch.float64))',
      () => zerosLike(ones([2], float64)),
      'tensor([0., 0.], dtype=float64)',
    ],
    [
      'torch.ones_like(torch.zeros(2), dtype=torch.bool)',
      () => onesLike(zeros([2]), bool),
      'tensor([True, True])',
    ],
    [
      'torch.full_like(torch.zeros(2, dtype=torch.int64), 2.5)',
      () => fullLike(zeros([2], int32), 2.5),
      'tensor([2, 2])',
    ],
    ['torch.full_like(torch.zeros(()), True)', () => fullLike(zeros([]), true), 'tensor(1.)'],
  ]);

  it('takes an option that is undefined for one that is missing', () => {
    expect(zerosLike(ones([1], int32), { dtype: undefined }).dtype).toBe('int32');
    expect(zeros([1], { dtype: undefined, device: undefined }).dtype).toBe('float32');
  });

  it('holds its value everywhere', () => {
    fc.assert(
      fc.property(shapes, fc.constantFrom(...DTYPES), (shape, dtype) => {
        const x = ones(shape, { dtype });
        expect([x.shape, x.dtype, x.numel()]).toEqual([shape, dtype, sizeOf(shape)]);
        expect([...x.dataSync()].every((value) => value === 1)).toBe(true);
      }),
    );
  });

  itRefuses(ShapeError, {
    'zeros: a shape is a list of whole numbers of at least 0, got [NaN]': () => zeros([NaN]),
    'ones: a shape is a list of whole numbers of at least 0, got [-1]': () => ones([-1]),
    'zeros: a shape is a list of whole numbers of at least 0, got 3. Write [3]': () => zeros(untyped(3)),
    'full: a shape is a list of whole numbers of at least 0, got undefined': () =>
      full(untyped(undefined), 1),
    'zeros: [1048576, 1048576] has 1099511627776 elements': () => zeros([2 ** 20, 2 ** 20]),
  });

  itRefuses(ArgumentError, {
    'full: the value is a number or a boolean, got undefined': () => full([1], untyped(undefined)),
    'full: the value is a number or a boolean, got "1"': () => full([1], untyped('1')),
    'full: the value is a number or a boolean, got a Tensor': () => full([1], untyped(ones([]))),
    'full: NaN does not fit into int32.': () => full([1], NaN, int32),
    'fullLike: 3000000000 does not fit into int32.': () => fullLike(zeros([1], int32), 3e9),
    'zerosLike: takes a tensor, got': () => zerosLike(untyped([1])),
    'onesLike: takes a tensor, got': () => onesLike(untyped(undefined)),
    'zeros: takes its options as an object': () => zeros([1], untyped(true)),
  });

  itRefuses(DTypeError, {
    'ones: there is no dtype 7; known:': () => ones([1], untyped({ dtype: 7 })),
  });

  itRefuses(DeviceError, {
    'ones: there is no device 1n; known devices: cpu': () => ones([1], untyped({ device: 1n })),
  });
});

describe('arange', () => {
  itAgrees([
    ['torch.arange(3)', () => arange(3), 'tensor([0, 1, 2])'],
    ['torch.arange(0)', () => arange(0), 'tensor([], dtype=int32)'],
    ['torch.arange(2, 5)', () => arange(2, 5), 'tensor([2, 3, 4])'],
    ['torch.arange(5, 1, -2)', () => arange(5, 1, -2), 'tensor([5, 3])'],
    ['torch.arange(3, 3, -1)', () => arange(3, 3, -1), 'tensor([], dtype=int32)'],
    ['torch.arange(1, 2.5)', () => arange(1, 2.5), 'tensor([1., 2.])'],
    ['torch.arange(1, 2.5, 0.5)', () => arange(1, 2.5, 0.5), 'tensor([1.0000, 1.5000, 2.0000])'],
    ['torch.arange(0, -1, -0.5)', () => arange(0, -1, -0.5), 'tensor([0.0000, -0.5000])'],
    ['torch.arange(3, dtype=torch.float32)', () => arange(3, { dtype: 'float32' }), 'tensor([0., 1., 2.])'],
    [
      'torch.arange(1, 3, dtype=torch.float64)',
      () => arange(1, 3, float64),
      'tensor([1., 2.], dtype=float64)',
    ],
    [
      'torch.arange(0, 4, 2, dtype=torch.float32)',
      () => arange(0, 4, 2, { dtype: 'float32' }),
      'tensor([0., 2.])',
    ],
    ['torch.arange(0.5, 3, dtype=torch.int64)', () => arange(0.5, 3, int32), 'tensor([0, 1, 2])'],
  ]);

  it('does not let errors of rounding add up', () => {
    const x = arange(0, 1, 0.1, float64);
    expect(x.shape).toEqual([10]);
    expect(x.select(0, -1).item()).toBe(0.9);
  });

  itRefuses(ArgumentError, {
    'arange: cannot go from 0 to 1 in steps of 0': () => arange(0, 1, 0),
    'arange: cannot go from 5 to 1 in steps of 1': () => arange(5, 1),
    'arange: cannot go from 0 to -0.25 in steps of 1': () => arange(-0.25),
    'arange: cannot go from 0 to NaN in steps of 1': () => arange(NaN),
    'arange: cannot go from 0 to Infinity in steps of 1': () => arange(0, Infinity),
    'arange: cannot go from 0 to undefined in steps of 1': () => arange(untyped(undefined)),
    'arange: cannot go from undefined to 5': () => arange(untyped(undefined), 5),
    'arange: cannot go from 0 to "5" in steps of 1': () => arange(untyped('5')),
    'arange: cannot go from 0 to 5n in steps of 1': () => arange(untyped(5n)),
    'arange: 2147483648 does not fit into int32.': () => arange(2 ** 31, 2 ** 31 + 2),
    'arange: takes its options as an object': () => arange(2, untyped(ones([1]))),
  });

  itRefuses(ShapeError, {
    'arange: [1000000000000] has 1000000000000 elements': () => arange(1e12),
  });

  itRefuses(DTypeError, {
    'arange: is not defined for bool.': () => arange(2, bool),
  });
});

describe('linspace', () => {
  itAgrees([
    ['torch.linspace(0, 1, 5)', () => linspace(0, 1, 5), 'tensor([0.0000, 0.2500, 0.5000, 0.7500, 1.0000])'],
    ['torch.linspace(1, -1, 3)', () => linspace(1, -1, 3), 'tensor([1., 0., -1.])'],
    ['torch.linspace(3, 9, 1)', () => linspace(3, 9, 1), 'tensor([3.])'],
    ['torch.linspace(3, 9, 0)', () => linspace(3, 9, 0), 'tensor([])'],
    ['torch.linspace(2, 2, 2)', () => linspace(2, 2, 2), 'tensor([2., 2.])'],
    [
      'torch.linspace(0, 10, 5, dtype=torch.int64)',
      () => linspace(0, 10, 5, int32),
      'tensor([0, 2, 5, 7, 10])',
    ],
    [
      'torch.linspace(-2.5, 1.3, 9, dtype=torch.int32).long()',
      () => linspace(-2.5, 1.3, 9, int32),
      'tensor([-2, -1, -1, 0, 0, 0, 0, 0, 1])',
    ],
    ['torch.linspace(0, nan, 2)', () => linspace(0, NaN, 2), 'tensor([nan, nan])'],
  ]);

  it('ends exactly at the end', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, min: -1e6, max: -1e-6 }),
        fc.integer({ min: 2, max: 50 }),
        (end, steps) => {
          const x = linspace(0.1, end, steps, float64);
          expect([x.select(0, 0).item(), x.select(0, -1).item()]).toEqual([0.1, end]);
        },
      ),
    );
  });

  itRefuses(ArgumentError, {
    'linspace: the number of steps is a whole number of at least 0, got NaN': () => linspace(0, 1, NaN),
    'linspace: the number of steps is a whole number of at least 0, got -1': () => linspace(0, 1, -1),
    'linspace: the number of steps is a whole number': () => linspace(0, 1, untyped(undefined)),
    'linspace: goes from number to number, got "0" and 1': () => linspace(untyped('0'), 1, 2),
    'linspace: NaN does not fit into int32.': () => linspace(0, NaN, 3, int32),
  });

  itRefuses(ShapeError, {
    'linspace: [1000000000000] has': () => linspace(0, 1, 1e12),
  });

  itRefuses(DTypeError, {
    'linspace: is not defined for bool.': () => linspace(0, 1, 2, bool),
  });
});

describe('eye', () => {
  itAgrees([
    ['torch.eye(2)', () => eye(2), 'tensor([[1., 0.], [0., 1.]])'],
    ['torch.eye(1, 3, dtype=torch.int64)', () => eye(1, 3, int32), 'tensor([[1, 0, 0]])'],
    ['torch.eye(3, 1)', () => eye(3, 1), 'tensor([[1.], [0.], [0.]])'],
    ['torch.eye(0)', () => eye(0), 'tensor([], size=(0, 0))'],
    ['torch.eye(2, dtype=torch.bool)', () => eye(2, bool), 'tensor([[True, False], [False, True]])'],
  ]);

  itRefuses(ShapeError, {
    'eye: a shape is a list of whole numbers of at least 0, got [NaN, NaN]': () => eye(NaN),
    'eye: a shape is a list of whole numbers of at least 0, got [2, -1]': () => eye(2, -1),
    'eye: a shape is a list of whole numbers of at least 0, got [undefined, undefined]': () =>
      eye(untyped(undefined)),
  });

  itRefuses(ArgumentError, {
    'eye: takes its options as an object, { name: value }, got null': () => eye(2, untyped(null)),
  });
});
