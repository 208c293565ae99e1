/** The steps of optimisers over whole sets of parameters: PyTorch's formulas, in PyTorch's order. */
import type { TypedArray } from '../../dtype.js';
import { type AdamStepOptions, adamRates, type SgdStepOptions } from '../steps.js';
import { emptyLike } from './storage.js';

/** The arrays that belong to one parameter, all of one length and type. */
export type Row<S = TypedArray> = readonly S[];

/**
 * From [parameter, gradient, mean, mean square] of each parameter, and the largest mean square for AMSGrad, to the same
 * without the gradient. `torch.optim.Adam`, `torch.optim.AdamW`
 */
export function adamStep(rows: readonly Row[], options: AdamStepOptions): Row[] {
  const { betas, eps, amsgrad, maximize } = options;
  const { left, penalty, stepSize, correction } = adamRates(options);
  const numbers = [...betas.flatMap((beta) => [beta, 1 - beta]), left, penalty, stepSize, correction, eps];
  return rows.map(([parameter, gradient, mean, square, largest]) => {
    const { length } = parameter;
    const [decay1, rest1, decay2, rest2, keep, share, rate, root, least] = roundTo(parameter, numbers);
    const [value, newMean, newSquare] = [0, 1, 2].map(() => emptyLike(parameter, length));
    const newLargest = amsgrad ? emptyLike(parameter, length) : newSquare;
    for (let i = 0; i < length; i++) {
      let g = maximize ? -gradient[i] : gradient[i];
      if (share !== 0) g += parameter[i] * share;
      newMean[i] = mean[i] * decay1 + g * rest1;
      newSquare[i] = square[i] * decay2 + g * rest2 * g;
      if (amsgrad) newLargest[i] = Math.max(largest[i], newSquare[i]);
      value[i] = parameter[i] * keep;
      value[i] -= (rate * newMean[i]) / (Math.sqrt(newLargest[i]) / root + least);
    }
    return amsgrad ? [value, newMean, newSquare, newLargest] : [value, newMean, newSquare];
  });
}

/** PyTorch has the plain numbers of a formula in the precision of its tensors. */
function roundTo(like: TypedArray, numbers: readonly number[]): TypedArray {
  const rounded = emptyLike(like, numbers.length);
  rounded.set(numbers);
  return rounded;
}

/**
 * From [parameter, gradient] of each parameter, and its momentum unless there is none or it begins, to the new parameter
 * and momentum, if there is any. Sutskever et al. (2013), in the form of `torch.optim.SGD`: the learning rate multiplies
 * the whole momentum.
 */
export function sgdStep(rows: readonly Row[], options: SgdStepOptions): Row[] {
  const { lr, momentum, dampening, weightDecay, nesterov, maximize } = options;
  return rows.map(([parameter, gradient, velocity]) => {
    const { length } = parameter;
    const [decay, share, penalty, rate] = roundTo(parameter, [momentum, 1 - dampening, weightDecay, lr]);
    const value = emptyLike(parameter, length);
    const newVelocity = emptyLike(parameter, momentum === 0 ? 0 : length);
    for (let i = 0; i < length; i++) {
      let step = maximize ? -gradient[i] : gradient[i];
      if (penalty !== 0) step += parameter[i] * penalty;
      if (momentum !== 0) {
        newVelocity[i] = velocity ? velocity[i] * decay + step * share : step;
        step = nesterov ? step + newVelocity[i] * decay : newVelocity[i];
      }
      value[i] = parameter[i] - step * rate;
    }
    return momentum === 0 ? [value] : [value, newVelocity];
  });
}
