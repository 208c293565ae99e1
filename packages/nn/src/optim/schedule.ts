/** Learning-rate schedules: each sets the rate of an optimiser's groups as a function of the steps taken. */
import { ArgumentError } from '@lowrank/tensor';
import type { Optimizer, OptimizerOptions } from './optimizer.js';

/** The factor on a group's first learning rate after `step` calls of `step()`. */
export type Factor = (step: number) => number;

type AnyOptimizer = Pick<Optimizer<OptimizerOptions>, never> & { readonly groups: readonly OptimizerOptions[] };

/** Multiplies the first learning rate of each group by a factor. `torch.optim.lr_scheduler.LambdaLR` */
export class LambdaLR {
  readonly #optimizer: AnyOptimizer;
  readonly #baseRates: readonly number[];
  readonly #factor: Factor;
  #step = 0;

  constructor(optimizer: AnyOptimizer, factor: Factor) {
    this.#optimizer = optimizer;
    this.#baseRates = optimizer.groups.map((group) => group.lr);
    this.#factor = factor;
    this.#apply();
  }

  /** How often `step()` was called. */
  get lastStep(): number {
    return this.#step;
  }

  /** The present learning rate of each group. */
  getLastLR(): number[] {
    return this.#optimizer.groups.map((group) => group.lr);
  }

  /** To be called after each `optimizer.step()` (or each epoch, if the schedule counts epochs). */
  step(): void {
    this.#step++;
    this.#apply();
  }

  /** To be saved with the optimiser. */
  stateDict(): { readonly step: number; readonly baseRates: readonly number[] } {
    return { step: this.#step, baseRates: this.#baseRates };
  }

  /** Goes on where a saved schedule was. */
  loadStateDict(state: { readonly step: number }): void {
    if (!Number.isInteger(state.step) || state.step < 0) {
      throw new ArgumentError('LambdaLR', `a step is a whole number of at least 0, got ${state.step}`);
    }
    this.#step = state.step;
    this.#apply();
  }

  #apply(): void {
    const factor = this.#factor(this.#step);
    this.#optimizer.groups.forEach((group, i) => {
      group.lr = (this.#baseRates[i] as number) * factor;
    });
  }
}

function checkCount(op: string, name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) throw new ArgumentError(op, `${name} is a whole number of at least 1, got ${value}`);
}

/** Multiplies the rate by `gamma` (default 0.1) every `stepSize` steps. `torch.optim.lr_scheduler.StepLR` */
export class StepLR extends LambdaLR {
  constructor(optimizer: AnyOptimizer, stepSize: number, gamma = 0.1) {
    checkCount('StepLR', 'stepSize', stepSize);
    super(optimizer, (step) => gamma ** Math.floor(step / stepSize));
  }
}

/**
 * Half a cosine from the first rate to `etaMin` (a fraction of the first rate, default 0) over `tMax` steps, and back
 * up after that. Loshchilov and Hutter (2017), without restarts. `torch.optim.lr_scheduler.CosineAnnealingLR`
 */
export class CosineAnnealingLR extends LambdaLR {
  constructor(optimizer: AnyOptimizer, tMax: number, etaMin = 0) {
    checkCount('CosineAnnealingLR', 'tMax', tMax);
    super(optimizer, (step) => etaMin + ((1 - etaMin) * (1 + Math.cos((Math.PI * step) / tMax))) / 2);
  }
}

export interface LinearOptions {
  /** Default 1/3. */
  readonly startFactor?: number;
  /** Default 1. */
  readonly endFactor?: number;
  /** Default 5. */
  readonly totalIters?: number;
}

/** Moves the factor evenly from `startFactor` to `endFactor` over `totalIters` steps. `torch.optim.lr_scheduler.LinearLR` */
export class LinearLR extends LambdaLR {
  constructor(optimizer: AnyOptimizer, options: LinearOptions = {}) {
    const { startFactor = 1 / 3, endFactor = 1, totalIters = 5 } = options;
    checkCount('LinearLR', 'totalIters', totalIters);
    super(optimizer, (step) => startFactor + (endFactor - startFactor) * Math.min(1, step / totalIters));
  }
}

/**
 * From 0 up to the first rate over `warmupSteps`, then evenly down to 0 at `totalSteps`: what transformers are
 * fine-tuned with. `transformers.get_linear_schedule_with_warmup`
 */
export class LinearWarmupLR extends LambdaLR {
  constructor(optimizer: AnyOptimizer, warmupSteps: number, totalSteps: number) {
    checkCount('LinearWarmupLR', 'totalSteps', totalSteps);
    if (!Number.isInteger(warmupSteps) || warmupSteps < 0 || warmupSteps > totalSteps) {
      throw new ArgumentError('LinearWarmupLR', `warmupSteps is a whole number from 0 to ${totalSteps}, got ${warmupSteps}`);
    }
    super(optimizer, (step) =>
      step < warmupSteps
        ? step / Math.max(1, warmupSteps)
        : Math.max(0, (totalSteps - step) / Math.max(1, totalSteps - warmupSteps)),
    );
  }
}
