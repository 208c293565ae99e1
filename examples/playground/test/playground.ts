/// <reference lib="dom" />
/** The built playground in Chromium, served by the command that users run. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { executablePath } from '../../../tools/testing/chromium.js';

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
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  const complaints: string[] = [];
  return {
    address,
    browser,
    complaints,
    async open(tab, options = {}) {
      const context = await browser.newContext({ serviceWorkers: 'block', ...options });
      const page = await context.newPage();
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('console', (message) => {
        // Playwright says so itself where it keeps service workers out.
        const isExpected = /^Service Worker registration blocked/.test(message.text());
        if (['error', 'warning'].includes(message.type()) && !isExpected) complaints.push(message.text());
      });
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

interface Fault {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

interface Axe {
  run(context: Document, options: { iframes: boolean }): Promise<{ violations: Fault[] }>;
}

/**
 * What axe-core finds that is serious or worse, each as its rule and the element. Not
 * within frames: the graph's is sandboxed and takes no messages, of which the console complains while it
 * opens; the viewer in it has a test of its own.
 */
export async function seriousFaults(page: Page): Promise<string[]> {
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  // The page's policy keeps scripts out that are not its own; the debugger may run them all the same.
  await page.evaluate(axe);
  const faults = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: Axe };
    return (await axe.run(document, { iframes: false })).violations;
  });
  return faults
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}
