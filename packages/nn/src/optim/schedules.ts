/** The learning-rate schedules: step, cosine, linear, linear warm-up, any function, and one after the other. */
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
 * Half a cosine from the first rate to the rate `etaMin` (default 0) over `tMax` steps, and back up after that.
 * Loshchilov and Hutter (2017), without restarts. `torch.optim.lr_scheduler.CosineAnnealingLR`
 */
export class CosineAnnealingLR extends LRScheduler {
  /** @throws ArgumentError unless tMax is a whole number of at least 1 and etaMin is at least 0. */
  constructor(optimizer: Scheduled, tMax: number, etaMin = 0) {
    checkCount('CosineAnnealingLR', 'tMax', tMax, 1);
    checkRange('CosineAnnealingLR', 'etaMin', etaMin, 0, Number.MAX_VALUE);
    super(optimizer, (base, step) => {
      const weight = (1 + Math.cos((Math.PI * step) / tMax)) / 2;
      return base * weight + etaMin * (1 - weight);
    });
  }
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
