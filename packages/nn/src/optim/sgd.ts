/** Stochastic gradient descent. */
import type { Tensor } from '@lowrank/tensor';
import type { Trainable } from './groups.js';
import { Optimizer, type OptimizerDefinition, type OptimizerOptions, type Update } from './optimizer.js';
import { finite, flag, nonNegative } from './options.js';
import type { ParameterState } from './saved-state.js';

export interface SgdOptions extends OptimizerOptions {
  /** How much of the previous step goes on. Default 0. */
  momentum: number;
  /** How much less than all of the gradient is added to the momentum. Default 0. */
  dampening: number;
  /** The L2 penalty. Default 0. */
  weightDecay: number;
  /** Look ahead along the momentum, of which there must be some, without dampening. Default false. */
  nesterov: boolean;
  /** Climb instead of descend. Default false. */
  maximize: boolean;
}

const DEFINITION: OptimizerDefinition<SgdOptions> = {
  options: {
    lr: nonNegative(),
    momentum: nonNegative(0),
    dampening: finite(0),
    weightDecay: nonNegative(0),
    nesterov: flag(false),
    maximize: flag(false),
  },
  conflict: ({ nesterov, momentum, dampening }) =>
    nesterov && (momentum === 0 || dampening !== 0)
      ? `nesterov needs momentum and no dampening, got momentum ${momentum} and dampening ${dampening}`
      : undefined,
  remembers: { momentumBuffer: 'tensor' },
};

/** Gradient descent with momentum. `torch.optim.SGD` */
export class SGD extends Optimizer<SgdOptions> {
  /**
   * @param options.lr The learning rate; there is no default.
   * @throws ArgumentError as `Optimizer`, and for Nesterov without momentum or with dampening.
   */
  constructor(params: Trainable<SgdOptions>, options: Partial<SgdOptions> & OptimizerOptions) {
    super(params, options, DEFINITION);
  }

  /** Sutskever et al. (2013), in PyTorch's form: the learning rate multiplies the whole momentum. */
  protected override update(
    parameter: Tensor,
    gradient: Tensor,
    options: SgdOptions,
    state: ParameterState | undefined,
  ): Update {
    const { lr, momentum, dampening, weightDecay, nesterov, maximize } = options;
    let direction = maximize ? gradient.neg() : gradient;
    if (weightDecay !== 0) direction = direction.add(parameter.mul(weightDecay));
    if (momentum === 0) return { value: parameter.sub(direction.mul(lr)), state: {} };
    const previous = state?.momentumBuffer as Tensor | undefined;
    const momentumBuffer = previous ? previous.mul(momentum).add(direction.mul(1 - dampening)) : direction;
    const step = nesterov ? direction.add(momentumBuffer.mul(momentum)) : momentumBuffer;
    return { value: parameter.sub(step.mul(lr)), state: { momentumBuffer } };
  }
}
