// Threads in browsers: where there are any, and that a worker needs no file. Node's workers play the browser's.
import { resolveObjectURL } from 'node:buffer';
import { Worker as NodeWorker } from 'node:worker_threads';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { Platform } from '../../../src/kernels/wasm/platform/platform.js';

type ErrorEvent = { message?: string; preventDefault(): void };

/** A browser's worker: it fetches its script, and then gets its messages. */
class BrowserWorker {
  static urls = new Set<string>();
  onerror: ((event: ErrorEvent) => void) | null = null;
  #worker: NodeWorker | undefined;

  constructor(readonly url: string) {
    BrowserWorker.urls.add(url);
  }

  async postMessage(data: object): Promise<void> {
    const script = await resolveObjectURL(this.url)?.text();
    const scope = `let onmessage; const close = () => process.exit();`;
    this.#worker = new NodeWorker(
      `${scope} ${script}; onmessage({ data: require('node:worker_threads').workerData })`,
      {
        eval: true,
        workerData: data,
      },
    );
    this.#worker.on('error', ({ message }) => this.onerror?.({ message, preventDefault: () => {} }));
  }

  terminate(): void {
    void this.#worker?.terminate();
  }
}

async function browser(globals: object): Promise<Platform> {
  Object.assign(globalThis, { Worker: undefined, crossOriginIsolated: undefined }, globals);
  jest.resetModules();
  const { platform } = await import('../../../src/kernels/wasm/platform/browser.js');
  return platform;
}

afterEach(() => {
  Object.assign(globalThis, { Worker: undefined, crossOriginIsolated: undefined });
});

describe('a page', () => {
  it('has threads only where it is cross-origin isolated and has workers', async () => {
    const isolated = await browser({ Worker: BrowserWorker, crossOriginIsolated: true });
    expect(isolated.reasonAgainstThreads()).toBeUndefined();
    const common = await browser({ Worker: BrowserWorker, crossOriginIsolated: false });
    expect(common.reasonAgainstThreads()).toMatch(/not cross-origin isolated/);
    const old = await browser({ crossOriginIsolated: true });
    expect(old.reasonAgainstThreads()).toBe('there are no workers here');
  });

  it('starts workers from source text, all from one address', async () => {
    const { startThread } = await browser({ Worker: BrowserWorker, crossOriginIsolated: true });
    const words = new Int32Array(new SharedArrayBuffer(8));
    const source = '({ words, i }) => { Atomics.store(words, i, 7); Atomics.notify(words, i); }';
    const threads = [0, 1].map((i) => startThread(source, { words, i }, () => {}));
    while (words.includes(0)) await new Promise((resolve) => setTimeout(resolve, 5));
    expect([...words]).toEqual([7, 7]);
    expect(BrowserWorker.urls.size).toBe(1);
    for (const { kill } of threads) kill();
  });

  it('hears of workers that fail', async () => {
    const { startThread } = await browser({ Worker: BrowserWorker, crossOriginIsolated: true });
    const source = `() => { throw new Error('no room') }`;
    const reason = await new Promise((resolve) => startThread(source, {}, resolve));
    expect(reason).toBe('no room');
  });
});
