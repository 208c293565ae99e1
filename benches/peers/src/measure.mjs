/** Timing the contestants of a case, each in its own process, in turns. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ENGINES, labelOf } from './contestants.mjs';
import { decodeFloats } from './protocol.mjs';

/**
 * @typedef {object} Budget All times in seconds.
 * @property {number} rounds How often each contestant has its turn.
 * @property {number} turn How long a turn lasts at least.
 * @property {number} total Who is so slow that its turns would take longer than this together has fewer of them.
 * @property {number} warmUp How long a contestant runs before anything is timed.
 * @property {number} pause Between turns: threads of the last contestant may still spin, waiting for more work.
 * @property {number} limit When to give up on an answer.
 */

/** @type {Budget} */
export const DEFAULT_BUDGET = { rounds: 9, turn: 0.075, total: 10, warmUp: 0.3, pause: 0.05, limit: 180 };

/**
 * How far contestants may differ, relative to the largest value: sums of a few thousand float32 products in different
 * orders stay a factor of ten below.
 */
const TOLERANCE = 1e-4;

/**
 * @typedef {object} Row One contestant's result: either `absent`, or the rest.
 * @property {string} engine
 * @property {number} threads
 * @property {boolean} wide
 * @property {string} [absent] Why there is no time.
 * @property {boolean} [wrong] Absent because its result differs from lowrank's.
 * @property {string} [about] Version and mode, in the engine's own words.
 * @property {readonly number[]} [turns] The milliseconds of a run, round by round.
 * @property {number} [milliseconds] Their median.
 * @property {number} [gflops] From that median.
 * @property {number} [ratio] The time relative to lowrank's with as many threads: the median of the rounds' ratios.
 * @property {number} [wideRatio] The same, to lowrank's with the wide pass.
 */

/**
 * @param {import('./cases.mjs').Case} task
 * @param {readonly import('./contestants.mjs').Contestant[]} contestants
 * @param {Budget} budget
 * @param {{ start: typeof import('./start.mjs').startContestant, onProgress?: (text: string) => void }} hooks
 * @returns {Promise<{ name: string, about: string, flops?: number, rows: readonly Row[] }>}
 */
export async function measureCase(task, contestants, budget, { start, onProgress = () => {} }) {
  const entries = [];
  try {
    for (const contestant of contestants) {
      onProgress(`${task.name}: starting ${labelOf(contestant)}`);
      entries.push(await enter(contestant, task, budget, start));
    }
    expectAgreement(entries);
    for (let round = 0; round < budget.rounds; round++) {
      onProgress(`${task.name}: round ${round + 1} of ${budget.rounds}`);
      for (const entry of entries) await takeTurn(entry, round, budget);
    }
  } finally {
    for (const { child } of entries) child?.stop();
  }
  const { name, about, flops } = task;
  return { name, about, flops, rows: entries.map((entry) => rowOf(entry, entries, flops)) };
}

/** A contestant that is ready for its turns, or absent with the reason. */
async function enter(contestant, task, { rounds, total, warmUp, limit }, start) {
  let child;
  try {
    child = start(contestant, task, warmUp);
    const { about, values, secondsPerRun } = await child.answer({ limit });
    const affordable = Math.max(1, Math.min(rounds, Math.floor(total / secondsPerRun)));
    return { contestant, child, about, values: decodeFloats(values), rounds: affordable, times: [] };
  } catch (error) {
    child?.stop();
    return { contestant, absent: error.message };
  }
}

/** Who disagrees with the first contestant that is there has its times not taken. */
function expectAgreement(entries) {
  const [first, ...rivals] = entries.filter(({ absent }) => absent === undefined);
  for (const rival of rivals) {
    const difference = differenceOf(first.values, rival.values);
    if (difference === undefined) continue;
    rival.absent = `disagrees with ${labelOf(first.contestant)} ${difference}`;
    rival.wrong = true;
    rival.child.stop();
  }
}

/** @returns {string | undefined} Where and how `values` differ from what is expected. */
export function differenceOf(expected, values) {
  if (values.length !== expected.length)
    return `in length: ${values.length} instead of ${expected.length} values`;
  const scale = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  // Written so that NaN differs from everything.
  const at = expected.findIndex((value, i) => !(Math.abs(value - values[i]) <= TOLERANCE * scale));
  return at === -1 ? undefined : `at element ${at}: ${values[at]} instead of ${expected[at]}`;
}

async function takeTurn(entry, round, { turn, pause, limit }) {
  if (entry.absent !== undefined || round >= entry.rounds) return;
  try {
    await sleep(pause * 1000);
    const { seconds, calls } = await entry.child.answer({ question: { seconds: turn }, limit });
    entry.times.push(seconds / calls);
  } catch (error) {
    entry.absent = error.message;
  }
}

/** @returns {Row} */
function rowOf({ contestant, about, times, absent, wrong }, entries, flops) {
  const { engine, threads, wide } = contestant;
  const head = { engine: engine.name, threads, wide };
  if (absent !== undefined) return { ...head, absent, wrong };
  const lowrank = (isWide) =>
    entries.find(
      (entry) =>
        entry.absent === undefined &&
        entry.contestant.engine === ENGINES[0] &&
        entry.contestant.threads === threads &&
        entry.contestant.wide === isWide,
    );
  const seconds = median(times);
  return {
    ...head,
    about,
    turns: times.map((seconds) => 1000 * seconds),
    milliseconds: 1000 * seconds,
    gflops: flops === undefined ? undefined : flops / seconds / 1e9,
    ratio: ratioOf(times, lowrank(false)?.times),
    wideRatio: ratioOf(times, lowrank(true)?.times),
  };
}

/** Round by round; or, next to one so slow that it had fewer rounds, by the medians. */
function ratioOf(times, base) {
  if (base === undefined) return undefined;
  if (times.length !== base.length) return median(times) / median(base);
  return median(times.map((time, i) => time / base[i]));
}

/** The middle value, or the mean of the two in the middle. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2;
}
