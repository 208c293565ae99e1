/**
 * The op suite on the device `gpu`: the same inputs as on the CPU, forward and backward, next to PyTorch's results. Of each op some
 * inputs, evenly chosen, since a software GPU takes half a second to compile a kernel; all of them with LOWRANK_GPU_SAMPLES=all.
 */
import { expect, it } from '@jest/globals';
import * as autograd from '@lowrank/autograd';
import * as numbers from '@lowrank/tensor';
import { type Entry, Fixtures, type Result } from '../../../../tools/pytorch-fixtures/fixtures.mjs';
import { compare } from '../../../../tools/pytorch-fixtures/replay.mjs';
import { onGpu } from '../../../tensor/test/gpu/adapter.js';

const { DeviceError, DTypeError, setDefaultDevice } = numbers;
const fixtures = new Fixtures({ ...numbers, ...autograd }, new URL('fixtures/ops', import.meta.url));

/** How many inputs of an op are tried. */
const SAMPLES = process.env.LOWRANK_GPU_SAMPLES === 'all' ? Number.POSITIVE_INFINITY : 3;

/**
 * How far from PyTorch a value may be besides the tolerance of the CPU: relative above 1, absolute below. WGSL promises 2.5 ulp for a
 * quotient, and sums of products may be fused or not.
 */
const TOLERANCE = 1e-6;

/** What is different on the GPU, as docs/gpu.md says, by op and input. */
const DIFFERENT: Readonly<Record<string, readonly string[]>> = {
  // Integers above 2^24 do not wrap around.
  pow: ['int32 that wraps around'],
  prod: ['int32 that wraps around'],
  // float32 cannot tell how often 2 pi goes into 10^6.
  sin: ['large values'],
  cos: ['large values'],
  tan: ['large values'],
  // Numbers below 2^-126 count as 0.
  cast: ['float32 to bool'],
  to: ['float32 to bool'],
};

/** Ops without a kernel, and what is made of them. */
const WITHOUT_KERNEL = ['svd', 'qr', 'solveTriangular', 'matrixRank'];

/** What a call gives on the GPU; `undefined` if it has no room for its dtypes, or no kernel. */
function resultsOnGpu(entry: Entry): Result[] | undefined {
  setDefaultDevice('gpu');
  try {
    return fixtures.results(entry);
  } catch (error) {
    if (error instanceof DTypeError && /GPU/.test(error.message)) return undefined;
    if (error instanceof DeviceError && /has no kernel/.test(error.message)) return undefined;
    throw error;
  } finally {
    setDefaultDevice('cpu');
  }
}

/** Evenly chosen elements. */
function some<T>(list: readonly T[], count: number): T[] {
  if (list.length <= count) return [...list];
  return Array.from({ length: count }, (_, i) => list[Math.floor((i * list.length) / count)] as T);
}

/** What is wrong with one result. */
async function complaintAbout({ what, actual, expected, tolerance }: Result): Promise<string | undefined> {
  const ours = actual === null ? null : await actual.cpu();
  const theirs = expected.dataSync();
  const allowed = numbers.tensor(
    Float64Array.from(theirs, (value: number, i: number) => {
      const own = typeof tolerance === 'object' ? (tolerance.dataSync()[i] as number) : (tolerance ?? 0);
      return own + TOLERANCE * Math.max(1, Math.abs(value));
    }),
  );
  return compare(what, ours, expected, allowed).complaint;
}

/** The inputs of an op that a GPU takes, and that are not among the documented differences. */
function candidates(name: string): Entry[] {
  const takesFloat32 = (entry: Entry) => !/float64/.test(entry.about);
  return fixtures.of(name).filter((entry) => takesFloat32(entry) && !DIFFERENT[name]?.includes(entry.about));
}

onGpu('PyTorch has the same results and gradients, on the GPU, for', () => {
  it.each(fixtures.names)('%s', async (name) => {
    const entries = some(candidates(name), SAMPLES);
    const computed = entries.map((entry) => ({ entry, results: resultsOnGpu(entry) }));
    const complaints: string[] = [];
    for (const { entry, results = [] } of computed) {
      for (const result of results) {
        const complaint = await complaintAbout(result);
        if (complaint !== undefined) complaints.push(`${entry.about}: ${result.what} ${complaint}`);
      }
    }
    expect(complaints).toEqual([]);
    const isComputed = computed.some(({ results }) => results !== undefined);
    expect(isComputed).toBe(!WITHOUT_KERNEL.includes(name));
  });
});
