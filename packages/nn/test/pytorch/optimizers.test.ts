/** Optimisers, clipping and schedules: where 20 steps take the parameters of a small network, in PyTorch and here. */
import { describe, expect, it } from '@jest/globals';
import * as nn from '@lowrank/nn';
import { ones, type Tensor } from '@lowrank/tensor';
import * as clipping from '../../src/optim/clip.js';
import { TRUTH } from './fixtures.js';
import {
  complaintsAbout,
  type Precision,
  type Run,
  recorded,
  recordedBy,
  runs,
  saved,
  steps,
  Training,
} from './training.js';

/** The exported classes that a class is the base of, by name. */
function subclassesOf(base: abstract new (...rest: never[]) => unknown): (readonly [string, unknown])[] {
  return Object.entries(nn).filter(([, value]) => Object.prototype.isPrototypeOf.call(base, value));
}

const optimizers = subclassesOf(nn.Optimizer);

describe('PyTorch trained', () => {
  const sortedNames = (classes: readonly (readonly [string, unknown])[]) =>
    classes.map(([name]) => name).sort();
  const used = (calls: readonly (readonly unknown[] | null)[]) =>
    [...new Set(calls.flatMap((call) => (call === null ? [] : [call[0]])))].sort();

  it('with all optimisers, all kinds of clipping, and all schedules', () => {
    expect(used(runs.map(({ optimizer }) => [optimizer]))).toEqual(sortedNames(optimizers));
    expect(used(runs.map(({ clip }) => clip))).toEqual(Object.keys(clipping).sort());
    expect(used(runs.map(({ schedule }) => schedule))).toEqual(sortedNames(subclassesOf(nn.LRScheduler)));
  });

  it.each(optimizers)('with each option of %s', (name, make) => {
    const p = new nn.Parameter(ones([1]));
    const { params, ...defaults } = new (make as typeof nn.SGD)([p], { lr: 1e-3 }).paramGroups[0]!;
    const tried = runs
      .filter(({ optimizer }) => optimizer === name)
      .flatMap(({ options, groups }) => [options, ...groups])
      .flatMap((options) => Object.entries(options));
    for (const [option, usual] of Object.entries(defaults)) {
      const others = tried.filter(([other, value]) => other === option && String(value) !== String(usual));
      expect([option, others.length > 0]).toEqual([option, true]);
    }
  });

  const comparisons = runs.reduce((count, run) => count + 2 * recordedBy(run).length, 0);
  const count = `${runs.length} times, ${steps} steps each: ${comparisons} comparisons`;
  it(`${count} with PyTorch, as the document says`, () => {
    expect(TRUTH).toContain(count);
    expect(runs.filter((run) => recordedBy(run).length < 4 * recorded.length)).toEqual([]);
  });
});

describe.each(runs)('$optimizer, $about', (run) => {
  it('has the rates of PyTorch and goes where PyTorch goes, in float64', () => {
    const { rates, found } = train(run, 'float64');
    expectRates(rates, run);
    expect(complaintsAbout(run, 'float64', found)).toEqual([]);
    expect(Object.keys(found).sort()).toEqual(recordedBy(run).sort());
  });

  it('does so in float32, saved in the middle and loaded into a fresh optimiser', () => {
    const { rates, found } = train(run, 'float32', { reload: true });
    expectRates(rates, run);
    expect(complaintsAbout(run, 'float32', found)).toEqual([]);
    expect(Object.keys(found).sort()).toEqual(recordedBy(run).sort());
  });
});

function expectRates(rates: readonly (readonly number[])[], run: Run): void {
  const expected = run.rates.flat();
  rates.flat().forEach((rate, i) => {
    expect(rate).toBeCloseTo(expected[i]!, 15);
  });
}

/** Trains and returns the rates of all steps, and all that PyTorch recorded too. */
function train(run: Run, precision: Precision, { reload = false } = {}) {
  const training = new Training(run, precision);
  const rates: (readonly number[])[] = [];
  const found: Record<string, Tensor> = {};
  for (let step = 1; step <= steps; step++) {
    rates.push(training.rates);
    training.step();
    if (recorded.includes(step)) Object.assign(found, training.recordedParameters);
    if (step === saved) Object.assign(found, training.recordedState);
    if (step === saved && reload) training.reload();
  }
  return { rates, found };
}
