/**
 * The platform as Node provides it. Node's own modules are loaded by their first use: to import these few takes it some 8
 * milliseconds, and a process that computes little needs none of them.
 */
import { createRequire } from 'node:module';
import { CASES, NARROW } from '../self-check-cases.js';
import type { Platform, Thread } from './platform.js';

interface Builtins {
  readonly 'node:fs': typeof import('node:fs');
  readonly 'node:os': typeof import('node:os');
  readonly 'node:v8': typeof import('node:v8');
  readonly 'node:vm': typeof import('node:vm');
  readonly 'node:worker_threads': typeof import('node:worker_threads');
}

/** As `process.getBuiltinModule`, which came with Node 20.16. */
const builtin: <Name extends keyof Builtins>(name: Name) => Builtins[Name] = createRequire(import.meta.url);

const nodeVersion = Number.parseInt(process.versions.node, 10);

/** The versions whose wide pass we test. Node 20 has none, and in Node 22 it has no effect. */
const WIDE_VERSIONS: readonly number[] = [24, 25, 26];

function reasonAgainstWideSimd(): string | undefined {
  if (!WIDE_VERSIONS.includes(nodeVersion)) {
    return `Node ${process.versions.node} is not one of the versions that it is tested with (${WIDE_VERSIONS.join(', ')})`;
  }
  if (process.arch !== 'x64') return `it is for x64 with AVX2, and this is ${process.arch}`;
  if (process.platform === 'linux' && !/\bavx2\b/.test(processors())) {
    return 'this processor has no AVX2';
  }
  return undefined;
}

function processors(): string {
  return builtin('node:fs').readFileSync('/proc/cpuinfo', 'utf8');
}

function setFlag(flag: string): void {
  builtin('node:v8').setFlagsFromString(flag);
}

/** No baseline compiler, which does not have the wide pass. */
const OPTIMISING_FLAGS = { liftoff: false };
const WIDE_FLAG = { 'experimental-wasm-revectorize': true };

/**
 * V8 14 (Node 25 and 26) ends the process when it looks for functions to inline into one that the baseline compiler has not seen. The
 * flag must stay as it is from then on: an instance that was made without inlining crashes in code that was compiled with it.
 */
function prepareWideSimd(): void {
  if (nodeVersion >= 25) setFlag('--no-wasm-inlining');
}

function optimising<T>(isWide: boolean, work: () => T): T {
  if (!WIDE_VERSIONS.includes(nodeVersion)) return work();
  // Flags that the process was started with stay as they are: there is no asking V8 what they were.
  const given = `${process.execArgv.join(' ')} ${process.env.NODE_OPTIONS ?? ''}`;
  const flags = Object.entries({ ...OPTIMISING_FLAGS, ...(isWide && WIDE_FLAG) }).filter(
    ([flag]) => !given.includes(flag),
  );
  const set = (isOn: boolean) => {
    for (const [flag, value] of flags) setFlag(`--${value === isOn ? '' : 'no-'}${flag}`);
  };
  set(true);
  try {
    return work();
  } finally {
    set(false);
  }
}

/** The thread runs as soon as it is there: Node starts it without this thread's event loop. */
function startThread(source: string, data: object, ended: (reason: string) => void): Thread {
  const { Worker } = builtin('node:worker_threads');
  const worker = new Worker(`(${source})(require('node:worker_threads').workerData)`, {
    eval: true,
    name: 'lowrank',
    workerData: data,
    // What the process was started with (loaders, `--input-type`, NODE_OPTIONS) is not meant for this thread.
    execArgv: [],
    env: {},
  });
  let reason = 'a worker thread was ended from outside';
  worker.on('error', (error) => {
    reason = String(error);
  });
  worker.on('exit', () => ended(reason));
  worker.unref();
  return { kill: () => void worker.terminate() };
}

/** From so many floats on filling them with zeros takes longer than a `Buffer`, an object of its own to the garbage collector. */
const LARGE = 2 ** 14;

function uninitialised(length: number): Float32Array<ArrayBuffer> {
  if (length < LARGE) return new Float32Array(length);
  return new Float32Array(Buffer.allocUnsafeSlow(4 * length).buffer as ArrayBuffer);
}

/** Our kernels write shared memory before they read it; to fill it with zeros first takes SwiftShader seconds to compile. */
const DAWN_OPTIONS = ['enable-dawn-features=disable_workgroup_init'];

/** Dawn, by the package `webgpu`. It lives for as long as somebody refers to what is returned. */
async function webGpu(): Promise<object | string> {
  try {
    const { create } = await import('webgpu');
    return create(DAWN_OPTIONS);
  } catch (cause) {
    return `Node has no WebGPU of its own, and the package webgpu cannot be loaded: ${(cause as Error).message}`;
  }
}

let garbageCollector: (() => void) | undefined;

/** Node hands it out to new contexts only, and only on request. */
function findGarbageCollector(): () => void {
  setFlag('--expose-gc');
  return builtin('node:vm').runInNewContext('gc');
}

function collectGarbage(): void {
  garbageCollector ??= findGarbageCollector();
  garbageCollector();
}

export const platform: Platform = {
  environment: (name) => process.env[name],
  // Other versions have it without a flag or not at all, and V8 complains on the terminal about flags it does not know.
  enableRelaxedSimd: () => {
    if (nodeVersion === 20) setFlag('--experimental-wasm-relaxed-simd');
  },
  reasonAgainstWideSimd,
  selfChecks: { cases: CASES, narrow: NARROW },
  prepareWideSimd,
  optimising,
  parallelism: () => builtin('node:os').availableParallelism(),
  reasonAgainstThreads: () => undefined,
  startThread,
  webGpu,
  collectGarbage,
  uninitialised,
  // Of all copies that Node has, this one alone is a plain memcpy in shared memory too: `set` takes up to three times as long.
  copy: (target, source) => void Buffer.prototype.fill.call(target, source),
};
