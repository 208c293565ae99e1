/** What comes out of a race: medians, and ratios within rounds. */
import type { Contestant } from './contestants.js';
import { operationsOf, type Workload } from './workload.js';

/** A contestant, as far as the race has come. */
export interface Standing {
  readonly contestant: Contestant;
  /** `out` is one that does not take part: it is not to be had here, or its numbers were wrong. */
  readonly state: 'waiting' | 'racing' | 'out';
  /** What computes, or why it is out. */
  readonly note: string;
  /** Milliseconds of one run, a number for each round. */
  readonly times: readonly number[];
}

export interface Result {
  readonly name: string;
  readonly note: string;
  readonly isOut: boolean;
  /** The median, in milliseconds; `null` before the first round. */
  readonly milliseconds: number | null;
  /** Billions of operations in a second, where they can be counted. */
  readonly gigaflops: number | null;
  /** How many times as fast as the first contestant that takes part. */
  readonly speedUp: number | null;
}

/** The ratios are those of times in the same round, because what disturbs a machine often outlasts one. */
export function resultsOf(standings: readonly Standing[], workload: Workload): readonly Result[] {
  const rival = standings.find(({ times }) => times.length > 0)?.times ?? [];
  const operations = operationsOf(workload);
  return standings.map(({ contestant, state, note, times }) => {
    const milliseconds = median(times);
    return {
      name: contestant.name,
      note,
      isOut: state === 'out',
      milliseconds,
      gigaflops: operations === null || milliseconds === null ? null : operations / milliseconds / 1e6,
      speedUp: median(times.map((time, round) => (rival[round] as number) / time)),
    };
  });
}

/** The middle value, or the mean of the two in the middle; `null` of none. */
export function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

/** How far samples are apart, relative to the largest number in them. */
export function distance(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  const largest = Math.max(Number.MIN_VALUE, ...a.map(Math.abs));
  return Math.max(0, ...a.map((value, i) => Math.abs(value - (b[i] as number)))) / largest;
}
