/** Tests of how products in WGSL are cut: what needs no GPU. */
import { describe, expect, it } from '@jest/globals';
import { planMatmul } from '../../../src/kernels/gpu/wgsl/matmul.js';
import { cutOf, type ProductSizes, SHAPE_CLASSES, threadsOf } from '../../../src/kernels/gpu/wgsl/tile.js';
import { CARD, software } from './capabilities.js';

const square = (n: number): ProductSizes => ({ M: n, N: n, K: n, batch: 1 });

const dimsOf = ({ M, N, K, batch }: ProductSizes) => {
  const offsets = (size: number) => Array.from({ length: batch }, (_, i) => i * size);
  return {
    M,
    N,
    K,
    transposeA: false,
    transposeB: false,
    offsetsA: offsets(M * K),
    offsetsB: offsets(K * N),
  };
};

describe('the cut of a product', () => {
  const tiles = SHAPE_CLASSES.flatMap((each) => each.tiles);

  it.each(tiles)('fits into what every WebGPU device has: %j', (tile) => {
    const { BM, BN, BK, TM, TN } = tile;
    for (const size of [BM, BN, BK, TM, TN]) expect(Math.log2(size) % 1).toBe(0);
    expect(threadsOf(tile)).toBeLessThanOrEqual(256);
    expect(4 * BK * (BM + BN)).toBeLessThanOrEqual(16384);
  });

  it('has the largest tile where there is enough to do for all', () => {
    expect(cutOf(square(4096), CARD)).toMatchObject({ tile: { BM: 128, BN: 128 }, parts: 1 });
    expect(cutOf(square(1024), CARD)).toMatchObject({ tile: { BM: 64, BN: 64 }, parts: 1 });
  });

  it('has parts of K where there are too few tiles', () => {
    const { parts, depth, tile } = cutOf({ M: 64, N: 64, K: 100_000, batch: 1 }, CARD);
    expect(parts).toBeGreaterThan(32);
    expect(depth % tile.BK).toBe(0);
    expect(parts).toBe(Math.ceil(100_000 / depth));
  });

  it('has tiles as thin as the product', () => {
    expect(cutOf({ M: 4096, N: 8, K: 1024, batch: 1 }, CARD).tile).toMatchObject({ BM: 64, BN: 16 });
    expect(cutOf({ M: 8, N: 1024, K: 4096, batch: 1 }, CARD).tile).toMatchObject({ BM: 16, BN: 64 });
  });

  it('keeps fewer sums in the registers of Intel, and the least for software', () => {
    const sums = (capabilities: typeof CARD) => {
      const { TM, TN } = cutOf(square(4096), capabilities).tile;
      return TM * TN;
    };
    expect(sums({ ...CARD, isIntel: true })).toBe(32);
    expect(sums(software())).toBe(16);
  });

  it('is the one that was asked for, or says how to ask', () => {
    const tile = { BM: 64, BN: 32, BK: 8, TM: 8, TN: 4 };
    expect(cutOf(square(64), { ...CARD, cut: '64x32x8/8x4@2' })).toEqual({ tile, parts: 2, depth: 32 });
    expect(() => cutOf(square(64), { ...CARD, cut: 'large' })).toThrow(
      'matmul: a tile of the GPU is named like 128x128x16/8x8@1, got "large"',
    );
  });
});

describe('the plan of a product', () => {
  it('is empty for one that is not worth a kernel of its own', () => {
    expect(planMatmul(dimsOf(square(32)), CARD)).toEqual([]);
    expect(planMatmul(dimsOf({ ...square(32), batch: 2 }), CARD)).toHaveLength(1);
    expect(planMatmul(dimsOf({ ...square(32), K: 33 }), CARD)).toHaveLength(1);
  });

  it('has the same key only for the same code', () => {
    const texts = new Map<string, string>();
    const sizes = [square(64), square(68), square(65), square(2048), { ...square(64), batch: 3 }];
    for (const each of sizes) {
      for (const { key, code } of planMatmul(dimsOf(each), CARD)) {
        expect(texts.get(key) ?? code()).toBe(code());
        texts.set(key, code());
      }
    }
    expect(texts.size).toBe(new Set(texts.values()).size);
    expect(planMatmul(dimsOf(square(64)), CARD)[0]!.key).toBe(planMatmul(dimsOf(square(68)), CARD)[0]!.key);
  });
});
