/**
 * The wide pass's self-check. The pass is experimental, so no code that it made runs before it has computed a small case just as
 * the reference kernels do.
 *
 * V8's optimising compiler alone has the pass, and a function starts out in the baseline compiler, so a check at any moment may
 * look at code that is about to be replaced. Here the check itself is what has the code compiled: while it runs, and only then,
 * the pass is on and the baseline compiler off. What a kernel's first check runs is compiled once and for all, and is exactly
 * what runs later, in all threads, since they share a module's code. A function that no check reaches is compiled without the
 * pass, and so is all other WebAssembly of the process. (Kernels that are not to have the pass are compiled in the same way, so
 * that V8 has nothing left to compile in the background, where it might come upon the flags of another kernel's check.)
 *
 * Each kernel is checked when it is used for the first time. To compile one takes 2 to 10 ms, all of them some hundred: a process
 * should not have to wait for those that it never uses.
 */
import { platform } from '#platform';
import type { TypedArray } from '../../dtype.js';
import type { Kernels as KernelsOf } from '../kernels.js';
import { Machine, withMachine } from './machine.js';
import { fetch } from './residency.js';

type Kernels = KernelsOf<TypedArray>;

/** What some backend's kernels make of fixed operands. */
export type Case = (kernels: Kernels) => readonly ArrayLike<number>[];

/** What kernels are checked by. */
export interface Checks {
  /** By the name of the wasm kernel. */
  readonly cases: Readonly<Record<string, Case>>;
  /** Kernels that are compiled without the pass. */
  readonly narrow: readonly string[];
  readonly wasm: Kernels;
  readonly reference: Kernels;
}

/** Thrown by the first use of a kernel which the wide pass has broken. */
export class BrokenKernel {
  constructor(readonly kernel: string) {}

  get reason(): string {
    return `the kernel ${this.kernel}, compiled with the wide pass, differs from the reference backend's`;
  }
}

let checks: Checks | undefined;

/** Tells how kernels are checked from now on. The cases use kernels that use this file, so it cannot import them. */
export function useChecks(all: Checks): void {
  checks = all;
}

/** The machine that a check runs on, and the kernels that it has used. */
let probing: { readonly machine: Machine; readonly used: Set<string> } | undefined;

/**
 * Sees to it that a kernel of a machine for the wide pass is right.
 * @throws BrokenKernel if it is not.
 */
export function ensureSound(machine: Machine, kernel: string): void {
  if (machine === probing?.machine) probing.used.add(kernel);
  else if (!machine.sound.has(kernel)) check(machine, kernel);
}

function check(machine: Machine, kernel: string): void {
  const run = checks?.cases[kernel];
  machine.sound.add(kernel);
  if (checks === undefined || run === undefined) return;
  const { wasm, reference, cases, narrow } = checks;
  const outcome = tryOut(machine, () => run(wasm), !narrow.includes(kernel));
  if (outcome === undefined || !agree(outcome.results, run(reference))) throw new BrokenKernel(kernel);
  for (const used of outcome.used) if (cases[used] === run) machine.sound.add(used);
}

/** What `work` gives and which kernels it uses, compiled with the wide pass or without; `undefined` if one of them fails. */
export function tryOut<T>(
  machine: Machine,
  work: () => T,
  isWide: boolean,
): { results: T; used: ReadonlySet<string> } | undefined {
  const before = probing;
  // It has the code of the machine, and memory of its own: the machine may be amid a call, and its threads hold still.
  probing = { machine: new Machine(machine.simd, machine.wide, 1, machine), used: new Set() };
  const { machine: probe, used } = probing;
  try {
    return { results: platform.optimising(isWide, () => withMachine(probe, work)), used };
  } catch {
    return undefined;
  } finally {
    probing = before;
  }
}

/** Far above what rounding does to sums of some hundred values around 1, far below what a misplaced value does. */
const TOLERANCE = 1e-4;

function agree(results: readonly ArrayLike<number>[], expected: readonly ArrayLike<number>[]): boolean {
  for (const values of results) if (ArrayBuffer.isView(values)) fetch(values);
  return (
    results.length === expected.length &&
    results.every(({ length }, i) => length === expected[i].length) &&
    results.every((values, i) => Array.from(values).every((value, k) => isClose(value, expected[i][k])))
  );
}

function isClose(value: number, expected: number): boolean {
  return Object.is(value, expected) || Math.abs(value - expected) <= TOLERANCE * (1 + Math.abs(expected));
}
