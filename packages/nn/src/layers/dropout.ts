/** Dropout. */
import { ArgumentError, bernoulli, type Generator, type Tensor } from '@lowrank/tensor';
import { Module } from '../module.js';

export interface DropoutOptions {
  /** Where the random numbers come from. Default: the generator that `manualSeed` seeds. */
  readonly generator?: Generator;
}

/**
 * In training sets each value to 0 with probability p and scales the others by 1 / (1 - p); in evaluation does nothing.
 * `torch.nn.Dropout`
 */
export class Dropout extends Module {
  readonly #generator: Generator | undefined;

  /** @param p Default 0.5. */
  constructor(
    readonly p = 0.5,
    options: DropoutOptions = {},
  ) {
    super();
    if (!(p >= 0 && p <= 1)) throw new ArgumentError('Dropout', `a probability is from 0 to 1, got ${p}`);
    this.#generator = options.generator;
  }

  forward(x: Tensor): Tensor {
    if (!this.training || this.p === 0) return x;
    if (this.p === 1) return x.mul(0);
    const kept = bernoulli(x.shape, 1 - this.p, { dtype: x.dtype, generator: this.#generator });
    return x.mul(kept.div(1 - this.p));
  }

  override extraRepr(): string {
    return `p=${this.p}, inplace=False`;
  }
}
