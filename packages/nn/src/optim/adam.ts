/** Adam and AdamW. */
import { maximum, type Tensor, zerosLike } from '@lowrank/tensor';
import type { Trainable } from './groups.js';
import { Optimizer, type OptimizerDefinition, type OptimizerOptions, type Update } from './optimizer.js';
import { decayPair, flag, nonNegative } from './options.js';
import type { ParameterState } from './saved-state.js';

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

const ADAM: OptimizerDefinition<AdamOptions> = {
  options: {
    lr: nonNegative(1e-3),
    betas: decayPair([0.9, 0.999]),
    eps: nonNegative(1e-8),
    weightDecay: nonNegative(0),
    amsgrad: flag(false),
    maximize: flag(false),
  },
  remembers: { step: 'count', expAvg: 'tensor', expAvgSq: 'tensor', maxExpAvgSq: 'tensor' },
};

const ADAM_W: OptimizerDefinition<AdamOptions> = {
  ...ADAM,
  options: { ...ADAM.options, weightDecay: nonNegative(0.01) },
};

/** Kingma and Ba (2015), with the L2 penalty in the gradient. `torch.optim.Adam` */
export class Adam extends Optimizer<AdamOptions> {
  /** @param options.lr Default 1e-3. */
  constructor(params: Trainable<AdamOptions>, options: Partial<AdamOptions> = {}) {
    super(params, options, ADAM);
  }

  protected override update(
    parameter: Tensor,
    gradient: Tensor,
    options: AdamOptions,
    state: ParameterState | undefined,
  ): Update {
    const { weightDecay, maximize } = options;
    const direction = maximize ? gradient.neg() : gradient;
    const penalised = weightDecay === 0 ? direction : direction.add(parameter.mul(weightDecay));
    return adamStep(parameter, penalised, options, state);
  }
}

/** Loshchilov and Hutter (2019): the weight decays by itself, apart from the gradient. `torch.optim.AdamW` */
export class AdamW extends Optimizer<AdamOptions> {
  /** @param options.lr Default 1e-3. */
  constructor(params: Trainable<AdamOptions>, options: Partial<AdamOptions> = {}) {
    super(params, options, ADAM_W);
  }

  protected override update(
    parameter: Tensor,
    gradient: Tensor,
    options: AdamOptions,
    state: ParameterState | undefined,
  ): Update {
    const { lr, weightDecay, maximize } = options;
    return adamStep(
      parameter.mul(1 - lr * weightDecay),
      maximize ? gradient.neg() : gradient,
      options,
      state,
    );
  }
}

/** PyTorch's names of what is remembered. */
interface Moments {
  readonly step: number;
  readonly expAvg: Tensor;
  readonly expAvgSq: Tensor;
  readonly maxExpAvgSq: Tensor;
}

/** Algorithm 1 of Kingma and Ba, arranged as PyTorch does: the corrections of the bias are plain numbers. */
function adamStep(
  parameter: Tensor,
  gradient: Tensor,
  options: AdamOptions,
  state: ParameterState | undefined,
): Update {
  const { lr, betas, eps, amsgrad } = options;
  const [beta1, beta2] = betas;
  const previous: Partial<Moments> = state ?? {};
  const zero = zerosLike(gradient);
  const step = (previous.step ?? 0) + 1;
  const expAvg = (previous.expAvg ?? zero).mul(beta1).add(gradient.mul(1 - beta1));
  const expAvgSq = (previous.expAvgSq ?? zero).mul(beta2).add(gradient.square().mul(1 - beta2));
  const maxExpAvgSq = amsgrad ? maximum(previous.maxExpAvgSq ?? zero, expAvgSq) : undefined;
  const denominator = (maxExpAvgSq ?? expAvgSq)
    .sqrt()
    .div(Math.sqrt(1 - beta2 ** step))
    .add(eps);
  const value = parameter.sub(expAvg.mul(lr / (1 - beta1 ** step)).div(denominator));
  return { value, state: { step, expAvg, expAvgSq, ...(maxExpAvgSq && { maxExpAvgSq }) } };
}
