// The tab Speed in Chromium: contestants race, what is missing says why, and a race can be cancelled.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { inChromium } from '../../../tools/testing/chromium.js';
import { type Playground, seriousFaults, startPlayground } from './playground.js';

inChromium('the tab Speed in Chromium', () => {
  let playground: Playground;

  beforeAll(async () => {
    playground = await startPlayground();
  });

  afterAll(async () => {
    await playground?.close();
  });

  const panel = (page: Page) => page.locator('#panel-speed');
  const choose = (page: Page, workload: string) =>
    panel(page).locator('select').selectOption({ label: workload });
  const start = (page: Page) => panel(page).getByRole('button', { name: 'Start' }).click();
  const isOver = (page: Page) =>
    panel(page).getByText('The race is over').waitFor({ state: 'attached', timeout: 55_000 });

  /** Notes and cells of the table. */
  async function rowsOf(page: Page): Promise<{ note: string; cells: string[] }[]> {
    const table = panel(page).locator('.speed-results tbody');
    const notes = await table.locator('.note').allTextContents();
    const rows = await table.locator('tr:not(.note)').all();
    return Promise.all(
      rows.map(async (row, i) => ({ note: notes[i], cells: await row.locator('td').allTextContents() })),
    );
  }

  it('races over a product, and shows times and ratios of all that can take part, and why others cannot', async () => {
    const page = await playground.open('speed');
    await choose(page, 'Matrix product, 64 × 64');
    await start(page);
    await isOver(page);
    const rows = await rowsOf(page);
    const bars = panel(page).locator('.speed-bars li');
    expect(await bars.locator('span').allTextContents()).toEqual([
      'plain loops',
      'wasm, plain SIMD',
      'wasm, relaxed SIMD',
      'wasm, all threads',
      'GPU',
    ]);
    expect(rows[0]?.cells.at(-1)).toBe('1×');
    expect(rows[1]?.note).toMatch(/^plain SIMD, tile \d+x\d+, 1 thread; [\d.]+ GFLOPS$/);
    for (const { cells, note } of rows) {
      if (note.startsWith('Not here: ')) expect([cells, note.length > 15]).toEqual([['–', '–'], true]);
      else for (const cell of cells) expect(Number.parseFloat(cell)).toBeGreaterThan(0);
    }
    expect(await bars.locator('strong').allTextContents()).toEqual(rows.map(({ cells }) => cells.at(-1)));
    await page.context().close();
  });

  it('races over a training step', async () => {
    const page = await playground.open('speed');
    await choose(page, 'Training step, 8 images');
    await start(page);
    await isOver(page);
    const rows = await rowsOf(page);
    for (const { cells, note } of rows.slice(0, 2)) {
      expect(note).not.toMatch(/Not here/);
      expect(cells[0]).toMatch(/^[\d.]+ ms$/);
    }
    await page.context().close();
  });

  it('cancels, and can start again', async () => {
    const page = await playground.open('speed');
    for (const _ of ['once', 'again']) {
      await start(page);
      await panel(page)
        .getByRole('button', { name: /^Cancel/ })
        .click();
      await panel(page).getByText('The race was cancelled').waitFor({ state: 'attached' });
      expect(await panel(page).locator('progress').count()).toBe(0);
      expect(await panel(page).getByRole('alert').count()).toBe(0);
    }
    await page.context().close();
  });

  it('shows what the browser offers, and why something is missing', async () => {
    const page = await playground.open('speed');
    const offers = panel(page).locator('.speed-offers > div');
    await offers.first().waitFor();
    const names = await offers.locator('dt').allTextContents();
    const details = await offers.locator('dd').allTextContents();
    const found = new Map(names.map((name, i) => [name, details[i]]));
    expect([...found.keys()]).toEqual([
      'WebAssembly SIMD',
      'Relaxed SIMD',
      'Threads',
      'Cross-origin isolation',
      'Wide pass of V8',
      'WebGPU',
    ]);
    expect(found.get('WebAssembly SIMD')).toBe('✓yes: 128-bit vectors');
    expect(found.get('Cross-origin isolation')).toBe('✓yes: workers may share memory');
    expect(found.get('Wide pass of V8')).toBe('✗no: a page cannot switch it on');
    for (const text of found.values()) expect(text).toMatch(/^(✓yes|✗no): \S/);
    await page.context().close();
  });

  it('has no serious fault of accessibility, light and wide as well as dark and narrow, and fits', async () => {
    const page = await playground.open('speed', {
      colorScheme: 'light',
      viewport: { width: 1280, height: 800 },
    });
    await choose(page, 'Matrix product, 64 × 64');
    await start(page);
    await isOver(page);
    await panel(page).locator('.speed-offers').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.setViewportSize({ width: 360, height: 800 });
    expect(await seriousFaults(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    await page.context().close();
  });

  it('complains of nothing', () => {
    expect(playground.complaints).toEqual([]);
  });
});
