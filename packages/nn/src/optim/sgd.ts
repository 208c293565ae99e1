/** Stochastic gradient descent. */
import type { Tensor } from '@lowrank/tensor';
import type { Parameter } from '../parameter.js';
import { Optimizer, type OptimizerOptions, type ParameterGroup, type ParameterState, type Update } from './optimizer.js';

export interface SgdOptions extends OptimizerOptions {
  /** How much of the previous step goes on. Default 0. */
  momentum: number;
  /** How little of the gradient is added to the momentum. Default 0. */
  dampening: number;
  /** The L2 penalty. Default 0. */
  weightDecay: number;
  /** Look ahead along the momentum. Default false. */
  nesterov: boolean;
  /** Climb instead of descend. Default false. */
  maximize: boolean;
}

/** Gradient descent with momentum. `torch.optim.SGD` */
export class SGD extends Optimizer<SgdOptions> {
  /**
   * @param options.lr The learning rate; there is no default.
   * @throws ArgumentError for options out of range; Nesterov needs momentum and no dampening.
   */
  constructor(
    params: Iterable<Parameter> | readonly ParameterGroup<SgdOptions>[],
    options: Partial<SgdOptions> & OptimizerOptions,
  ) {
    super(params, { momentum: 0, dampening: 0, weightDecay: 0, nesterov: false, maximize: false, ...options });
  }

  protected override check(options: SgdOptions): void {
    super.check(options);
    const { momentum, dampening, weightDecay, nesterov } = options;
    this.checkRange('momentum', momentum, momentum >= 0, 'at least 0');
    this.checkRange('weightDecay', weightDecay, weightDecay >= 0, 'at least 0');
    this.checkRange('nesterov', nesterov, !nesterov || (momentum > 0 && dampening === 0), 'only for momentum without dampening');
  }

  /** Sutskever et al. (2013), in PyTorch's form: the learning rate multiplies the whole momentum. */
  protected override update(parameter: Tensor, gradient: Tensor, options: SgdOptions, state: ParameterState | undefined): Update {
    const { lr, momentum, dampening, weightDecay, nesterov, maximize } = options;
    let direction = maximize ? gradient.neg() : gradient;
    if (weightDecay !== 0) direction = direction.add(parameter.mul(weightDecay));
    if (momentum === 0) return { value: parameter.sub(direction.mul(lr)), state: {} };
    const previous = state?.momentumBuffer as Tensor | undefined;
    const buffer = previous ? previous.mul(momentum).add(direction.mul(1 - dampening)) : direction;
    const step = nesterov ? direction.add(buffer.mul(momentum)) : buffer;
    return { value: parameter.sub(step.mul(lr)), state: { momentumBuffer: buffer } };
  }
}
