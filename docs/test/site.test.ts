/** The built site: its links, its search without a network, its viewers, and what Chromium and axe-core say of its pages. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { seriousFaults } from '../../tools/testing/accessibility.js';
import { inChromium, launchChromium } from '../../tools/testing/chromium.js';
import { GUIDES } from '../site/navigation.mjs';
import { brokenLinks, readPages, serveSite, whyNot } from './site.js';

/** In milliseconds: a page with viewers takes a while on a busy machine. */
const PATIENCE = 120_000;

const reason = whyNot();
const MATMUL = '/api/tensor/functions/matmul.html';
const guides = Object.values(GUIDES)
  .flat()
  .map((name) => (name === 'index' ? '/' : `/${name}.html`));
const others = ['/api/', '/api/tensor/', MATMUL, '/source/packages/autograd/'];

/** The tests of the built site; without one they are reported as skipped, with the reason. */
function onTheSite(what: string, tests: () => void): void {
  if (reason === '') describe(what, tests);
  else describe.skip(`${what} (${reason})`, tests);
}

onTheSite('the pages of the site', () => {
  let pages: ReturnType<typeof readPages>;

  beforeAll(() => {
    pages = readPages();
  });

  it('link to pages and headings that exist', () => {
    expect(pages.length).toBeGreaterThan(300);
    expect(brokenLinks(pages)).toEqual([]);
  });

  it('are what the sidebar names', () => {
    const paths = new Set(pages.map(({ path }) => path.replace(/\/index\.html$/, '/')));
    expect([...guides, ...others].filter((path) => !paths.has(path))).toEqual([]);
  });

  it('lead from guides to the reference', () => {
    const guide = pages.find(({ path }) => path === '/from-pytorch.html');
    expect(guide?.links).toContain(MATMUL);
  });
});

onTheSite('the site', () => {
  inChromium('in Chromium', () => {
    let complaints: string[] = [];
    let browser: Browser;
    let context: BrowserContext;
    let site: Awaited<ReturnType<typeof serveSite>>;

    beforeAll(async () => {
      site = await serveSite();
      browser = await launchChromium();
      context = await browser.newContext();
      // What the site does not bring along itself is not to be had.
      await context.route(
        (url) => url.origin !== site.origin,
        (route) => {
          complaints.push(`asked for ${route.request().url()}`);
          return route.abort();
        },
      );
    });

    afterAll(async () => {
      await browser?.close();
      await site?.close();
    });

    async function open(path: string): Promise<Page> {
      complaints = [];
      const page = await context.newPage();
      page.on('pageerror', (error) => complaints.push(`${path}: ${error}`));
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) complaints.push(`${path}: ${message.text()}`);
      });
      await page.goto(site.origin + path, { waitUntil: 'load' });
      return page;
    }

    it.each([...guides, ...others])(
      'shows %s without complaints, and axe-core finds no serious fault in light or dark',
      async (path) => {
        const page = await open(path);
        expect(await page.locator('main h1').count()).toBe(1);
        // On the way from light to dark colours are neither.
        await page.addStyleTag({ content: '* { transition: none !important; }' });
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          expect(await seriousFaults(page)).toEqual([]);
        }
        await page.close();
        expect(complaints).toEqual([]);
      },
      PATIENCE,
    );

    it(
      'finds guides and exports by its search, without a network',
      async () => {
        const page = await open('/');
        await page.click('.VPNavBarSearchButton, button:has-text("Search")');
        for (const [words, address] of [
          ['hot swap adapter', '/lora.html'],
          ['matmul', MATMUL],
        ]) {
          await page.fill('#localsearch-input', words);
          await page.locator(`#localsearch-list a[href^="${address}#"]`).first().waitFor();
        }
        await page.locator('#localsearch-list a').first().click();
        await page.waitForURL(`${site.origin}${MATMUL}#matmul`);
        expect(complaints).toEqual([]);
        await page.close();
      },
      PATIENCE,
    );

    it(
      'walks through a backward pass in the guide to autograd, in the colours of the page',
      async () => {
        const page = await open('/autograd.html');
        await page.locator('iframe').first().scrollIntoViewIfNeeded();
        const viewer = page.frameLocator('iframe').first();
        await viewer.locator('g.box').first().waitFor();
        await viewer.locator('#last').click();
        expect(await viewer.locator('#position').textContent()).toBe('5 of 5: w');
        const gradients = viewer.locator('.leaves td[data-value]');
        expect(
          await gradients.evaluateAll((all) => all.map((cell) => cell.getAttribute('data-value'))),
        ).toEqual(expect.arrayContaining(['64', '32']));
        const paper = () => viewer.locator('body').evaluate((body) => getComputedStyle(body).backgroundColor);
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          await page.waitForFunction(
            (color) => getComputedStyle(document.body).backgroundColor === color,
            await paper(),
          );
        }
        await page.close();
      },
      PATIENCE,
    );

    it(
      'is not wider than a phone, but for tables and code, which scroll',
      async () => {
        const page = await open('/');
        await page.setViewportSize({ width: 390, height: 844 });
        for (const path of [...guides, ...others]) {
          await page.goto(site.origin + path);
          const width = await page.evaluate(() => document.documentElement.scrollWidth);
          expect([path, width]).toEqual([path, 390]);
        }
        await page.close();
      },
      PATIENCE,
    );
  });
});
