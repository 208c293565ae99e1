/** The backward pass: visits the graph from the end and hands every node the gradients of its outputs. */
import {
  checkOptions,
  formatShape,
  formatValue,
  GradientError,
  keep,
  onesLike,
  type Shape,
  sameShape,
  Tensor,
} from '@lowrank/tensor';
import { checkArriving, checkLeaving } from './anomaly.js';
import { detecting } from './anomaly-mode.js';
import { Custody } from './custody.js';
import { expectTensor, expectTensors } from './expect.js';
import { enableGrad, noGrad } from './grad-mode.js';
import type { Gradient } from './rules/rule.js';
import { ensureSlot, type GradientSlot, type Node, reachableNodes, requiresGrad } from './tape.js';

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
  checkOptions('backward', options);
  const root = rootOf('backward', output, gradient);
  const { createGraph = false } = options;
  const custody = custodyFor(options);
  for (const [slot, gradient] of run([root], options, custody, keepsGradient)) {
    slot.replaceGrad(keep(accumulated(slot, gradient, createGraph)));
    // What was recorded is part of a graph, and may be the gradient of several leaves.
    slot.isGradSeen = createGraph;
  }
  custody?.clear();
}

/** Whether `backward` leaves the gradient in `grad`: leaves', and those that were asked for by `retainGrad`. */
export function keepsGradient(slot: GradientSlot): boolean {
  return slot.node === null ? slot.requiresGrad : slot.retainsGrad;
}

/** What `grad` is once a backward pass has brought `gradient`. */
export function accumulated({ grad }: GradientSlot, gradient: Tensor, createGraph: boolean): Tensor {
  if (grad !== null) return withRecording(createGraph, () => grad.add(gradient));
  // A tensor of its own, so that assigning to one leaf's gradient never changes another's.
  return createGraph ? gradient : gradient.detach();
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
export function grad(
  outputs: Tensor | readonly Tensor[],
  inputs: readonly Tensor[],
  options?: GradOptions,
): Tensor[];
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
  checkOptions('grad', options);
  expectTensors('grad', 'input', inputs);
  const frozen = inputs.findIndex((input) => !requiresGrad(input));
  if (frozen >= 0) {
    throw new GradientError(
      'grad',
      `input ${frozen} does not require a gradient. Set requiresGrad = true before it is used`,
    );
  }
  const roots = list.map((output, i) => rootOf('grad', output, options.gradOutputs?.[i]));
  const slots = inputs.map(ensureSlot);
  const targets = new Set(slots);
  const custody = custodyFor(options);
  const gradients = run(roots, options, custody, (slot) => targets.has(slot), targets);
  custody?.end();
  return slots.map((slot, i) => {
    const g = gradients.get(slot) ?? null;
    if (g === null && !options.allowUnused) {
      throw new GradientError(
        'grad',
        `the outputs do not depend on input ${i}. Pass { allowUnused: true } to get null for it`,
      );
    }
    return g;
  });
}

/** Where a pass begins. */
export interface Root {
  readonly output: Tensor;
  readonly slot: GradientSlot;
  readonly gradient: Tensor;
}

/** @throws GradientError unless there is a gradient to begin with. */
export function rootOf(op: string, output: Tensor, gradient: Tensor | undefined): Root {
  expectTensor(op, 'the output', output);
  if (gradient !== undefined) expectTensor(op, 'the gradient', gradient);
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
  if (
    gradient !== undefined &&
    (!sameShape(gradient.shape, output.shape) || gradient.dtype !== output.dtype)
  ) {
    throw new GradientError(
      op,
      `the gradient is ${gradient.dtype} ${formatShape(gradient.shape)}, the output ${output.dtype} ` +
        `${formatShape(output.shape)}; they must be alike`,
    );
  }
  return { output, slot: ensureSlot(output), gradient: gradient ?? onesLike(output) };
}

/** A backward pass: its nodes are visited one after the other, then it is finished. In one recording mode, all of it. */
export interface Pass {
  /** In the order in which they are visited. */
  readonly nodes: readonly Node[];
  /** Applies the node's rule; `null` if no gradient goes through it. */
  visit(node: Node): Visit | null;
  /** The gradients of the slots that are reported. */
  finish(): ReadonlyMap<GradientSlot, Tensor>;
}

/** What happened at a node. */
export interface Visit {
  /** The complete gradients of its outputs; `null` for an output that nothing was computed from. */
  readonly arriving: readonly (Tensor | null)[];
  /** What it hands on to each of its inputs; `null` where none is wanted. */
  readonly leaving: readonly (Tensor | null)[];
  /** The inputs that were stretched: what the rule gave for them was summed. */
  readonly summed: readonly number[];
  /** What its rule gave: one function for each input, or the gradient of the only one. */
  readonly given: ReturnType<Gradient>;
  /** What the tensors have received so far whose gradient is not complete. */
  readonly pending: ReadonlyMap<GradientSlot, Tensor>;
}

/** The complete gradients of the slots that are `reported`; of the graph, only what leads to `targets` is visited. */
function run(
  roots: readonly Root[],
  options: BackwardOptions,
  custody: Custody | undefined,
  reported: (slot: GradientSlot) => boolean,
  targets?: ReadonlySet<GradientSlot>,
): ReadonlyMap<GradientSlot, Tensor> {
  return withRecording(options.createGraph ?? false, () => {
    const { nodes, visit, finish } = passFrom(roots, { ...options, custody }, reported, targets);
    for (const node of nodes) visit(node);
    return finish();
  });
}

/** A pass that is recorded itself keeps all that it made. */
function custodyFor({ createGraph = false }: BackwardOptions): Custody | undefined {
  return createGraph ? undefined : new Custody();
}

interface PassOptions extends BackwardOptions {
  /** Who disposes of what the pass has used. */
  readonly custody?: Custody | undefined;
}

export function passFrom(
  roots: readonly Root[],
  { createGraph = false, retainGraph = createGraph, custody }: PassOptions,
  reported: (slot: GradientSlot) => boolean,
  targets?: ReadonlySet<GradientSlot>,
): Pass {
  const nodes = reachableNodes(roots.map(({ slot }) => slot));
  const leading = targets && slotsLeadingTo(targets, nodes);
  const isWanted = (slot: GradientSlot) => (leading ? leading.has(slot) : slot.requiresGrad);
  const pending = new Map<GradientSlot, Tensor>();
  const gradients = new Map<GradientSlot, Tensor>();
  const spent: Node[] = [];
  const complete = (slot: GradientSlot): Tensor | null => {
    const sum = pending.get(slot);
    if (sum === undefined) return null;
    // Let go of at once: a pass holds the gradients of those tensors only that it is between.
    pending.delete(slot);
    custody?.letGo(sum);
    if (slot.hooks.size > 0) custody?.show(sum);
    const gradient = applyHooks(slot, sum);
    if (reported(slot)) {
      gradients.set(slot, gradient);
      custody?.hold(gradient);
    }
    return gradient;
  };
  for (const { slot, gradient } of roots) if (isWanted(slot)) accumulate(pending, slot, gradient, custody);
  return {
    nodes,
    visit(node) {
      const grads = node.outputs.map(complete);
      if (grads.every((g) => g === null) || !node.inputs.some((slot) => slot !== null && isWanted(slot)))
        return null;
      const visit = propagate(node, grads, pending, isWanted, { roots, custody });
      custody?.sweep();
      if (retainGraph) return visit;
      // The values of a pass in which an anomaly may yet be found are what it is looked at by.
      if (detecting.value) spent.push(node);
      else node.release();
      return visit;
    },
    finish() {
      for (const node of spent) node.release();
      for (const leaf of [...pending.keys()]) complete(leaf);
      return gradients;
    },
  };
}

export function withRecording<T>(on: boolean, f: () => T): T {
  return on ? enableGrad(f) : noGrad(f);
}

/** The slots from which a gradient can reach one of the targets. */
function slotsLeadingTo(
  targets: ReadonlySet<GradientSlot>,
  nodes: readonly Node[],
): ReadonlySet<GradientSlot> {
  const leading = new Set(targets);
  for (const node of nodes.toReversed()) {
    if (node.inputs.some((slot) => slot !== null && leading.has(slot))) {
      for (const slot of node.outputs) leading.add(slot);
    }
  }
  return leading;
}

/** What a node's visit is part of. */
interface Surroundings {
  readonly roots: readonly Root[];
  readonly custody: Custody | undefined;
}

/** Applies the node's rule and adds the result to what its inputs have received so far. */
function propagate(
  node: Node,
  grads: readonly (Tensor | null)[],
  pending: Map<GradientSlot, Tensor>,
  isWanted: (slot: GradientSlot) => boolean,
  { roots, custody }: Surroundings,
): Visit {
  for (const g of grads) if (g !== null) checkArriving(g, node, roots);
  // Not in custody: what a checkpoint computes again, other nodes need as well.
  const unpacked = node.unpack();
  const apply = () => applyRule(node, unpacked, grads, pending, isWanted, { roots, custody });
  return custody === undefined ? apply() : custody.during(node, grads, apply);
}

function applyRule(
  node: Node,
  { inputs, outputs }: ReturnType<Node['unpack']>,
  grads: readonly (Tensor | null)[],
  pending: Map<GradientSlot, Tensor>,
  isWanted: (slot: GradientSlot) => boolean,
  { roots, custody }: Surroundings,
): Visit {
  const call = { inputs, outputs, output: outputs[0], grads, attrs: node.attrs };
  // Ops with several outputs look at `grads`; all others have just this one.
  const given = node.rule.gradient(grads[0] as Tensor, call);
  const list = Array.isArray(given) ? given : [() => given];
  if (list.length !== node.inputs.length) {
    throw new GradientError(
      node.name,
      `its gradient rule gave ${list.length} gradients for ${node.inputs.length} inputs. ` +
        'A rule gives a list of one function (or null) for each input; for a single input the gradient alone will do',
    );
  }
  const summed: number[] = [];
  const leaving = node.inputs.map((slot, i) => {
    const compute = list[i];
    if (slot === null || !isWanted(slot) || !compute) return null;
    const computed = compute();
    const gradient = fitted(node, computed, slot);
    if (gradient !== computed) summed.push(i);
    checkLeaving(gradient, node, i, roots);
    accumulate(pending, slot, gradient, custody);
    return gradient;
  });
  return { arriving: grads, leaving, summed, given, pending };
}

function accumulate(
  pending: Map<GradientSlot, Tensor>,
  slot: GradientSlot,
  gradient: Tensor,
  custody: Custody | undefined,
): void {
  const before = pending.get(slot);
  const sum = before === undefined ? gradient : before.add(gradient);
  if (before !== undefined) custody?.letGo(before);
  custody?.hold(sum);
  pending.set(slot, sum);
}

/** The gradient summed over the axes along which the op stretched this input. */
function fitted(node: Node, gradient: Tensor, { spec }: GradientSlot): Tensor {
  const { shape, dtype } = spec;
  if (!(gradient instanceof Tensor)) {
    throw new GradientError(
      node.name,
      `its gradient rule gave ${formatValue(gradient)} for an input. A rule gives tensors`,
    );
  }
  const isSame = sameShape(gradient.shape, shape);
  const isStretched = !isSame && node.broadcasts && stretches(shape, gradient.shape);
  if (gradient.dtype !== dtype || !(isSame || isStretched)) {
    throw new GradientError(
      node.name,
      `its gradient rule gave ${gradient.dtype} ${formatShape(gradient.shape)} for an input that is ${dtype} ` +
        `${formatShape(shape)}. A rule must give each input a gradient of its own shape and dtype`,
    );
  }
  if (isSame) return gradient;
  const lead = gradient.ndim - shape.length;
  const wasStretched = (axis: number) => axis < lead || shape[axis - lead] !== gradient.shape[axis];
  return gradient.sum([...gradient.shape.keys()].filter(wasStretched)).reshape(shape);
}

/** Whether broadcasting turns `shape` into `to`. */
function stretches(shape: Shape, to: Shape): boolean {
  const lead = to.length - shape.length;
  return lead >= 0 && shape.every((length, axis) => length === 1 || length === to[lead + axis]);
}

function applyHooks({ hooks }: GradientSlot, gradient: Tensor): Tensor {
  let current = gradient;
  for (const hook of [...hooks]) {
    const replaced: unknown = hook(current);
    if (replaced === undefined) continue;
    if (!(replaced instanceof Tensor)) {
      throw new GradientError(
        'registerHook',
        `a hook gives a tensor to replace the gradient or nothing, got ${formatValue(replaced)}`,
      );
    }
    if (!sameShape(replaced.shape, current.shape) || replaced.dtype !== current.dtype) {
      throw new GradientError(
        'registerHook',
        `a hook replaced a ${current.dtype} gradient of shape ${formatShape(current.shape)} by a ${replaced.dtype} one of ` +
          `shape ${formatShape(replaced.shape)}; they must be alike`,
      );
    }
    current = replaced;
  }
  return current;
}
