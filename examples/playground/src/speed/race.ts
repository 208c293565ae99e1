/** A race: contestants are prepared, must agree on the result, and then take turns. */
import { Cancelled, startWorker, type Task, type TaskWorker } from '../shell/worker-task.js';
import { CONTESTANTS, type Contestant } from './contestants.js';
import { distance, type Standing } from './results.js';
import type { Prepared, SpeedWorker } from './speed-worker.js';
import type { Workload } from './workload.js';

/** How far a race is. */
export interface RaceReport {
  readonly standings: readonly Standing[];
  /** From 0 to 1. */
  readonly done: number;
  /** What is going on. */
  readonly activity: string;
}

const ROUNDS = 7;
/** In each round a contestant repeats its work for at least so many milliseconds. */
const TURN = 60;
/** No further round begins after so many milliseconds, once there were `LEAST_ROUNDS`. */
const LIMIT = 15_000;
const LEAST_ROUNDS = 3;
/** A contestant that is not ready after so many milliseconds is out. */
const PATIENCE = 60_000;
/** Results of float32 in another order of summation differ by less, relative to the largest. */
const TOLERANCE = 1e-3;

/** Starts the worker of a contestant. */
export function startContestant(): TaskWorker<SpeedWorker> {
  return startWorker<SpeedWorker>(
    () => new Worker(new URL('./speed-worker.ts', import.meta.url), { type: 'module' }),
  );
}

/**
 * Runs a race over a workload.
 * @param onReport Called whenever something is new.
 * @returns The task, whose result is how everybody stands at the end.
 */
export function startRace(
  workload: Workload,
  onReport: (report: RaceReport) => void,
): Task<readonly Standing[]> {
  const workers = CONTESTANTS.map(startContestant);
  const endAll = () => {
    for (const worker of workers) worker.end();
  };
  let isCancelled = false;
  const result = run(workload, workers, (report) => {
    if (isCancelled) throw new Cancelled();
    onReport(report);
  }).finally(endAll);
  return {
    result,
    cancel() {
      isCancelled = true;
      endAll();
    },
  };
}

async function run(
  workload: Workload,
  workers: readonly TaskWorker<SpeedWorker>[],
  report: (report: RaceReport) => void,
): Promise<readonly Standing[]> {
  const standings: Standing[] = CONTESTANTS.map((contestant) => {
    return { contestant, state: 'waiting', note: '', times: [] };
  });
  const turns = CONTESTANTS.length * (1 + ROUNDS);
  let taken = 0;
  const update = (i: number, change: Partial<Standing>) => {
    standings[i] = { ...(standings[i] as Standing), ...change };
  };
  const tell = (activity: string) => report({ standings: [...standings], done: taken / turns, activity });

  let expected: readonly number[] | null = null;
  for (const [i, { name, mode }] of CONTESTANTS.entries()) {
    tell(`preparing ${name}`);
    const prepared = await prepare(workers[i] as TaskWorker<SpeedWorker>, { mode, workload });
    if (prepared.isThere) expected ??= prepared.sample;
    update(i, judged(prepared, expected ?? []));
    taken++;
  }
  const start = performance.now();
  for (let round = 0; round < ROUNDS; round++) {
    if (round >= LEAST_ROUNDS && performance.now() - start > LIMIT) break;
    for (const [i, { contestant, state, times }] of standings.entries()) {
      taken++;
      if (state === 'out') continue;
      tell(`round ${round + 1} of ${ROUNDS}, ${contestant.name}`);
      const measured = (workers[i] as TaskWorker<SpeedWorker>).run('measure', { milliseconds: TURN });
      update(i, { times: [...times, await measured.result] });
    }
  }
  taken = turns;
  tell('finished');
  return standings;
}

/** Whatever keeps a contestant from being ready is a reason why it is out, but for the end of the race. */
async function prepare(
  worker: TaskWorker<SpeedWorker>,
  request: { readonly mode: Contestant['mode']; readonly workload: Workload },
): Promise<Prepared> {
  try {
    return await worker.run('prepare', request, { timeLimit: PATIENCE }).result;
  } catch (error) {
    if (error instanceof Cancelled) throw error;
    return { isThere: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Nobody is timed whose numbers differ from those of the first. */
function judged(prepared: Prepared, expected: readonly number[]): Partial<Standing> {
  if (!prepared.isThere) return { state: 'out', note: prepared.reason };
  const off = distance(expected, prepared.sample);
  if (!(off <= TOLERANCE))
    return { state: 'out', note: `computed something else: off by ${off.toExponential(1)}` };
  return { state: 'racing', note: prepared.note };
}
