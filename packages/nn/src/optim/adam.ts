/** Adam and AdamW. */
import { adamStep, type Tensor, zerosLike } from '@lowrank/tensor';
import type { Trainable } from './groups.js';
import { type Move, type Update, updateInSets } from './moves.js';
import { FusedOptimizer, type OptimizerDefinition, type OptimizerOptions } from './optimizer.js';
import { decayPair, flag, nonNegative } from './options.js';

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
export class Adam extends FusedOptimizer<AdamOptions> {
  /** @param options.lr Default 1e-3. */
  constructor(params: Trainable<AdamOptions>, options: Partial<AdamOptions> = {}) {
    super(params, options, ADAM);
  }

  protected override updateAll(moves: readonly Move[], options: AdamOptions): Update[] {
    return adamUpdates(moves, { ...options, decoupled: false });
  }
}

/** Loshchilov and Hutter (2019): the weight decays by itself, apart from the gradient. `torch.optim.AdamW` */
export class AdamW extends FusedOptimizer<AdamOptions> {
  /** @param options.lr Default 1e-3. */
  constructor(params: Trainable<AdamOptions>, options: Partial<AdamOptions> = {}) {
    super(params, options, ADAM_W);
  }

  protected override updateAll(moves: readonly Move[], options: AdamOptions): Update[] {
    return adamUpdates(moves, { ...options, decoupled: true });
  }
}

/** PyTorch's names of what is remembered. */
interface Moments {
  readonly step: number;
  readonly expAvg: Tensor;
  readonly expAvgSq: Tensor;
  readonly maxExpAvgSq: Tensor;
}

/** The formula counts steps, so those that are after equally many can be moved at once. */
function adamUpdates(
  moves: readonly Move[],
  options: AdamOptions & { readonly decoupled: boolean },
): Update[] {
  const { lr, betas, eps, weightDecay, decoupled, amsgrad, maximize } = options;
  const stepsSoFar = ({ state }: Move) => (state as Partial<Moments> | undefined)?.step ?? 0;
  return updateInSets(moves, stepsSoFar, (set) => {
    const step = stepsSoFar(set[0] as Move) + 1;
    const before = set.map(({ parameter, gradient, state }) => {
      const { expAvg, expAvgSq, maxExpAvgSq }: Partial<Moments> = state ?? {};
      const zero = () => zerosLike(parameter);
      return {
        parameter,
        gradient,
        expAvg: expAvg ?? zero(),
        expAvgSq: expAvgSq ?? zero(),
        ...(amsgrad && { maxExpAvgSq: maxExpAvgSq ?? zero() }),
      };
    });
    const after = adamStep(before, { step, lr, betas, eps, weightDecay, decoupled, amsgrad, maximize });
    return after.map(({ value, ...moments }) => ({ value, state: { step, ...moments } }));
  });
}
