// The tab Speed in Chromium: contestants race, what is missing says why, and a race can be cancelled.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { seriousFaults } from '../../../tools/testing/accessibility.js';
import { inChromium } from '../../../tools/testing/chromium.js';
import { type Playground, setColours, startPlayground, widthAt } from './playground.js';

inChromium('the tab Speed in Chromium', () => {
  let playground: Playground;
  let page: Page;

  beforeAll(async () => {
    playground = await startPlayground();
    page = await playground.open('speed');
  });

  afterAll(async () => {
    await playground?.close();
  });

  const panel = () => page.locator('#panel-speed');
  const choose = (workload: string) => panel().locator('select').selectOption({ label: workload });
  const start = () => panel().getByRole('button', { name: 'Start' }).click();

  async function race(workload: string): Promise<void> {
    await choose(workload);
    await start();
    await panel().getByText('The race is over').waitFor({ state: 'attached' });
  }

  /** Notes and cells of the table. */
  async function rowsOf(): Promise<{ note: string; cells: string[] }[]> {
    const table = panel().locator('.speed-results tbody');
    const notes = await table.locator('.note').allTextContents();
    const rows = await table.locator('tr:not(.note)').all();
    return Promise.all(
      rows.map(async (row, i) => ({ note: notes[i], cells: await row.locator('td').allTextContents() })),
    );
  }

  it('shows what the browser offers, and why something is missing', async () => {
    const offers = panel().locator('.speed-offers > div');
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
  });

  it('races over a product, and shows times and ratios of all that can take part, and why others cannot', async () => {
    await race('Matrix product, 64 × 64');
    const rows = await rowsOf();
    const bars = panel().locator('.speed-bars li');
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
  });

  it('has no serious fault of accessibility, light and wide as well as dark and narrow, and fits', async () => {
    await setColours(page, 'light');
    expect(await seriousFaults(page)).toEqual([]);
    await setColours(page, 'dark');
    expect(await widthAt(page, 360)).toBe(360);
    expect(await seriousFaults(page)).toEqual([]);
  });

  it('races over a training step', async () => {
    await race('Training step, 8 images');
    const rows = await rowsOf();
    for (const { cells, note } of rows.slice(0, 2)) {
      expect(note).not.toMatch(/Not here/);
      expect(cells[0]).toMatch(/^[\d.]+ ms$/);
    }
  });

  it('cancels, and can start again', async () => {
    // Plain loops alone take longer for it than anybody needs to cancel.
    await choose('Matrix product, 512 × 512');
    for (const _ of ['once', 'again']) {
      await start();
      await panel()
        .getByRole('button', { name: /^Cancel/ })
        .click();
      await panel().getByText('The race was cancelled').waitFor({ state: 'attached' });
      expect(await panel().locator('progress').count()).toBe(0);
      expect(await panel().getByRole('alert').count()).toBe(0);
    }
  });

  it('complains of nothing', () => {
    expect(playground.complaints).toEqual([]);
  });
});
