/** The worker of one contestant: it enters its mode once, then does its work whenever it is its turn. */
import { cpuInfo, setWideSimd } from 'lowrank';
import { serveTasks } from '../shell/worker-host.js';
import type { Mode } from './contestants.js';
import { gpuOffer } from './gpu-offer.js';
import { enter } from './mode.js';
import type { GpuOffer } from './offers.js';
import { type Work, workOf } from './work.js';
import { isWithin, type Workload } from './workload.js';

export interface PrepareRequest {
  readonly mode: Mode;
  readonly workload: Workload;
}

export type Prepared =
  | {
      readonly isThere: true;
      /** What computes, in a few words. */
      readonly note: string;
      /** Some of the numbers that came out of the first run. */
      readonly sample: readonly number[];
    }
  | { readonly isThere: false; readonly reason: string };

/** Numbers of a result that are compared. */
const SAMPLE = 256;

/** Milliseconds for which work is repeated before it counts: engines compile what runs often, and threads start. */
const WARM_UP = 150;

let work: Work | null = null;

const handlers = {
  async prepare({ mode, workload }: PrepareRequest): Promise<Prepared> {
    const entered = await enter(mode);
    if (!entered.isThere) return entered;
    const { note, limits } = entered;
    if (!isWithin(workload, limits))
      return { isThere: false, reason: `${note}: left out, since it would take seconds` };
    work = workOf(workload, mode);
    const result = Array.from(await work());
    const stride = Math.ceil(result.length / SAMPLE);
    await repeat(work, WARM_UP);
    return { isThere: true, note, sample: result.filter((_, i) => i % stride === 0) };
  },

  /** The milliseconds of one run, averaged over so many milliseconds. */
  async measure({ milliseconds }: { readonly milliseconds: number }): Promise<number> {
    if (work === null) throw new Error('nothing was prepared');
    return repeat(work, milliseconds);
  },

  /** What this browser has to compute with. */
  async describe(): Promise<{ readonly cpu: ReturnType<typeof cpuInfo>; readonly gpu: GpuOffer }> {
    // Only who asks for the wide pass learns why it is not there.
    setWideSimd(true);
    return { cpu: cpuInfo(), gpu: await gpuOffer() };
  },
};

export type SpeedWorker = typeof handlers;

async function repeat(run: Work, milliseconds: number): Promise<number> {
  const start = performance.now();
  let runs = 0;
  let elapsed = 0;
  while (elapsed < milliseconds) {
    await run();
    runs++;
    elapsed = performance.now() - start;
  }
  return elapsed / runs;
}

serveTasks(handlers);
