/** The affine map: every printed form is what PyTorch 1.13 prints for the expression beside it. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  ArgumentError,
  arange,
  DTypeError,
  linear,
  matmul,
  ones,
  ShapeError,
  tensor,
  zeros,
} from '../../src/index.js';
import { counting, itAgrees, itRefuses, untyped } from '../tables.js';

const W = arange(6, { dtype: 'float32' }).reshape([2, 3]);
const bias = tensor([0.5, -1]);

describe('linear', () => {
  itAgrees([
    [
      'linear(arange(12).reshape(2, 2, 3), arange(6).reshape(2, 3))',
      () => linear(arange(12).reshape([2, 2, 3]), arange(6).reshape([2, 3])),
      'tensor([[[5, 14], [14, 50]], [[23, 86], [32, 122]]])',
    ],
    [
      'linear(arange(12.).reshape(4, 3), arange(6.).reshape(2, 3), tensor([0.5, -1]))',
      () => linear(counting([4, 3]).to('float32'), W, { bias }),
      'tensor([[5.5000, 13.0000], [14.5000, 49.0000], [23.5000, 85.0000], [32.5000, 121.0000]])',
    ],
    [
      'linear(arange(3.), arange(6.).reshape(2, 3), tensor([0.5, -1]))',
      () => linear(arange(3, { dtype: 'float32' }), W, { bias }),
      'tensor([5.5000, 13.0000])',
    ],
    [
      'linear(zeros(0, 3), ones(2, 3), ones(2))',
      () => linear(zeros([0, 3]), ones([2, 3]), { bias: ones([2]) }),
      'tensor([], size=(0, 2))',
    ],
    [
      'linear(zeros(2, 0), ones(3, 0), arange(3.))',
      () => linear(zeros([2, 0]), ones([3, 0]), { bias: arange(3, { dtype: 'float32' }) }),
      'tensor([[0., 1., 2.], [0., 1., 2.]])',
    ],
    ['linear(ones(2, 3), zeros(0, 3))', () => linear(ones([2, 3]), zeros([0, 3])), 'tensor([], size=(2, 0))'],
    [
      'linear(arange(3.), ones(1, 3))',
      () => linear(arange(3, { dtype: 'float32' }), ones([1, 3]), { bias: null }),
      'tensor([3.])',
    ],
  ]);

  it('is a product and a sum, whatever the sizes', () => {
    const size = fc.integer({ min: 0, max: 40 });
    fc.assert(
      fc.property(fc.array(size, { minLength: 0, maxLength: 2 }), size, size, (lead, K, N) => {
        // Whole numbers, whose sums are exact in any order.
        const whole = (shape: number[]) => counting(shape).sub(7).to('float32').remainder(13);
        const [x, weight, b] = [whole([...lead, K]), whole([N, K]), whole([N])];
        const expected = matmul(x, weight, { transposeB: true }).add(b);
        expect(linear(x, weight, { bias: b }).tolist()).toEqual(expected.tolist());
      }),
      { numRuns: 50 },
    );
  });

  it('computes mixed dtypes in the one that PyTorch would promote them to', () => {
    const double = linear(arange(3), arange(6, { dtype: 'float64' }).reshape([2, 3]), { bias });
    expect(double.dtype).toBe('float64');
    expect(double.tolist()).toEqual([5.5, 13]);
  });

  itRefuses(ShapeError, {
    'linear: inner dimensions differ: [64, 32] x [10, 64]^T (32 vs 64)': () =>
      linear(zeros([64, 32]), zeros([10, 64])),
    'linear: inner dimensions differ: [2, 3] x [3, 4]^T (3 vs 4). Did you mean to pass weight.transpose()?':
      () => linear(zeros([2, 3]), zeros([3, 4])),
    'linear: takes x [..., 3], got a scalar': () => linear(tensor(1), W),
    'linear: the weight is [out, in], got [3]. Use matmul for others': () =>
      linear(zeros([2, 3]), zeros([3])),
    'linear: the bias is [2], one number for each row of the weight [2, 3], got [3]': () =>
      linear(zeros([2, 3]), W, { bias: zeros([3]) }),
    'linear: the bias is [2], one number for each row of the weight [2, 3], got [1, 2]': () =>
      linear(zeros([2, 3]), W, { bias: zeros([1, 2]) }),
  });
  itRefuses(DTypeError, {
    "linear: is not defined for bool. Convert with to('float32') first": () =>
      linear(tensor([true]), tensor([[true]])),
  });
  itRefuses(ArgumentError, {
    'linear: takes a tensor, got': () => linear(W, untyped([[1]])),
    'linear: takes a tensor, got an array of': () => linear(W, W, { bias: untyped(Array(9).fill(1)) }),
    'linear: takes its options as an object, { name: value }, got': () => linear(W, W, untyped(bias)),
  });
});
