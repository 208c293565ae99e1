// The viewer's page in a real browser, opened from a file: it steps, folds, listens to keys, and shows the engine's numbers.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type * as library from 'lowrank';
import { backwardSteps, named, type RuleStep, type Tensor, tensor, toHtml, traceCalls } from 'lowrank';
import type { Page } from 'playwright-core';
import { seriousFaults } from '../../../../tools/testing/accessibility.js';
import { inChromium } from '../../../../tools/testing/chromium.js';
import { type Pages, startPages } from '../browser/page.js';
import { anomaly, HOSTILE, network, small } from './samples.js';

declare const lowrank: typeof library;

inChromium('the viewer in Chromium', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lowrank-viewer-'));
  const complaints: string[] = [];
  let pages: Pages;
  /** One page, which opens file after file. */
  let page: Page;
  let pageOfNetwork: string;

  beforeAll(async () => {
    pageOfNetwork = await toHtml(network().output);
    pages = await startPages();
    page = await pages.browser.newPage();
    page.setDefaultTimeout(0);
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
  });

  afterAll(async () => {
    await pages?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(html: string): Promise<void> {
    const file = join(folder, 'graph.html');
    writeFileSync(file, html);
    await page.goto(pathToFileURL(file).href);
    await page.waitForSelector('g.box');
  }

  const position = () => page.textContent('#position');
  const box = (title: string) =>
    page.locator('g.box', { has: page.locator(`text.title:text-is("${title}")`) });

  /** The numbers in the table of a leaf, row by row. */
  function numbersOf(leaf: string): Promise<number[]> {
    const cells = page
      .locator('.leaves tr', { has: page.locator(`th:text-is("${leaf}")`) })
      .locator('td[data-value]');
    return cells.evaluateAll((all) => all.map((cell) => Number(cell.getAttribute('data-value'))));
  }

  function gradientsOf(output: Tensor, leaves: Readonly<Record<string, Tensor>>): [string, number[]][] {
    output.backward(undefined, { retainGraph: true });
    return Object.entries(leaves).map(([name, leaf]) => [name, Array.from((leaf.grad as Tensor).dataSync())]);
  }

  it('shows on the leaves, at the end of the slider, what backward leaves in grad', async () => {
    const { output, leaves } = small();
    await open(await toHtml(output));
    await page.locator('#slider').fill('6');
    expect(await position()).toBe('6 of 6: w');
    for (const [name, expected] of gradientsOf(output, leaves))
      expect(await numbersOf(name)).toEqual(expected);
  });

  it('does so for a network, whose large gradients have their norm', async () => {
    const { output, leaves } = network();
    await open(await toHtml(output));
    await page.click('#last');
    for (const [name, expected] of gradientsOf(output, leaves)) {
      if (expected.length <= 64) {
        const shown = await numbersOf(name);
        expect(shown.map(Math.fround)).toEqual(expected);
      } else {
        const row = page.locator('.leaves tr', { has: page.locator(`th:text-is("${name}")`) });
        const norm = Number(await row.locator('.histogram').getAttribute('data-norm'));
        expect(norm).toBeCloseTo(Math.hypot(...expected), 6);
      }
    }
  });

  it('shows how gradients add up where paths meet', async () => {
    await open(await toHtml(small().output));
    const state = () =>
      page
        .locator('.leaves tr', { has: page.locator('th:text-is("x")') })
        .locator('.state')
        .textContent();
    const states: (string | null)[] = [];
    for (let step = 0; step < 6; step++) {
      states.push(await state());
      await page.click('#next');
    }
    expect(states).toEqual(['0 of 2', '0 of 2', '0 of 2', '1 of 2', '2 of 2', '✓ in grad']);
    await page.locator('#slider').fill('4');
    expect(await page.locator('.sum').count()).toBe(1);
  });

  it('shows of each step the node, the rule, and where gradients go', async () => {
    const { output } = small();
    await open(await toHtml(output));
    await page.locator('#slider').fill('4');
    expect(await page.locator('[aria-current="step"] .title').allTextContents()).toEqual(['mul']);
    expect(await page.locator('[aria-current="step"] .badge').textContent()).toBe('◀ now');
    expect(await page.locator('.link.active').count()).toBe(2);
    const step = [...backwardSteps(output)][3] as RuleStep;
    expect(await page.locator('.step .rule').textContent()).toBe(step.rule);
    expect(await page.locator('.step .formula').allTextContents()).toEqual(
      step.outgoing.map(({ formula }) => formula),
    );
    expect(await page.locator('#node').textContent()).toMatch(/samples\.ts:\d+.*traceCalls/);
    expect(await page.locator('g.box.done .title').allTextContents()).toEqual(['add', 'square', 'sum']);
  });

  it('is moved by keys: step, end, and from box to box', async () => {
    await open(pageOfNetwork);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowLeft');
    expect(await position()).toMatch(/^1 of \d+: div$/);
    await page.keyboard.press('End');
    expect(await page.isDisabled('#next')).toBe(true);
    await page.keyboard.press('Home');
    expect(await page.isDisabled('#back')).toBe(true);
    await page.locator('g.box[tabindex="0"]').focus();
    await page.keyboard.press('ArrowDown');
    const focused = async () => {
      const at = page.locator(':focus');
      return [await at.locator('text').first().textContent(), await at.getAttribute('aria-expanded')];
    };
    expect(await focused()).toEqual(['▸ 0', 'false']);
    await page.keyboard.press('Enter');
    await page.waitForSelector('g.frame');
    expect(await focused()).toEqual(['▾ 0 (Linear)', 'true']);
    await page.keyboard.press(' ');
    await page.waitForSelector('g.frame', { state: 'detached' });
    expect(await focused()).toEqual(['▸ 0', 'false']);
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    expect(await page.locator('#node h2').textContent()).toBe('Node x');
  });

  it('opens and folds modules by clicks', async () => {
    await open(pageOfNetwork);
    const titles = () => page.locator('g.box.module .title').allTextContents();
    expect(await titles()).toEqual(['▸ 0', '▸ 1', '▸ 2']);
    await box('▸ 1').click();
    await page.waitForSelector('g.frame');
    expect(await titles()).toEqual(['▸ 0', '▸ 1.0', '▸ 1.1', '▸ 2']);
    await box('▸ 1.1').click();
    await page.waitForFunction("document.querySelectorAll('g.frame').length === 2");
    expect(await box('1.1.weight').count()).toBe(1);
    await page.click('#fold-all');
    await page.waitForFunction("document.querySelectorAll('g.frame').length === 0");
    expect(await titles()).toEqual(['▸ 0', '▸ 1', '▸ 2']);
    await page.click('#open-all');
    await page.waitForFunction("document.querySelectorAll('g.frame').length === 5");
    expect(await titles()).toEqual([]);
  });

  it('begins at the node of an anomaly, and says what was found there', async () => {
    const error = anomaly();
    const { output, gradient } = error;
    await open(await toHtml(output, { gradient, mark: error }));
    expect(await position()).toMatch(/^2 of \d+: sqrt$/);
    expect(await page.locator('g.marked .title').allTextContents()).toEqual(['sqrt']);
    expect(await page.locator('g.marked .badge').textContent()).toBe('◀ now ⚠');
    expect(await page.locator('.step .note').textContent()).toBe(`⚠ ${error.note}`);
    expect(await page.locator('.step .outgoing').textContent()).toContain('∞');
    await page.click('#fold-all');
    await page.waitForSelector('g.frame', { state: 'detached' });
    expect(await page.locator('g.marked .title').allTextContents()).toEqual(['▸ 1']);
    await page.click('#next');
    expect(await page.locator('.note').count()).toBe(0);
  });

  it('shows a graph of 5,000 ops in parts that open', async () => {
    let y: Tensor = tensor([1, 2], { requiresGrad: true });
    for (let i = 0; i < 2500; i++) y = y.mul(0.999).sin();
    await open(await toHtml(y.sum()));
    expect(await page.locator('g.box').count()).toBeLessThan(60);
    await page.click('#last');
    expect(await position()).toMatch(/^5002 of 5002/);
    await page.locator('g.box.module').first().click();
    await page.waitForSelector('g.frame');
    expect(await page.locator('g.box').count()).toBeLessThan(120);
  });

  it('runs nothing that a name brings along', async () => {
    const x = tensor([1], { requiresGrad: true });
    const output = traceCalls(() => named(named(x, HOSTILE).exp(), HOSTILE).sum());
    await open(await toHtml(output, { title: HOSTILE, mark: { node: 1, note: HOSTILE } }));
    expect(await page.locator('.note').textContent()).toBe(`⚠ ${HOSTILE}`);
    await page.click('#last');
    expect(await page.locator('#step h2').textContent()).toContain('</script>');
    expect(await page.evaluate(() => 'hacked' in globalThis)).toBe(false);
    expect(await page.locator('img').count()).toBe(0);
  });

  it('is made in a page as well, by a bundle that was minified', async () => {
    const maker = await pages.open('/');
    const html = await maker.evaluate(() => {
      const x = lowrank.tensor(2, { requiresGrad: true });
      return lowrank.toHtml(lowrank.named(x, 'x').square().add(x));
    });
    await open(html);
    await page.click('#last');
    expect(await numbersOf('x')).toEqual([5]);
    expect(pages.complaints).toEqual([]);
  });

  it.each([
    { colorScheme: 'light', width: 1280 },
    { colorScheme: 'dark', width: 390 },
  ] as const)('has no serious fault of accessibility: %j', async ({ colorScheme, width }) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 800 });
    await open(pageOfNetwork);
    await box('▸ 1').click();
    await page.waitForSelector('g.frame');
    await page.click('#next');
    expect(await seriousFaults(page)).toEqual([]);
    const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
    expect(overflow).toBeLessThanOrEqual(0);
  });

  it('complains of nothing', () => {
    expect(complaints).toEqual([]);
  });
});
