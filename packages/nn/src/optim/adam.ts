/** Adam and AdamW. */
import { maximum, type Tensor, zerosLike } from '@lowrank/tensor';
import type { Parameter } from '../parameter.js';
import { Optimizer, type OptimizerOptions, type ParameterGroup, type ParameterState, type Update } from './optimizer.js';

export interface AdamOptions extends OptimizerOptions {
  /** Decay of the running means of the gradient and of its square. Default [0.9, 0.999]. */
  betas: readonly [number, number];
  /** Added to the denominator. Default 1e-8. */
  eps: number;
  /** For Adam the L2 penalty (default 0), for AdamW the decoupled decay (default 0.01). */
  weightDecay: number;
  /** Divide by the largest mean square so far. Reddi et al. (2018). Default false. */
  amsgrad: boolean;
  /** Climb instead of descend. Default false. */
  maximize: boolean;
}

const DEFAULTS: AdamOptions = {
  lr: 1e-3,
  betas: [0.9, 0.999],
  eps: 1e-8,
  weightDecay: 0,
  amsgrad: false,
  maximize: false,
};

interface Moments {
  readonly step: number;
  readonly mean: Tensor;
  readonly square: Tensor;
  readonly largestSquare?: Tensor;
}

/** Kingma and Ba (2015), with the L2 penalty in the gradient. `torch.optim.Adam` */
export class Adam extends Optimizer<AdamOptions> {
  /** @param options.lr Default 1e-3. */
  constructor(
    params: Iterable<Parameter> | readonly ParameterGroup<AdamOptions>[],
    options: Partial<AdamOptions> = {},
  ) {
    super(params, { ...DEFAULTS, ...options });
  }

  protected override check(options: AdamOptions): void {
    super.check(options);
    const { betas, eps, weightDecay } = options;
    const inRange = Array.isArray(betas) && betas.length === 2 && betas.every((beta) => beta >= 0 && beta < 1);
    this.checkRange('betas', JSON.stringify(betas), inRange, 'two numbers from 0 to below 1');
    this.checkRange('eps', eps, eps >= 0, 'at least 0');
    this.checkRange('weightDecay', weightDecay, weightDecay >= 0, 'at least 0');
  }

  protected override update(parameter: Tensor, gradient: Tensor, options: AdamOptions, state: ParameterState | undefined): Update {
    const direction = options.maximize ? gradient.neg() : gradient;
    const decayed = options.weightDecay === 0 ? direction : direction.add(parameter.mul(options.weightDecay));
    return adamStep(parameter, decayed, options, state);
  }
}

/** Loshchilov and Hutter (2019): the weight decays by itself, apart from the gradient. `torch.optim.AdamW` */
export class AdamW extends Adam {
  /** @param options.lr Default 1e-3. */
  constructor(
    params: Iterable<Parameter> | readonly ParameterGroup<AdamOptions>[],
    options: Partial<AdamOptions> = {},
  ) {
    super(params, { weightDecay: 0.01, ...options });
  }

  protected override update(parameter: Tensor, gradient: Tensor, options: AdamOptions, state: ParameterState | undefined): Update {
    const direction = options.maximize ? gradient.neg() : gradient;
    return adamStep(parameter.mul(1 - options.lr * options.weightDecay), direction, options, state);
  }
}

/** Algorithm 1 of Kingma and Ba, arranged as PyTorch does: the corrections of the bias are plain numbers. */
function adamStep(parameter: Tensor, gradient: Tensor, options: AdamOptions, state: ParameterState | undefined): Update {
  const { lr, betas, eps, amsgrad } = options;
  const [beta1, beta2] = betas;
  const previous = state as Moments | undefined;
  const step = (previous?.step ?? 0) + 1;
  const mean = (previous?.mean ?? zerosLike(gradient)).mul(beta1).add(gradient.mul(1 - beta1));
  const square = (previous?.square ?? zerosLike(gradient)).mul(beta2).add(gradient.square().mul(1 - beta2));
  const largestSquare = amsgrad ? maximum(previous?.largestSquare ?? zerosLike(gradient), square) : undefined;
  const denominator = (largestSquare ?? square).sqrt().div(Math.sqrt(1 - beta2 ** step)).add(eps);
  const value = parameter.sub(mean.mul(lr / (1 - beta1 ** step)).div(denominator));
  return { value, state: { step, mean, square, ...(largestSquare && { largestSquare }) } };
}
