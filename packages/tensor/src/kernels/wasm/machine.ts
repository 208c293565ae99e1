/** The running wasm module: its memory, its kernels, and how one is called. */
import { platform } from '#platform';
import { hasRelaxedSimd, hasSimd } from './engine.js';
import * as binaries from './generated/binaries.js';
import { Heap } from './heap.js';
import { Residency } from './residency.js';
import { settings } from './settings.js';

const PAGE = 65536;

/** Where a kernel's parameters are; the first kilobyte is left to the module itself and to the threads. */
const PARAMETERS = 4096;
/** How many parameters a kernel can have. */
const MAX_PARAMETERS = 512;

/** What every thread has for itself. */
export const SCRATCH_BYTES = 2 ** 20;

/** wasm addresses have 32 bits. */
const MAX_PAGES = 65536;

type Kernel = (parameters: number, chunk: number) => void;

export class Machine {
  readonly residency: Residency;
  readonly threads: number = 1;
  readonly #memory: WebAssembly.Memory;
  readonly #kernels: Readonly<Record<string, Kernel>>;
  #floats!: Float32Array;
  #bytes!: Uint8Array;
  #parameters!: Float64Array;

  constructor(
    readonly simd: 'plain' | 'relaxed',
    /** Whether the tiles are those for the wide pass. */
    readonly wide: boolean,
  ) {
    this.#memory = new WebAssembly.Memory({ initial: 64, maximum: MAX_PAGES });
    const module = new WebAssembly.Module(unshared(platform.decodeBase64(binaries[simd])));
    const { exports } = new WebAssembly.Instance(module, { env: { memory: this.#memory } });
    this.#kernels = exports as unknown as Record<string, Kernel>;
    this.#refresh();
    const start = PARAMETERS + 8 * MAX_PARAMETERS;
    const heap = new Heap(start, this.#memory.buffer.byteLength, (end) => this.#grow(end));
    this.residency = new Residency(heap);
    const scratch = heap.allocate(SCRATCH_BYTES) as number;
    (exports.useScratch as (address: number) => void)(scratch);
  }

  /** Copies values into wasm memory. */
  write(address: number, { buffer, byteOffset, byteLength }: ArrayBufferView): void {
    this.#bytes.set(new Uint8Array(buffer, byteOffset, byteLength), address);
  }

  /** Copies floats out of wasm memory. */
  read(address: number, length: number): Float32Array {
    const values = platform.uninitialised(length);
    values.set(this.#floats.subarray(address >>> 2, (address >>> 2) + length));
    return values;
  }

  /** Runs all chunks of a kernel. */
  launch(kernel: string, chunks: number, parameters: readonly number[]): void {
    this.#parameters.set(parameters);
    const run = this.#kernels[kernel];
    for (let chunk = 0; chunk < chunks; chunk++) run(PARAMETERS, chunk);
  }

  #grow(end: number): number | undefined {
    const { buffer } = this.#memory;
    const pages = Math.ceil((end - buffer.byteLength) / PAGE);
    // By a half, so that a growing job does not move its memory again and again.
    const wanted = Math.min(
      Math.max(pages, Math.ceil(buffer.byteLength / PAGE / 2)),
      MAX_PAGES - buffer.byteLength / PAGE,
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
  /** Why there is no machine, no relaxed SIMD, no wide pass. */
  readonly reasons: { readonly [feature in 'wasm' | 'relaxed' | 'wide']?: string };
}

let running: Running | undefined;

/** The machine, started by its first use. */
export function theMachine(): Machine | undefined {
  return runningMachine().machine;
}

/** The same, and why it is not a better one. */
export function runningMachine(): Running {
  running ??= start();
  return running;
}

/** Lets the next use start a machine with other settings. */
export function restart(): void {
  running = undefined;
}

function start(): Running {
  if (!hasSimd()) return { machine: undefined, reasons: { wasm: 'this engine has no WebAssembly SIMD' } };
  const relaxed = settings.simd === 'plain' ? 'plain SIMD was asked for' : reasonAgainstRelaxedSimd();
  const wide = settings.wide ? platform.enableWideSimd() : 'it was not asked for: see setWideSimd';
  const machine = new Machine(relaxed === undefined ? 'relaxed' : 'plain', wide === undefined);
  return { machine, reasons: { ...(relaxed && { relaxed }), ...(wide && { wide }) } };
}

function reasonAgainstRelaxedSimd(): string | undefined {
  return hasRelaxedSimd() ? undefined : 'this engine has no relaxed SIMD';
}
