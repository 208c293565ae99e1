/** Tests of the wasm matrix product against the reference one, on shapes at every edge of its tiles and blocks. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { MatmulDims } from '../../../src/kernels/dims.js';
import { matmul as referenceMatmul } from '../../../src/kernels/reference/matmul.js';
import { type Epilogue, matmul } from '../../../src/kernels/wasm/matmul.js';
import { RESIDENT_BYTES } from '../../../src/kernels/wasm/residency.js';
import { fractions, wholeNumbers } from '../values.js';

function dimsOf(M: number, N: number, K: number, more: Partial<MatmulDims> = {}): MatmulDims {
  return { M, N, K, transposeA: false, transposeB: false, offsetsA: [0], offsetsB: [0], ...more };
}

/** Half the distance from 1 to the next float32: the relative error of one rounding. */
const UNIT = 2 ** -24;

/**
 * How far a float32 sum may be from the exact one, by the standard bound (Higham, "Accuracy and Stability of Numerical
 * Algorithms", 3.1): K roundings, each relative to the sum of |a| |b| at most, and one more for each of the product, the
 * reference's own result, and the bias.
 */
const toleranceOf = (K: number, magnitude: number) => (K + 3) * UNIT * magnitude + 2 ** -149;

const absolute = (x: Float32Array) => x.map(Math.abs);

function finish(x: Float32Array, N: number, { bias, activation }: Epilogue): Float32Array {
  return x.map((value, i) => {
    const shifted = value + (bias?.[i % N] ?? 0);
    return activation === 'relu' ? Math.max(shifted, 0) : shifted;
  });
}

/** Where and how the product is further from the reference than its tolerance. */
function deviations(a: Float32Array, b: Float32Array, dims: MatmulDims, epilogue: Epilogue = {}): string[] {
  const { N, K } = dims;
  const got = matmul(a, b, dims, epilogue) as Float32Array;
  const want = finish(referenceMatmul(a, b, dims) as Float32Array, N, epilogue);
  const magnitudes = finish(referenceMatmul(absolute(a), absolute(b), dims) as Float32Array, N, {
    bias: epilogue.bias && absolute(epilogue.bias),
  });
  if (got.length !== want.length) return [`${got.length} elements instead of ${want.length}`];
  const wrong: string[] = [];
  for (let i = 0; i < got.length; i++) {
    if (Math.abs(got[i] - want[i]) <= toleranceOf(K, magnitudes[i])) continue;
    wrong.push(`[${Math.floor(i / N)}, ${i % N}] is ${got[i]} instead of ${want[i]}`);
  }
  return wrong;
}

const floats = (length: number, seed: number) => fractions(Float32Array, length, seed) as Float32Array;

/** All four ways to store the operands. */
const TRANSPOSES = [
  { transposeA: false, transposeB: false },
  { transposeA: false, transposeB: true },
  { transposeA: true, transposeB: false },
  { transposeA: true, transposeB: true },
] as const;

/** All sizes at which something begins or ends. */
const ROWS = [1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 16, 17, 24, 25, 31, 32, 33, 95, 96, 97, 192, 193];
const COLUMNS = [
  1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 23, 24, 25, 31, 32, 33, 127, 128, 129, 256, 257, 511, 512, 513,
];
const DEPTHS = [1, 2, 3, 4, 5, 31, 32, 33, 63, 64, 65, 255, 256, 257, 511, 512, 513];

const name = (dims: MatmulDims) =>
  `${dims.transposeA ? 'A^T' : 'A'} ${dims.transposeB ? 'B^T' : 'B'}, ${dims.M} x ${dims.K} x ${dims.N}`;

/** The deviations of a product of one matrix each, with what it is a product of. */
function deviationsOf(dims: MatmulDims, epilogue?: Epilogue): object {
  const { M, N, K } = dims;
  return { product: name(dims), wrong: deviations(floats(M * K, 1), floats(K * N, 2), dims, epilogue) };
}

function expectRight(dims: MatmulDims, epilogue?: Epilogue): void {
  expect(deviationsOf(dims, epilogue)).toEqual({ product: name(dims), wrong: [] });
}

describe.each(TRANSPOSES)('the product in wasm, %j', (transposes) => {
  it.each(ROWS)('is right for %i rows', (M) => {
    for (const N of [1, 8, 17, 40]) for (const K of [37, 40]) expectRight(dimsOf(M, N, K, transposes));
  });

  it.each(COLUMNS)('is right for %i columns', (N) => {
    for (const M of [1, 5, 13, 40]) for (const K of [37, 40]) expectRight(dimsOf(M, N, K, transposes));
  });

  it.each(DEPTHS)('is right for sums of %i products', (K) => {
    for (const [M, N] of [
      [1, 1],
      [1, 40],
      [40, 1],
      [6, 16],
      [13, 17],
      [40, 40],
    ] as const) {
      expectRight(dimsOf(M, N, K, transposes));
    }
  });

  it('is right for a tall, a wide and a deep matrix, as LoRA has them', () => {
    for (const rank of [1, 2, 4, 8, 16, 64]) {
      expectRight(dimsOf(523, rank, 131, transposes));
      expectRight(dimsOf(523, 131, rank, transposes));
      expectRight(dimsOf(rank, 131, 523, transposes));
    }
  });

  it('is right for a matrix times a vector, and a vector times a matrix', () => {
    for (const [length, K] of [
      [1, 1],
      [127, 769],
      [1031, 64],
      [2, 4099],
    ] as const) {
      expectRight(dimsOf(length, 1, K, transposes));
      expectRight(dimsOf(1, length, K, transposes));
    }
  });

  it('gives zeros where there is nothing to sum, and nothing where there is nothing to fill', () => {
    expect(matmul(floats(0, 1), floats(0, 1), dimsOf(3, 20, 0, transposes))).toEqual(new Float32Array(60));
    expect(matmul(floats(0, 1), floats(0, 1), dimsOf(5, 1, 0, transposes))).toEqual(new Float32Array(5));
    expect(matmul(floats(0, 1), floats(12, 1), dimsOf(0, 4, 3, transposes))).toEqual(new Float32Array(0));
    expect(matmul(floats(12, 1), floats(0, 1), dimsOf(4, 0, 3, transposes))).toEqual(new Float32Array(0));
  });

  it('is right for batches of any shapes, whose operands may be one and the same', () => {
    const lengths = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constantFrom(97, 128, 131, 257));
    const small = fc.integer({ min: 1, max: 3 });
    const cases = fc.record({
      M: lengths,
      N: lengths,
      K: lengths,
      picksA: fc.array(fc.nat(2), { maxLength: 4 }),
      stored: small,
      isShared: fc.boolean(),
    });
    fc.assert(
      fc.property(cases, ({ M, N, K, picksA, stored, isShared }) => {
        const offsetsA = picksA.map((pick) => (pick % stored) * M * K);
        const offsetsB = picksA.map((_, i) => (isShared ? 0 : (i % stored) * K * N));
        const dims = dimsOf(M, N, K, { ...transposes, offsetsA, offsetsB });
        expect(deviations(floats(stored * M * K, 3), floats(stored * K * N, 4), dims)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('adds the bias and applies the activation, wherever a tile ends', () => {
    for (const M of [1, 2, 4, 5, 6, 16, 31, 97]) {
      for (const N of [1, 3, 8, 9, 16, 17, 31, 130]) {
        for (const K of [1, 40, 257]) {
          const dims = dimsOf(M, N, K, transposes);
          const bias = floats(N, 5);
          expectRight(dims, { bias });
          expectRight(dims, { activation: 'relu' });
          expectRight(dims, { bias, activation: 'relu' });
        }
      }
    }
  });

  it('is exact where all sums are whole numbers', () => {
    const [M, N, K] = [29, 43, 300];
    const a = wholeNumbers(Float32Array, M * K, 1) as Float32Array;
    const b = wholeNumbers(Float32Array, K * N, 2) as Float32Array;
    const dims = dimsOf(M, N, K, transposes);
    expect(matmul(a, b, dims)).toEqual(referenceMatmul(a, b, dims));
  });

  it('carries NaN and infinity to the sums that they belong to, and to no other', () => {
    for (const [M, N, K] of [
      [1, 40, 9],
      [7, 18, 9],
      [2, 18, 12],
      [40, 5, 9],
      [40, 3, 12],
      [13, 1, 300],
    ] as const) {
      const a = wholeNumbers(Float32Array, M * K, 5) as Float32Array;
      const b = wholeNumbers(Float32Array, K * N, 6) as Float32Array;
      a[0] = Number.NaN;
      a[a.length - 1] = Infinity;
      b[b.length - 1] = -Infinity;
      b[b.length >> 1] = 0;
      const dims = dimsOf(M, N, K, transposes);
      expect(matmul(a, b, dims)).toEqual(referenceMatmul(a, b, dims));
    }
  });
});

describe('the product in wasm', () => {
  it('gives the same bits when its operands come again, packed already', () => {
    const dims = dimsOf(50, 70, 300);
    const [a, b] = [floats(50 * 300, 1), floats(300 * 70, 2)];
    const [first, ...others] = Array.from({ length: 4 }, () => matmul(a, b, dims));
    for (const other of others) expect(other).toEqual(first);
  });

  it('takes the result of one product as operand of the next', () => {
    const dims = dimsOf(100, 100, 100);
    const [a, b] = [floats(1e4, 1), floats(1e4, 2)];
    const ab = matmul(a, b, dims) as Float32Array;
    expect(deviations(ab, a, dims)).toEqual([]);
    expect(deviations(ab, ab, dims)).toEqual([]);
  });

  it('is the same each time for few rows and a weight that is too large to stay as what passes by', () => {
    const K = 1031;
    const N = Math.ceil((RESIDENT_BYTES.passing / 2 + 1) / (4 * K));
    const [x, weight] = [new Float32Array(K).fill(1), new Float32Array(N * K).fill(1)];
    for (let j = 0; j < N; j++) weight[j * K + (j % K)] = j;
    const expected = Float32Array.from({ length: N }, (_, j) => K - 1 + j);
    for (let times = 0; times < 3; times++) {
      expect(matmul(x, weight, dimsOf(1, N, K, { transposeB: true }))).toEqual(expected);
    }
  });

  it('has a matrix multiplied by itself, also transposed', () => {
    const a = floats(130 * 130, 1);
    for (const transposes of TRANSPOSES) {
      expect(deviations(a, a, dimsOf(130, 130, 130, transposes))).toEqual([]);
    }
  });

  it('makes negative values of the activation zero, and leaves NaN what it is', () => {
    const a = Float32Array.of(1, -1, Number.NaN, Infinity, -Infinity, -0);
    const c = matmul(a, Float32Array.of(1), dimsOf(6, 1, 1), { activation: 'relu' }) as Float32Array;
    expect(Array.from(c, (value) => value + 0)).toEqual([1, 0, Number.NaN, Infinity, 0, 0]);
  });
});
