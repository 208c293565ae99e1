/** Singular values and ranks; expectations are those of PyTorch 1.13 for the expression beside them. */
import { describe, expect, it } from '@jest/globals';
import {
  ArgumentError,
  DTypeError,
  eye,
  full,
  matmul,
  matrixRank,
  mul,
  ShapeError,
  svd,
  type Tensor,
  tensor,
  unsqueeze,
  zeros,
} from '../../src/index.js';
import { counting, itAgrees, itRefuses, untyped } from '../tables.js';

const float64 = { dtype: 'float64' } as const;
/** torch.arange(24.).reshape(2, 3, 4), whose matrices have rank 2 */
const batch = counting([2, 3, 4]).to('float32');

/** The largest difference between two tensors. */
function distance(a: Tensor, b: Tensor): number {
  return a.sub(b).abs().amax().item();
}

describe('svd', () => {
  itAgrees([
    [
      'torch.linalg.svdvals(torch.tensor([[1., 2.], [3., 4.], [5., 6.]]))',
      () =>
        svd(
          tensor([
            [1, 2],
            [3, 4],
            [5, 6],
          ]),
        ).S,
      'tensor([9.5255, 0.5143])',
    ],
    [
      'torch.linalg.svdvals(torch.tensor([[3., 0.], [0., -4.]], dtype=torch.float64))',
      () =>
        svd(
          tensor(
            [
              [3, 0],
              [0, -4],
            ],
            float64,
          ),
        ).S,
      'tensor([4., 3.], dtype=float64)',
    ],
    [
      'torch.linalg.svdvals(torch.full((2, 3), 2.))[0]',
      () => svd(full([2, 3], 2)).S.select(0, 0),
      'tensor(4.8990)',
    ],
    ['torch.linalg.svdvals(torch.eye(3))', () => svd(eye(3)).S, 'tensor([1., 1., 1.])'],
    ['torch.linalg.svdvals(torch.zeros(2, 2))', () => svd(zeros([2, 2])).S, 'tensor([0., 0.])'],
    ['torch.linalg.svdvals(torch.zeros(0, 3))', () => svd(zeros([0, 3])).S, 'tensor([])'],
    ['torch.linalg.svdvals(torch.zeros(2, 3, 0))', () => svd(zeros([2, 3, 0])).S, 'tensor([], size=(2, 0))'],
  ]);

  it.each([
    [
      [2, 3, 4],
      [2, 3, 3],
      [2, 3],
      [2, 3, 4],
    ],
    [[4, 3], [4, 3], [3], [3, 3]],
    [
      [2, 0, 3],
      [2, 0, 0],
      [2, 0],
      [2, 0, 3],
    ],
    [
      [0, 2, 2],
      [0, 2, 2],
      [0, 2],
      [0, 2, 2],
    ],
  ])('of %j has the factors of torch.linalg.svd(x, full_matrices=False): %j, %j, %j', (shape, U, S, Vh) => {
    const factors = svd(zeros(shape));
    expect([factors.U.shape, factors.S.shape, factors.Vh.shape]).toEqual([U, S, Vh]);
  });

  it.each(['float32', 'float64'] as const)(
    'factors orthogonally into what multiplies back, in %s',
    (dtype) => {
      const x = batch.to(dtype).sin();
      const { U, S, Vh } = svd(x);
      const tolerance = dtype === 'float32' ? 1e-6 : 1e-14;
      const identity = eye(3, 3, { dtype });
      expect([U.dtype, S.dtype, Vh.dtype]).toEqual([dtype, dtype, dtype]);
      expect(distance(matmul(mul(U, unsqueeze(S, -2)), Vh), x)).toBeLessThan(tolerance);
      expect(distance(matmul(U, U, { transposeA: true }), identity)).toBeLessThan(tolerance);
      expect(distance(matmul(Vh, Vh, { transposeB: true }), identity)).toBeLessThan(tolerance);
    },
  );

  itRefuses(ShapeError, {
    'svd: takes matrices [..., M, N], got [3]': () => svd(zeros([3])),
    'svd: takes matrices [..., M, N], got []': () => svd(tensor(1)),
  });
  itRefuses(DTypeError, {
    "svd: is not defined for int32. Convert with to('float32') first": () => svd(counting([2, 2])),
  });
  itRefuses(ArgumentError, { 'svd: takes a tensor, got [[...]]': () => svd(untyped([[1]])) });
});

describe('matrixRank', () => {
  const nearly = tensor([
    [1, 0, 0],
    [0, 1e-3, 0],
    [0, 0, 1e-9],
  ]);
  itAgrees([
    ['torch.linalg.matrix_rank(torch.eye(3))', () => matrixRank(eye(3)), 'tensor(3)'],
    ['torch.linalg.matrix_rank(torch.zeros(3, 2))', () => matrixRank(zeros([3, 2])), 'tensor(0)'],
    [
      'torch.linalg.matrix_rank(torch.arange(24.).reshape(2, 3, 4))',
      () => matrixRank(batch),
      'tensor([2, 2])',
    ],
    [
      'torch.linalg.matrix_rank(torch.tensor([[1., 0., 0.], [0., 1e-3, 0.], [0., 0., 1e-9]]))',
      () => matrixRank(nearly),
      'tensor(2)',
    ],
    [
      'torch.linalg.matrix_rank(torch.tensor([[1., 0., 0.], [0., 1e-3, 0.], [0., 0., 1e-9]], dtype=torch.float64))',
      () => matrixRank(nearly.to('float64')),
      'tensor(3)',
    ],
    [
      'torch.linalg.matrix_rank(torch.tensor([[1., 0., 0.], [0., 1e-3, 0.], [0., 0., 1e-9]]), rtol=0.01)',
      () => matrixRank(nearly, { rtol: 0.01 }),
      'tensor(1)',
    ],
    [
      'torch.linalg.matrix_rank(torch.tensor([[1., 0., 0.], [0., 1e-3, 0.], [0., 0., 1e-9]]), atol=1e-10)',
      () => matrixRank(nearly, { atol: 1e-10 }),
      'tensor(3)',
    ],
    [
      'torch.linalg.matrix_rank(torch.tensor([[1., 0., 0.], [0., 1e-3, 0.], [0., 0., 1e-9]]), atol=0)',
      () => matrixRank(nearly, { atol: 0 }),
      'tensor(2)',
    ],
    [
      'torch.linalg.matrix_rank(torch.tensor([[1., 0., 0.], [0., 1e-3, 0.], [0., 0., 1e-9]]), atol=2., rtol=0.)',
      () => matrixRank(nearly, { atol: 2, rtol: 0 }),
      'tensor(0)',
    ],
    ['torch.linalg.matrix_rank(torch.zeros(2, 0, 3))', () => matrixRank(zeros([2, 0, 3])), 'tensor([0, 0])'],
    ['torch.linalg.matrix_rank(torch.zeros(0, 0))', () => matrixRank(zeros([0, 0])), 'tensor(0)'],
  ]);

  itRefuses(ArgumentError, {
    'matrixRank: tolerances are at least 0, got NaN and 0': () => matrixRank(nearly, { atol: NaN, rtol: 0 }),
    'matrixRank: tolerances are at least 0, got 0 and -1': () => matrixRank(nearly, { rtol: -1 }),
    'matrixRank: takes its options as an object, { name: value }, got 0.1': () =>
      matrixRank(nearly, untyped(0.1)),
  });
  itRefuses(ShapeError, { 'matrixRank: takes matrices [..., M, N], got [2]': () => matrixRank(zeros([2])) });
  itRefuses(DTypeError, {
    "matrixRank: is not defined for bool. Convert with to('float32') first": () =>
      matrixRank(tensor([[true]])),
  });
});
