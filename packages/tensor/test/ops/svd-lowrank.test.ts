/** The largest singular values alone: they are those of the whole decomposition. */
import { describe, expect, it } from '@jest/globals';
import {
  ArgumentError,
  arange,
  DTypeError,
  defaultGenerator,
  eye,
  Generator,
  matmul,
  qr,
  randn,
  ShapeError,
  type Svd,
  svd,
  svdLowrank,
  type Tensor,
  tensor,
  zeros,
} from '../../src/index.js';
import { counting, itRefuses, untyped } from '../tables.js';

const float64 = { dtype: 'float64' } as const;
const distance = (a: Tensor, b: Tensor) => a.sub(b).abs().amax().item();
const product = ({ U, S, Vh }: Svd) => matmul(U.mul(S), Vh);
const error = (x: Tensor, parts: Svd) => x.sub(product(parts)).square().sum().sqrt().item();

function cutOff({ U, S, Vh }: Svd, rank: number): Svd {
  return { U: U.narrow(1, 0, rank), S: S.narrow(0, 0, rank), Vh: Vh.narrow(0, 0, rank) };
}

/** A matrix with these singular values, and random vectors. */
function withValues(M: number, N: number, values: Tensor): Tensor {
  const generator = new Generator(1);
  const orthonormal = (rows: number) =>
    qr(randn([rows, values.numel()], { dtype: values.dtype, generator })).Q;
  return matmul(orthonormal(M).mul(values), orthonormal(N), { transposeB: true });
}

const MATRICES: Readonly<Record<string, () => Tensor>> = {
  'a small matrix': () => randn([20, 30], { generator: new Generator(2) }),
  'a flat spectrum': () => randn([180, 150], { generator: new Generator(3) }),
  'a wide matrix': () => randn([120, 400], { generator: new Generator(4) }),
  'a spectrum that decays': () => withValues(200, 160, arange(160, { dtype: 'float32' }).mul(-0.1).exp()),
  'large values before a flat rest': () =>
    randn([200, 200], { generator: new Generator(5) })
      .mul(1e-3)
      .add(withValues(200, 200, tensor([100, 100, 10, 9, 8]))),
  'a rank below the one that is asked for': () => withValues(150, 150, tensor([3, 3, 1])),
  'equal values': () => withValues(150, 150, zeros([150]).add(2)),
};

describe('svdLowrank', () => {
  it.each(Object.entries(MATRICES))('gives the first parts of svd: %s', (_, make) => {
    const x = make();
    const rank = 6;
    const parts = svdLowrank(x, rank);
    const whole = cutOff(svd(x), rank);
    const largest = whole.S.select(0, 0).item();
    expect([parts.U.shape, parts.S.shape, parts.Vh.shape]).toEqual([
      [x.shape[0], rank],
      [rank],
      [rank, x.shape[1]],
    ]);
    expect(distance(parts.S, whole.S)).toBeLessThan(1e-6 * largest);
    expect(error(x, parts)).toBeLessThan(error(x, whole) * (1 + 1e-6) + 1e-5 * largest);
    expect(distance(matmul(parts.U, parts.U, { transposeA: true }), eye(rank))).toBeLessThan(2e-6);
    expect(distance(matmul(parts.Vh, parts.Vh, { transposeB: true }), eye(rank))).toBeLessThan(2e-6);
  });

  it('is as exact as float64 is', () => {
    const values = arange(100, float64).mul(-0.2).exp();
    const parts = svdLowrank(withValues(120, 100, values), 4);
    expect(distance(parts.S, values.narrow(0, 0, 4))).toBeLessThan(1e-14);
  });

  it('gives vectors that approximate a matrix as well as any of their rank (Eckart and Young)', () => {
    const x = (MATRICES['a spectrum that decays'] as () => Tensor)();
    const rest = svd(x).S.narrow(0, 10, 150);
    expect(error(x, svdLowrank(x, 10)) / rest.square().sum().sqrt().item()).toBeCloseTo(1, 5);
  });

  it('gives the same for the same matrix, and leaves the default generator alone', () => {
    const x = (MATRICES['a flat spectrum'] as () => Tensor)();
    const state = defaultGenerator.getState();
    const first = svdLowrank(x, 3);
    expect(defaultGenerator.getState()).toEqual(state);
    expect(svdLowrank(x, 3).U.tolist()).toEqual(first.U.tolist());
  });

  it('gives nothing for rank 0, zeros for zeros, and NaN for what is not finite', () => {
    expect(svdLowrank(zeros([200, 200]), 0).U.shape).toEqual([200, 0]);
    expect(svdLowrank(zeros([200, 200]), 2).S.tolist()).toEqual([0, 0]);
    const bad = zeros([120, 120]).add(Number.NaN);
    expect(svdLowrank(bad, 2).S.tolist()).toEqual([Number.NaN, Number.NaN]);
  });

  const x = counting([4, 3]).to('float32');
  itRefuses(ArgumentError, {
    'svdLowrank: the rank for [4, 3] is a whole number from 0 to 3, got 4': () => svdLowrank(x, 4),
    'svdLowrank: the rank for [4, 3] is a whole number from 0 to 3, got 1.5': () => svdLowrank(x, 1.5),
    'svdLowrank: a tolerance is at least 0, got -1': () => svdLowrank(x, 1, { tolerance: -1 }),
    'svdLowrank: takes its options as an object, { name: value }, got 2': () => svdLowrank(x, 1, untyped(2)),
  });
  itRefuses(ShapeError, {
    'svdLowrank: takes a matrix [M, N], got [2, 2, 3]': () =>
      svdLowrank(counting([2, 2, 3]).to('float32'), 1),
  });
  itRefuses(DTypeError, { 'svdLowrank: is not defined for int32': () => svdLowrank(counting([4, 3]), 1) });
});
