// The playground's shell: tabs, colours, security policy, what the first page weighs, and life without a network or headers.
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { seriousFaults } from '../../../tools/testing/accessibility.js';
import { inChromium } from '../../../tools/testing/chromium.js';
import { FOLDER, type Playground, setColours, startPlayground, widthAt } from './playground.js';

const TABS = ['autograd', 'lora', 'speed'];

inChromium('the playground in Chromium', () => {
  let playground: Playground;
  let page: Page;

  beforeAll(async () => {
    playground = await startPlayground();
    page = await playground.open('speed');
  });

  afterAll(async () => {
    await playground?.close();
  });

  /** The address of a file that the page loaded, `/` included, is its path here. */
  const loaded = (page: Page) =>
    page.evaluate(() =>
      [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].map(
        ({ name }) => new URL(name).pathname,
      ),
    );

  it('shows the tab that the address names, and no other', async () => {
    expect(await page.locator('[role=tabpanel]:visible').getAttribute('id')).toBe('panel-speed');
    expect(await page.locator('[role=tab][aria-selected=true]').getAttribute('id')).toBe('tab-speed');
  });

  it('moves between tabs by arrow keys, Home and End, and keeps the focus on them', async () => {
    await page.focus('#tab-speed');
    const visited: (string | undefined)[] = [];
    for (const key of ['ArrowRight', 'End', 'ArrowRight', 'ArrowLeft', 'Home']) {
      await page.keyboard.press(key);
      visited.push(await page.evaluate(() => document.activeElement?.id));
      await page.waitForSelector(`#${visited.at(-1)}[aria-selected=true]`);
    }
    expect(visited).toEqual(['tab-autograd', 'tab-speed', 'tab-autograd', 'tab-speed', 'tab-autograd']);
    expect(await page.locator('[role=tab][tabindex="0"]').count()).toBe(1);
  });

  it('keeps a tab as it is while another one is looked at', async () => {
    await page.selectOption('.examples', '02-paths-meet');
    await page.click('#tab-lora');
    await page.waitForSelector('#panel-lora > *:not(.loading)');
    await page.click('#tab-autograd');
    expect(await page.inputValue('.examples')).toBe('02-paths-meet');
  });

  it('shares memory with its workers', async () => {
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`has no serious fault of accessibility in ${colorScheme} colours, in any tab`, async () => {
      await setColours(page, colorScheme);
      await page.click('#tab-autograd');
      await page.frameLocator('.graph-frame').locator('g.box').first().waitFor();
      for (const tab of TABS) {
        await page.click(`#tab-${tab}`);
        await page.waitForSelector(`#panel-${tab} > *:not(.loading)`);
        expect([tab, await seriousFaults(page)]).toEqual([tab, []]);
      }
    });
  }

  it('fits a phone in each tab', async () => {
    for (const tab of TABS) {
      await page.click(`#tab-${tab}`);
      expect([tab, await widthAt(page, 360)]).toEqual([tab, 360]);
    }
  });

  it('has the colours of the system until others are chosen, which it remembers', async () => {
    await setColours(page, 'dark');
    const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const dark = await paper();
    await page.click('text=☀');
    const light = await paper();
    expect(light).not.toBe(dark);
    await page.reload();
    await page.waitForSelector('text=☾');
    expect(await paper()).toBe(light);
  });

  it('is sent in less than 400 KB, as servers compress it; the editor and the layout of graphs when they are used', async () => {
    const page = await playground.open('autograd');
    await page.waitForLoadState('networkidle');
    const files = (await loaded(page)).map((path) => (path === '/' ? 'index.html' : path));
    const sizes = files.map((file) => gzipSync(readFileSync(join(FOLDER, file))).length);
    expect(files).toEqual(expect.arrayContaining(['index.html', expect.stringMatching(/\.js$/)]));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(400 * 1024);
    expect(files).not.toContainEqual(expect.stringMatching(/code-mirror|viz/));
    await page.hover('.editor');
    await page.waitForSelector('.CodeMirror');
    expect(await loaded(page)).toContainEqual(expect.stringMatching(/code-mirror/));
    await page.context().close();
  });

  describe('without a network, once the page was open,', () => {
    let page: Page;

    beforeAll(async () => {
      page = await playground.open('autograd', { serviceWorkers: 'allow' });
      await page.evaluate(() => navigator.serviceWorker.ready);
      await page.context().setOffline(true);
      await page.reload();
    });

    afterAll(async () => {
      await page?.context().close();
    });

    it('opens each tab', async () => {
      for (const tab of TABS) {
        await page.click(`#tab-${tab}`);
        await page.waitForSelector(`#panel-${tab} > *:not(.loading, .problem)`);
      }
      expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    });

    it('runs programs, and opens the modules in their graphs', async () => {
      await page.click('#tab-autograd');
      await page.selectOption('.examples', '05-two-layer-net');
      const graph = page.frameLocator('.graph-frame');
      await graph.locator('g.box').first().waitFor();
      const folded = await graph.locator('g.box').count();
      await graph.locator('#open-all').click();
      await graph.locator('g.frame').first().waitFor();
      expect(await graph.locator('g.box').count()).toBeGreaterThan(folded);
    });

    it('reads digits', async () => {
      await page.click('#tab-lora');
      await page.waitForSelector('.lora-sizes');
      await page.focus('#lora-pad');
      for (const key of ['Space', ...new Array(12).fill('ArrowDown'), 'Space'])
        await page.keyboard.press(key);
      await page.waitForSelector('.lora-verdict strong:text-is("1")');
    });
  });

  it('runs on one thread, and says so, where a server sends no headers', async () => {
    const types: Record<string, string> = {
      '.html': 'text/html',
      '.js': 'text/javascript',
      '.css': 'text/css',
    };
    const server = createServer(({ url = '/' }, response) => {
      const file = url === '/some/folder/' ? 'index.html' : url.replace('/some/folder/', '');
      response.setHeader('Content-Type', types[extname(file)] ?? 'application/octet-stream');
      response.end(readFileSync(join(FOLDER, file)));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const context = await playground.browser.newContext({ serviceWorkers: 'block' });
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/some/folder/#autograd`);
    await page.waitForSelector('footer:has-text("One thread")');
    await page.selectOption('.examples', '06-attention');
    await page.frameLocator('.graph-frame').locator('g.box').first().waitFor();
    await context.close();
    server.close();
    server.closeAllConnections();
  });

  it('complains of nothing', () => {
    expect(playground.complaints).toEqual([]);
  });

  it('runs no script that is put into the page', async () => {
    const page = await playground.open('autograd');
    const refused = page.waitForEvent('console', (message) => /Content Security Policy/.test(message.text()));
    const ran = await page.evaluate(async () => {
      const script = document.createElement('script');
      script.textContent = 'globalThis.ran = true';
      const holder = document.createElement('div');
      holder.innerHTML = '<img src="data:" onerror="globalThis.ran = true">';
      const failed = new Promise((resolve) => holder.firstChild?.addEventListener('error', resolve));
      document.body.append(script, holder);
      await failed;
      return 'ran' in globalThis;
    });
    expect(ran).toBe(false);
    await refused;
    await page.context().close();
  });
});

describe('the built playground', () => {
  const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' });
  const page = readFileSync(join(FOLDER, 'index.html'), 'utf8');

  it('has a content security policy in its page, which allows no script but its own', () => {
    const [, policy = ''] = /http-equiv="Content-Security-Policy" content="(.*?)"/.exec(page) ?? [];
    expect(policy).toMatch(
      /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval' ('sha256-[\w+/=]+' ?)+; /,
    );
    expect(policy).not.toMatch(/'unsafe-|\*|https?:/);
  });

  it('has no script and no style that is not in a file', () => {
    expect(page).not.toMatch(/<script(?![^>]* src=)|<style| style=| on\w+=/);
  });

  it('refers to its files by relative addresses, so that any folder of a server can hold it', () => {
    const addresses = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address);
    expect(addresses.length).toBeGreaterThan(0);
    for (const address of addresses) expect(address).toMatch(/^\.\//);
  });

  it('keeps each of its files for use without a network', () => {
    const worker = readFileSync(join(FOLDER, 'sw.js'), 'utf8');
    const kept = files.filter((file) => extname(file) !== '' && !['sw.js', 'headers.json'].includes(file));
    expect(kept.length).toBeGreaterThan(5);
    expect(kept.filter((file) => !worker.includes(JSON.stringify(file)))).toEqual([]);
  });
});
