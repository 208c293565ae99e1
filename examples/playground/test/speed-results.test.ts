/** What the tab Speed makes of measured times, and of what a browser says of itself. */
import { describe, expect, it } from '@jest/globals';
import { CONTESTANTS } from '../src/speed/contestants.js';
import { naiveMatmul } from '../src/speed/naive-matmul.js';
import { offersOf } from '../src/speed/offers.js';
import { distance, median, resultsOf, type Standing } from '../src/speed/results.js';
import { isWithin, MATMULS, STEPS, titleOf } from '../src/speed/workload.js';

const standing = (i: number, times: readonly number[], state: Standing['state'] = 'racing'): Standing => {
  return { contestant: CONTESTANTS[i], state, note: 'note', times };
};

describe('the results of a race', () => {
  it('are medians, and medians of the ratios within rounds', () => {
    const [loops, wasm] = resultsOf([standing(0, [100, 400, 90]), standing(1, [10, 20, 30])], {
      kind: 'matmul',
      size: 100,
    });
    expect(loops).toMatchObject({ milliseconds: 100, speedUp: 1, gigaflops: 0.02 });
    // 10, 20 and 3 times as fast; the ratio of the medians would be 5.
    expect(wasm).toMatchObject({ milliseconds: 20, speedUp: 10, gigaflops: 0.1 });
  });

  it('compare with the first who takes part', () => {
    const results = resultsOf([standing(0, [], 'out'), standing(1, [30]), standing(2, [10])], {
      kind: 'step',
      batch: 8,
    });
    expect(results.map(({ speedUp }) => speedUp)).toEqual([null, 1, 3]);
    expect(results[0]).toMatchObject({ isOut: true, milliseconds: null, gigaflops: null });
  });

  it('are there in the middle of a round', () => {
    const results = resultsOf([standing(0, [8, 6]), standing(1, [4])], { kind: 'step', batch: 8 });
    expect(results.map(({ speedUp }) => speedUp)).toEqual([1, 2]);
  });
});

describe('the median', () => {
  it('is the middle value, or the mean of the two in the middle', () => {
    expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([])]).toEqual([2, 2.5, null]);
  });
});

describe('the distance of two results', () => {
  it('is the largest difference, relative to the largest number', () => {
    expect(distance([1, -4, 0], [1, -4, 0.4])).toBeCloseTo(0.1);
    expect(distance([0, 0], [0, 0])).toBe(0);
  });

  it('is infinite where the lengths differ, and no number where one is none', () => {
    expect(distance([1], [1, 2])).toBe(Number.POSITIVE_INFINITY);
    expect(distance([1], [Number.NaN]) <= 1).toBe(false);
  });
});

describe('a workload', () => {
  it('is within limits or not, by its kind', () => {
    const limits = { matmul: 512, step: 8 };
    expect(
      MATMULS.filter((each) => isWithin(each, limits))
        .map(titleOf)
        .at(-1),
    ).toBe('Matrix product, 512 × 512');
    expect(STEPS.filter((each) => isWithin(each, limits)).map(titleOf)).toEqual(['Training step, 8 images']);
  });
});

describe('the product by three loops', () => {
  it('is the product', () => {
    const product = naiveMatmul(Float32Array.of(1, 2, 3, 4), Float32Array.of(5, 6, 7, 8), 2);
    expect(Array.from(product)).toEqual([19, 22, 43, 50]);
  });
});

describe('what a browser offers', () => {
  const cpu = { backend: 'wasm', simd: 'plain', wide: false, tile: '4x8', block: null, threads: 1 } as const;

  it('says of all that is missing why', () => {
    const reasons = { relaxed: 'no relaxed SIMD', threads: 'one core', wide: 'not in a page' };
    const offers = offersOf({ ...cpu, reasons }, { isThere: false, reason: 'no adapter' }, false);
    const missing = offers.filter(({ isThere }) => !isThere).map(({ detail }) => detail);
    expect(missing).toEqual([
      'no relaxed SIMD',
      'one core',
      expect.stringMatching(/two headers/),
      'not in a page',
      'no adapter',
    ]);
  });

  it('says what is there', () => {
    const offers = offersOf({ ...cpu, threads: 4, reasons: {} }, { isThere: true, adapter: 'a card' }, true);
    const there = offers.filter(({ isThere }) => isThere).map(({ name, detail }) => [name, detail]);
    expect(there).toEqual([
      ['WebAssembly SIMD', '128-bit vectors'],
      ['Threads', '4 at once'],
      ['Cross-origin isolation', 'workers may share memory'],
      ['WebGPU', 'a card'],
    ]);
  });
});
