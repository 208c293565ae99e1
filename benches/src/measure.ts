/** Timing the contestants of a case, in turns. */
import Benchmark from 'benchmark';
import type { Case, Contestant, Suite } from './suite.js';

export interface Budget {
  /** How often each contestant has its turn. */
  readonly rounds: number;
  /** How long a turn lasts at least. */
  readonly seconds: number;
}

export const DEFAULT_BUDGET: Budget = { rounds: 9, seconds: 0.05 };

export interface Timing {
  readonly contestant: string;
  /** The median of the rounds. */
  readonly milliseconds: number;
  /** The time relative to the first contestant's in the same round: the median of the rounds. */
  readonly ratio: number;
}

export interface CaseResult {
  readonly name: string;
  readonly timings: readonly Timing[];
}

export interface SuiteResult {
  readonly name: string;
  readonly about: string;
  readonly cases: readonly CaseResult[];
}

/** Measures all cases of a suite. @param onCase Called before each. */
export function measureSuite(
  { name, about, cases }: Suite,
  budget: Budget,
  onCase: (name: string) => void = () => {},
): SuiteResult {
  const results = cases.map((each) => {
    onCase(each.name);
    return measureCase(each, budget);
  });
  return { name, about, cases: results };
}

/**
 * The contestants take turns, so that whatever else the machine does slows all of them alike.
 * @throws Error if they do not compute the same.
 */
export function measureCase({ name, prepare }: Case, { rounds, seconds }: Budget): CaseResult {
  const contestants = Object.entries(prepare());
  expectAgreement(name, contestants);
  const turns = Array.from({ length: rounds }, () =>
    contestants.map(([, run]) => secondsPerRun(run, seconds)),
  );
  const timings = contestants.map(([contestant], i) => ({
    contestant,
    milliseconds: 1000 * median(turns.map((times) => times[i]!)),
    ratio: median(turns.map((times) => times[i]! / times[0]!)),
  }));
  return { name, timings };
}

/** A single sample of benchmark.js, over as many runs as `seconds` need. */
function secondsPerRun(run: Contestant, seconds: number): number {
  const benchmark = new Benchmark(run, { minSamples: 1, maxTime: 0, minTime: seconds }).run();
  // benchmark.js keeps what the function threw to itself.
  if (benchmark.error !== undefined) throw benchmark.error;
  return benchmark.stats.mean;
}

/**
 * How far contestants may differ, relative to the largest value: sums of up to a few thousand float32 products, in
 * different orders, stay a factor of ten below.
 */
const TOLERANCE = 1e-5;

function expectAgreement(name: string, contestants: readonly (readonly [string, Contestant])[]): void {
  const [first, ...rivals] = contestants.map(([contestant, run]) => ({ contestant, values: run() }));
  if (first === undefined) throw new Error(`${name}: a case needs contestants`);
  const scale = Array.from(first.values).reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  for (const { contestant, values } of rivals) {
    // Written so that NaN differs from everything.
    const differs = (value: number, i: number) => !(Math.abs(value - values[i]!) <= TOLERANCE * scale);
    const at = values.length === first.values.length ? Array.from(first.values).findIndex(differs) : 0;
    if (at === -1) continue;
    throw new Error(
      `${name}: ${first.contestant} and ${contestant} disagree at element ${at}: ${first.values[at]} and ${values[at]}`,
    );
  }
}

/** The middle value, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}
