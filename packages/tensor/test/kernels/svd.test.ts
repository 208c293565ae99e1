/** Tests of the singular value decomposition by what defines it, and against known singular values. */
import { describe, expect, it } from '@jest/globals';
import type { TypedArray } from '../../src/dtype.js';
import { svd } from '../../src/kernels/reference/svd.js';
import { FLOAT_ARRAYS, fractions, wholeNumbers } from './values.js';

/** Checks U · diag(S) · Vh = x, orthonormal columns of U and rows of Vh, and that S descends. Returns S. */
function decompose(x: TypedArray, batch: number, M: number, N: number): number[] {
  const K = Math.min(M, N);
  const { U, S, Vh } = svd(x, batch, M, N);
  expect([U, S, Vh].map(({ length }) => length)).toEqual([batch * M * K, batch * K, batch * K * N]);
  for (const part of [U, S, Vh]) expect(part.constructor).toBe(x.constructor);
  const epsilon = x instanceof Float32Array ? 1e-6 : 1e-14;
  for (let b = 0; b < batch; b++) {
    const s = S.subarray(b * K, (b + 1) * K);
    for (let k = 0; k < K; k++) expect(s[k]).toBeLessThanOrEqual(k === 0 ? Infinity : s[k - 1]);
    const u = (i: number, k: number) => U[(b * M + i) * K + k];
    const vh = (k: number, j: number) => Vh[(b * K + k) * N + j];
    const product = worst(M, N, (i, j) => sum(K, (k) => u(i, k) * s[k] * vh(k, j)) - x[(b * M + i) * N + j]);
    expect(product).toBeLessThanOrEqual(K === 0 ? 0 : epsilon * s[0] * Math.sqrt(K));
    const identity = (i: number, j: number) => (i === j ? 1 : 0);
    expect(worst(K, K, (p, q) => sum(M, (i) => u(i, p) * u(i, q)) - identity(p, q))).toBeLessThan(
      epsilon * 4,
    );
    expect(worst(K, K, (p, q) => sum(N, (j) => vh(p, j) * vh(q, j)) - identity(p, q))).toBeLessThan(
      epsilon * 4,
    );
  }
  return Array.from(S);
}

function sum(count: number, term: (i: number) => number): number {
  let total = 0;
  for (let i = 0; i < count; i++) total += term(i);
  return total;
}

function worst(rows: number, columns: number, error: (i: number, j: number) => number): number {
  let largest = 0;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) largest = Math.max(largest, Math.abs(error(i, j)));
  }
  return largest;
}

/** The product of an [M, rank] and a [rank, N] matrix of whole numbers. */
function ofRank(rank: number, M: number, N: number): Float64Array {
  const left = wholeNumbers(Float64Array, M * rank, 1);
  const right = wholeNumbers(Float64Array, rank * N, 2);
  return Float64Array.from({ length: M * N }, (_, at) =>
    sum(rank, (k) => left[Math.floor(at / N) * rank + k] * right[k * N + (at % N)]),
  );
}

describe('svd', () => {
  it('gives the singular values that PyTorch gives', () => {
    const square = decompose(Float64Array.of(3, 0, 4, 5), 1, 2, 2);
    expect(square[0]).toBeCloseTo(6.70820393249937, 13);
    expect(square[1]).toBeCloseTo(2.2360679774997894, 13);
    const tall = decompose(Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), 1, 4, 3);
    expect(tall[0]).toBeCloseTo(25.462407436036393, 12);
    expect(tall[1]).toBeCloseTo(1.290661675761233, 13);
    expect(tall[2]).toBeCloseTo(0, 13);
  });

  it('finds the small singular values of an ill-conditioned matrix too', () => {
    const hilbert = Float64Array.from({ length: 36 }, (_, at) => 1 / (Math.floor(at / 6) + (at % 6) + 1));
    const S = decompose(hilbert, 1, 6, 6);
    expect(S[0]).toBeCloseTo(1.618899858924339, 13);
    expect(S[4] / 1.2570757122647529e-5).toBeCloseTo(1, 9);
    expect(S[5] / 1.0827994845022364e-7).toBeCloseTo(1, 7);
  });

  for (const ArrayType of FLOAT_ARRAYS) {
    it(`decomposes ${ArrayType.name}s of every shape`, () => {
      for (const [M, N] of [
        [1, 1],
        [1, 5],
        [5, 1],
        [2, 3],
        [6, 6],
        [20, 7],
        [7, 20],
        [40, 40],
        [100, 3],
      ]) {
        decompose(fractions(ArrayType, 3 * M * N, M + N), 3, M, N);
      }
    });
  }

  it('completes U and Vh to orthonormal ones where the rank is not full', () => {
    for (const [rank, M, N] of [
      [1, 4, 4],
      [2, 7, 5],
      [2, 5, 7],
      [3, 12, 12],
      [1, 1, 3],
    ]) {
      const S = decompose(ofRank(rank, M, N), 1, M, N);
      expect(S[rank - 1]).toBeGreaterThan(1);
      for (const value of S.slice(rank)) expect(value).toBeLessThan(1e-12);
    }
  });

  it('decomposes matrices of zeros, with zero columns, and with equal columns', () => {
    for (const [M, N] of [
      [3, 3],
      [4, 2],
      [2, 4],
    ])
      expect(decompose(new Float32Array(M * N), 1, M, N)).toEqual([0, 0, 0].slice(0, Math.min(M, N)));
    decompose(Float32Array.of(0, 1, 0, 0, 2, 0, 0, 3, 0), 1, 3, 3);
    expect(decompose(new Float64Array(12).fill(1), 1, 4, 3)[1]).toBeLessThan(1e-14);
    const identity = Float64Array.from({ length: 25 }, (_, at) => (at % 6 === 0 ? 1 : 0));
    expect(decompose(identity, 1, 5, 5)).toEqual([1, 1, 1, 1, 1]);
  });

  it('keeps to equal and to steeply falling singular values', () => {
    const N = 60;
    const random = svd(fractions(Float64Array, N * N, 5), 1, N, N);
    const spectra = {
      equal: () => 1,
      steps: (k: number) => 10 ** -Math.floor(k / 20),
      falling: (k: number) => 10 ** (-k / 4),
      rising: (k: number) => 10 ** ((k - N) / 4),
    };
    for (const spectrum of Object.values(spectra)) {
      const wanted = Array.from({ length: N }, (_, k) => spectrum(k));
      const x = Float64Array.from({ length: N * N }, (_, at) =>
        sum(N, (k) => random.U[Math.floor(at / N) * N + k] * wanted[k] * random.Vh[k * N + (at % N)]),
      );
      const S = decompose(x, 1, N, N);
      wanted.sort((a, b) => b - a);
      expect(worst(1, N, (_, k) => S[k] - wanted[k])).toBeLessThan(1e-14 * wanted[0]);
    }
  });

  it('decomposes triangles and bidiagonal matrices with zeros on the diagonal', () => {
    for (const zero of [0, 3, 7]) {
      const N = 8;
      const bidiagonal = Float64Array.from({ length: N * N }, (_, at) => {
        const [i, j] = [Math.floor(at / N), at % N];
        return i === j ? (i === zero ? 0 : i + 1) : j === i + 1 ? 1 : 0;
      });
      const S = decompose(bidiagonal, 1, N, N);
      expect(S[N - 1]).toBeLessThan(1e-15);
      expect(S[N - 2]).toBeGreaterThan(0.5);
    }
  });

  it('neither overflows nor underflows', () => {
    for (const scale of [1e300, 1e-300, 5e-324]) {
      const x = wholeNumbers(Float64Array, 12, 3).map((value) => value * scale);
      const unscaled = decompose(wholeNumbers(Float64Array, 12, 3), 1, 4, 3);
      const { S } = svd(x, 1, 4, 3);
      S.forEach((value, k) => {
        expect(value).toBeGreaterThan(0);
        if (scale > 1e-320) expect(value / scale / unscaled[k]).toBeCloseTo(1, 12);
      });
    }
  });

  it('keeps U and Vh orthonormal where singular values are too small to be squared', () => {
    const S = decompose(Float64Array.of(1e-160, 2e-160, 0, 0, 1, 0, 3e-170, 0, 1e-160), 1, 3, 3);
    expect(S[0]).toBe(1);
    expect(S[1]).toBeLessThan(1e-150);
  });

  it('gives empty parts for empty matrices', () => {
    for (const [batch, M, N] of [
      [1, 0, 3],
      [1, 3, 0],
      [2, 0, 0],
      [0, 2, 3],
    ]) {
      expect(decompose(new Float32Array(batch * M * N), batch, M, N)).toHaveLength(batch * Math.min(M, N));
    }
  });

  it('gives NaN, and ends, for what is not finite, without harm to the rest of the batch', () => {
    for (const bad of [Number.NaN, Infinity, -Infinity]) {
      const x = fractions(Float64Array, 18);
      x[4] = bad;
      const { S } = svd(x, 2, 3, 3);
      expect(Array.from(S.subarray(0, 3))).toEqual([Number.NaN, Number.NaN, Number.NaN]);
      const alone = svd(x.slice(9), 1, 3, 3);
      expect(S.subarray(3)).toEqual(alone.S);
    }
  });
});
