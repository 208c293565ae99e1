/// <reference lib="dom" />
/** The built playground in Chromium, served by the command that users run. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { launchChromium } from '../../../tools/testing/chromium.js';

const COMMAND = fileURLToPath(new URL('../../../packages/lowrank/bin/lowrank.js', import.meta.url));

/** Where the build writes the playground; the environment may name another build. */
export const FOLDER =
  process.env.PLAYGROUND_FOLDER ??
  fileURLToPath(new URL('../../../packages/lowrank/dist/playground/', import.meta.url));

export interface Playground {
  readonly address: string;
  readonly browser: Browser;
  /** What pages complained of, in their consoles or by errors. */
  readonly complaints: readonly string[];
  /** Opens a tab, such as `autograd`, in a page that remembers nothing of others, and keeps nothing for use without a network. */
  open(tab: string, options?: BrowserContextOptions): Promise<Page>;
  close(): Promise<void>;
}

/** Starts the command on a free port, and Chromium. */
export async function startPlayground(): Promise<Playground> {
  if (!existsSync(FOLDER)) throw new Error(`${FOLDER} is not there: npm run build in examples/playground`);
  const { address, server } = await serve();
  const browser = await launchChromium();
  const complaints: string[] = [];
  return {
    address,
    browser,
    complaints,
    async open(tab, options = {}) {
      const context = await browser.newContext({ serviceWorkers: 'block', ...options });
      const page = await context.newPage();
      // Whether it hangs is for the runner to say.
      page.setDefaultTimeout(0);
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('console', (message) => {
        // Playwright says so itself where it keeps service workers out.
        const isExpected = /^Service Worker registration blocked/.test(message.text());
        if (['error', 'warning'].includes(message.type()) && !isExpected) complaints.push(message.text());
      });
      await page.addInitScript(waitLonger);
      await page.goto(`${address}#${tab}`);
      await page.waitForSelector(`#panel-${tab} > *:not(.loading)`);
      return page;
    },
    async close() {
      await browser.close();
      const ended = once(server, 'exit');
      server.kill('SIGINT');
      await ended;
    },
  };
}

/**
 * Runs in a page, where what would happen after seconds then happens after hours: a machine that is busy with other tests
 * may need longer for a program than the page allows. The limit has a test of its own, with a clock of its own.
 */
function waitLonger(): void {
  const { setTimeout } = window;
  const longer = (handler: () => void, delay = 0) => setTimeout(handler, delay < 5000 ? delay : 1000 * delay);
  Object.assign(window, { setTimeout: longer });
}

function serve(): Promise<{ readonly address: string; readonly server: ChildProcess }> {
  const server = spawn(process.execPath, [COMMAND, 'playground', '--port', '0', '--folder', FOLDER], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NO_COLOR: '1' },
  });
  return new Promise((resolve, reject) => {
    server.once('exit', (code) => reject(new Error(`the server ended with exit code ${code}`)));
    createInterface(server.stdout).once('line', (line) => {
      const [address] = /http:\S+/.exec(line) ?? [];
      if (address === undefined) reject(new Error(`the server says: ${line}`));
      else resolve({ address, server });
    });
  });
}

/** Has the page in these colours, as if the system had changed to them. */
export async function setColours(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.waitForSelector(`html[data-theme=${colorScheme}]`);
}

/** How wide the content of the page is, in a window of this width. */
export async function widthAt(page: Page, width: number): Promise<number> {
  await page.setViewportSize({ width, height: 780 });
  await page.waitForFunction((width) => innerWidth === width, width);
  return page.evaluate(() => document.documentElement.scrollWidth);
}
