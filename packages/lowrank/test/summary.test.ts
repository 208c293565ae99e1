/** Which summaries are consistent, and that a summary survives its file. */

import { describe, expect, it } from '@jest/globals';
import { ArgumentError } from '@lowrank/tensor';
import { checkSummary, evaluationOf, type RunSummary } from '../src/summary.js';
import { evaluationWith, FIXTURE } from './summary-fixture.js';

describe('evaluationOf', () => {
  it('derives accuracy and wrong counts from the confusion matrix', () => {
    const { accuracy, wrong } = evaluationWith([
      [3, 5, 20],
      [3, 8, 10],
      [9, 4, 70],
    ]);
    expect(wrong).toEqual([0, 0, 0, 30, 0, 0, 0, 0, 0, 70]);
    expect(accuracy).toBe(0.99);
  });

  it.each([
    [
      'too few rows',
      (matrix: number[][]) => matrix.slice(1),
      /rows of \[10,10,10,10,10,10,10,10,10\] counts/,
    ],
    ['a row that is too long', (matrix: number[][]) => [[...matrix[0]!, 1], ...matrix.slice(1)], /\[11,10,/],
    [
      'half an image',
      (matrix: number[][]) => matrix.map((row) => row.map((count) => count + 0.5)),
      /holds 980\.5/,
    ],
    [
      'less than no image',
      (matrix: number[][]) => matrix.map((row) => row.map((count) => -count - 1)),
      /holds -981/,
    ],
    [
      'no image at all',
      (matrix: number[][]) => matrix.map((row) => row.map(() => 0)),
      /counts no image at all/,
    ],
  ])('refuses %s', (_, change, message) => {
    const changed = change(evaluationWith([]).confusion.map((row) => [...row]));
    expect(() => evaluationOf(changed)).toThrow(ArgumentError);
    expect(() => evaluationOf(changed)).toThrow(message);
  });
});

describe('checkSummary', () => {
  it('accepts a consistent summary, also when it comes back from its file', () => {
    expect(() => checkSummary('test', FIXTURE)).not.toThrow();
    expect(() => checkSummary('test', JSON.parse(JSON.stringify(FIXTURE)) as RunSummary)).not.toThrow();
  });

  it.each<[string, Partial<RunSummary>, RegExp]>([
    [
      'an accuracy',
      { lora: { ...FIXTURE.lora, accuracy: 0.99 } },
      /^test: lora has accuracy 0\.99 .*gives 0\.9862/,
    ],
    [
      'wrong counts',
      { merged: { ...FIXTURE.merged, wrong: FIXTURE.base.wrong } },
      /^test: merged has .*evaluationOf/,
    ],
    [
      'a number of test images',
      { data: { ...FIXTURE.data, test: { used: 9_999, available: 10_000 } } },
      /^test: base\.confusion counts 10000 images, but data\.test\.used is 9999/,
    ],
  ])('refuses %s that does not fit the confusion matrix', (_, change, message) => {
    const run = { ...FIXTURE, ...change };
    expect(() => checkSummary('test', run)).toThrow(ArgumentError);
    expect(() => checkSummary('test', run)).toThrow(message);
  });

  it.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /^test: takes its options as an object, .* got undefined/],
    ['an empty object', {}, /^test: base\.confusion is undefined, expected 10 rows of 10/],
    [
      'a list of nothing',
      { ...FIXTURE, lora: { confusion: [null] } },
      /lora\.confusion is \[null\], expected/,
    ],
    ['no data', { ...FIXTURE, data: undefined }, /but data\.test\.used is undefined/],
  ])('refuses %s', (_, run, message) => {
    expect(() => checkSummary('test', run as RunSummary)).toThrow(ArgumentError);
    expect(() => checkSummary('test', run as RunSummary)).toThrow(message);
  });

  it('refuses another digit than the one that was asked for', () => {
    const options = { ...FIXTURE.options, digit: 4 };
    expect(() => checkSummary('test', { ...FIXTURE, options })).toThrow(
      /specialised\.digit is 9, but options\.digit asked for 4/,
    );
  });

  it.each([-1, 10, 2.5, Number.NaN])('refuses to specialise on the digit %p', (digit) => {
    const run = { ...FIXTURE, specialised: { ...FIXTURE.specialised, digit } };
    expect(() => checkSummary('test', run)).toThrow(
      /specialised\.digit is .*, expected an integer from 0 to 9/,
    );
  });
});
