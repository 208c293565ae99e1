/** A page in a real browser that has lowrank and the op suite, and software in place of a GPU. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../../../../tools/testing/chromium.js';

const FIXTURES = new URL('../../../autograd/test/pytorch/fixtures/', import.meta.url);

const PAGE = '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/suite.js"></script>';

/** What lies at each path: PyTorch's samples, the suite as bundlers for the browser deliver it, and the page. */
type Files = Readonly<Record<string, { readonly type: string; readonly content: string | Uint8Array }>>;

async function filesOfPage(): Promise<Files> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('gpu-suite.ts', import.meta.url))],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    write: false,
    logLevel: 'silent',
  });
  return {
    '/': { type: 'text/html', content: PAGE },
    '/suite.js': { type: 'text/javascript', content: (outputFiles[0] as { text: string }).text },
    '/ops.json': { type: 'application/json', content: readFileSync(new URL('ops.json', FIXTURES)) },
    '/ops.safetensors': {
      type: 'application/octet-stream',
      content: readFileSync(new URL('ops.safetensors', FIXTURES)),
    },
  };
}

function serve(files: Files): Promise<Server> {
  const server = createServer(({ url = '/' }, response) => {
    const file = files[url];
    response.writeHead(file ? 200 : 404, { 'Content-Type': file?.type ?? 'text/plain' });
    response.end(file?.content);
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

export interface GpuPages {
  /** Opens a page in a browser with these flags; it has `suite`, the exports of gpu-suite.ts. */
  open(flags: readonly string[]): Promise<Page>;
  close(): Promise<void>;
}

export async function startGpuPages(): Promise<GpuPages> {
  const server = await serve(await filesOfPage());
  const { port } = server.address() as AddressInfo;
  const browsers = new Map<readonly string[], Browser>();
  return {
    async open(flags) {
      const browser = browsers.get(flags) ?? (await launchChromium(flags));
      browsers.set(flags, browser);
      const page = await browser.newPage();
      page.setDefaultTimeout(0);
      await page.goto(`http://127.0.0.1:${port}/`);
      await page.waitForFunction(() => 'suite' in globalThis);
      return page;
    },
    async close() {
      for (const browser of browsers.values()) await browser.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
