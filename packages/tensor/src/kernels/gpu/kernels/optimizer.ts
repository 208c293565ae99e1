/** The steps of optimisers: the formulas of reference/optimizer.ts, one kernel for each thing that a step gives. */
import type { Row } from '../../reference/optimizer.js';
import { type AdamStepOptions, adamRates, type SgdStepOptions } from '../../steps.js';
import type { GpuCalls } from '../session.js';
import type { GpuStorage } from '../storage.js';
import { kernel, run } from './define.js';

/** The gradient as the formulas have it, with the penalty on the parameter. */
const GRADIENT = '(sign * gradient[this.thread.x] + parameter[this.thread.x] * penalty)';

/** From [parameter, gradient, mean, mean square, (largest)] of each parameter to the same without the gradient. */
export function adamStep(
  calls: GpuCalls,
  rows: readonly Row<GpuStorage>[],
  options: AdamStepOptions,
): Row<GpuStorage>[] {
  const { betas, eps, amsgrad, maximize } = options;
  const [decay1, decay2] = betas;
  const { left, penalty, stepSize, correction } = adamRates(options);
  const gradients = { sign: maximize ? -1 : 1, penalty };
  const mean = kernel('adamStep, mean', () => ({
    inputs: ['parameter', 'gradient', 'old'],
    floats: ['sign', 'penalty', 'decay', 'part'],
    body: `return old[this.thread.x] * decay + ${GRADIENT} * part;`,
  }));
  const square = kernel('adamStep, mean square', () => ({
    inputs: ['parameter', 'gradient', 'old'],
    floats: ['sign', 'penalty', 'decay', 'part'],
    body: `const g = ${GRADIENT}; return old[this.thread.x] * decay + g * part * g;`,
  }));
  const largest = kernel('adamStep, largest mean square', () => ({
    inputs: ['old', 'square'],
    body: 'return largest(old[this.thread.x], square[this.thread.x]);',
  }));
  const value = kernel('adamStep, value', () => ({
    inputs: ['parameter', 'mean', 'square'],
    floats: ['left', 'stepSize', 'correction', 'eps'],
    body: `const divisor = Math.sqrt(square[this.thread.x]) / correction + eps;
      return parameter[this.thread.x] * left - stepSize * mean[this.thread.x] / divisor;`,
  }));
  return rows.map(([parameter, gradient, oldMean, oldSquare, oldLargest]) => {
    const output = { length: parameter.length, dtype: parameter.dtype };
    const newMean = run(
      calls,
      mean,
      { parameter, gradient, old: oldMean },
      { ...gradients, decay: decay1, part: 1 - decay1 },
      output,
    );
    const newSquare = run(
      calls,
      square,
      { parameter, gradient, old: oldSquare },
      { ...gradients, decay: decay2, part: 1 - decay2 },
      output,
    );
    const newLargest = amsgrad
      ? run(calls, largest, { old: oldLargest, square: newSquare }, {}, output)
      : newSquare;
    const rates = { left, stepSize, correction, eps };
    const moved = run(calls, value, { parameter, mean: newMean, square: newLargest }, rates, output);
    return amsgrad ? [moved, newMean, newSquare, newLargest] : [moved, newMean, newSquare];
  });
}

/** From [parameter, gradient, (momentum)] of each parameter to the new parameter and momentum, if there is any. */
export function sgdStep(
  calls: GpuCalls,
  rows: readonly Row<GpuStorage>[],
  options: SgdStepOptions,
): Row<GpuStorage>[] {
  const { lr, momentum, dampening, weightDecay, nesterov, maximize } = options;
  const gradients = { sign: maximize ? -1 : 1, penalty: weightDecay };
  const begin = kernel('sgdStep, first momentum', () => ({
    inputs: ['parameter', 'gradient'],
    floats: ['sign', 'penalty'],
    body: `return ${GRADIENT};`,
  }));
  const goOn = kernel('sgdStep, momentum', () => ({
    inputs: ['parameter', 'gradient', 'old'],
    floats: ['sign', 'penalty', 'decay', 'part'],
    body: `return old[this.thread.x] * decay + ${GRADIENT} * part;`,
  }));
  // Along the gradient, the momentum, or both.
  const value = kernel('sgdStep, value', () => ({
    inputs: ['parameter', 'gradient', 'velocity'],
    floats: ['sign', 'penalty', 'lr', 'share', 'momentum'],
    body: `const step = share * ${GRADIENT} + momentum * velocity[this.thread.x];
      return parameter[this.thread.x] - step * lr;`,
  }));
  return rows.map(([parameter, gradient, old]) => {
    const output = { length: parameter.length, dtype: parameter.dtype };
    const inputs = { parameter, gradient };
    if (momentum === 0) {
      return [
        run(
          calls,
          value,
          { ...inputs, velocity: gradient },
          { ...gradients, lr, share: 1, momentum: 0 },
          output,
        ),
      ];
    }
    const velocity = old
      ? run(calls, goOn, { ...inputs, old }, { ...gradients, decay: momentum, part: 1 - dampening }, output)
      : run(calls, begin, inputs, gradients, output);
    const direction = nesterov ? { share: 1, momentum } : { share: 0, momentum: 1 };
    return [run(calls, value, { ...inputs, velocity }, { ...gradients, lr, ...direction }, output), velocity];
  });
}
