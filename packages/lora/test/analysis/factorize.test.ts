/** The best factors of low rank; expectations are from `torch.linalg.svd` in float64. */
import { describe, expect, it } from '@jest/globals';
import { Parameter } from '@lowrank/nn';
import {
  ArgumentError,
  arange,
  Generator,
  matmul,
  ones,
  randn,
  ShapeError,
  svd,
  type Tensor,
  zeros,
} from '@lowrank/tensor';
import { factorize } from '../../src/analysis/factorize.js';
import { expectError } from '../close.js';

/** sin(1), sin(4), sin(9), ... */
const W = arange(1, 25, 1, { dtype: 'float64' }).square().sin().reshape([4, 6]);
const length = (x: Tensor) => x.square().sum().sqrt().item();

describe('factorize', () => {
  it.each([
    [1, 2.25135325337719, 0.6290383208825941],
    [2, 1.2360319900263377, 0.34535295000774147],
    [3, 0.1389519392204258, 0.03882380270598653],
  ])('of rank %d leaves the error that no factors are below', (rank, error, relativeError) => {
    const found = factorize(W, rank);
    expect([found.A.shape, found.B.shape, found.rank]).toEqual([[rank, 6], [4, rank], rank]);
    expect(found.error).toBeCloseTo(error, 12);
    expect(found.relativeError).toBeCloseTo(relativeError, 12);
    expect(length(W.sub(matmul(found.B, found.A)))).toBeCloseTo(error, 12);
  });

  it('gives the singular values that it keeps, which A and B share evenly', () => {
    const { A, B, singularValues } = factorize(W, 2);
    expect(singularValues[0]).toBeCloseTo(2.782253615926871, 12);
    expect(singularValues[1]).toBeCloseTo(1.8817057132090524, 12);
    for (const k of [0, 1]) {
      expect(A.select(0, k).square().sum().item()).toBeCloseTo(singularValues[k] as number, 12);
      expect(B.select(1, k).square().sum().item()).toBeCloseTo(singularValues[k] as number, 12);
    }
  });

  it.each([
    [0, 1],
    [0.604, 1],
    [0.605, 2],
    [0.88, 2],
    [0.9, 3],
    [0.9985, 4],
    [1, 4],
  ])('that keep the energy %d have rank %d', (energy, rank) => {
    expect(factorize(W, { energy }).rank).toBe(rank);
  });

  it('finds the rank for an energy in a large matrix too, as the whole spectrum has it', () => {
    const x = randn([150, 170], { generator: new Generator(1) });
    const squares = Array.from(svd(x).S.dataSync(), (value) => value ** 2);
    const total = squares.reduce((sum, square) => sum + square, 0);
    for (const energy of [0.1, 0.5, 0.9]) {
      const { rank, relativeError } = factorize(x, { energy });
      const kept = squares.slice(0, rank).reduce((sum, square) => sum + square, 0) / total;
      expect(kept).toBeGreaterThanOrEqual(energy - 1e-5);
      expect(kept - (squares[rank - 1] as number) / total).toBeLessThan(energy);
      expect(relativeError).toBeCloseTo(Math.sqrt(1 - kept), 4);
    }
  });

  it('finds the rank of a matrix that has a low one', () => {
    const generator = new Generator(2);
    const x = matmul(randn([200, 5], { generator }), randn([5, 120], { generator }));
    const { rank, relativeError } = factorize(x, { energy: 1 });
    expect(rank).toBe(5);
    expect(relativeError).toBeLessThan(1e-5);
  });

  it('sees a weight of more axes as the matrix of its first axis against the others', () => {
    const { A, B } = factorize(W.reshape([4, 2, 3, 1]), 2);
    expect([A.shape, B.shape]).toEqual([
      [2, 6],
      [4, 2],
    ]);
    expect(A.tolist()).toEqual(factorize(W, 2).A.tolist());
  });

  it('gives zeros for zeros, and keeps out of the graph', () => {
    const found = factorize(zeros([3, 2]), 1);
    expect([found.error, found.relativeError, found.A.tolist()]).toEqual([0, 0, [[0, 0]]]);
    expect(factorize(zeros([3, 2]), { energy: 1 }).rank).toBe(1);
    const { A, B } = factorize(new Parameter(W), 1);
    expect([A.requiresGrad, B.requiresGrad]).toEqual([false, false]);
  });

  it('refuses ranks, energies and weights that make no sense', () => {
    for (const rank of [0, 5, 1.5, Number.NaN]) {
      expectError(() => factorize(W, rank), ArgumentError, 'factorize', '[4, 6]', 'from 1 to 4');
    }
    for (const energy of [-0.1, 1.1, Number.NaN, undefined as never]) {
      expectError(() => factorize(W, { energy }), ArgumentError, 'factorize', 'energy is from 0 to 1');
    }
    expectError(() => factorize(W, '4' as never), ArgumentError, 'factorize', 'options');
    expectError(() => factorize(ones([4]), 1), ShapeError, 'factorize', 'two axes', '[4]');
    expectError(() => factorize(zeros([0, 4]), 1), ShapeError, 'factorize', 'none empty');
    expectError(
      () => factorize(ones([2, 2], { dtype: 'int32' }), 1),
      ArgumentError,
      'factorize',
      'fractions',
    );
    expectError(() => factorize(ones([2, 2]).mul(Number.NaN), 1), ArgumentError, 'factorize', 'finite');
  });
});
