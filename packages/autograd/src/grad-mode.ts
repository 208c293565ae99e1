/** Whether ops are recorded right now. */
import { GradientError } from '@lowrank/tensor';

let enabled = true;

/** Whether ops on tensors that require gradients are being recorded. */
export function isGradEnabled(): boolean {
  return enabled;
}

/**
 * Runs `f` without recording: what it computes has no gradient, and costs no memory for one. `torch.no_grad`
 * @throws GradientError if `f` is asynchronous: the mode is global and would leak into whatever runs in between.
 */
export function noGrad<T>(f: () => T): T {
  return withMode('noGrad', false, f);
}

/** Runs `f` with recording, also inside of `noGrad`. `torch.enable_grad` */
export function enableGrad<T>(f: () => T): T {
  return withMode('enableGrad', true, f);
}

function withMode<T>(name: string, mode: boolean, f: () => T): T {
  const previous = enabled;
  enabled = mode;
  try {
    const result = f();
    if (result instanceof Promise) {
      throw new GradientError(name, 'takes a synchronous function. Await first, and wrap the parts between the awaits');
    }
    return result;
  } finally {
    enabled = previous;
  }
}
