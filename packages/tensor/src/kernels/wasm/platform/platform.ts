/** What the kernels need of where they run. Node and browsers each have a file that provides it, chosen by `#platform`. */
import type { Checks } from '../self-check.js';

/** A thread that was started. */
export interface Thread {
  /** Ends it, wherever it is. */
  readonly kill: () => void;
}

export interface Platform {
  /** `undefined` where there are no environment variables, or not this one. */
  readonly environment: (name: string) => string | undefined;
  /** Asks the engine for relaxed SIMD where it has it behind a flag. */
  readonly enableRelaxedSimd: () => void;
  /** Why V8's wide pass cannot be used, if so. */
  readonly reasonAgainstWideSimd: () => string | undefined;
  /** What kernels are checked by that are compiled with the wide pass; not there where there is none, to save the room. */
  readonly selfChecks?: Pick<Checks, 'cases' | 'narrow'>;
  /** Sets what must hold for good before the first module is compiled with the wide pass. */
  readonly prepareWideSimd: () => void;
  /**
   * Does `work`: the wasm functions that run for the first time in it are compiled by the optimising compiler at once, with the
   * wide pass or without, and are not compiled again later.
   */
  readonly optimising: <T>(isWide: boolean, work: () => T) => T;
  /** How many threads can run at once. */
  readonly parallelism: () => number;
  /** Why there can be no threads over one memory, if so. */
  readonly reasonAgainstThreads: () => string | undefined;
  /**
   * Starts a thread that calls a function, given as source text, with a copy of `data`. It does not keep the process alive.
   * `ended` hears in the event loop that the thread is no more, and why.
   */
  readonly startThread: (source: string, data: object, ended: (reason: string) => void) => Thread;
  /** What stands in for `navigator.gpu` where there is none, or why nothing does. */
  readonly webGpu: () => Promise<object | string>;
  /** Makes the garbage collector run, at once or soon. */
  readonly collectGarbage: () => void;
  /** Room for floats that are about to be overwritten: where possible not filled with zeros first. */
  readonly uninitialised: (length: number) => Float32Array<ArrayBuffer>;
  /** Copies a large number of bytes as fast as the platform can. */
  readonly copy: (target: Uint8Array, source: Uint8Array) => void;
}
