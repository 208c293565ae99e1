/** The page as Vite builds it, in Chromium with software in place of a GPU. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { launchChromium, WITH_WEBGPU } from '../../../tools/testing/chromium.js';

const EXAMPLE = fileURLToPath(new URL('..', import.meta.url));

export interface BuiltPage {
  open(options?: BrowserContextOptions): Promise<Page>;
  /** What pages complained of, in their consoles or by errors. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

/** Builds the page into a folder of its own, serves that, and starts Chromium. */
export async function startBuiltPage(): Promise<BuiltPage> {
  const folder = await mkdtemp(join(tmpdir(), 'lowrank-browser-gpu-'));
  await build(folder);
  const server = await serve(folder);
  const browser = await launchChromium(WITH_WEBGPU);
  const complaints: string[] = [];
  const { port } = server.address() as AddressInfo;
  return {
    complaints,
    async open(options = {}) {
      const page = await (await browser.newContext(options)).newPage();
      page.setDefaultTimeout(0);
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      await page.goto(`http://127.0.0.1:${port}/`);
      return page;
    },
    async close() {
      await browser.close();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true });
    },
  };
}

async function build(folder: string): Promise<void> {
  const run = promisify(execFile);
  const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin', 'vite.js');
  await run(process.execPath, ['pack-mnist.mjs'], { cwd: EXAMPLE });
  await run(process.execPath, [vite, 'build', '--outDir', folder], { cwd: EXAMPLE });
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
};

function serve(folder: string): Promise<Server> {
  const server = createServer(async ({ url = '/' }, response) => {
    const path = join(folder, url === '/' ? 'index.html' : url);
    const file = await readFile(path).catch(() => undefined);
    response.writeHead(file === undefined ? 404 : 200, {
      'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream',
    });
    response.end(file);
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}
