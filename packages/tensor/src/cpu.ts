/** How the CPU computes: which kernels, which instructions, how many threads; and what of it is in use. */

import { platform } from '#platform';
import { ArgumentError, formatValue } from './errors.js';
import { restart, runningMachine } from './kernels/wasm/machine.js';
import { settings } from './kernels/wasm/settings.js';
import { blockAskedFor, nameOf, tileOf } from './kernels/wasm/tile.js';

/** `wasm` are the fast kernels, `reference` the plain TypeScript ones that define what is right. */
export type Backend = 'wasm' | 'reference';

const BACKENDS: readonly Backend[] = ['wasm', 'reference'];

/**
 * Chooses the kernels for all ops from now on. The environment variable LOWRANK_BACKEND does the same at the start.
 * Default `wasm`.
 * @throws ArgumentError for anything else.
 */
export function setBackend(backend: Backend): void {
  if (!BACKENDS.includes(backend)) {
    throw new ArgumentError('setBackend', `a backend is 'wasm' or 'reference', got ${formatValue(backend)}`);
  }
  settings.backend = backend;
}

/** The kernels that ops use. */
export function getBackend(): Backend {
  return settings.backend;
}

/**
 * How many threads large kernels use. The environment variable LOWRANK_NUM_THREADS does the same at the start. Default: as
 * many as can run at once. The results are the same bits for any number. `torch.set_num_threads`
 * @throws ArgumentError for anything but a whole number of at least 1.
 */
export function setNumThreads(threads: number): void {
  if (!Number.isInteger(threads) || threads < 1) {
    throw new ArgumentError(
      'setNumThreads',
      `a number of threads is a whole number of at least 1, got ${formatValue(threads)}`,
    );
  }
  settings.threads = threads;
  restart();
}

/** How many threads were asked for; `cpuInfo().threads` tells how many there can be here. `torch.get_num_threads` */
export function getNumThreads(): number {
  return settings.threads ?? platform.parallelism();
}

/**
 * Whether products use relaxed SIMD, which rounds a multiplication and the addition after it once, where the engine has it.
 * They are faster with it; their last bits can then differ between machines. The environment variable LOWRANK_SIMD=plain
 * switches it off at the start. Default: on.
 * @throws ArgumentError for what is no boolean.
 */
export function setRelaxedSimd(on: boolean): void {
  if (typeof on !== 'boolean') {
    throw new ArgumentError('setRelaxedSimd', `takes true or false, got ${formatValue(on)}`);
  }
  settings.simd = on ? undefined : 'plain';
  restart();
}

/**
 * Whether kernels use V8's wide pass (`--experimental-wasm-revectorize`), which makes one 256-bit operation of two 128-bit
 * ones: a matrix product is two to three times as fast. Off by default, because it is experimental; so each kernel is compared
 * with the reference backend before its first use, which takes a few milliseconds, and if one is wrong none uses the pass. It
 * is on only while these kernels are compiled, and does not touch other WebAssembly of the process. Node 24 to 26 on x64 with
 * AVX2 have it; elsewhere this changes nothing, and `cpuInfo()` says why. The environment variable LOWRANK_WIDE_SIMD=1 does the
 * same at the start.
 * @throws ArgumentError for what is no boolean.
 */
export function setWideSimd(on: boolean): void {
  if (typeof on !== 'boolean') {
    throw new ArgumentError('setWideSimd', `takes true or false, got ${formatValue(on)}`);
  }
  settings.wide = on;
  restart();
}

/** What is in use, and why it is not more. */
export interface CpuInfo {
  readonly backend: Backend;
  /** The instructions of the kernels; `none` for the reference backend or an engine without WebAssembly SIMD. */
  readonly simd: 'none' | 'plain' | 'relaxed';
  /** Whether V8's wide pass is used. */
  readonly wide: boolean;
  /** The register tile of the matrix product, rows x columns, such as `6x16`. */
  readonly tile: string | null;
  /** Rows x columns of a product that are computed in one go if LOWRANK_BLOCK chose them; null where their number decides. */
  readonly block: string | null;
  /** How many threads large kernels may use. They are started when there is much to do, and end when there is not. */
  readonly threads: number;
  /** Why something is not in use. */
  readonly reasons: Readonly<Record<string, string>>;
}

/** Without wasm. */
const PLAIN = { simd: 'none', wide: false, tile: null, block: null, threads: 1 } as const;

/** Tells what the CPU's kernels use: instructions, tile, threads, wide pass, and the reason for all that is not in use. */
export function cpuInfo(): CpuInfo {
  const { backend } = settings;
  if (backend === 'reference') {
    return { backend, ...PLAIN, reasons: { wasm: 'the reference backend was asked for: see setBackend' } };
  }
  const { machine, reasons } = runningMachine();
  if (machine === undefined) return { backend, ...PLAIN, reasons };
  const { simd, wide, threads } = machine;
  const block = blockAskedFor();
  return {
    backend,
    simd,
    wide,
    tile: nameOf(tileOf(wide)),
    block: block === undefined ? null : `${block.rows}x${block.columns}`,
    threads,
    reasons,
  };
}
