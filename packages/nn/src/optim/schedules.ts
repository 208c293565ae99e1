/** The learning-rate schedules: steps, powers, cosines, lines, warm-up, any function, and one after the other. */
import { ArgumentError, formatValue } from '@lowrank/tensor';
import { checkOptions } from '../checks.js';
import { checkScheduled, LRScheduler, type Scheduled } from './lr-scheduler.js';

/** The factor on a group's first learning rate after `step` steps. */
export type Factor = (step: number) => number;

/** Multiplies the first rate of all groups, or of each, by a factor. `torch.optim.lr_scheduler.LambdaLR` */
export class LambdaLR extends LRScheduler {
  /**
   * @param factor One for all groups, or a list with one for each.
   * @throws ArgumentError if the list is not as long as that of the groups, or a factor makes a rate negative or NaN.
   */
  constructor(optimizer: Scheduled, factor: Factor | readonly Factor[]) {
    const factors: readonly unknown[] = Array.isArray(factor) ? factor : [factor];
    if (factors.length === 0 || !factors.every((f) => typeof f === 'function')) {
      throw new ArgumentError(
        'LambdaLR',
        `factor is a function or a list of them, got ${formatValue(factor)}`,
      );
    }
    checkScheduled('LambdaLR', optimizer);
    const groups = optimizer.paramGroups.length;
    if (Array.isArray(factor) && factor.length !== groups) {
      throw new ArgumentError('LambdaLR', `got ${factor.length} factors for ${groups} groups`);
    }
    super(optimizer, (base, step, group) => base * (factors[group % factors.length] as Factor)(step));
  }
}

/** Multiplies the rate by `gamma` (default 0.1) every `stepSize` steps. `torch.optim.lr_scheduler.StepLR` */
export class StepLR extends LRScheduler {
  /** @throws ArgumentError unless stepSize is a whole number of at least 1 and gamma is at least 0. */
  constructor(optimizer: Scheduled, stepSize: number, gamma = 0.1) {
    checkCount('StepLR', 'stepSize', stepSize, 1);
    checkRange('StepLR', 'gamma', gamma, 0, Number.MAX_VALUE);
    super(optimizer, (base, step) => base * gamma ** Math.floor(step / stepSize));
  }
}

/**
 * Multiplies the rate by `gamma` (default 0.1) at each milestone; one that is listed twice counts twice.
 * `torch.optim.lr_scheduler.MultiStepLR`
 */
export class MultiStepLR extends LRScheduler {
  /** @throws ArgumentError unless the milestones are whole numbers of at least 0 and gamma is at least 0. */
  constructor(optimizer: Scheduled, milestones: readonly number[], gamma = 0.1) {
    if (!Array.isArray(milestones) || !milestones.every((step) => Number.isInteger(step) && step >= 0)) {
      throw new ArgumentError(
        'MultiStepLR',
        `milestones are whole numbers of at least 0, got ${formatValue(milestones)}`,
      );
    }
    checkRange('MultiStepLR', 'gamma', gamma, 0, Number.MAX_VALUE);
    const passed = (step: number) => milestones.filter((milestone) => milestone <= step).length;
    super(optimizer, (base, step) => base * gamma ** passed(step));
  }
}

/** Multiplies the rate by `gamma` in every step. `torch.optim.lr_scheduler.ExponentialLR` */
export class ExponentialLR extends LRScheduler {
  /** @throws ArgumentError unless gamma is at least 0. */
  constructor(optimizer: Scheduled, gamma: number) {
    checkRange('ExponentialLR', 'gamma', gamma, 0, Number.MAX_VALUE);
    super(optimizer, (base, step) => base * gamma ** step);
  }
}

export interface ConstantLROptions {
  /** From 0 to 1. Default 1/3. */
  readonly factor?: number;
  /** Default 5. */
  readonly totalIters?: number;
}

/** The rate times `factor` for the first `totalIters` steps. `torch.optim.lr_scheduler.ConstantLR` */
export class ConstantLR extends LRScheduler {
  /** @throws ArgumentError for a factor outside of 0 to 1, or unless totalIters is a whole number of at least 0. */
  constructor(optimizer: Scheduled, options: ConstantLROptions = {}) {
    checkOptions('ConstantLR', options);
    const { factor = 1 / 3, totalIters = 5 } = options;
    checkRange('ConstantLR', 'factor', factor, 0, 1);
    checkCount('ConstantLR', 'totalIters', totalIters, 0);
    super(optimizer, (base, step) => (step < totalIters ? base * factor : base));
  }
}

export interface PolynomialLROptions {
  /** Default 5. */
  readonly totalIters?: number;
  /** Default 1. */
  readonly power?: number;
}

/**
 * From the first rate down to 0 over `totalIters` steps, as a power of the steps that are left.
 * `torch.optim.lr_scheduler.PolynomialLR`
 */
export class PolynomialLR extends LRScheduler {
  /** @throws ArgumentError unless totalIters is a whole number of at least 1 and power is at least 0. */
  constructor(optimizer: Scheduled, options: PolynomialLROptions = {}) {
    checkOptions('PolynomialLR', options);
    const { totalIters = 5, power = 1 } = options;
    checkCount('PolynomialLR', 'totalIters', totalIters, 1);
    checkRange('PolynomialLR', 'power', power, 0, Number.MAX_VALUE);
    super(optimizer, (base, step) => base * (1 - Math.min(step, totalIters) / totalIters) ** power);
  }
}

/**
 * Half a cosine from the first rate to the rate `etaMin` (default 0) over `tMax` steps, and back up after that.
 * Loshchilov and Hutter (2017), without restarts. `torch.optim.lr_scheduler.CosineAnnealingLR`
 */
export class CosineAnnealingLR extends LRScheduler {
  /** @throws ArgumentError unless tMax is a whole number of at least 1 and etaMin is at least 0. */
  constructor(optimizer: Scheduled, tMax: number, etaMin = 0) {
    checkCount('CosineAnnealingLR', 'tMax', tMax, 1);
    checkRange('CosineAnnealingLR', 'etaMin', etaMin, 0, Number.MAX_VALUE);
    super(optimizer, (base, step) => cosine(base, etaMin, step / tMax));
  }
}

/** From `base` at 0 along half a cosine to `least` at 1. */
function cosine(base: number, least: number, progress: number): number {
  const weight = (1 + Math.cos(Math.PI * progress)) / 2;
  return base * weight + least * (1 - weight);
}

export interface WarmRestartsOptions {
  /** How many times as long as the one before each cycle is. Default 1. */
  readonly tMult?: number;
  /** The rate that each cycle goes down to. Default 0. */
  readonly etaMin?: number;
}

/**
 * Half a cosine from the first rate down to `etaMin` over `t0` steps, again and again. Loshchilov and Hutter (2017).
 * `torch.optim.lr_scheduler.CosineAnnealingWarmRestarts`
 */
export class CosineAnnealingWarmRestarts extends LRScheduler {
  /** @throws ArgumentError unless t0 and tMult are whole numbers of at least 1 and etaMin is at least 0. */
  constructor(optimizer: Scheduled, t0: number, options: WarmRestartsOptions = {}) {
    const op = 'CosineAnnealingWarmRestarts';
    checkOptions(op, options);
    const { tMult = 1, etaMin = 0 } = options;
    checkCount(op, 't0', t0, 1);
    checkCount(op, 'tMult', tMult, 1);
    checkRange(op, 'etaMin', etaMin, 0, Number.MAX_VALUE);
    super(optimizer, (base, step) => cosine(base, etaMin, cycleProgress(step, t0, tMult)));
  }
}

/** How much of its cycle is behind a step, from 0 to below 1, where the first cycle has `length` steps. */
function cycleProgress(step: number, length: number, growth: number): number {
  if (growth === 1) return (step % length) / length;
  let [start, current] = [0, length];
  while (step >= start + current) [start, current] = [start + current, current * growth];
  return (step - start) / current;
}

export interface LinearLROptions {
  /** From 0 to 1. Default 1/3. */
  readonly startFactor?: number;
  /** From 0 to 1. Default 1. */
  readonly endFactor?: number;
  /** Default 5. */
  readonly totalIters?: number;
}

/** Moves the factor evenly from `startFactor` to `endFactor` over `totalIters` steps. `torch.optim.lr_scheduler.LinearLR` */
export class LinearLR extends LRScheduler {
  /** @throws ArgumentError for factors outside of 0 to 1, or unless totalIters is a whole number of at least 1. */
  constructor(optimizer: Scheduled, options: LinearLROptions = {}) {
    checkOptions('LinearLR', options);
    const { startFactor = 1 / 3, endFactor = 1, totalIters = 5 } = options;
    checkRange('LinearLR', 'startFactor', startFactor, 0, 1);
    checkRange('LinearLR', 'endFactor', endFactor, 0, 1);
    checkCount('LinearLR', 'totalIters', totalIters, 1);
    super(optimizer, (base, step) => {
      const progress = Math.min(1, step / totalIters);
      return base * (startFactor + (endFactor - startFactor) * progress);
    });
  }
}

/**
 * From 0 up to the first rate over `warmupSteps`, then evenly down to 0 at `totalSteps`: what transformers are
 * fine-tuned with. `transformers.get_linear_schedule_with_warmup`
 */
export class LinearWarmupLR extends LRScheduler {
  /** @throws ArgumentError unless both are whole numbers, and 0 <= warmupSteps <= totalSteps, which is at least 1. */
  constructor(optimizer: Scheduled, warmupSteps: number, totalSteps: number) {
    checkCount('LinearWarmupLR', 'totalSteps', totalSteps, 1);
    checkCount('LinearWarmupLR', 'warmupSteps', warmupSteps, 0);
    checkRange('LinearWarmupLR', 'warmupSteps', warmupSteps, 0, totalSteps);
    super(optimizer, (base, step) => {
      if (step < warmupSteps) return (base * step) / warmupSteps;
      return (base * Math.max(0, totalSteps - step)) / Math.max(1, totalSteps - warmupSteps);
    });
  }
}

/**
 * One schedule after the other: at each milestone the next one begins at its own step 0, from the first rate.
 * `torch.optim.lr_scheduler.SequentialLR`
 *
 * @example
 * new SequentialLR(optimizer, [new LinearLR(optimizer), new CosineAnnealingLR(optimizer, 100)], [5]);
 */
export class SequentialLR extends LRScheduler {
  /**
   * @param schedules All of this optimiser; their own `step()` is not called.
   * @param milestones The step at which each schedule but the first begins, in ascending order.
   * @throws ArgumentError if there is not one milestone less than schedules, they do not ascend, or a schedule is of
   * another optimiser.
   */
  constructor(optimizer: Scheduled, schedules: readonly LRScheduler[], milestones: readonly number[]) {
    if (!Array.isArray(schedules) || !schedules.every((schedule) => schedule instanceof LRScheduler)) {
      throw new ArgumentError('SequentialLR', `takes a list of schedules, got ${formatValue(schedules)}`);
    }
    if (!Array.isArray(milestones)) {
      throw new ArgumentError('SequentialLR', `milestones are a list, got ${formatValue(milestones)}`);
    }
    const starts = [0, ...milestones];
    if (starts.length !== schedules.length) {
      throw new ArgumentError(
        'SequentialLR',
        `milestones are one less than schedules, got ${milestones.length} and ${schedules.length}`,
      );
    }
    if (!milestones.every((start, i) => Number.isInteger(start) && start > (starts[i] as number))) {
      throw new ArgumentError(
        'SequentialLR',
        `milestones are whole numbers that ascend from at least 1, got ${formatValue(milestones)}`,
      );
    }
    if (schedules.some((schedule) => schedule.optimizer !== optimizer)) {
      throw new ArgumentError('SequentialLR', 'a schedule is of another optimiser');
    }
    super(optimizer, (base, step, group) => {
      const phase = starts.findLastIndex((start) => start <= step);
      return (schedules[phase] as LRScheduler).rateAt(base, step - (starts[phase] as number), group);
    });
  }
}

function checkCount(op: string, name: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new ArgumentError(op, `${name} is a whole number of at least ${least}, got ${formatValue(value)}`);
}

function checkRange(op: string, name: string, value: number, least: number, most: number): void {
  if (typeof value === 'number' && value >= least && value <= most) return;
  const range =
    most === Number.MAX_VALUE ? `a finite number of at least ${least}` : `from ${least} to ${most}`;
  throw new ArgumentError(op, `${name} is ${range}, got ${formatValue(value)}`);
}
