// The page trains in a worker, on WebGPU and on WebGL 2, to the losses that the CPU finds.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { inChromium } from '../../../tools/testing/chromium.js';
import { type BuiltPage, startBuiltPage } from './built-page.js';

/** A step of a software GPU takes long, and on WebGL 2 seconds. */
const STEPS = { WebGPU: 20, 'WebGL 2': 6 } as const;

const BATCH = 2;

/** For runs in software beside other tests; whether they hang is for the runner to say. */
const PATIENCE = 240_000;

/** A random network says each of ten digits with the same probability. */
const LOSS_AT_START = Math.log(10);

/** Sets the form, and presses Start. */
async function start(page: Page, device: string, steps: number, batchSize = BATCH): Promise<void> {
  await page.getByRole('radio', { name: device }).check();
  await page.getByLabel('Images per step').fill(String(batchSize));
  await page.getByLabel('Steps', { exact: true }).fill(String(steps));
  await page.getByRole('button', { name: 'Start' }).click();
}

const statusMatches = (page: Page, pattern: RegExp): Promise<unknown> =>
  page.waitForFunction(
    (source) => new RegExp(source).test(document.querySelector('#status')?.textContent ?? ''),
    pattern.source,
  );

/** The losses of all steps, as the page lists them. */
async function losses(page: Page): Promise<number[]> {
  const log = await page.locator('#log').inputValue();
  return log
    .trim()
    .split('\n')
    .map((line) => Number(line.split(' ')[1]));
}

async function train(page: Page, device: string, steps: number, batchSize?: number): Promise<number[]> {
  await start(page, device, steps, batchSize);
  await statusMatches(page, /^(Done|It failed)/);
  expect(await page.locator('#status').textContent()).toContain(`Done: ${steps} steps`);
  return losses(page);
}

inChromium('the page that trains on the GPU', () => {
  let built: BuiltPage;
  /** Each start is one of its own, in a new worker. */
  let page: Page;
  let onCpu: number[];

  beforeAll(async () => {
    built = await startBuiltPage();
    page = await built.open();
    onCpu = await train(page, 'CPU', STEPS.WebGPU);
  }, PATIENCE);

  afterAll(async () => {
    await built?.close();
  });

  /** The losses are those of the CPU, and the page says what computed them. */
  async function expectAsOnCpu(found: readonly number[]): Promise<void> {
    const differences = found.map((loss, i) => Math.abs(loss - (onCpu[i] as number)));
    expect(Math.max(...differences)).toBeLessThan(1e-3);
    expect(await page.locator('#adapter').textContent()).toMatch(/\w{3}/);
    expect(Number.parseFloat((await page.locator('#memory').textContent()) ?? '')).toBeGreaterThan(0.4);
  }

  it(
    'starts at the loss of a guess, and learns',
    async () => {
      const found = await train(page, 'CPU', 60, 16);
      expect(found).toHaveLength(60);
      expect(Math.abs((found[0] as number) - LOSS_AT_START)).toBeLessThan(0.2);
      expect(found.at(-1)).toBeLessThan(LOSS_AT_START / 2);
    },
    PATIENCE,
  );

  it(
    'trains on WebGPU to the losses of the CPU, and names the adapter',
    async () => {
      const found = await train(page, 'WebGPU', STEPS.WebGPU);
      expect(found).toHaveLength(STEPS.WebGPU);
      await expectAsOnCpu(found);
    },
    PATIENCE,
  );

  it(
    'does so on WebGL 2, where it is stopped in the middle; and can be started again',
    async () => {
      await start(page, 'WebGL 2', 100_000);
      await page.waitForFunction(
        (steps) => Number(document.querySelector('#step')?.textContent) >= steps,
        STEPS['WebGL 2'],
      );
      expect(page.workers()).toHaveLength(1);
      await page.getByRole('button', { name: 'Stop' }).click();
      await statusMatches(page, /^Stopped/);
      expect(page.workers()).toHaveLength(0);
      const found = await losses(page);
      expect(found.length).toBeGreaterThanOrEqual(STEPS['WebGL 2']);
      await expectAsOnCpu(found.slice(0, STEPS['WebGL 2']));
      await start(page, 'CPU', 3);
      await statusMatches(page, /^Done: 3 steps/);
      expect(await losses(page)).toEqual(onCpu.slice(0, 3));
    },
    PATIENCE,
  );

  it('complains of nothing', () => {
    expect(built.complaints).toEqual([]);
  });
});
