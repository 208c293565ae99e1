/** Finding the op whose gradient is the first to be NaN or infinite. */
import { all, formatShape, GradientError, isfinite, type Tensor } from '@lowrank/tensor';
import { tracing } from './graph/tracing.js';
import { Setting } from './setting.js';

const detecting = new Setting(false);

/**
 * Runs `f`, and stops the first backward pass in it whose gradients become NaN or infinite, naming the op that made
 * them so and, if that op was called inside of `f` too, where. Slow: for finding the fault, not for training.
 * `torch.autograd.detect_anomaly`
 *
 * @example
 * detectAnomaly(() => {
 *   const loss = network.forward(x).log().mean();
 *   loss.backward();
 * });
 * @throws GradientError where a gradient is not finite, and if `f` is asynchronous.
 */
export function detectAnomaly<T>(f: () => T): T {
  return detecting.during('detectAnomaly', true, f);
}

/** How many calls deep the place of an op call is reported. */
const DEPTH = 30;

/** While anomalies are looked for or calls traced, the calls that led here, innermost first, without `callee` and those in it. */
export function placeOfCall(callee: (...parameters: never[]) => unknown): string | null {
  if (!detecting.value && tracing.value === null) return null;
  const holder = { stack: '' };
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = DEPTH;
  // Not every browser has it.
  Error.captureStackTrace?.(holder, callee);
  Error.stackTraceLimit = stackTraceLimit;
  return holder.stack.slice(holder.stack.indexOf('\n') + 1);
}

/** What the messages need to know of a recorded call. */
interface Culprit {
  readonly name: string;
  readonly place: string | null;
}

/** @throws GradientError if anomalies are looked for and the gradient that reached the call is not finite. */
export function checkArriving(gradient: Tensor, culprit: Culprit): void {
  if (!detecting.value || allFinite(gradient)) return;
  throw anomaly(
    culprit,
    `the gradient of its output${found(gradient)}: the gradient that backward was given, a hook, or the sum of several gradients`,
  );
}

/** @throws GradientError if anomalies are looked for and a gradient that the call's rule gave is not finite. */
export function checkLeaving(gradient: Tensor, culprit: Culprit, input: number): void {
  if (!detecting.value || allFinite(gradient)) return;
  throw anomaly(
    culprit,
    `the gradient of its input ${input}${found(gradient)}, while that of its output is finite`,
  );
}

function allFinite(gradient: Tensor): boolean {
  return all(isfinite(gradient)).item() === 1;
}

function found({ shape }: Tensor): string {
  return `, ${formatShape(shape)}, holds NaN or infinity`;
}

function anomaly({ name, place }: Culprit, problem: string): GradientError {
  const where =
    place === null
      ? 'Run the forward pass inside of detectAnomaly() too, to learn where it was called'
      : `It was called here:\n${place}`;
  return new GradientError(name, `${problem}. ${where}`);
}
