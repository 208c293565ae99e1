/** Cases whose contestants work on the GPU, or on the CPU next to it: how their work is timed, and what runs on which adapter. */
import { type Device, gpuInfo, type Tensor, useGpu } from 'lowrank';
import type { Case, Measurement, Values } from '../suite.js';
import { differenceOf, largestOf } from '../timed.js';
import { type Turn, takeTurns } from '../turns.js';

/** One way of doing a case's work. */
export interface GpuContestant {
  /** What LOWRANK_GPU_TILE says meanwhile: `plain` for gpu.js's kernels, or a tile. Default: nothing, so that lowrank chooses. */
  readonly tile?: string;
  /** Queues the work. What it returns is read only to know that all of it is done, and to compare contestants once. */
  readonly work: () => Tensor;
}

export type GpuContestants = Readonly<Record<string, GpuContestant>>;

export interface GpuCase {
  readonly name: string;
  /** Called once there is a GPU. */
  readonly prepare: () => GpuContestants;
  /** How many floating-point operations the work is. */
  readonly flops?: number;
  /** How far results may differ, relative to the largest value. Default 1e-5, for sums of a few thousand products. */
  readonly tolerance?: number;
  /** Whether it is left out where the adapter is a program, which would take minutes. Default false. */
  readonly isForCards?: boolean;
  /** What becomes of the measurements in the end. Default: nothing. */
  readonly conclude?: (measurements: readonly Measurement[]) => readonly Measurement[];
}

/** Names of adapters that are programs. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|basic render/i;

/** A large and a small version of a case: the small one is for adapters in software, and its name says its size. */
export function gpuCase(given: GpuCase): Case {
  const { name, prepare, flops, tolerance = 1e-5, isForCards = false, conclude = (all) => all } = given;
  return {
    name,
    measure: async (budget) => {
      await useGpu();
      const { adapter, description } = gpuInfo();
      if (isForCards && SOFTWARE.test(`${adapter} ${description}`)) {
        return [{ contestant: 'lowrank, GPU', note: `left out: ${adapter} is software` }];
      }
      const contestants = prepare();
      await expectAgreement(name, contestants, tolerance);
      const turns = Object.entries(contestants).map(([contestant, each], i) => {
        const note = i === 0 ? { note: adapter } : {};
        return [contestant, turnOf(each, budget.seconds, note)] as const;
      });
      const measurements = await takeTurns(Object.fromEntries(turns), budget);
      const withRate = measurements.map((each) =>
        flops === undefined ? each : { ...each, gflops: flops / each.milliseconds! / 1e6 },
      );
      return conclude(withRate);
    },
  };
}

/** As often as fills the time, after as often as it takes to know how often that is. */
function turnOf(contestant: GpuContestant, seconds: number, note: Values): Turn {
  return async () => {
    let count = 1;
    let elapsed = await timeOf(contestant, count);
    while (elapsed < 1000 * seconds) {
      count = Math.max(2 * count, Math.ceil((1100 * seconds * count) / elapsed));
      elapsed = await timeOf(contestant, count);
    }
    return { milliseconds: elapsed / count, ...note };
  };
}

/** Milliseconds until the work has been done `count` times, with nothing read but a value of the last result. */
async function timeOf(contestant: GpuContestant, count: number): Promise<number> {
  const startedAt = performance.now();
  let last: Tensor | undefined;
  for (let i = 0; i < count; i++) {
    last?.dispose();
    last = queue(contestant);
  }
  // All is done in the order in which it was queued.
  await last!.reshape([-1]).narrow(0, 0, 1).data();
  last!.dispose();
  return performance.now() - startedAt;
}

const VARIABLE = 'LOWRANK_GPU_TILE';

function queue({ tile, work }: GpuContestant): Tensor {
  const before = process.env[VARIABLE];
  if (tile !== undefined) process.env[VARIABLE] = tile;
  try {
    return work();
  } finally {
    if (before === undefined) delete process.env[VARIABLE];
    else process.env[VARIABLE] = before;
  }
}

/** @throws Error if a contestant's result is another one. */
async function expectAgreement(name: string, contestants: GpuContestants, tolerance: number): Promise<void> {
  let expected: ArrayLike<number> | undefined;
  for (const [contestant, each] of Object.entries(contestants)) {
    const values: ArrayLike<number> = await queue(each).data();
    expected ??= values;
    const at = differenceOf(expected, values, tolerance * largestOf(expected));
    if (at === undefined) continue;
    throw new Error(
      `${name}: ${contestant} disagrees at element ${at}: ${values[at]} instead of ${expected[at]}`,
    );
  }
}

/** The same work on the GPU by hand-written kernels and by gpu.js's, and on the CPU. */
export function onEachDevice(work: (device: Device) => () => Tensor): GpuContestants {
  return {
    'lowrank, GPU': { work: work('gpu') },
    "by gpu.js's kernels": { work: work('gpu'), tile: 'plain' },
    'lowrank, CPU': { work: work('cpu') },
  };
}
