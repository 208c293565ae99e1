/** Tests of the matrix product against the three loops that define it. */
import { describe, expect, it } from '@jest/globals';
import type { TypedArray } from '../../src/dtype.js';
import type { MatmulDims } from '../../src/kernels/dims.js';
import { matmul } from '../../src/kernels/reference/matmul.js';
import { FLOAT_ARRAYS, wholeNumbers } from './values.js';

function single(M: number, N: number, K: number, transposeA = false, transposeB = false): MatmulDims {
  return { M, N, K, transposeA, transposeB, offsetsA: [0], offsetsB: [0] };
}

function naive(a: TypedArray, b: TypedArray, dims: MatmulDims): Float64Array {
  const { M, N, K, transposeA, transposeB, offsetsA, offsetsB } = dims;
  const c = new Float64Array(offsetsA.length * M * N);
  offsetsA.forEach((offsetA, batch) => {
    for (let i = 0; i < M; i++) {
      for (let j = 0; j < N; j++) {
        let sum = 0;
        for (let k = 0; k < K; k++) {
          const left = a[offsetA + (transposeA ? k * M + i : i * K + k)];
          const right = b[offsetsB[batch] + (transposeB ? j * K + k : k * N + j)];
          sum += left * right;
        }
        c[(batch * M + i) * N + j] = sum;
      }
    }
  });
  return c;
}

/** [M, N, K]: all remainders of the tiles, vectors, and sizes on both sides of every block's edge. */
const SIZES = [
  [1, 1, 1],
  [2, 2, 2],
  [3, 3, 3],
  [4, 5, 6],
  [5, 4, 7],
  [7, 9, 8],
  [1, 9, 5],
  [9, 1, 5],
  [1, 1, 11],
  [2, 300, 3],
  [300, 2, 3],
  [5, 6, 1],
  [4, 3, 600],
  [191, 5, 255],
  [192, 6, 256],
  [193, 7, 257],
  [5, 193, 257],
  [200, 200, 5],
] as const;

const TRANSPOSES = [
  [false, false],
  [false, true],
  [true, false],
  [true, true],
] as const;

describe('matmul', () => {
  it('gives the numbers that PyTorch gives', () => {
    const a = Float32Array.from([0, 0.1, 0.2, 0.3, 0.4, 0.5]);
    const b = Float32Array.from({ length: 12 }, (_, i) => i * 0.3 - 1);
    const c = matmul(a, b, single(2, 4, 3));
    [0.3, 0.39, 0.48, 0.57, 0.48, 0.84, 1.2, 1.56].forEach((value, i) => {
      expect(c[i]).toBeCloseTo(value, 6);
    });
  });

  for (const ArrayType of FLOAT_ARRAYS) {
    for (const [transposeA, transposeB] of TRANSPOSES) {
      const form = `${transposeA ? 'A^T' : 'A'} · ${transposeB ? 'B^T' : 'B'} of ${ArrayType.name}s`;
      it(`equals the naive product for ${form} of every kind of size`, () => {
        for (const [M, N, K] of SIZES) {
          const a = wholeNumbers(ArrayType, M * K, 1);
          const b = wholeNumbers(ArrayType, K * N, 2);
          const dims = single(M, N, K, transposeA, transposeB);
          const c = matmul(a, b, dims);
          expect(c).toBeInstanceOf(ArrayType);
          expect({ M, N, K, c: Array.from(c) }).toEqual({ M, N, K, c: Array.from(naive(a, b, dims)) });
        }
      });
    }
  }

  it('multiplies each batch from its own offsets, which may repeat', () => {
    const a = wholeNumbers(Float32Array, 3 * 4 * 5, 3);
    const b = wholeNumbers(Float32Array, 2 * 5 * 6, 4);
    const dims = { ...single(4, 6, 5), offsetsA: [0, 20, 40, 0], offsetsB: [30, 30, 0, 0] };
    expect(Array.from(matmul(a, b, dims))).toEqual(Array.from(naive(a, b, dims)));
  });

  it('gives zeros where K is 0', () => {
    expect(matmul(new Float32Array(0), new Float32Array(0), single(2, 3, 0))).toEqual(new Float32Array(6));
    expect(matmul(new Int32Array(0), new Int32Array(0), single(1, 3, 0))).toEqual(new Int32Array(3));
    expect(matmul(new Float64Array(0), new Float64Array(0), single(3, 1, 0))).toEqual(new Float64Array(3));
  });

  it('gives nothing where M, N or the batch is 0', () => {
    const some = new Float32Array(12);
    const none = new Float32Array(0);
    expect(matmul(none, some, single(0, 4, 3))).toHaveLength(0);
    expect(matmul(some, none, single(4, 0, 3))).toHaveLength(0);
    expect(matmul(none, none, { ...single(3, 3, 3), offsetsA: [], offsetsB: [] })).toHaveLength(0);
  });

  it('sums float32 in double precision', () => {
    // Next to 1e8, single precision loses 1.
    const a = Float32Array.of(1e8, 1, -1e8);
    const ones = new Float32Array(9).fill(1);
    expect(Array.from(matmul(a, ones, single(1, 3, 3)))).toEqual([1, 1, 1]);
    const rows = Float32Array.of(...a, ...a);
    expect(Array.from(matmul(rows, ones, single(2, 3, 3)))).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it('wraps int32 around at 32 bits, however large the products are', () => {
    const [M, N, K] = [3, 4, 5];
    const a = Int32Array.from({ length: M * K }, (_, i) => 2147483647 - i * 123456789);
    const b = Int32Array.from({ length: K * N }, (_, i) => -2147483648 + i * 98765432);
    for (const [transposeA, transposeB] of TRANSPOSES) {
      const c = matmul(a, b, single(M, N, K, transposeA, transposeB));
      expect(c).toBeInstanceOf(Int32Array);
      for (let i = 0; i < M; i++) {
        for (let j = 0; j < N; j++) {
          let sum = 0n;
          for (let k = 0; k < K; k++) {
            const left = a[transposeA ? k * M + i : i * K + k];
            const right = b[transposeB ? j * K + k : k * N + j];
            sum += BigInt(left) * BigInt(right);
          }
          expect(c[i * N + j]).toBe(Number(BigInt.asIntN(32, sum)));
        }
      }
    }
  });

  it('carries NaN and infinity to the sums that they belong to, and to no other', () => {
    for (const [M, N, K] of SIZES) {
      const a = wholeNumbers(Float32Array, M * K, 5);
      const b = wholeNumbers(Float32Array, K * N, 6);
      a[a.length - 1] = Infinity;
      a[0] = Number.NaN;
      b[b.length - 1] = 0;
      b[(K >> 1) * N + (N >> 1)] = -Infinity;
      const dims = single(M, N, K);
      expect(Array.from(matmul(a, b, dims))).toEqual(Array.from(naive(a, b, dims)));
    }
  });

  it('has no memory of the product before', () => {
    const nan = new Float32Array(100).fill(Number.NaN);
    matmul(nan, nan, single(10, 10, 10));
    const a = wholeNumbers(Float32Array, 16, 7);
    const b = wholeNumbers(Float32Array, 16, 8);
    expect(Array.from(matmul(a, b, single(4, 4, 4)))).toEqual(Array.from(naive(a, b, single(4, 4, 4))));
  });
});
