/** Finding the op whose gradient is the first to be NaN or infinite. */
import { all, DeviceError, formatShape, GradientError, isfinite, type Tensor } from '@lowrank/tensor';
import { detecting } from './anomaly-mode.js';
import type { Root } from './backward.js';
import { survey } from './graph/survey.js';
import { type GradientSlot, type Node, reachableNodes } from './tape.js';

/**
 * Runs `f`, and stops the first backward pass in it whose gradients become NaN or infinite, naming the op that made
 * them so and, if that op was called inside of `f` too, where. Slow: for finding the fault, not for training.
 * `torch.autograd.detect_anomaly`
 *
 * What it throws knows the graph and its place there, and the graph keeps its values: the package `lowrank` shows it by
 * `toHtml(error.output, { gradient: error.gradient, mark: error })`.
 *
 * @example
 * detectAnomaly(() => {
 *   const loss = network.forward(x).log().mean();
 *   loss.backward();
 * });
 * @throws AnomalyError where a gradient is not finite; GradientError if `f` is asynchronous; DeviceError for gradients on
 * the GPU.
 */
export function detectAnomaly<T>(f: () => T): T {
  return detecting.during('detectAnomaly', true, f);
}

/** What `detectAnomaly` throws: the first gradient of a backward pass that was NaN or infinite. */
export class AnomalyError extends GradientError {
  /** What the pass began at; of several outputs, one that the op is a part of. */
  readonly output: Tensor;
  /** The gradient that the pass began with. */
  readonly gradient: Tensor;
  /** The op that it happened at, by its number in `graph(output)`. */
  readonly node: number;
  /** What was found there. */
  readonly note: string;

  constructor(node: Node, roots: readonly Root[], note: string) {
    super(node.name, `${note}. ${whereCalled(node)}`);
    const { output, gradient } =
      roots.find(({ slot }) => reachableNodes([slot]).includes(node)) ?? (roots[0] as Root);
    this.output = output;
    this.gradient = gradient;
    this.node = survey('detectAnomaly', output).numberOf(node.outputs[0] as GradientSlot);
    this.note = note;
  }
}

/** @throws AnomalyError if anomalies are looked for and the gradient that reached the node is not finite. */
export function checkArriving(gradient: Tensor, node: Node, roots: readonly Root[]): void {
  if (!detecting.value || allFinite(gradient)) return;
  const note = `the gradient of its output${found(gradient)}: the gradient that backward was given, a hook, or the sum of several gradients`;
  throw new AnomalyError(node, roots, note);
}

/** @throws AnomalyError if anomalies are looked for and a gradient that the node's rule gave is not finite. */
export function checkLeaving(gradient: Tensor, node: Node, input: number, roots: readonly Root[]): void {
  if (!detecting.value || allFinite(gradient)) return;
  const note = `the gradient of its input ${input}${found(gradient)}, while that of its output is finite`;
  throw new AnomalyError(node, roots, note);
}

/** @throws DeviceError on the GPU: gradients are looked at as they arrive, and there they would have to be awaited. */
function allFinite(gradient: Tensor): boolean {
  if (gradient.device === 'gpu') {
    throw new DeviceError(
      'detectAnomaly',
      'looks into each gradient as it arrives, which on the GPU would have to be awaited. Repeat the step on the CPU',
    );
  }
  return all(isfinite(gradient)).item() === 1;
}

function found({ shape }: Tensor): string {
  return `, ${formatShape(shape)}, holds NaN or infinity`;
}

function whereCalled({ place }: Node): string {
  return place === null
    ? 'Run the forward pass inside of detectAnomaly() too, to learn where it was called'
    : `It was called here:\n${place}`;
}
