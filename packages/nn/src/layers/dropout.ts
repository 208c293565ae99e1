/** Dropout. */
import {
  ArgumentError,
  bernoulli,
  DTypeError,
  formatValue,
  type Generator,
  isFloat,
  type Tensor,
} from '@lowrank/tensor';
import { checkOptions, checkTensor } from '../checks.js';
import { Module } from '../module.js';
import { pythonNumber } from './python.js';

export interface DropoutOptions {
  /** Where the random numbers come from. Default: the generator that `manualSeed` seeds. */
  readonly generator?: Generator;
}

/**
 * In training sets each value to 0 with probability p and scales the others by 1 / (1 - p); in evaluation does nothing.
 * `torch.nn.Dropout`
 *
 * Drops what PyTorch drops on the CPU after the same seed, unless PyTorch was built with Intel's MKL (as the wheels for
 * x86-64 on PyPI are), whose own generator then draws; see `bernoulli`.
 */
export class Dropout extends Module {
  // Not a private #field: copies of modules have none.
  protected readonly generator: Generator | undefined;

  /**
   * @param p Default 0.5.
   * @throws ArgumentError unless p is from 0 to 1.
   */
  constructor(
    readonly p = 0.5,
    options: DropoutOptions = {},
  ) {
    super();
    checkOptions('Dropout', options);
    if (!(typeof p === 'number' && p >= 0 && p <= 1)) {
      throw new ArgumentError('Dropout', `a probability is from 0 to 1, got ${formatValue(p)}`);
    }
    this.generator = options.generator;
  }

  /** @throws DTypeError in training unless x holds floats. */
  forward(x: Tensor): Tensor {
    checkTensor('Dropout', 'the input', x);
    if (!this.training || this.p === 0) return x;
    if (!isFloat(x.dtype)) {
      throw new DTypeError('Dropout', `scales floats, got ${x.dtype}. Convert with to('float32')`);
    }
    if (this.p === 1) return x.mul(0);
    const kept = bernoulli(x.shape, 1 - this.p, {
      dtype: x.dtype,
      device: x.device,
      generator: this.generator,
    });
    return x.mul(kept.div(1 - this.p));
  }

  override extraRepr(): string {
    return `p=${pythonNumber(this.p)}, inplace=False`;
  }
}
