/** Tests of the learning-rate schedules: saving, combining, and what is refused. Their rates are tested in ../pytorch. */
import { describe, expect, it } from '@jest/globals';
import {
  Adam,
  ConstantLR,
  CosineAnnealingLR,
  CosineAnnealingWarmRestarts,
  ExponentialLR,
  LambdaLR,
  LinearLR,
  LinearWarmupLR,
  LRScheduler,
  MultiStepLR,
  Parameter,
  PolynomialLR,
  type Scheduled,
  type ScheduleState,
  SequentialLR,
  SGD,
  StepLR,
} from '@lowrank/nn';
import { ArgumentError, FormatError, tensor } from '@lowrank/tensor';

const group = (lr?: number) => ({ params: [new Parameter(tensor([1]))], lr });
const makeOptimizer = (lr = 0.1) => new SGD([group(), group(0.02)], { lr });

describe('a schedule', () => {
  it('steers an optimiser through its training', () => {
    const p = new Parameter(tensor([0], { dtype: 'float64' }));
    const optimizer = new SGD([p], { lr: 1 });
    const schedule = new StepLR(optimizer, 2, 0.5);
    for (let step = 0; step < 5; step++) {
      p.grad = tensor([-1], { dtype: 'float64' });
      optimizer.step();
      schedule.step();
    }
    expect(p.item()).toBe(1 + 1 + 0.5 + 0.5 + 0.25);
  });

  it('resumes together with its optimiser, in either order', () => {
    const optimizer = new Adam([group()], { lr: 0.1 });
    const schedule = new CosineAnnealingLR(optimizer, 10);
    for (let step = 0; step < 4; step++) schedule.step();
    const saved = { optimizer: optimizer.stateDict(), schedule: schedule.stateDict() };
    schedule.step();

    const before = new Adam([group()]);
    before.loadStateDict(saved.optimizer);
    const late = new CosineAnnealingLR(before, 10);
    late.loadStateDict(saved.schedule);
    late.step();
    expect(late.getLastLr()).toEqual(schedule.getLastLr());

    const after = new Adam([group()]);
    const early = new CosineAnnealingLR(after, 10);
    after.loadStateDict(saved.optimizer);
    early.loadStateDict(saved.schedule);
    early.step();
    expect(early.getLastLr()).toEqual(schedule.getLastLr());
  });

  it('starts from the rates before the first schedule, as PyTorch’s initial_lr', () => {
    const optimizer = makeOptimizer();
    new LinearLR(optimizer, { startFactor: 0.5 });
    expect(optimizer.paramGroups.map(({ lr }) => lr)).toEqual([0.05, 0.01]);
    expect(new StepLR(optimizer, 3).getLastLr()).toEqual([0.1, 0.02]);
  });

  it('begins and ends exactly where it says', () => {
    const optimizer = new SGD([group()], { lr: 0.001 });
    const cosine = new CosineAnnealingLR(optimizer, 3, 0.0003);
    expect(cosine.getLastLr()).toEqual([0.001]);
    for (let step = 0; step < 3; step++) cosine.step();
    expect(cosine.getLastLr()).toEqual([0.0003]);
  });

  it('can be asked for any step without being moved', () => {
    const schedule = new LambdaLR(makeOptimizer(), [(step) => step, (step) => 2 * step]);
    expect([schedule.rateAt(0.5, 4), schedule.rateAt(0.5, 4, 1)]).toEqual([2, 4]);
    expect(schedule.lastEpoch).toBe(0);
  });

  it('of one’s own is a formula', () => {
    const schedule = new LRScheduler(makeOptimizer(), (base, step, i) => base / (1 + step + i));
    schedule.step();
    expect(schedule.getLastLr()).toEqual([0.1 / 2, 0.02 / 3]);
  });

  it('that gives a bad rate says so, and stays where it is', () => {
    const schedule = new LambdaLR(makeOptimizer(), (step) => (step < 2 ? 1 : Number.NaN));
    schedule.step();
    expect(() => schedule.step()).toThrow(ArgumentError);
    expect(() => schedule.step()).toThrow(
      'LambdaLR: learning rates are finite numbers of at least 0, got [NaN, NaN] after 2 steps',
    );
    expect(schedule.lastEpoch).toBe(1);
    expect(schedule.getLastLr()).toEqual([0.1, 0.02]);
    expect(() => new LambdaLR(makeOptimizer(), () => -1)).toThrow('got [-0.1, -0.02] after 0 steps');
  });
});

describe('a schedule refuses', () => {
  const optimizer = makeOptimizer();
  const of = (make: (o: Scheduled) => unknown) => () => make(optimizer);
  const linear = (options: object) => of((o) => new LinearLR(o, options));

  it.each([
    [of((o) => new StepLR(o, 0)), 'StepLR: stepSize is a whole number of at least 1, got 0'],
    [of((o) => new StepLR(o, 2.5)), 'StepLR: stepSize is a whole number of at least 1, got 2.5'],
    [of((o) => new StepLR(o, 2, -1)), 'StepLR: gamma is a finite number of at least 0, got -1'],
    [of((o) => new StepLR(o, 2, Infinity)), 'StepLR: gamma is a finite number of at least 0, got Infinity'],
    [
      of((o) => new MultiStepLR(o, [3, 1.5])),
      'MultiStepLR: milestones are whole numbers of at least 0, got [3, 1.5]',
    ],
    [
      of((o) => new MultiStepLR(o, 3 as never)),
      'MultiStepLR: milestones are whole numbers of at least 0, got 3',
    ],
    [of((o) => new MultiStepLR(o, [3], -1)), 'MultiStepLR: gamma is a finite number of at least 0, got -1'],
    [
      of((o) => new ExponentialLR(o, Number.NaN)),
      'ExponentialLR: gamma is a finite number of at least 0, got NaN',
    ],
    [of((o) => new ConstantLR(o, { factor: 2 })), 'ConstantLR: factor is from 0 to 1, got 2'],
    [
      of((o) => new ConstantLR(o, { totalIters: -1 })),
      'ConstantLR: totalIters is a whole number of at least 0, got -1',
    ],
    [
      of((o) => new PolynomialLR(o, { totalIters: 0 })),
      'PolynomialLR: totalIters is a whole number of at least 1, got 0',
    ],
    [
      of((o) => new PolynomialLR(o, { power: -2 })),
      'PolynomialLR: power is a finite number of at least 0, got -2',
    ],
    [
      of((o) => new CosineAnnealingWarmRestarts(o, 0)),
      'CosineAnnealingWarmRestarts: t0 is a whole number of at least 1, got 0',
    ],
    [
      of((o) => new CosineAnnealingWarmRestarts(o, 5, { tMult: 1.5 })),
      'CosineAnnealingWarmRestarts: tMult is a whole number of at least 1, got 1.5',
    ],
    [
      of((o) => new CosineAnnealingWarmRestarts(o, 5, { etaMin: -1 })),
      'CosineAnnealingWarmRestarts: etaMin is a finite number of at least 0, got -1',
    ],
    [
      of((o) => new CosineAnnealingLR(o, Number.NaN)),
      'CosineAnnealingLR: tMax is a whole number of at least 1, got NaN',
    ],
    [
      of((o) => new CosineAnnealingLR(o, 5, -0.1)),
      'CosineAnnealingLR: etaMin is a finite number of at least 0, got -0.1',
    ],
    [linear({ startFactor: 1.5 }), 'LinearLR: startFactor is from 0 to 1, got 1.5'],
    [linear({ startFactor: Number.NaN }), 'LinearLR: startFactor is from 0 to 1, got NaN'],
    [linear({ endFactor: -1 }), 'LinearLR: endFactor is from 0 to 1, got -1'],
    [linear(0.5 as never), 'LinearLR: takes its options as an object, { name: value }, got 0.5'],
    [linear(null as never), 'LinearLR: takes its options as an object, { name: value }, got null'],
    [of((o) => new LRScheduler(o, 0.5 as never)), 'LRScheduler: the rate is a function, got 0.5'],
    [linear({ totalIters: 0 }), 'LinearLR: totalIters is a whole number of at least 1, got 0'],
    [
      of((o) => new LinearWarmupLR(o, 1, 0)),
      'LinearWarmupLR: totalSteps is a whole number of at least 1, got 0',
    ],
    [
      of((o) => new LinearWarmupLR(o, -1, 9)),
      'LinearWarmupLR: warmupSteps is a whole number of at least 0, got -1',
    ],
    [of((o) => new LinearWarmupLR(o, 10, 9)), 'LinearWarmupLR: warmupSteps is from 0 to 9, got 10'],
    [of((o) => new LambdaLR(o, 0.9 as never)), 'LambdaLR: factor is a function or a list of them, got 0.9'],
    [of((o) => new LambdaLR(o, [])), 'LambdaLR: factor is a function or a list of them, got []'],
    [of((o) => new LambdaLR(o, [() => 1])), 'LambdaLR: got 1 factors for 2 groups'],
    [() => new StepLR(undefined as never, 2), 'StepLR: steers an optimiser, got undefined'],
    [() => new LambdaLR([] as never, () => 1), 'LambdaLR: steers an optimiser, got []'],
  ])('%p: %s', (make, message) => {
    expect(make).toThrow(ArgumentError);
    expect(make).toThrow(message);
    expect(optimizer.paramGroups.map(({ lr }) => lr)).toEqual([0.1, 0.02]);
  });

  it.each([
    ['nothing', undefined],
    ['half a step', { lastEpoch: 0.5, baseLrs: [1, 1] }],
    ['a step below 0', { lastEpoch: -1, baseLrs: [1, 1] }],
    ['no rates', { lastEpoch: 1 }],
    ['a bad rate', { lastEpoch: 1, baseLrs: [1, null] }],
    ['another number of groups', { lastEpoch: 1, baseLrs: [1] }],
  ])('a saved state with %s, and stays where it is', (_, state) => {
    const schedule = new StepLR(makeOptimizer(), 2);
    schedule.step();
    const load = () => schedule.loadStateDict(state as ScheduleState);
    expect(load).toThrow(FormatError);
    expect(load).toThrow('StepLR.loadStateDict: takes what stateDict() returned for 2 groups, got lastEpoch');
    expect(schedule.stateDict()).toEqual({ lastEpoch: 1, baseLrs: [0.1, 0.02] });
  });
});

describe('SequentialLR refuses', () => {
  const optimizer = makeOptimizer();
  const schedules = [new StepLR(optimizer, 1), new StepLR(optimizer, 2), new StepLR(optimizer, 3)];
  const stranger = new StepLR(makeOptimizer(), 1);

  it.each([
    [schedules, [1], 'milestones are one less than schedules, got 1 and 3'],
    [[], [], 'milestones are one less than schedules, got 0 and 0'],
    [schedules, [5, 5], 'milestones are whole numbers that ascend from at least 1, got [5, 5]'],
    [schedules, [0, 5], 'milestones are whole numbers that ascend from at least 1, got [0, 5]'],
    [schedules, [1.5, 5], 'milestones are whole numbers that ascend from at least 1, got [1.5, 5]'],
    [[schedules[0], stranger], [5], 'a schedule is of another optimiser'],
    [schedules[0], [5], 'takes a list of schedules, got a StepLR'],
    [[schedules[0], null], [5], 'takes a list of schedules, got [a StepLR, null]'],
    [schedules, 5, 'milestones are a list, got 5'],
  ] as [LRScheduler[], number[], string][])('schedules %p at %p', (list, milestones, message) => {
    const make = () => new SequentialLR(optimizer, list, milestones);
    expect(make).toThrow(ArgumentError);
    expect(make).toThrow(`SequentialLR: ${message}`);
  });
});
