/** Taking turns, and the medians that come out of it. */
import { describe, expect, it } from '@jest/globals';
import { median, takeTurns } from '../src/turns.js';

const BUDGET = { rounds: 3, seconds: 1e-4, limit: 60, steps: 1 };

/** A turn that takes each of the times in turn. */
function taking(...milliseconds: readonly number[]) {
  let turn = 0;
  return () => ({ milliseconds: milliseconds[turn++]! });
}

describe('turns', () => {
  it('are taken in order, round by round', async () => {
    const calls: string[] = [];
    const turn = (name: string) => () => {
      calls.push(name);
      return { milliseconds: 1 };
    };
    await takeTurns({ a: turn('a'), b: turn('b') }, BUDGET);
    expect(calls).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
  });

  it('give the median time, and the median of the ratios within a round', async () => {
    const measurements = await takeTurns({ a: taking(1, 10, 100), b: taking(3, 20, 150) }, BUDGET);
    expect(measurements).toEqual([
      { contestant: 'a', milliseconds: 10, ratio: 1 },
      { contestant: 'b', milliseconds: 20, ratio: 2 },
    ]);
  });

  it('give the median of whatever is measured, and the note', async () => {
    let turn = 0;
    const measurements = await takeTurns(
      { a: () => ({ peakMemory: [7, 1, 5][turn++]!, note: 'alone' }) },
      BUDGET,
    );
    expect(measurements).toEqual([{ contestant: 'a', peakMemory: 5, note: 'alone' }]);
  });

  it('have no ratio where nobody or only one has a time', async () => {
    const [alone] = await takeTurns({ a: taking(1, 2, 3) }, BUDGET);
    expect(alone).toEqual({ contestant: 'a', milliseconds: 2 });
    const [, second] = await takeTurns({ a: () => ({ note: 'absent' }), b: taking(1, 2, 3) }, BUDGET);
    expect(second).toEqual({ contestant: 'b', milliseconds: 2 });
  });

  it.each([
    [3, {}],
    [5, { leastRounds: 5 }],
    [9, { leastRounds: 20 }],
  ])('end after %d rounds of at most nine if there is no time for more, %j', async (expected, options) => {
    let turns = 0;
    const count = () => ({ milliseconds: ++turns });
    await takeTurns({ count }, { ...BUDGET, rounds: 9, limit: 0 }, options);
    expect(turns).toBe(expected);
  });
});

describe('median', () => {
  it.each([
    [[3], 3],
    [[9, 1, 2], 2],
    [[10, 1, 4, 2], 3],
  ])('of %j is %d', (values, expected) => {
    expect(median(values)).toBe(expected);
  });
});
