/** Cases on the GPU: who is timed, what is left out, and that contestants must agree. */
import { describe, expect, it } from '@jest/globals';
import { tensor, useGpu } from 'lowrank';
import { gpuTilesSuite } from '../src/suites/gpu-tiles.js';
import { type GpuCase, gpuCase } from '../src/suites/gpu-timing.js';

const BUDGET = { rounds: 3, seconds: 1e-4, limit: 60, steps: 1 };

const outcome = await useGpu().catch((error: Error) => error);
const isSoftware = !(outcome instanceof Error) && /swiftshader/i.test(outcome.adapter);

const onGpu = outcome instanceof Error ? describe.skip : describe;

onGpu(`a case on the GPU${outcome instanceof Error ? ` (${outcome.message})` : ''}`, () => {
  const numbers = (...values: number[]) => ({ work: () => tensor(values, { device: 'gpu' }) });
  const measured = (contestants: ReturnType<GpuCase['prepare']>, rest: Partial<GpuCase> = {}) =>
    gpuCase({ name: 'sum', prepare: () => contestants, ...rest }).measure(BUDGET);

  it('times each contestant and names the adapter', async () => {
    const [first, second] = await measured({ once: numbers(1, 2), again: numbers(1, 2) }, { flops: 1e6 });
    expect(first).toMatchObject({
      contestant: 'once',
      ratio: 1,
      note: outcome && !(outcome instanceof Error) && outcome.adapter,
    });
    expect(second!.milliseconds).toBeGreaterThan(0);
    expect(second!.gflops).toBeCloseTo(1 / second!.milliseconds!, 6);
  });

  it('is refused where contestants disagree', async () => {
    await expect(measured({ right: numbers(1, 2), wrong: numbers(1, 2.1) })).rejects.toThrow(
      'sum: wrong disagrees at element 1: 2.0999999046325684 instead of 2',
    );
  });

  it('lets lowrank use the asked tile while a contestant works, and only then', async () => {
    const seen = new Set<string | undefined>();
    const work = () => {
      seen.add(process.env.LOWRANK_GPU_TILE);
      return tensor([1]);
    };
    await measured({ plain: { work, tile: 'plain' }, chosen: { work } });
    expect([...seen]).toEqual(['plain', undefined]);
    expect(process.env.LOWRANK_GPU_TILE).toBeUndefined();
  });

  (isSoftware ? it : it.skip)(
    'is left out on software where it would take minutes (skipped on cards)',
    async () => {
      const [only] = await measured({ once: numbers(1) }, { isForCards: true });
      expect(only!.note).toMatch(/^left out: .* is software$/);
    },
  );
});

describe('the tiles of the GPU', () => {
  it('are measured for each class of shapes, and for software at all', () => {
    const names = gpuTilesSuite.cases.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names[0]).toBe('software: [24, 36] x [36, 24]');
  });
});
