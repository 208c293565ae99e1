/** Decompositions, ranks and triangular systems; expectations are those of PyTorch 1.13 for the expression beside them. */
import { describe, expect, it } from '@jest/globals';
import {
  ArgumentError,
  DTypeError,
  eye,
  full,
  matmul,
  matrixRank,
  mul,
  qr,
  ShapeError,
  solveTriangular,
  svd,
  type Tensor,
  tensor,
  triu,
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

describe('qr', () => {
  const both = (x: Tensor) => {
    const { Q, R } = qr(x);
    return [Q, R];
  };
  itAgrees([
    [
      'torch.linalg.qr(torch.tensor([[1., 2.], [3., 4.], [5., 6.]]))',
      () =>
        both(
          tensor([
            [1, 2],
            [3, 4],
            [5, 6],
          ]),
        ),
      'tensor([[-0.1690, 0.8971], [-0.5071, 0.2760], [-0.8452, -0.3450]]); tensor([[-5.9161, -7.4374], [0.0000, 0.8281]])',
    ],
    [
      'torch.linalg.qr(torch.tensor([[-1., 2.], [3., 4.]], dtype=torch.float64))',
      () =>
        both(
          tensor(
            [
              [-1, 2],
              [3, 4],
            ],
            float64,
          ),
        ),
      'tensor([[-0.3162, 0.9487], [0.9487, 0.3162]], dtype=float64); tensor([[3.1623, 3.1623], [0.0000, 3.1623]], dtype=float64)',
    ],
    [
      'torch.linalg.qr(torch.arange(24.).reshape(2, 3, 4).sin())[0]',
      () => qr(batch.sin()).Q,
      'tensor([[[0.0000, -0.8546, 0.5192], [0.6076, 0.4124, 0.6788], [-0.7943, 0.3155, 0.5192]], [[-0.4890, 0.7009, 0.5192], [-0.2624, -0.6859, 0.6788], [0.8319, 0.1957, 0.5192]]])',
    ],
    [
      'torch.linalg.qr(torch.eye(2))',
      () => both(eye(2)),
      'tensor([[1., 0.], [0., 1.]]); tensor([[1., 0.], [0., 1.]])',
    ],
    [
      'torch.linalg.qr(torch.zeros(2, 2))',
      () => both(zeros([2, 2])),
      'tensor([[1., 0.], [0., 1.]]); tensor([[0., 0.], [0., 0.]])',
    ],
    [
      'torch.linalg.qr(torch.zeros(2, 0, 3))',
      () => both(zeros([2, 0, 3])),
      'tensor([], size=(2, 0, 0)); tensor([], size=(2, 0, 3))',
    ],
    [
      'torch.linalg.qr(torch.zeros(3, 0))',
      () => both(zeros([3, 0])),
      'tensor([], size=(3, 0)); tensor([], size=(0, 0))',
    ],
  ]);

  it.each([
    [7, 7],
    [9, 4],
    [4, 9],
    [40, 1],
  ])('of [%d, %d] has orthonormal columns and a triangle that multiply back', (M, N) => {
    const x = counting([2, M, N]).to('float64').sin();
    const { Q, R } = qr(x);
    expect(distance(matmul(Q, R), x)).toBeLessThan(1e-13);
    expect(
      distance(matmul(Q, Q, { transposeA: true }), eye(Math.min(M, N), undefined, float64)),
    ).toBeLessThan(1e-13);
    expect(triu(R).tolist()).toEqual(R.tolist());
  });

  it('neither overflows nor underflows', () => {
    for (const scale of [1e300, 1e-300]) {
      const x = tensor(
        [
          [3, 1],
          [4, 2],
        ],
        float64,
      ).mul(scale);
      expect(
        distance(
          qr(x).R.div(scale),
          tensor(
            [
              [-5, -2.2],
              [0, 0.4],
            ],
            float64,
          ),
        ),
      ).toBeLessThan(1e-14);
    }
  });

  itRefuses(ShapeError, { 'qr: takes matrices [..., M, N], got [3]': () => qr(zeros([3])) });
  itRefuses(DTypeError, {
    "qr: is not defined for int32. Convert with to('float32') first": () => qr(counting([2, 2])),
  });
});

describe('solveTriangular', () => {
  // Both triangles hold numbers, of which one is not read.
  const a = tensor([
    [2, 1],
    [3, 4],
  ]);
  const b = tensor([
    [2, 4, 1],
    [8, 6, 2],
  ]);
  itAgrees([
    [
      'torch.linalg.solve_triangular(a, b, upper=True)',
      () => solveTriangular(a, b, { upper: true }),
      'tensor([[0.0000, 1.2500, 0.2500], [2.0000, 1.5000, 0.5000]])',
    ],
    [
      'torch.linalg.solve_triangular(a, b, upper=False)',
      () => solveTriangular(a, b, { upper: false }),
      'tensor([[1.0000, 2.0000, 0.5000], [1.2500, 0.0000, 0.1250]])',
    ],
    [
      'torch.linalg.solve_triangular(a.T, b, upper=False)',
      () => solveTriangular(a, b, { upper: true, transpose: true }),
      'tensor([[1.0000, 2.0000, 0.5000], [1.7500, 1.0000, 0.3750]])',
    ],
    [
      'torch.linalg.solve_triangular(a.T, b, upper=True)',
      () => solveTriangular(a, b, { upper: false, transpose: true }),
      'tensor([[-2.0000, -0.2500, -0.2500], [2.0000, 1.5000, 0.5000]])',
    ],
    [
      'torch.linalg.solve_triangular(torch.eye(2).repeat(2, 1, 1) * 2, torch.arange(4.).reshape(2, 2, 1), upper=True)',
      () =>
        solveTriangular(eye(2).mul(2).expand([2, 2, 2]), counting([2, 2, 1]).to('float32'), { upper: true }),
      'tensor([[[0.0000], [0.5000]], [[1.0000], [1.5000]]])',
    ],
    [
      'torch.linalg.solve_triangular(torch.zeros(1, 1), torch.ones(1, 1), upper=True)',
      () => solveTriangular(zeros([1, 1]), eye(1), { upper: true }),
      'tensor([[inf]])',
    ],
    [
      'torch.linalg.solve_triangular(torch.zeros(0, 0), torch.zeros(0, 2), upper=True)',
      () => solveTriangular(zeros([0, 0]), zeros([0, 2]), { upper: true }),
      'tensor([], size=(0, 2))',
    ],
  ]);

  itRefuses(ShapeError, {
    'solveTriangular: takes [..., N, N] and [..., N, K] with the same leading axes, got [2, 2] and [3, 2]':
      () => solveTriangular(a, zeros([3, 2]), { upper: true }),
    'solveTriangular: takes matrices [..., M, N], got [2]': () =>
      solveTriangular(a, zeros([2]), { upper: true }),
  });
  itRefuses(DTypeError, {
    'solveTriangular: both sides have the same dtype, got float32 and float64': () =>
      solveTriangular(a, b.to('float64'), { upper: true }),
  });
  itRefuses(ArgumentError, {
    'solveTriangular: upper and transpose are true or false, got undefined and false': () =>
      solveTriangular(a, b, untyped({})),
  });
});
