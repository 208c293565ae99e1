/** That the report's sentences follow the numbers, whichever way they went. */

import { describe, expect, it } from '@jest/globals';
import { isSubset, notes, wilsonInterval } from '../../src/report/notes.js';
import * as story from '../../src/report/story.js';
import type { RunSummary } from '../../src/summary.js';
import { evaluationWith, FIXTURE } from '../summary-fixture.js';

function told(sentences: readonly string[] | string): string {
  return [sentences].flat().join(' ').replaceAll('\u202f', ' ');
}

const perfect = evaluationWith([]);

describe('the headline', () => {
  it.each([
    [FIXTURE, '210 mistakes became 138'],
    [{ ...FIXTURE, base: FIXTURE.lora, lora: FIXTURE.base }, '138 mistakes became 210'],
    [{ ...FIXTURE, lora: FIXTURE.base }, '210 mistakes, with LoRA and without'],
    [{ ...FIXTURE, base: evaluationWith([[1, 7, 1]]), lora: perfect }, '1 mistake became 0'],
  ])('tells how the mistakes changed', (run, expected) => {
    expect(story.headline(run)).toBe(expected);
  });
});

describe('the story', () => {
  it('tells what was done and what came of it', () => {
    const text = told(story.lede(FIXTURE));
    expect(text).toMatch(/got 97\.90 % of 10,000 test images right/);
    expect(text).toMatch(/trained 1,097 numbers beside its 92,672 convolution weights/);
    expect(text).toMatch(/gets 98\.62 % right/);
    expect(text).toMatch(/specialise on nines: of those it misses 11, where base misses 43\./);
  });

  it('does not call it a change when the specialist misses as many', () => {
    const specialised = { ...FIXTURE.specialised, ...FIXTURE.base };
    expect(told(story.lede({ ...FIXTURE, specialised }))).toMatch(/misses 43, as many as base\./);
  });

  it('says that switching off and merging work only if they do', () => {
    const good = told(story.switching(FIXTURE));
    expect(good).toMatch(/every output on 10,000 test images is base’s, bit for bit/);
    expect(good).toMatch(/by 1\.9 × 10⁻⁶ at most, which is rounding/);
    expect(good).toMatch(/both adapters together take 465 kB/);
    const exact = { loraOffEqualsBase: true, mergedMaxDifference: 0 };
    expect(told(story.switching({ ...FIXTURE, checks: exact }))).toMatch(
      /outputs stay the same, bit for bit/,
    );
    const checks = { loraOffEqualsBase: false, mergedMaxDifference: 0.5 };
    const bad = told(story.switching({ ...FIXTURE, checks }));
    expect(bad).toMatch(
      /should leave base as it was, but some output on 10,000 test images differs\. This is a defect/,
    );
    expect(bad).toMatch(/by 5\.0 × 10⁻¹ at most, which is more than rounding\. This is a defect/);
    const unknown = { loraOffEqualsBase: true, mergedMaxDifference: Number.NaN };
    expect(told(story.switching({ ...FIXTURE, checks: unknown }))).toMatch(
      /by – at most, which is more than rounding/,
    );
  });

  it('tells how the losses went, of those trainings that took a step', () => {
    expect(told(story.learning(FIXTURE))).toMatch(
      /base training \(1 epoch\) took the loss from 2\.\d\d to 0\.0\d+ in 938 steps\..* in 938 steps\..*nines.* in 186 steps/,
    );
    const curves = { ...FIXTURE.curves, lora: [], specialised: [] };
    expect(story.learning({ ...FIXTURE, curves })).toHaveLength(1);
  });

  it.each([
    ['fewer', FIXTURE.lora, /fewer zeros, twos, threes, fours, fives, sevens, eights and nines are missed\./],
    ['as many', FIXTURE.base, /every digit is missed as often as before\./],
    ['more', evaluationWith(confusionsOf(FIXTURE, [1, 7, 5])), /, more ones are missed\./],
    ['fewer and more', evaluationWith([[1, 7, 5]]), /fewer zeros, .* and nines are missed, but more ones\./],
  ])('tells which digits are missed: %s', (_, lora, expected) => {
    expect(told(story.digits({ ...FIXTURE, lora }))).toMatch(expected);
  });

  it('tells what specialising did to its digit and to the others', () => {
    expect(told(story.digits(FIXTURE))).toMatch(
      /on 5,949 images of nines.* on 5,950 of other digits\. It misses 11 of 1,009 nines \(base: 43\) and 158 of the other digits \(base: 167\)/,
    );
  });

  it('tells the worst confusion, if there is one', () => {
    expect(told(story.confusions(FIXTURE))).toBe(
      'Base most often takes a 9 for a 4: 33 times. With LoRA that happens 21 times, with the specialist 9 times.',
    );
    expect(told(story.confusions({ ...FIXTURE, base: perfect }))).toBe(
      'Base takes no digit for another one.',
    );
  });

  it('counts the parameters, and names the layers that have no LoRA', () => {
    const text = told(story.parameters(FIXTURE));
    expect(text).toMatch(
      /of rank 1\. To 92,672 parameters .* it adds 1,097: 93,769 together, 1\.184 % more\./,
    );
    expect(text).toMatch(/fc is frozen without LoRA \(20,490 parameters\)/);
    const adapted = FIXTURE.parameters.layers.filter(({ lora }) => lora > 0);
    const all = { ...FIXTURE, parameters: { ...FIXTURE.parameters, layers: adapted } };
    expect(told(story.parameters(all))).not.toMatch(/frozen/);
    const none = {
      ...FIXTURE.parameters,
      layers: FIXTURE.parameters.layers.map((layer) => ({ ...layer, lora: 0 })),
    };
    expect(told(story.parameters({ ...FIXTURE, parameters: none }))).toMatch(
      /conv1, conv2, conv3 and fc are frozen/,
    );
  });

  it('compares the files', () => {
    expect(told(story.files(FIXTURE))).toBe(
      'An adapter file takes 5.32 kB: 1.17 % of the 455 kB that the model takes.',
    );
  });
});

describe('the notes', () => {
  const subset: RunSummary = {
    ...FIXTURE,
    options: { ...FIXTURE.options, quick: true, digit: 9 },
    data: { ...FIXTURE.data, train: { used: 6_000, available: 60_000 } },
  };

  it('say that images were left out, and only then', () => {
    expect(isSubset(FIXTURE)).toBe(false);
    expect(told(notes(FIXTURE))).not.toMatch(/This run trained on/);
    expect(isSubset(subset)).toBe(true);
    expect(told(notes(subset))).toMatch(
      /trained on 6,000 of 60,000 training images and tested on 10,000 of 10,000 test images because it was told to be quick/,
    );
  });

  it('say when the difference may be chance', () => {
    expect(told(notes(FIXTURE))).toMatch(/is 97\.60 % to 98\.16 %\. LoRA’s 98\.62 % lies outside it\./);
    expect(told(notes({ ...FIXTURE, lora: FIXTURE.base }))).toMatch(
      /lies inside it, so that the difference may be chance/,
    );
  });

  it('say that the digit was picked by the test, unless it was asked for', () => {
    expect(told(notes(FIXTURE))).toMatch(/picked by the test itself: nines make 43 of base’s 210 mistakes/);
    expect(told(notes(subset))).not.toMatch(/picked/);
  });

  it('name the seed', () => {
    expect(told(notes(FIXTURE))).toMatch(/the seed 4242/);
  });
});

describe('wilsonInterval', () => {
  it.each([
    [0.1, 10, 0.017876, 0.40415],
    [0.5, 100, 0.403832, 0.596168],
    [1, 10, 0.722467, 1],
    [0, 10, 0, 0.277533],
  ])('of %p of %p', (share, n, low, high) => {
    const interval = wilsonInterval(share, n);
    expect(interval[0]).toBeCloseTo(low, 5);
    expect(interval[1]).toBeCloseTo(high, 5);
  });
});

/** The mistakes of the fixture's base, and one more. */
function confusionsOf({ base }: RunSummary, more: readonly [number, number, number]) {
  const mistakes = base.confusion.flatMap((row, digit) =>
    row.map((count, answer) => [digit, answer, digit === answer ? 0 : count] as const),
  );
  return [...mistakes, more];
}
