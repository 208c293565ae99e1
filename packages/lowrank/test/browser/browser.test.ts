// lowrank in a real browser: its kernels, its threads, and why there are none where there are none.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import * as inNode from 'lowrank';
import type { Page } from 'playwright-core';
import { inChromium } from '../../../../tools/testing/chromium.js';
import { type Pages, startPages } from './page.js';

declare const lowrank: typeof inNode;

inChromium('a page in Chromium', () => {
  let pages: Pages;
  /** An isolated page, for all tests that want one. */
  let page: Page;

  beforeAll(async () => {
    pages = await startPages();
    page = await pages.open('/');
  });

  afterAll(async () => {
    await pages?.close();
  });

  it('has the kernels with fused multiply-add, and as many threads as were asked for, where it is isolated', async () => {
    const info = await page.evaluate(() => {
      lowrank.setNumThreads(2);
      return lowrank.cpuInfo();
    });
    expect(info).toMatchObject({ backend: 'wasm', simd: 'relaxed', wide: false, threads: 2 });
    expect(info.reasons).toMatchObject({ wide: expect.any(String) });
  });

  it('has one thread where it is not, and says which headers are missing', async () => {
    const page = await pages.open('/common');
    const info = await page.evaluate(() => {
      lowrank.setNumThreads(2);
      return lowrank.cpuInfo();
    });
    expect(info.threads).toBe(1);
    expect(info.reasons.threads).toMatch(/Cross-Origin-Opener-Policy and Cross-Origin-Embedder-Policy/);
  });

  it('computes the same bits with a worker as without, and the worker takes part', async () => {
    const worker = page.waitForEvent('worker');
    const differences = await page.evaluate(async () => {
      const { Generator, matmul, randn, setNumThreads } = lowrank;
      const generator = new Generator(3);
      const [a, b] = [randn([384, 65], { generator }), randn([65, 513], { generator })];
      setNumThreads(1);
      const alone = matmul(a, b).dataSync();
      setNumThreads(2);
      let differences = 0;
      for (let i = 0; i < 50; i++) {
        const together = matmul(a, b).dataSync();
        differences += together.filter((value, k) => value !== alone[k]).length;
        // A worker is only there once the page had time to start it.
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      return differences;
    });
    await worker;
    expect(page.workers()).toHaveLength(1);
    expect(differences).toBe(0);
  });

  it('trains to the losses that Node computes', async () => {
    const train = (library: typeof inNode) => {
      const { Conv2d, crossEntropy, Flatten, Linear, manualSeed, randint, randn, ReLU, Sequential, SGD } =
        library;
      manualSeed(7);
      const model = new Sequential(
        new Conv2d(1, 4, 3, { stride: 2 }),
        new ReLU(),
        new Flatten(),
        new Linear(64, 3),
      );
      const [x, y] = [randn([8, 1, 9, 9]), randint([8], 0, 3)];
      const optimizer = new SGD(model.parameters(), { lr: 0.1 });
      return Array.from({ length: 10 }, () => {
        optimizer.zeroGrad();
        const loss = crossEntropy(model.forward(x), y);
        loss.backward();
        optimizer.step();
        return loss.item();
      });
    };
    const losses = (await page.evaluate(`(${train})(lowrank)`)) as number[];
    const expected = train(inNode);
    expect(losses.length).toBe(10);
    for (const [i, loss] of losses.entries()) expect(loss).toBeCloseTo(expected[i] as number, 5);
  });

  it('complains of nothing', () => {
    expect(pages.complaints).toEqual([]);
  });
});
