/** Whether ops are recorded right now. */
import { Setting } from './setting.js';

const recording = new Setting(true);

/** Whether ops on tensors that require gradients are being recorded. */
export function isGradEnabled(): boolean {
  return recording.value;
}

/**
 * Runs `f` without recording: what it computes has no gradient, and costs no memory for one. `torch.no_grad`
 * @throws GradientError if `f` is asynchronous: the mode is global and would leak into whatever runs in between.
 */
export function noGrad<T>(f: () => T): T {
  return recording.during('noGrad', false, f);
}

/**
 * Runs `f` with recording, also inside of `noGrad`. `torch.enable_grad`
 * @throws GradientError if `f` is asynchronous.
 */
export function enableGrad<T>(f: () => T): T {
  return recording.during('enableGrad', true, f);
}
