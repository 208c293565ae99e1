/** Tests of matrix products in WGSL against the reference kernels. Whole numbers are summed exactly, so results must be equal. */
import { expect, it } from '@jest/globals';
import type { MatmulDims } from '../../../src/kernels/dims.js';
import type { Ending } from '../../../src/kernels/gpu/wgsl/epilogue.js';
import { planMatmul } from '../../../src/kernels/gpu/wgsl/matmul.js';
import type { Capabilities } from '../../../src/kernels/gpu/wgsl/program.js';
import { SHAPE_CLASSES } from '../../../src/kernels/gpu/wgsl/tile.js';
import { linear } from '../../../src/kernels/reference/linear.js';
import { matmul } from '../../../src/kernels/reference/matmul.js';
import { wholeNumbers } from '../../kernels/values.js';
import { CARD, software } from './capabilities.js';
import { onDawn } from './dawn.js';

type Sizes = readonly [M: number, N: number, K: number];

const SMALL_TILE = software('16x16x8/4x4@1');

const FLAGS = [
  [false, false],
  [false, true],
  [true, false],
  [true, true],
] as const;

/** A product of matrices that lie one after the other. */
function dimsOf([M, N, K]: Sizes, transposeA = false, transposeB = false, batch = 1): MatmulDims {
  const offsets = (size: number) => Array.from({ length: batch }, (_, i) => i * size);
  return { M, N, K, transposeA, transposeB, offsetsA: offsets(M * K), offsetsB: offsets(K * N) };
}

function operandsOf({ M, N, K, offsetsA, offsetsB }: MatmulDims) {
  const a = wholeNumbers(Float32Array, Math.max(...offsetsA) + M * K, 1) as Float32Array;
  const b = wholeNumbers(Float32Array, Math.max(...offsetsB) + K * N, 2) as Float32Array;
  return [a, b] as const;
}

onDawn('matmul in WGSL', (run, features) => {
  async function expectProduct(dims: MatmulDims, capabilities: Capabilities): Promise<void> {
    const [a, b] = operandsOf(dims);
    const product = await run(planMatmul(dims, capabilities), [a, b]);
    expect(product).toEqual(matmul(a, b, dims));
  }

  async function expectEnded(sizes: Sizes, capabilities: Capabilities, ending: Ending): Promise<void> {
    const dims = dimsOf(sizes, false, true);
    const [x, weight] = operandsOf(dims);
    const bias = wholeNumbers(Float32Array, dims.N, 3) as Float32Array;
    const operands = ending.bias ? [x, weight, bias] : [x, weight];
    const values = await run(planMatmul(dims, capabilities, ending), operands);
    const expected = linear(x, weight, ending.bias ? bias : undefined, dims);
    expect(values).toEqual(
      ending.activation === 'relu' ? expected.map((each) => Math.max(each, 0)) : expected,
    );
  }

  it('equals the reference for sizes around those of a tile, with all flags', async () => {
    // Multiples of four are read as vectors; the others are not.
    const sizes: Sizes[] = [
      [2, 3, 1],
      [17, 16, 9],
      [20, 36, 12],
      [33, 31, 5],
    ];
    for (const each of sizes) {
      for (const [transposeA, transposeB] of FLAGS) {
        await expectProduct(dimsOf(each, transposeA, transposeB), SMALL_TILE);
      }
    }
  });

  for (const { name, tiles } of SHAPE_CLASSES) {
    it(`equals the reference with each tile for ${name}`, async () => {
      for (const { BM, BN, BK, TM, TN } of tiles) {
        const capabilities = software(`${BM}x${BN}x${BK}/${TM}x${TN}@1`);
        await expectProduct(dimsOf([BM + 4, BN + 8, BK + 4], false, true), capabilities);
      }
    });
  }

  it('is the same where loops are written out, as for cards', async () => {
    await expectProduct(dimsOf([36, 31, 21]), { ...CARD, cut: '32x32x16/4x4@1' });
  });

  it('is a sum of parts where K is cut', async () => {
    for (const sizes of [
      [20, 24, 40],
      [5, 7, 33],
    ] as const) {
      const capabilities = software('16x16x8/4x4@3');
      expect(planMatmul(dimsOf(sizes), capabilities)).toHaveLength(2);
      await expectProduct(dimsOf(sizes), capabilities);
      await expectEnded(sizes, capabilities, { bias: true, activation: 'relu' });
    }
  });

  it('computes a batch, also one whose matrices a table must name', async () => {
    await expectProduct(dimsOf([9, 8, 12], false, true, 3), SMALL_TILE);
    const scattered = { offsetsA: [0, 108, 0, 108, 216], offsetsB: [0, 0, 96, 96, 0] };
    await expectProduct({ ...dimsOf([9, 8, 12], false, true), ...scattered }, SMALL_TILE);
    await expectProduct({ ...dimsOf([9, 1, 12]), offsetsA: [0, 108, 0], offsetsB: [12, 0, 0] }, SMALL_TILE);
  });

  it('reads a matrix that begins at no multiple of four', async () => {
    await expectProduct({ ...dimsOf([8, 8, 8]), offsetsA: [3], offsetsB: [5] }, SMALL_TILE);
  });

  it('adds a bias and ends with an activation', async () => {
    for (const sizes of [
      [18, 20, 12],
      [6, 7, 5],
      [1, 20, 12],
      [1, 7, 40],
      [30, 1, 12],
    ] as const) {
      await expectEnded(sizes, SMALL_TILE, { bias: true });
      await expectEnded(sizes, SMALL_TILE, { bias: true, activation: 'relu' });
      await expectEnded(sizes, SMALL_TILE, { bias: false, activation: 'relu' });
    }
  });

  it('multiplies with a vector on either side, with lanes or without, in parts or whole', async () => {
    for (const length of [1, 4, 50, 64]) {
      for (const K of [1, 7, 64, 300]) {
        for (const [transposeA, transposeB] of FLAGS) {
          await expectProduct(dimsOf([length, 1, K], transposeA, transposeB), SMALL_TILE);
          await expectProduct(dimsOf([1, length, K], transposeA, transposeB), SMALL_TILE);
        }
      }
    }
    expect(planMatmul(dimsOf([1, 1, 9000]), SMALL_TILE)).toHaveLength(2);
    await expectProduct(dimsOf([1, 1, 9000]), SMALL_TILE);
    await expectProduct(dimsOf([1, 8, 9000]), SMALL_TILE);
    await expectProduct(dimsOf([3, 1, 9001]), SMALL_TILE);
  });

  (features.includes('subgroups') ? it : it.skip)(
    'adds up lanes by subgroups (skipped where the adapter has none)',
    async () => {
      const capabilities = { ...SMALL_TILE, subgroups: true };
      const dims = dimsOf([3, 1, 2100], false, true);
      expect(planMatmul(dims, capabilities)[0]!.code()).toContain('enable subgroups;');
      await expectProduct(dims, capabilities);
    },
  );

  it('sums nothing where K is 0', async () => {
    const zeros = new Float32Array(4);
    expect(await run(planMatmul(dimsOf([3, 5, 0]), SMALL_TILE), [zeros, zeros])).toEqual(
      new Float32Array(15),
    );
  });

  it('carries NaN and infinity to the sums that they belong to, and to no other', async () => {
    const dims = dimsOf([18, 19, 11]);
    const [a, b] = operandsOf(dims);
    a[a.length - 1] = Number.POSITIVE_INFINITY;
    a[0] = Number.NaN;
    b[b.length - 1] = 0;
    b[40] = Number.NEGATIVE_INFINITY;
    const product = await run(planMatmul(dims, SMALL_TILE), [a, b]);
    expect(Array.from(product)).toEqual(Array.from(matmul(a, b, dims)));
    const ended = await run(planMatmul(dims, SMALL_TILE, { bias: false, activation: 'relu' }), [a, b]);
    expect(ended[0]).toBeNaN();
  });

  it('has more workgroups than fit into a row', async () => {
    const dims = dimsOf([1, 1, 1], false, false, 70_001);
    expect(planMatmul(dims, SMALL_TILE)[0]!.workgroups).toEqual([35_001, 2]);
    await expectProduct(dims, SMALL_TILE);
  });
});
