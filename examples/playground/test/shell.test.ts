// The playground's shell: tabs, colours, security policy, what the first page weighs, and life without a network.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FOLDER, inChromium, type Playground, seriousFaults, startPlayground } from './playground.js';

const TABS = ['autograd', 'lora', 'speed'];

inChromium('the playground in Chromium', () => {
  let playground: Playground;

  beforeAll(async () => {
    playground = await startPlayground();
  });

  afterAll(async () => {
    await playground?.close();
  });

  for (const tab of TABS) {
    it(`shows the tab of the address #${tab}, and no other`, async () => {
      const page = await playground.open(tab);
      expect(await page.getAttribute(`#tab-${tab}`, 'aria-selected')).toBe('true');
      expect(await page.locator('[role=tabpanel]:visible').count()).toBe(1);
      await page.context().close();
    });
  }

  it('moves between tabs by arrow keys, Home and End, and keeps the focus on them', async () => {
    const page = await playground.open('autograd');
    await page.focus('#tab-autograd');
    const visited: (string | undefined)[] = [];
    for (const key of ['ArrowRight', 'End', 'ArrowRight', 'ArrowLeft', 'Home']) {
      await page.keyboard.press(key);
      visited.push(await page.evaluate(() => document.activeElement?.id));
      await page.waitForSelector(`#${visited.at(-1)}[aria-selected=true]`);
    }
    expect(visited).toEqual(['tab-lora', 'tab-speed', 'tab-autograd', 'tab-speed', 'tab-autograd']);
    expect(await page.locator('[role=tab][tabindex="0"]').count()).toBe(1);
    await page.context().close();
  });

  it('shares memory with its workers', async () => {
    const page = await playground.open('autograd');
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    await page.context().close();
  });

  it('has the colours of the system until others are chosen, which it remembers', async () => {
    const page = await playground.open('autograd', { colorScheme: 'dark' });
    const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const dark = await paper();
    await page.click('text=☀');
    const light = await paper();
    expect(light).not.toBe(dark);
    await page.reload();
    await page.waitForSelector('text=☾');
    expect(await paper()).toBe(light);
    await page.context().close();
  });

  it('runs no script that is put into the page', async () => {
    const page = await playground.open('autograd');
    const complaints: string[] = [];
    page.removeAllListeners('console');
    page.on('console', (message) => complaints.push(message.text()));
    const ran = await page.evaluate(async () => {
      const script = document.createElement('script');
      script.textContent = 'globalThis.ran = true';
      const holder = document.createElement('div');
      holder.innerHTML = '<img src="x:" onerror="globalThis.ran = true">';
      document.body.append(script, holder);
      await new Promise((resolve) => setTimeout(resolve, 100));
      return 'ran' in globalThis;
    });
    expect(ran).toBe(false);
    expect(complaints.join()).toMatch(/Content Security Policy/);
    await page.context().close();
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`has no serious fault of accessibility in ${colorScheme} colours`, async () => {
      const page = await playground.open('autograd', { colorScheme });
      expect(await seriousFaults(page)).toEqual([]);
      await page.context().close();
    });
  }

  for (const tab of TABS) {
    it(`fits a phone in ${tab}`, async () => {
      const page = await playground.open(tab, { viewport: { width: 360, height: 740 } });
      const [content, width] = await page.evaluate(() => [
        document.documentElement.scrollWidth,
        document.documentElement.clientWidth,
      ]);
      expect(content).toBeLessThanOrEqual(width as number);
      await page.context().close();
    });
  }

  it('is sent in less than 400 KB, as servers compress it', async () => {
    const page = await playground.open('autograd');
    await page.waitForLoadState('networkidle');
    const names = await page.evaluate(() =>
      [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].map(
        ({ name }) => new URL(name).pathname,
      ),
    );
    const sizes = names.map((name) =>
      gzipSync(readFileSync(join(FOLDER, name === '/' ? 'index.html' : name))).length,
    );
    expect(sizes.length).toBeGreaterThan(2);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(400 * 1024);
    await page.context().close();
  });

  it('opens without a network once it was open', async () => {
    const page = await playground.open('autograd');
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.context().setOffline(true);
    await page.reload();
    await page.waitForSelector('#panel-autograd > *');
    for (const tab of TABS) {
      await page.click(`#tab-${tab}`);
      await page.waitForSelector(`#panel-${tab} > *:not(.muted)`);
    }
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    await page.context().close();
  });

  it('complains of nothing', () => {
    expect(playground.complaints).toEqual([]);
  });
});

describe('the built playground', () => {
  const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' });

  it('has a content security policy in its page', () => {
    const page = readFileSync(join(FOLDER, 'index.html'), 'utf8');
    expect(page).toMatch(/http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self' /);
    expect(page).not.toMatch(/%[A-Z_]+%|'unsafe-/);
  });

  it('refers to its files by relative addresses, so that any folder of a server can hold it', () => {
    const page = readFileSync(join(FOLDER, 'index.html'), 'utf8');
    expect([...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address?.slice(0, 2))).toEqual(
      Array.from({ length: 3 }, () => './'),
    );
  });

  it('keeps each of its files for use without a network', () => {
    const worker = readFileSync(join(FOLDER, 'sw.js'), 'utf8');
    const kept = files.filter((file) => /\.\w+$/.test(file) && !['sw.js', 'headers.json'].includes(file));
    expect(kept.filter((file) => !worker.includes(JSON.stringify(file)))).toEqual([]);
  });
});
