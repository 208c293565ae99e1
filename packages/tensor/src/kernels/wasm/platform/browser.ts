/** The platform as browsers (and their workers) provide it. */
import type { Platform, Thread } from './platform.js';

interface Globals {
  readonly navigator?: { readonly hardwareConcurrency?: number };
  readonly crossOriginIsolated?: boolean;
  readonly Worker?: new (url: string, options: { readonly name: string }) => BrowserWorker;
}

interface BrowserWorker {
  onerror: ((event: { readonly message?: string; preventDefault(): void }) => void) | null;
  postMessage(data: object): void;
  terminate(): void;
}

const { navigator, crossOriginIsolated, Worker } = globalThis as unknown as Globals;

function reasonAgainstThreads(): string | undefined {
  if (Worker === undefined) return 'there are no workers here';
  if (crossOriginIsolated === true) return undefined;
  return 'the page is not cross-origin isolated (headers Cross-Origin-Opener-Policy and Cross-Origin-Embedder-Policy), so it can share no memory';
}

/** A blob needs no file that bundlers and servers would have to know of. It stays, because all threads have the same source. */
const urls = new Map<string, string>();

function urlOf(source: string): string {
  const known = urls.get(source);
  if (known !== undefined) return known;
  const script = `onmessage = ({ data }) => { (${source})(data); close(); };`;
  const url = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
  urls.set(source, url);
  return url;
}

function startThread(source: string, data: object, ended: (reason: string) => void): Thread {
  const worker = new (Worker as NonNullable<typeof Worker>)(urlOf(source), { name: 'lowrank' });
  worker.onerror = (event) => {
    event.preventDefault();
    worker.terminate();
    ended(event.message ?? 'the browser did not start a worker');
  };
  worker.postMessage(data);
  return { kill: () => worker.terminate() };
}

/** Bytes that are allocated and dropped at once: what makes engines think that their memory is getting short. */
const PRESSURE = 128 * 2 ** 20;

/** Pages cannot call the garbage collector, but memory of arrays counts as its own. What is never written to takes none. */
function collectGarbage(): void {
  for (let i = 0; i < 4; i++) {
    try {
      new ArrayBuffer(PRESSURE);
    } catch {
      return; // Memory is short indeed.
    }
  }
}

export const platform: Platform = {
  environment: () => undefined,
  enableRelaxedSimd: () => {},
  reasonAgainstWideSimd: () => 'a page cannot switch it on',
  prepareWideSimd: () => {},
  optimising: (_, work) => work(),
  parallelism: () => navigator?.hardwareConcurrency ?? 1,
  reasonAgainstThreads,
  startThread,
  webGpu: async () => 'the browser has no navigator.gpu',
  collectGarbage,
  uninitialised: (length) => new Float32Array(length),
  copy: (target, source) => target.set(source),
};
