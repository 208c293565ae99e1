/** Changing dtypes; every printed form is what PyTorch 1.13 prints for the expression beside it. */
import { describe, expect, it } from '@jest/globals';
import { ArgumentError, cast, DTYPES, DTypeError, tensor, to, zeros } from '../../src/index.js';
import { itAgrees, itRefuses, untyped } from '../tables.js';

const int32 = { dtype: 'int32' } as const;
const float64 = { dtype: 'float64' } as const;
const fractions = tensor([-1.9, -0.5, 0, 0.5, 2.9]);

describe('cast', () => {
  itAgrees([
    [
      'torch.tensor([-1.9, -0.5, 0., 0.5, 2.9]).to(torch.int32).long()',
      () => cast(fractions, 'int32'),
      'tensor([-1, 0, 0, 0, 2])',
    ],
    [
      'torch.tensor([-1.9, -0.5, 0., 0.5, 2.9]).to(torch.bool)',
      () => cast(fractions, 'bool'),
      'tensor([True, True, False, True, True])',
    ],
    [
      'torch.tensor([nan, -0., inf]).to(torch.bool)',
      () => cast(tensor([NaN, -0, Infinity]), 'bool'),
      'tensor([True, False, True])',
    ],
    [
      'torch.tensor([3, 0, -3]).to(torch.bool)',
      () => cast(tensor([3, 0, -3], int32), 'bool'),
      'tensor([True, False, True])',
    ],
    [
      'torch.tensor([True, False]).to(torch.int32).long()',
      () => cast(tensor([true, false]), 'int32'),
      'tensor([1, 0])',
    ],
    [
      'torch.tensor([True, False]).to(torch.float64)',
      () => cast(tensor([true, false]), 'float64'),
      'tensor([1., 0.], dtype=float64)',
    ],
    [
      'torch.tensor([1e300, 1e-300, 0.1], dtype=torch.float64).to(torch.float32)',
      () => cast(tensor([1e300, 1e-300, 0.1], float64), 'float32'),
      'tensor([inf, 0.0000, 0.1000])',
    ],
    [
      'torch.tensor([16777217], dtype=torch.int32).to(torch.float32)',
      () => cast(tensor([16777217], int32), 'float32'),
      'tensor([16777216.])',
    ],
    ['torch.tensor(2.5).to(torch.int32).long()', () => cast(tensor(2.5), 'int32'), 'tensor(2)'],
    [
      'torch.zeros(2, 0).to(torch.int32).long()',
      () => cast(zeros([2, 0]), 'int32'),
      'tensor([], size=(2, 0), dtype=int32)',
    ],
  ]);

  it('gives the tensor itself where nothing changes, and a copy elsewhere', () => {
    for (const dtype of DTYPES) {
      const x = tensor([1, 0], { dtype });
      expect(cast(x, dtype)).toBe(x);
      for (const other of DTYPES) {
        const y = cast(x, other);
        expect([y.dtype, [...y.dataSync()]]).toEqual([other, [1, 0]]);
        expect(y === x).toBe(other === dtype);
      }
    }
  });

  it('wraps what int32 cannot hold, as JavaScript does', () => {
    expect(cast(tensor([2 ** 31, -(2 ** 31) - 1, NaN, Infinity], float64), 'int32').tolist()).toEqual([
      -2147483648, 2147483647, 0, 0,
    ]);
  });

  itRefuses(DTypeError, {
    'cast: there is no dtype "float16"; known: bool, int32, float32, float64': () =>
      cast(fractions, untyped('float16')),
    'cast: there is no dtype undefined': () => cast(fractions, untyped(undefined)),
  });
  itRefuses(ArgumentError, { 'cast: takes a tensor, got [1]': () => cast(untyped([1]), 'int32') });
});

describe('to', () => {
  it('takes a dtype or a device', () => {
    expect(to(fractions, 'float64').dtype).toBe('float64');
    expect(fractions.to('int32').tolist()).toEqual([-1, 0, 0, 0, 2]);
    expect(to(fractions, 'cpu')).toBe(fractions);
  });

  itRefuses(DTypeError, {
    'to: there is no dtype or device "cuda"; known: bool, int32, float32, float64, cpu': () =>
      to(fractions, untyped('cuda')),
    'to: there is no dtype or device "toString"': () => to(fractions, untyped('toString')),
  });
  itRefuses(ArgumentError, { 'to: takes a tensor, got 1': () => to(untyped(1), 'int32') });
});
