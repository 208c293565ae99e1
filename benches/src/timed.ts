/** Cases whose contestants are functions of this process, timed by benchmark.js. */
import Benchmark from 'benchmark';
import { currentMode, enterMode, type Mode } from './mode.js';
import type { Case } from './suite.js';
import { takeTurns } from './turns.js';

// Looked up once: each look at a global is slow where tests run.
const { abs, max } = Math;

type Run = () => ArrayLike<number>;

/** One way of doing a case's work, if need be in a mode of its own; all of a case return the same values up to rounding. */
export type Contestant = Run | { readonly run: Run; readonly mode: Partial<Mode> };

/** Contestants by name. The first one is what the others are compared with. */
export type Contestants = Readonly<Record<string, Contestant>>;

export interface TimedCase {
  readonly name: string;
  /** Makes the inputs, so that no more than one case at a time keeps them in memory. */
  readonly prepare: () => Contestants;
  /** How many floating-point operations the work is. Default: it is not said. */
  readonly flops?: number;
}

interface Entry {
  readonly name: string;
  readonly mode: Mode;
  readonly run: Run;
}

/** Makes a case of contestants. */
export function timed({ name, prepare, flops }: TimedCase): Case {
  return {
    name,
    measure: async (budget) => {
      const home = currentMode();
      try {
        const entries = Object.entries(prepare()).map(([contestant, each]): Entry => {
          if (typeof each === 'function') return { name: contestant, mode: home, run: each };
          return { name: contestant, mode: { ...home, ...each.mode }, run: each.run };
        });
        expectAgreement(name, entries);
        const turns = entries.map((entry) => [entry.name, () => timeOf(entry, budget.seconds)] as const);
        const measurements = await takeTurns(Object.fromEntries(turns), budget);
        if (flops === undefined) return measurements;
        return measurements.map((each) => ({ ...each, gflops: flops / each.milliseconds! / 1e6 }));
      } finally {
        enterMode(home);
      }
    },
  };
}

/** A single sample of benchmark.js, over as many runs as `seconds` need. */
function timeOf({ mode, run }: Entry, seconds: number) {
  const before = currentMode();
  enterMode(mode);
  if (before.threads !== mode.threads) warmUp(run, seconds);
  const benchmark = new Benchmark(run, { minSamples: 1, maxTime: 0, minTime: seconds }).run();
  // benchmark.js keeps what the function threw to itself.
  if (benchmark.error !== undefined) throw benchmark.error;
  return { milliseconds: 1000 * benchmark.stats.mean };
}

/** Kernels that have just been started are not yet optimised, nor are their threads up. */
function warmUp(run: Run, seconds: number): void {
  const startedAt = performance.now();
  do run();
  while (performance.now() - startedAt < 1000 * seconds);
}

/**
 * How far contestants may differ, relative to the largest value: sums of up to a few thousand float32 products, in
 * different orders, stay a factor of ten below.
 */
const TOLERANCE = 1e-5;

function expectAgreement(name: string, entries: readonly Entry[]): void {
  const [first, ...rivals] = entries.map(({ name: contestant, mode, run }) => {
    enterMode(mode);
    return { contestant, values: run() };
  });
  if (first === undefined) throw new Error(`${name}: a case needs contestants`);
  const tolerance = TOLERANCE * largestOf(first.values);
  for (const { contestant, values } of rivals) {
    const at = differenceOf(first.values, values, tolerance);
    if (at === undefined) continue;
    throw new Error(
      `${name}: ${first.contestant} and ${contestant} disagree at element ${at}: ${first.values[at]} and ${values[at]}`,
    );
  }
}

/** The largest absolute value. */
export function largestOf(values: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = max(largest, abs(values[i]!));
  return largest;
}

/** The first place where the values differ; 0 for another length. */
export function differenceOf(
  values: ArrayLike<number>,
  others: ArrayLike<number>,
  tolerance: number,
): number | undefined {
  if (values.length !== others.length) return 0;
  for (let i = 0; i < values.length; i++) {
    // Written so that NaN differs from everything.
    if (!(abs(values[i]! - others[i]!) <= tolerance)) return i;
  }
  return undefined;
}
