/** What learning-rate schedules have in common: each sets the rates of an optimiser as a function of the steps taken. */
import { ArgumentError, FormatError, formatShape, formatValue } from '@lowrank/tensor';

/** What a schedule steers: an optimiser. */
export interface Scheduled {
  readonly paramGroups: readonly { lr: number }[];
}

/** The rate of group number `group` after `step` steps, if its first rate is `base`. */
export type Rate = (base: number, step: number, group: number) => number;

/** The saved form of a schedule. */
export interface ScheduleState {
  /** How often `step()` was called. */
  readonly lastEpoch: number;
  /** The first rate of each group. */
  readonly baseLrs: readonly number[];
}

/**
 * The rate of each group before its first schedule, PyTorch's `initial_lr`: schedules that are made after it start from
 * there too, and not from what the first one has made of it.
 */
const INITIAL_LR = new WeakMap<object, number>();

function initialLr(group: { readonly lr: number }): number {
  const rate = INITIAL_LR.get(group) ?? group.lr;
  INITIAL_LR.set(group, rate);
  return rate;
}

/** @throws ArgumentError for what is no optimiser. */
export function checkScheduled(op: string, optimizer: Scheduled): void {
  if (Array.isArray(optimizer?.paramGroups)) return;
  throw new ArgumentError(op, `steers an optimiser, got ${formatValue(optimizer)}`);
}

/** A schedule given by a formula. The base of all others. `torch.optim.lr_scheduler.LRScheduler` */
export class LRScheduler {
  readonly optimizer: Scheduled;
  readonly #rate: Rate;
  #baseLrs: readonly number[];
  #lastEpoch = 0;

  /** @throws ArgumentError for what is no formula, or one that gives a rate that is negative or not finite. */
  constructor(optimizer: Scheduled, rate: Rate) {
    checkScheduled(this.constructor.name, optimizer);
    if (typeof rate !== 'function') {
      throw new ArgumentError(this.constructor.name, `the rate is a function, got ${formatValue(rate)}`);
    }
    this.optimizer = optimizer;
    this.#rate = rate;
    this.#baseLrs = optimizer.paramGroups.map(initialLr);
    this.#goTo(0, this.#baseLrs);
  }

  /** How often `step()` was called. */
  get lastEpoch(): number {
    return this.#lastEpoch;
  }

  /** The present rate of each group. */
  getLastLr(): number[] {
    return this.optimizer.paramGroups.map((group) => group.lr);
  }

  /** The formula: the rate of group number `group` after `step` steps, if its first rate is `base`. */
  rateAt(base: number, step: number, group = 0): number {
    return this.#rate(base, step, group);
  }

  /** To be called after each `optimizer.step()` (or each epoch, if the schedule counts epochs). */
  step(): void {
    this.#goTo(this.#lastEpoch + 1, this.#baseLrs);
  }

  /** To be saved with the optimiser. */
  stateDict(): ScheduleState {
    return { lastEpoch: this.#lastEpoch, baseLrs: this.#baseLrs };
  }

  /**
   * Goes on where a saved schedule was, and sets the rates accordingly.
   * @throws FormatError for what is no such state, or of another number of groups.
   */
  loadStateDict(state: ScheduleState): void {
    const isState = isCount(state?.lastEpoch) && Array.isArray(state.baseLrs) && state.baseLrs.every(isRate);
    if (!isState || state.baseLrs.length !== this.#baseLrs.length) {
      throw new FormatError(
        `${this.constructor.name}.loadStateDict`,
        `takes what stateDict() returned for ${this.#baseLrs.length} groups, got lastEpoch ` +
          `${formatValue(state?.lastEpoch)} and baseLrs ${formatValue(state?.baseLrs)}`,
      );
    }
    this.#goTo(state.lastEpoch, [...state.baseLrs]);
  }

  #goTo(step: number, baseLrs: readonly number[]): void {
    const rates = baseLrs.map((base, group) => this.rateAt(base, step, group));
    if (!rates.every(isRate)) {
      throw new ArgumentError(
        this.constructor.name,
        `learning rates are finite numbers of at least 0, got ${formatShape(rates)} after ${step} steps`,
      );
    }
    this.#lastEpoch = step;
    this.#baseLrs = baseLrs;
    this.optimizer.paramGroups.forEach((group, i) => {
      group.lr = rates[i] as number;
    });
  }
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0;
}

function isRate(value: unknown): boolean {
  return Number.isFinite(value) && (value as number) >= 0;
}
