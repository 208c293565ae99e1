/** Matrix products: every printed form is what PyTorch 1.13 prints for the expression beside it. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  ArgumentError,
  arange,
  DTypeError,
  dot,
  matmul,
  ones,
  outer,
  ShapeError,
  type Tensor,
  tensor,
  zeros,
} from '../../src/index.js';
import { counting, itAgrees, itRefuses, printOnOneLine, untyped } from '../tables.js';

const A = arange(1, 7).reshape([2, 3]);
const B = arange(1, 13).reshape([3, 4]);
const v = arange(1, 4);

describe('matmul', () => {
  const a = 'arange(1, 7).reshape(2, 3)';
  const b = 'arange(1, 13).reshape(3, 4)';
  const c = 'arange(12).reshape(2, 1, 2, 3)';
  const d = 'arange(18).reshape(3, 3, 2)';
  const [C, D] = [counting([2, 1, 2, 3]), counting([3, 3, 2])];
  itAgrees([
    [`${a} @ ${b}`, () => matmul(A, B), 'tensor([[38, 44, 50, 56], [83, 98, 113, 128]])'],
    ['arange(1, 4) @ arange(1, 4)', () => matmul(v, v), 'tensor(14)'],
    [`arange(1, 4) @ ${b}`, () => matmul(v, B), 'tensor([38, 44, 50, 56])'],
    [`${a} @ arange(1, 4)`, () => matmul(A, v), 'tensor([14, 32])'],
    [`arange(3) @ ${d}`, () => matmul(arange(3), D), 'tensor([[10, 13], [28, 31], [46, 49]])'],
    [
      `${d}.transpose(1, 2) @ arange(3)`,
      () => matmul(D.transpose(), arange(3)),
      'tensor([[10, 13], [28, 31], [46, 49]])',
    ],
    [
      `${a} @ ${d}`,
      () => matmul(A, D),
      'tensor([[[16, 22], [34, 49]], [[52, 58], [124, 139]], [[88, 94], [214, 229]]])',
    ],
    [`(${c} @ ${d}).shape[0] * ones(1)`, () => tensor([matmul(C, D).shape[0]!]), 'tensor([2.])'],
    [`(${c} @ ${d})[1, 2]`, () => matmul(C, D).slice([1, 2]), 'tensor([[298, 319], [424, 454]])'],
    [
      `(${c} @ ${d})[:, :, 0, 0]`,
      () => matmul(C, D).slice([null, null, 0, 0]),
      'tensor([[10, 28, 46], [46, 172, 298]])',
    ],
    ['tensor([[1.5]]) @ tensor([[2.]])', () => matmul(tensor([[1.5]]), tensor([[2]])), 'tensor([[3.]])'],
    [
      'tensor([[inf, 1.]]) @ tensor([[0.], [1.]])',
      () => matmul(tensor([[Infinity, 1]]), tensor([[0], [1]])),
      'tensor([[nan]])',
    ],
    ['zeros(2, 0) @ zeros(0, 2)', () => matmul(zeros([2, 0]), zeros([0, 2])), 'tensor([[0., 0.], [0., 0.]])'],
    ['zeros(0) @ zeros(0)', () => matmul(zeros([0]), zeros([0])), 'tensor(0.)'],
    ['zeros(0, 3) @ ones(3, 2)', () => matmul(zeros([0, 3]), ones([3, 2])), 'tensor([], size=(0, 2))'],
    [
      'zeros(0, 2, 3) @ ones(3, 2)',
      () => matmul(zeros([0, 2, 3]), ones([3, 2])),
      'tensor([], size=(0, 2, 2))',
    ],
    [
      'zeros(0, 1, 2, 3) @ ones(4, 3, 2)',
      () => matmul(zeros([0, 1, 2, 3]), ones([4, 3, 2])),
      'tensor([], size=(0, 4, 2, 2))',
    ],
  ]);

  it('wraps integers around at 32 bits, as int32 does', () => {
    const big = tensor([[65536, 65537]], { dtype: 'int32' });
    // torch.tensor([[65536, 65537]], dtype=torch.int32) @ the same, transposed
    expect(matmul(big, big, { transposeB: true }).tolist()).toEqual([[131073]]);
  });

  it('brings mixed dtypes to the one that holds both', () => {
    expect(matmul(arange(1, 3), tensor([0.5, 1])).tolist()).toBe(2.5);
    expect(matmul(tensor([1]), tensor([1], { dtype: 'float64' })).dtype).toBe('float64');
  });

  // As PyTorch: how a float32 sum is rounded on the way is up to the kernel, here in steps of 1 next to 2 ** 24.
  it('rounds sums of float32 by no more than float32 does, and those of float64 as float64 does', () => {
    const values = [[2 ** 24, 1, 1, -(2 ** 24)]];
    expect(Math.abs(matmul(tensor(values), ones([4, 1])).item() - 2)).toBeLessThanOrEqual(2);
    const float64 = { dtype: 'float64' } as const;
    expect(matmul(tensor(values, float64), ones([4, 1], float64)).item()).toBe(2);
  });

  const lengths = fc.integer({ min: 0, max: 4 });
  const product = fc.record({
    M: lengths,
    K: lengths,
    N: lengths,
    batch: fc.constantFrom([], [1], [2], [3, 2]),
  });

  it('is the sum of products, element by element', () => {
    fc.assert(
      fc.property(product, ({ M, K, N, batch }) => {
        const [a, b] = [counting([...batch, M, K]), counting([K, N])];
        const c = matmul(a, b);
        expect(c.shape).toEqual([...batch, M, N]);
        for (let at = 0; at < c.numel(); at++) {
          const [row, column] = [Math.floor(at / N), at % N];
          let sum = 0;
          for (let k = 0; k < K; k++) sum += a.dataSync()[row * K + k]! * b.dataSync()[k * N + column]!;
          expect(c.dataSync()[at]).toBe(sum);
        }
      }),
    );
  });

  it('gives with flags what it gives for transposed copies', () => {
    fc.assert(
      fc.property(product, fc.boolean(), fc.boolean(), ({ M, K, N, batch }, transposeA, transposeB) => {
        const [a, b] = [counting([M, K]), counting([...batch, K, N])];
        const flip = (x: Tensor, flag: boolean) => (flag ? x.transpose() : x);
        const flagged = matmul(flip(a, transposeA), flip(b, transposeB), { transposeA, transposeB });
        expect(printOnOneLine(flagged)).toBe(printOnOneLine(matmul(a, b)));
      }),
    );
  });

  itRefuses(ShapeError, {
    'matmul: inner dimensions differ: [64, 32] x [64, 10] (32 vs 64). Did you mean matmul(a, b, { transposeA: true })?':
      () => matmul(zeros([64, 32]), zeros([64, 10])),
    'matmul: inner dimensions differ: [2, 3] x [4, 3] (3 vs 4). Did you mean matmul(a, b, { transposeB: true })?':
      () => matmul(A, zeros([4, 3])),
    'matmul: inner dimensions differ: [3, 2] x [4, 3] (2 vs 4). Did you mean matmul(a, b, { transposeA: true, transposeB: true })?':
      () => matmul(zeros([3, 2]), zeros([4, 3])),
    'matmul: inner dimensions differ: [2, 3]^T x [3, 4] (2 vs 3). Did you mean matmul(a, b)?': () =>
      matmul(A, B, { transposeA: true }),
    'matmul: inner dimensions differ: [3, 2]^T x [4, 3] (3 vs 4). Did you mean matmul(a, b, { transposeA: true, transposeB: true })?':
      () => matmul(zeros([3, 2]), zeros([4, 3]), { transposeA: true }),
    'matmul: inner dimensions differ: [3] x [2, 3] (3 vs 2). Did you mean matmul(a, b, { transposeB: true })?':
      () => matmul(v, A),
    'matmul: inner dimensions differ: [2, 3] x [4] (3 vs 4)': () => matmul(A, arange(4)),
    'matmul: inner dimensions differ: [3] x [2] (3 vs 2)': () => matmul(v, arange(2)),
    'matmul: [2] and [3] cannot be broadcast': () => matmul(zeros([2, 1, 1]), zeros([3, 1, 1])),
    'matmul: takes lists and matrices, got [] and [3]. Use mul for scalars': () => matmul(tensor(1), v),
    'matmul: a list cannot be transposed: [3] x [3, 4]': () => matmul(v, B, { transposeA: true }),
    'matmul: a list cannot be transposed: [2, 3] x [3]': () => matmul(A, v, { transposeB: true }),
    'matmul: [1000000, 1000000] has 1000000000000 elements': () => matmul(zeros([1e6, 1]), zeros([1, 1e6])),
  });
  itRefuses(DTypeError, {
    "matmul: is not defined for bool. Convert with to('float32') first": () =>
      matmul(tensor([true]), tensor([true])),
  });
  itRefuses(ArgumentError, {
    'matmul: takes a tensor, got': () => matmul(A, untyped([[1]])),
    'matmul: takes its options as an object, { name: value }, got true': () => matmul(A, B, untyped(true)),
  });

  it('gives no hint that would not help', () => {
    expect(() => matmul(zeros([2, 3]), zeros([4, 5]))).toThrow(/\(3 vs 4\)$/);
    expect(() => matmul(v, arange(2))).toThrow(/\(3 vs 2\)$/);
  });
});

describe('dot and outer', () => {
  itAgrees([
    ['torch.dot(arange(1, 4), arange(1, 4))', () => dot(v, v), 'tensor(14)'],
    ['torch.dot(tensor([0.5]), tensor([3.]))', () => dot(tensor([0.5]), tensor([3])), 'tensor(1.5000)'],
    ['torch.dot(zeros(0), zeros(0))', () => dot(zeros([0]), zeros([0])), 'tensor(0.)'],
    [
      'torch.outer(tensor([1, 2]), arange(1, 4))',
      () => outer(arange(1, 3), v),
      'tensor([[1, 2, 3], [2, 4, 6]])',
    ],
    ['torch.outer(tensor([2]), tensor([3.5]))', () => outer(arange(2, 3), tensor([3.5])), 'tensor([[7.]])'],
    [
      'torch.outer(tensor([True]), tensor([True, False]))',
      () => outer(tensor([true]), tensor([true, false])),
      'tensor([[True, False]])',
    ],
    ['torch.outer(zeros(2), zeros(0))', () => outer(zeros([2]), zeros([0])), 'tensor([], size=(2, 0))'],
  ]);
  itRefuses(ShapeError, {
    'dot: takes two lists of one length, got [3] and [2]. Use matmul for matrices': () => dot(v, arange(2)),
    'dot: takes two lists of one length, got [2, 3] and [3]': () => dot(A, v),
    'outer: takes two lists, got [3] and []. Flatten them first': () => outer(v, tensor(1)),
  });
  itRefuses(DTypeError, { 'dot: is not defined for bool': () => dot(tensor([true]), tensor([true])) });
  itRefuses(ArgumentError, {
    'dot: takes a tensor, got': () => dot(v, untyped([1, 2, 3])),
    'outer: takes a tensor, got': () => outer(untyped(2), v),
  });
});
