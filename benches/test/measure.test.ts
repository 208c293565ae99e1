/** Measuring: turns, medians, and contestants that must agree. */
import { describe, expect, it } from '@jest/globals';
import { measureCase, median } from '../src/measure.js';
import type { Contestants } from '../src/suite.js';

const BUDGET = { rounds: 3, seconds: 1e-4 };

const measured = (contestants: Contestants) =>
  measureCase({ name: 'sum', prepare: () => contestants }, BUDGET).timings;

describe('a case', () => {
  it('gives each contestant its time and its ratio to the first', () => {
    const timings = measured({ once: () => [1], again: () => [1], third: () => [1] });
    expect(timings.map(({ contestant }) => contestant)).toEqual(['once', 'again', 'third']);
    expect(timings[0]!.ratio).toBe(1);
    for (const { milliseconds, ratio } of timings) {
      expect(milliseconds).toBeGreaterThan(0);
      expect(ratio).toBeGreaterThan(0);
    }
  });

  it('lets the contestants take turns', () => {
    const calls: string[] = [];
    const contestant = (name: string) => () => {
      if (calls.at(-1) !== name) calls.push(name);
      return [0];
    };
    measured({ a: contestant('a'), b: contestant('b') });
    // One call to compare the results, then the rounds.
    expect(calls).toEqual(['a', 'b', 'a', 'b', 'a', 'b', 'a', 'b']);
  });

  it('lets contestants differ by rounding', () => {
    expect(measured({ a: () => [1, 1000], b: () => [1.001, 1000] })).toHaveLength(2);
  });

  it.each([
    ['another value', [1, 1001], 'sum: a and b disagree at element 1: 1000 and 1001'],
    ['NaN', [Number.NaN, 1000], 'sum: a and b disagree at element 0: 1 and NaN'],
    ['another length', [1], 'sum: a and b disagree'],
  ])('is not timed if one of them gets %s', (_, values, message) => {
    expect(() => measured({ a: () => [1, 1000], b: () => values })).toThrow(message);
  });

  it('fails with the error of a contestant that fails while it is timed', () => {
    let calls = 0;
    const failsLater = () => {
      if (calls++ > 0) throw new Error('out of luck');
      return [1];
    };
    expect(() => measured({ a: failsLater })).toThrow('out of luck');
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
