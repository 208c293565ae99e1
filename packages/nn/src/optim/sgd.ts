/** Stochastic gradient descent. */
import { sgdStep, type Tensor } from '@lowrank/tensor';
import type { Trainable } from './groups.js';
import { type Move, type Update, updateInSets } from './moves.js';
import { FusedOptimizer, type OptimizerDefinition, type OptimizerOptions } from './optimizer.js';
import { finite, flag, nonNegative } from './options.js';

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
export class SGD extends FusedOptimizer<SgdOptions> {
  /**
   * @param options.lr The learning rate; there is no default.
   * @throws ArgumentError as `Optimizer`, and for Nesterov without momentum or with dampening.
   */
  constructor(params: Trainable<SgdOptions>, options: Partial<SgdOptions> & OptimizerOptions) {
    super(params, options, DEFINITION);
  }

  protected override updateAll(moves: readonly Move[], options: SgdOptions): Update[] {
    const { lr, momentum, dampening, weightDecay, nesterov, maximize } = options;
    const bufferOf = ({ state }: Move) => state?.momentumBuffer as Tensor | undefined;
    const goesOn = (move: Move) => bufferOf(move) !== undefined;
    return updateInSets(moves, goesOn, (set) => {
      const before = set.map((move) => ({
        parameter: move.parameter,
        gradient: move.gradient,
        ...(goesOn(move) && { momentumBuffer: bufferOf(move) as Tensor }),
      }));
      const after = sgdStep(before, { lr, momentum, dampening, weightDecay, nesterov, maximize });
      return after.map(({ value, ...state }) => ({ value, state }));
    });
  }
}
