/** Cases of functions: who is timed, in which mode, and that they must agree. */
import { describe, expect, it } from '@jest/globals';
import { getBackend, getNumThreads } from 'lowrank';
import { type Contestants, timed } from '../src/timed.js';

const BUDGET = { rounds: 3, seconds: 1e-4, limit: 60, steps: 1 };

const measured = (contestants: Contestants, flops?: number) =>
  timed({ name: 'sum', prepare: () => contestants, ...(flops !== undefined && { flops }) }).measure(BUDGET);

describe('a timed case', () => {
  it('gives each contestant its time and its ratio to the first', async () => {
    const measurements = await measured({ once: () => [1], again: () => [1], third: () => [1] });
    expect(measurements.map(({ contestant }) => contestant)).toEqual(['once', 'again', 'third']);
    expect(measurements[0]!.ratio).toBe(1);
    for (const { milliseconds, ratio, gflops } of measurements) {
      expect(milliseconds).toBeGreaterThan(0);
      expect(ratio).toBeGreaterThan(0);
      expect(gflops).toBeUndefined();
    }
  });

  it('tells how many operations a second that is', async () => {
    const [{ milliseconds, gflops }] = await measured({ once: () => [1] }, 5000);
    expect(gflops).toBeCloseTo(5000 / (milliseconds! * 1e6), 10);
  });

  it('lets the contestants take turns', async () => {
    const calls: string[] = [];
    const contestant = (name: string) => () => {
      if (calls.at(-1) !== name) calls.push(name);
      return [0];
    };
    await measured({ a: contestant('a'), b: contestant('b') });
    // One call to compare the results, then the rounds.
    expect(calls).toEqual(['a', 'b', 'a', 'b', 'a', 'b', 'a', 'b']);
  });

  it('runs each contestant in its mode, and leaves the mode as it was', async () => {
    const home = { backend: getBackend(), threads: getNumThreads() };
    const seen: Record<string, Set<string>> = { plain: new Set(), reference: new Set(), threads: new Set() };
    const contestant = (name: string) => () => {
      seen[name]!.add(`${getBackend()} ${getNumThreads()}`);
      return [0];
    };
    await measured({
      plain: contestant('plain'),
      reference: { run: contestant('reference'), mode: { backend: 'reference' } },
      threads: { run: contestant('threads'), mode: { threads: 3 } },
    });
    expect([...seen.plain!]).toEqual([`${home.backend} ${home.threads}`]);
    expect([...seen.reference!]).toEqual([`reference ${home.threads}`]);
    expect([...seen.threads!]).toEqual([`${home.backend} 3`]);
    expect({ backend: getBackend(), threads: getNumThreads() }).toEqual(home);
  });

  it('leaves the mode as it was when a contestant fails', async () => {
    const home = getBackend();
    const run = () => {
      throw new Error('out of luck');
    };
    await expect(measured({ a: { run, mode: { backend: 'reference' } } })).rejects.toThrow('out of luck');
    expect(getBackend()).toBe(home);
  });

  it('lets contestants differ by rounding', async () => {
    expect(await measured({ a: () => [1, 1000], b: () => [1.001, 1000] })).toHaveLength(2);
  });

  it.each([
    ['another value', [1, 1001], 'sum: a and b disagree at element 1: 1000 and 1001'],
    ['NaN', [Number.NaN, 1000], 'sum: a and b disagree at element 0: 1 and NaN'],
    ['another length', [1], 'sum: a and b disagree'],
  ])('is not timed if one of them gets %s', async (_, values, message) => {
    await expect(measured({ a: () => [1, 1000], b: () => values })).rejects.toThrow(message);
  });

  it('fails with the error of a contestant that fails while it is timed', async () => {
    let calls = 0;
    const failsLater = () => {
      if (calls++ > 0) throw new Error('out of luck');
      return [1];
    };
    await expect(measured({ a: failsLater })).rejects.toThrow('out of luck');
  });
});
