/** The running wasm module: its memory, its kernels, and how one is called. */
import { platform } from '#platform';
import type { TypedArray } from '../../dtype.js';
import { bytesOf } from './binary-text.js';
import { hasRelaxedSimd, hasSimd } from './engine.js';
import { general, plainProducts, relaxedProducts } from './generated/binaries.js';
import { Heap } from './heap.js';
import { Residency } from './residency.js';
import { settings } from './settings.js';
import { forgetLosses, kernelFailed, Pool, threadsToUse } from './threads.js';
import type { Kernel } from './worker.js';

const PAGE = 65536;

/** Where a kernel's parameters are; what comes before is left to the module itself and to the threads. */
const PARAMETERS = 4096;
/** How many parameters a kernel can have. */
const MAX_PARAMETERS = 512;

/** What every thread has for itself. */
export const SCRATCH_BYTES = 2 ** 20;

/** wasm addresses have 32 bits. Shared memory takes its address space at once, and not every engine gives so much. */
const MAX_PAGES = [65536, 32768, 16384, 8192];

/** From so many bytes on the platform's own way to copy is worth its call. */
const LARGE = 4096;

export class Machine {
  readonly residency: Residency;
  /** @internal The workers, where there is more than one thread. */
  readonly pool: Pool | undefined;
  /** The kernels that are known to be right although the wide pass compiled them. */
  readonly sound = new Set<string>();
  readonly #modules: readonly WebAssembly.Module[];
  readonly #isShared: boolean;
  readonly #memory: WebAssembly.Memory;
  readonly #maxPages: number;
  readonly #kernels: ReadonlyMap<string, number>;
  readonly #functions: readonly Kernel[];
  #floats!: Float32Array;
  #bytes!: Uint8Array;
  #parameters!: Float64Array;

  constructor(
    readonly simd: 'plain' | 'relaxed',
    /** Whether the tiles are those for the wide pass. */
    readonly wide: boolean,
    threads: number,
    /** A machine whose compiled code this one runs too. */
    twin?: Machine,
  ) {
    // Only threads need shared memory: the engine copies from unshared memory faster.
    const shared = twin === undefined ? threads > 1 : twin.#isShared;
    const { memory, maxPages } = newMemory(shared);
    this.#memory = memory;
    this.#maxPages = maxPages;
    this.#isShared = shared;
    if (wide && !isPrepared) {
      platform.prepareWideSimd();
      isPrepared = true;
    }
    const binaries = [general, simd === 'relaxed' ? relaxedProducts : plainProducts];
    const modules = twin === undefined ? binaries.map((text) => compiled(text, wide, shared)) : twin.#modules;
    this.#modules = modules;
    const instances = modules.map((module) => new WebAssembly.Instance(module, { env: { memory } }));
    const kernels = instances.flatMap(({ exports }) => Object.entries(exports)) as [string, Kernel][];
    this.#kernels = new Map(kernels.map(([name], i) => [name, i]));
    this.#functions = kernels.map(([, kernel]) => kernel);
    this.#refresh();
    const start = PARAMETERS + 8 * MAX_PARAMETERS;
    const heap = new Heap(start, memory.buffer.byteLength, (end) => this.#grow(end));
    this.residency = new Residency(heap, (address, target) => this.read(address, target));
    const allocateScratch = () => heap.allocate(SCRATCH_BYTES);
    const scratch = allocateScratch() as number;
    for (const { exports } of instances) (exports.useScratch as (address: number) => void)(scratch);
    const workplace = { modules, memory, kernels, parameters: PARAMETERS, allocateScratch };
    this.pool = threads > 1 ? new Pool(workplace, threads) : undefined;
  }

  /** How many threads large kernels may use. */
  get threads(): number {
    return this.pool?.threads ?? 1;
  }

  /** Copies values into wasm memory. */
  write(address: number, { buffer, byteOffset, byteLength }: ArrayBufferView): void {
    const values = new Uint8Array(buffer, byteOffset, byteLength);
    if (byteLength < LARGE) this.#bytes.set(values, address);
    else platform.copy(this.#bytes.subarray(address, address + byteLength), values);
  }

  /** Fills an array with what is in wasm memory. */
  read<T extends TypedArray>(address: number, target: T): T {
    const { buffer, byteOffset, byteLength, length } = target;
    if (byteLength < LARGE && target instanceof Float32Array) {
      target.set(this.#floats.subarray(address >>> 2, (address >>> 2) + length));
    } else {
      platform.copy(
        new Uint8Array(buffer, byteOffset, byteLength),
        this.#bytes.subarray(address, address + byteLength),
      );
    }
    return target;
  }

  /**
   * Runs all chunks of a kernel, on several threads if there are several chunks.
   * @throws LowrankError if the kernel traps or a thread is lost. The next use then starts another machine.
   */
  launch(kernel: string, chunks: number, parameters: readonly number[]): void {
    this.#parameters.set(parameters);
    const index = this.#kernels.get(kernel) as number;
    try {
      if (chunks > 1 && this.pool !== undefined) this.pool.run(index, chunks);
      else this.#runAlone(kernel, this.#functions[index], chunks);
    } catch (error) {
      discard(this);
      throw error;
    }
  }

  #runAlone(kernel: string, run: Kernel, chunks: number): void {
    let chunk = 0;
    try {
      for (; chunk < chunks; chunk++) run(PARAMETERS, chunk);
    } catch (error) {
      throw kernelFailed(kernel, chunk, String(error));
    }
  }

  #grow(end: number): number | undefined {
    const { buffer } = this.#memory;
    const pages = Math.ceil((end - buffer.byteLength) / PAGE);
    // By a half, so that a growing job does not move its memory again and again.
    const wanted = Math.min(
      Math.max(pages, Math.ceil(buffer.byteLength / PAGE / 2)),
      this.#maxPages - buffer.byteLength / PAGE,
    );
    for (const attempt of [wanted, pages]) {
      if (attempt < pages) continue;
      try {
        this.#memory.grow(attempt);
        this.#refresh();
        return this.#memory.buffer.byteLength;
      } catch {
        // At the limit of the engine: try with less, and else do without.
      }
    }
    return undefined;
  }

  #refresh(): void {
    const { buffer } = this.#memory;
    this.#floats = new Float32Array(buffer);
    this.#bytes = new Uint8Array(buffer);
    this.#parameters = new Float64Array(buffer, PARAMETERS, MAX_PARAMETERS);
  }
}

/** The largest memory that the engine gives. */
function newMemory(shared: boolean): { readonly memory: WebAssembly.Memory; readonly maxPages: number } {
  let refusal: unknown;
  for (const maximum of MAX_PAGES) {
    try {
      return { memory: new WebAssembly.Memory({ initial: 64, maximum, shared }), maxPages: maximum };
    } catch (error) {
      refusal = error;
    }
  }
  throw refusal;
}

function compiled(text: string, wide: boolean, shared: boolean): WebAssembly.Module {
  const binary = bytesOf(text);
  const suited = shared ? binary : unshared(binary);
  return new WebAssembly.Module(isPrepared ? marked(suited, wide ? 1 : 2) : suited);
}

/** Whether flags have been set for the wide pass. */
let isPrepared = false;

/** Another module to V8, which would otherwise reuse the code of an equal one that was compiled with other flags. */
function marked(binary: Uint8Array<ArrayBuffer>, flags: number): Uint8Array<ArrayBuffer> {
  // A custom section (0) of 6 bytes: a name of 4, "wide", and a number.
  const section = [0, 6, 4, 0x77, 0x69, 0x64, 0x65, flags];
  const result = new Uint8Array(binary.length + section.length);
  result.set(binary);
  result.set(section, binary.length);
  return result;
}

/** The module with its memory declared as unshared: one bit of its import. */
function unshared(binary: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  // "env" "memory", a memory (2) with a maximum that is shared (3).
  const declaration = [3, 0x65, 0x6e, 0x76, 6, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79, 2, 3];
  const at = binary.findIndex((_, i) => declaration.every((byte, k) => binary[i + k] === byte));
  const result = binary.slice();
  result[at + declaration.length - 1] = 1;
  return result;
}

/** What runs, or why nothing does. */
export interface Running {
  readonly machine: Machine | undefined;
  /** Why there is no machine, no relaxed SIMD, no wide pass, not more threads. */
  readonly reasons: { readonly [feature in 'wasm' | 'relaxed' | 'wide' | 'threads']?: string };
}

let running: Running | undefined;

/** The machine, started by its first use. */
export function theMachine(): Machine | undefined {
  return runningMachine().machine;
}

/** The same, and why it is not a better one. */
export function runningMachine(): Running {
  running ??= start();
  const lost = running.machine?.pool?.reason;
  return lost === undefined ? running : { ...running, reasons: { ...running.reasons, threads: lost } };
}

/** Lets the next use start a machine with other settings. */
export function restart(): void {
  forgetLosses();
  if (running?.machine !== undefined) discard(running.machine);
  running = undefined;
}

/** Drops the machine's copies of an array that nobody holds any more. */
export function forget(array: ArrayBufferView): void {
  running?.machine?.residency.forget(array);
}

/** Has `work` done by another machine than the one that is in use. */
export function withMachine<T>(machine: Machine, work: () => T): T {
  const before = running;
  running = { machine, reasons: {} };
  try {
    return work();
  } finally {
    running = before;
  }
}

/** Why the wide pass is not used although it could be. */
let reasonAgainstWide: string | undefined;

/** Goes on without the wide pass, for good. */
export function refuseWide(reason: string): void {
  reasonAgainstWide = reason;
  restart();
}

/** Ends the machine's threads, and its use. */
function discard(machine: Machine): void {
  machine.pool?.end();
  machine.residency.fetchAll();
  if (running?.machine === machine) running = undefined;
}

function start(): Running {
  if (!hasSimd()) return { machine: undefined, reasons: { wasm: 'this engine has no WebAssembly SIMD' } };
  const relaxed = settings.simd === 'plain' ? 'plain SIMD was asked for' : reasonAgainstRelaxedSimd();
  const wide = settings.wide
    ? (reasonAgainstWide ?? platform.reasonAgainstWideSimd())
    : 'it was not asked for: see setWideSimd';
  const { threads, reason } = threadsToUse();
  const { machine, refusal } = newMachine(
    relaxed === undefined ? 'relaxed' : 'plain',
    wide === undefined,
    threads,
  );
  if (machine === undefined) return { machine, reasons: { wasm: refusal } };
  const fewer = refusal ?? reason;
  const reasons = { ...(relaxed && { relaxed }), ...(wide && { wide }), ...(fewer && { threads: fewer }) };
  return { machine, reasons };
}

type NewMachine =
  | { readonly machine: Machine; readonly refusal?: string }
  | { readonly machine: undefined; readonly refusal: string };

/** With one thread where there is no memory that several can share; none where there is no memory at all. */
function newMachine(simd: 'plain' | 'relaxed', wide: boolean, threads: number): NewMachine {
  try {
    return { machine: new Machine(simd, wide, threads) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const refusal = `the engine gave no memory: ${error.message}`;
    return threads === 1 ? { machine: undefined, refusal } : { refusal, ...newMachine(simd, wide, 1) };
  }
}

function reasonAgainstRelaxedSimd(): string | undefined {
  return hasRelaxedSimd() ? undefined : 'this engine has no relaxed SIMD';
}
