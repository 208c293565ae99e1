/** The backward pass: visits the graph from the end and hands every node the gradients of its outputs. */
import { formatShape, GradientError, onesLike, sameShape, type Tensor } from '@lowrank/tensor';
import { enableGrad, noGrad } from './grad-mode.js';
import { ensureSlot, type GradientSlot, type Node, requiresGrad } from './tape.js';

export interface BackwardOptions {
  /** Keep the values that the pass needs, so that it can be run again. Default: the value of `createGraph`. */
  readonly retainGraph?: boolean;
  /** Record the backward pass itself, so that gradients can be differentiated again. Default false. */
  readonly createGraph?: boolean;
}

/**
 * Computes the gradients of `output` with respect to every leaf that requires them and adds them to the leaves' `grad`.
 * `torch.Tensor.backward`
 *
 * @param gradient The gradient of whatever is to be differentiated with respect to `output`, of the same shape. Only a
 *   tensor of one element can do without: then it is 1.
 * @throws GradientError if the output requires no gradient, the graph was used up, or a value was overwritten since.
 */
export function backward(output: Tensor, gradient?: Tensor, options: BackwardOptions = {}): void {
  const root = rootOf('backward', output, gradient);
  const gradients = run([root], options);
  for (const [slot, g] of gradients) {
    if (slot.node === null || slot.retainsGrad) slot.grad = slot.grad === null ? g : slot.grad.add(g);
  }
}

export interface GradOptions extends BackwardOptions {
  /** One gradient per output, as in `backward`. Default: 1 for outputs of one element. */
  readonly gradOutputs?: readonly (Tensor | undefined)[];
  /** Give `null` for inputs that the outputs do not depend on, instead of throwing. Default false. */
  readonly allowUnused?: boolean;
}

/**
 * The gradients of the outputs (summed, if there are several) with respect to the inputs, without touching any `grad`.
 * `torch.autograd.grad`
 *
 * @throws GradientError as `backward`; and for an input that requires no gradient or was not used.
 */
export function grad(outputs: Tensor | readonly Tensor[], inputs: readonly Tensor[], options?: GradOptions): Tensor[];
export function grad(
  outputs: Tensor | readonly Tensor[],
  inputs: readonly Tensor[],
  options: GradOptions & { readonly allowUnused: true },
): (Tensor | null)[];
export function grad(
  outputs: Tensor | readonly Tensor[],
  inputs: readonly Tensor[],
  options: GradOptions = {},
): (Tensor | null)[] {
  const list = Array.isArray(outputs) ? (outputs as readonly Tensor[]) : [outputs as Tensor];
  const frozen = inputs.findIndex((input) => !requiresGrad(input));
  if (frozen >= 0) {
    throw new GradientError('grad', `input ${frozen} does not require a gradient. Set requiresGrad = true before it is used`);
  }
  const roots = list.map((output, i) => rootOf('grad', output, options.gradOutputs?.[i]));
  const slots = inputs.map(ensureSlot);
  const gradients = run(roots, options, new Set(slots));
  return slots.map((slot, i) => {
    const g = gradients.get(slot) ?? null;
    if (g === null && !options.allowUnused) {
      throw new GradientError('grad', `the outputs do not depend on input ${i}. Pass { allowUnused: true } to get null for it`);
    }
    return g;
  });
}

interface Root {
  readonly slot: GradientSlot;
  readonly gradient: Tensor;
}

function rootOf(op: string, output: Tensor, gradient: Tensor | undefined): Root {
  if (!requiresGrad(output)) {
    throw new GradientError(
      op,
      'the output does not require a gradient: it was computed under noGrad(), from detached tensors or from constants. ' +
        'Set requiresGrad = true on a leaf before computing it',
    );
  }
  if (gradient === undefined && output.numel() !== 1) {
    throw new GradientError(
      op,
      `only a tensor of one element has an implicit gradient, this one has shape ${formatShape(output.shape)}. ` +
        'Reduce it with sum() or mean(), or pass a gradient of the same shape',
    );
  }
  if (gradient !== undefined && (!sameShape(gradient.shape, output.shape) || gradient.dtype !== output.dtype)) {
    throw new GradientError(
      op,
      `the gradient is ${gradient.dtype} ${formatShape(gradient.shape)}, the output ${output.dtype} ` +
        `${formatShape(output.shape)}; they must be alike`,
    );
  }
  return { slot: ensureSlot(output), gradient: gradient ?? onesLike(output) };
}

/** The complete gradients of all slots (or only of those on the way to `targets`). */
function run(roots: readonly Root[], options: BackwardOptions, targets?: ReadonlySet<GradientSlot>) {
  const { createGraph = false, retainGraph = createGraph } = options;
  const nodes = reachableNodes(roots);
  const wanted = targets && slotsLeadingTo(targets, nodes);
  const pending = new Map<GradientSlot, Tensor>();
  const gradients = new Map<GradientSlot, Tensor>();
  const finish = (slot: GradientSlot): void => {
    const g = pending.get(slot);
    if (g !== undefined) gradients.set(slot, applyHooks(slot, g));
  };
  (createGraph ? enableGrad : noGrad)(() => {
    for (const { slot, gradient } of roots) accumulate(pending, slot, gradient);
    for (const node of nodes) {
      node.outputs.forEach(finish);
      propagate(node, gradients, pending, wanted);
      if (!retainGraph) node.release();
    }
    for (const slot of pending.keys()) if (slot.node === null) finish(slot);
  });
  return gradients;
}

/** All nodes that the roots were computed by, latest first: every node comes after all that used its outputs. */
function reachableNodes(roots: readonly Root[]): Node[] {
  const found = new Set<Node>();
  const stack = roots.map(({ slot }) => slot.node);
  while (stack.length > 0) {
    const node = stack.pop();
    if (!node || found.has(node)) continue;
    found.add(node);
    for (const input of node.inputs) if (input?.node) stack.push(input.node);
  }
  return [...found].sort((a, b) => b.id - a.id);
}

/** The slots from which a gradient can reach one of the targets. */
function slotsLeadingTo(targets: ReadonlySet<GradientSlot>, nodes: readonly Node[]): ReadonlySet<GradientSlot> {
  const leading = new Set(targets);
  for (const node of nodes.toReversed()) {
    if (node.inputs.some((slot) => slot !== null && leading.has(slot))) {
      for (const slot of node.outputs) leading.add(slot);
    }
  }
  return leading;
}

/** Applies the node's rule and adds the result to what its inputs have received so far. */
function propagate(
  node: Node,
  gradients: ReadonlyMap<GradientSlot, Tensor>,
  pending: Map<GradientSlot, Tensor>,
  wanted: ReadonlySet<GradientSlot> | undefined,
): void {
  const grads = node.outputs.map((slot) => gradients.get(slot) ?? null);
  const isWanted = (slot: GradientSlot | null) => slot !== null && (wanted === undefined || wanted.has(slot));
  if (grads.every((g) => g === null) || !node.inputs.some(isWanted)) return;
  const { inputs, outputs } = node.unpack();
  const call = { inputs, outputs, output: outputs[0], grads, attrs: node.attrs };
  // Ops with several outputs look at `grads`; all others have just this one.
  const result = node.rule.gradient(grads[0] as Tensor, call);
  const list = Array.isArray(result) ? result : [() => result];
  node.inputs.forEach((slot, i) => {
    const gradient = isWanted(slot) ? list[i]?.() : undefined;
    if (slot !== null && gradient !== undefined) accumulate(pending, slot, fitted(node, gradient, slot));
  });
}

function accumulate(pending: Map<GradientSlot, Tensor>, slot: GradientSlot, gradient: Tensor): void {
  const sum = pending.get(slot);
  pending.set(slot, sum === undefined ? gradient : sum.add(gradient));
}

/** The gradient summed over the axes along which the op stretched this input. */
function fitted(node: Node, gradient: Tensor, { spec }: GradientSlot): Tensor {
  const { shape, dtype } = spec;
  if (gradient.dtype !== dtype || (!node.broadcasts && !sameShape(gradient.shape, shape))) {
    throw new GradientError(
      node.name,
      `its gradient rule gave ${gradient.dtype} ${formatShape(gradient.shape)} for an input that is ${dtype} ` +
        `${formatShape(shape)}. A rule must give each input a gradient of its own shape and dtype`,
    );
  }
  if (sameShape(gradient.shape, shape)) return gradient;
  const lead = gradient.ndim - shape.length;
  const stretched = gradient.shape
    .map((_, axis) => axis)
    .filter((axis) => axis < lead || (shape[axis - lead] === 1 && gradient.shape[axis] !== 1));
  return (stretched.length === 0 ? gradient : gradient.sum(stretched)).reshape(shape);
}

function applyHooks(slot: GradientSlot, gradient: Tensor): Tensor {
  let current = gradient;
  for (const hook of slot.hooks) {
    const replaced = hook(current);
    if (replaced === undefined) continue;
    if (!sameShape(replaced.shape, current.shape) || replaced.dtype !== current.dtype) {
      throw new GradientError(
        'registerHook',
        `a hook replaced a gradient of shape ${formatShape(current.shape)} by one of shape ${formatShape(replaced.shape)}`,
      );
    }
    current = replaced;
  }
  return current;
}
