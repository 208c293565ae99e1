// The page trains in a worker, on WebGPU and on WebGL 2, to the losses that the CPU finds.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { inChromium } from '../../../tools/testing/chromium.js';
import { type BuiltPage, startBuiltPage } from './built-page.js';

/** On WebGL 2 a step of a software GPU takes seconds. */
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
  let onCpu: number[];

  beforeAll(async () => {
    built = await startBuiltPage();
    onCpu = await train(await built.open(), 'CPU', STEPS.WebGPU);
  }, PATIENCE);

  afterAll(async () => {
    await built?.close();
  });

  it(
    'starts at the loss of a guess, and learns',
    async () => {
      const found = await train(await built.open(), 'CPU', 60, 16);
      expect(found).toHaveLength(60);
      expect(Math.abs((found[0] as number) - LOSS_AT_START)).toBeLessThan(0.2);
      expect(found.at(-1)).toBeLessThan(LOSS_AT_START / 2);
    },
    PATIENCE,
  );

  it.each(Object.entries(STEPS))(
    'trains on %s to the losses of the CPU, and names the adapter',
    async (device, steps) => {
      const page = await built.open();
      const found = await train(page, device, steps);
      const differences = found.map((loss, i) => Math.abs(loss - (onCpu[i] as number)));
      expect(differences).toHaveLength(steps);
      expect(Math.max(...differences)).toBeLessThan(1e-3);
      expect(await page.locator('#adapter').textContent()).toMatch(/\w{3}/);
      expect(Number.parseFloat((await page.locator('#memory').textContent()) ?? '')).toBeGreaterThan(0.4);
    },
    PATIENCE,
  );

  it(
    'can be stopped in the middle, and started again',
    async () => {
      const page = await built.open();
      await start(page, 'WebGL 2', 100_000);
      await page.waitForFunction(() => Number(document.querySelector('#step')?.textContent) >= 2);
      expect(page.workers()).toHaveLength(1);
      await page.getByRole('button', { name: 'Stop' }).click();
      await statusMatches(page, /^Stopped/);
      expect(page.workers()).toHaveLength(0);
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
