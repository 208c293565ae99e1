/** A page in a real browser that has imported lowrank as bundlers for the browser deliver it. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../../../../tools/testing/chromium.js';

/** What lets a page share memory between threads. */
const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

const PAGE =
  '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/lowrank.js"></script>';

async function browserBundle(): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: "import * as lowrank from 'lowrank'; globalThis.lowrank = lowrank;",
      resolveDir: fileURLToPath(new URL('../..', import.meta.url)),
    },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    minify: true,
    write: false,
    logLevel: 'silent',
  });
  return (outputFiles[0] as { text: string }).text;
}

/** Serves `/` to isolated pages, `/common` to others. */
function serve(bundle: string): Promise<Server> {
  const server = createServer(({ url = '/' }, response) => {
    const isScript = url === '/lowrank.js';
    const headers = url === '/common' ? {} : ISOLATION;
    response.writeHead(200, {
      ...headers,
      'Content-Type': isScript ? 'text/javascript' : 'text/html; charset=utf-8',
    });
    response.end(isScript ? bundle : PAGE);
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

export interface Pages {
  readonly browser: Browser;
  /** Opens a page that has imported lowrank into a global of this name. */
  open(path: '/' | '/common'): Promise<Page>;
  /** What pages complained of, in their consoles or by errors. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

export async function startPages(): Promise<Pages> {
  const server = await serve(await browserBundle());
  const browser = await launchChromium();
  const complaints: string[] = [];
  const { port } = server.address() as AddressInfo;
  return {
    browser,
    complaints,
    async open(path) {
      const page = await browser.newPage();
      // Whether it hangs is for the runner to say.
      page.setDefaultTimeout(0);
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      await page.goto(`http://127.0.0.1:${port}${path}`);
      await page.waitForFunction(() => 'lowrank' in globalThis);
      return page;
    },
    async close() {
      await browser.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
