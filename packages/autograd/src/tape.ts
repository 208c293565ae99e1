/** The tape: every recorded op call is a node that knows where the gradients of its inputs go. */
import {
  type Attachment,
  type Attrs,
  GradientError,
  type Inputs,
  isFloat,
  type Recorder,
  type Tensor,
  type TensorSpec,
} from '@lowrank/tensor';
import { isGradEnabled } from './grad-mode.js';
import { placeOfCall } from './graph/place.js';
import { type Traced, traced } from './graph/tracing.js';
import type { Rule } from './rules/rule.js';
import { isConstantOp, ruleOf } from './rules/table.js';
import { saver } from './saving.js';

/** Sees the gradient of a tensor once it is complete; what it returns, if anything, takes its place. */
// biome-ignore lint/suspicious/noConfusingVoidType: a hook that only looks returns nothing
export type GradientHook = (gradient: Tensor) => Tensor | undefined | void;

/** What autograd knows of one tensor. It refers to the graph, but not to the tensor's values. */
export class GradientSlot implements Attachment {
  /** Whether backward passes compute the gradient of this tensor. */
  requiresGrad = false;
  /** The gradient that backward passes have accumulated. */
  grad: Tensor | null = null;
  /** Whether the user may hold `grad`. */
  isGradSeen = true;
  /** Whether `grad` is kept although the tensor is no leaf. */
  retainsGrad = false;
  readonly hooks = new Set<GradientHook>();
  /** The call that the tensor came out of; `null` for a leaf. */
  readonly node: Node | null;

  constructor(
    readonly spec: TensorSpec,
    node: Node | null = null,
  ) {
    this.node = node;
    this.requiresGrad = node !== null;
  }

  /** Sets a gradient that nobody has seen, in the place of one that is disposed of unless somebody has. */
  replaceGrad(grad: Tensor | null): void {
    const { grad: old } = this;
    if (old !== null && old !== grad && !this.isGradSeen) old.dispose();
    this.grad = grad;
    this.isGradSeen = false;
  }

  describe(): string {
    if (this.node) return `grad_fn=<${this.node.title}>`;
    return this.requiresGrad ? 'requires_grad=True' : '';
  }
}

/** The slot of a tensor, if it has one. */
export function slotOf(tensor: Tensor): GradientSlot | undefined {
  return tensor.attachment as GradientSlot | undefined;
}

/** The slot of a tensor, made on first use. */
export function ensureSlot(tensor: Tensor): GradientSlot {
  const slot = slotOf(tensor) ?? new GradientSlot(specOf(tensor));
  tensor.attachment = slot;
  return slot;
}

/** Shape and dtype, without the tensor. */
function specOf(tensor: Tensor): TensorSpec {
  return slotOf(tensor)?.spec ?? { shape: tensor.shape, dtype: tensor.dtype };
}

/**
 * As `tensor.grad`, for code that does not keep what it is given: a gradient that nobody else was given is disposed of
 * when another (or `null`) takes its place.
 */
export function gradientOf(tensor: Tensor): Tensor | null {
  return slotOf(tensor)?.grad ?? null;
}

export function requiresGrad(tensor: Tensor): boolean {
  return slotOf(tensor)?.requiresGrad ?? false;
}

/** The names by which rules and messages know a call. */
export interface CallSite {
  readonly name: string;
  readonly attrs: Attrs;
  readonly broadcasts: boolean;
}

let nextId = 0;

/** One recorded call of an op. */
export class Node {
  /** Grows with every call: a node's inputs always have smaller numbers. */
  readonly id = nextId++;
  readonly name: string;
  readonly attrs: Attrs;
  /** Whether gradients have to be summed over axes that an input was stretched along. */
  readonly broadcasts: boolean;
  readonly rule: Rule;
  /** Where the gradient of each input goes; `null` where none is wanted. */
  readonly inputs: readonly (GradientSlot | null)[];
  /** The slots of the outputs, by which their gradients arrive. */
  readonly outputs: readonly GradientSlot[];
  /** While anomalies are looked for or calls are traced, the stack of the call. */
  readonly place: string | null = placeOfCall(record);
  /** What kind of tensors went in, also where no gradient is wanted. */
  readonly operands: readonly TensorSpec[];
  /** What the call remembers for graphs, if it was traced. */
  readonly traced: Traced | null;
  readonly #holdsValues: boolean;
  #saved: { readonly inputs: readonly (() => Tensor)[]; readonly outputs: readonly (() => Tensor)[] } | null;

  constructor(call: CallSite, rule: Rule, inputs: readonly Tensor[], outputs: readonly Tensor[]) {
    this.name = call.name;
    this.attrs = call.attrs;
    this.broadcasts = call.broadcasts;
    this.rule = rule;
    this.operands = inputs.map(specOf);
    this.traced = traced(inputs, outputs);
    const needs = inputs.map(requiresGrad);
    this.inputs = inputs.map((input, i) => (needs[i] ? ensureSlot(input) : null));
    this.outputs = outputs.map(
      (output) => new GradientSlot({ shape: output.shape, dtype: output.dtype }, this),
    );
    outputs.forEach((output, i) => {
      if (isFloat(output.dtype)) output.attachment = this.outputs[i];
    });
    const keeps = rule.keeps(needs);
    const save = (tensor: Tensor, isRead: boolean, name: string) =>
      saver.value({ tensor, isRead, name, op: call.name });
    this.#holdsValues = keeps.output || keeps.inputs.includes(true);
    this.#saved = {
      inputs: inputs.map((input, i) => save(input, keeps.inputs[i] === true, `input ${i}`)),
      outputs: outputs.map((output, i) => save(output, keeps.output, `output ${i}`)),
    };
  }

  /** The name in PyTorch's manner, `MatmulBackward0`. */
  get title(): string {
    return `${this.name.charAt(0).toUpperCase()}${this.name.slice(1)}Backward0`;
  }

  /** The inputs and outputs of the call as they were. Reading the values of one that was not kept throws. */
  unpack(): { inputs: Inputs<Tensor>; outputs: Inputs<Tensor> } {
    if (this.#saved === null) {
      throw new GradientError(
        'backward',
        `the graph through ${this.name} was used by an earlier backward pass, which freed its values. ` +
          'Compute the forward pass again, or call the first pass with { retainGraph: true }',
      );
    }
    const unpacked = (saved: readonly (() => Tensor)[]) =>
      saved.map((unpack) => unpack()) as unknown as Inputs<Tensor>;
    return { inputs: unpacked(this.#saved.inputs), outputs: unpacked(this.#saved.outputs) };
  }

  /** Forgets the values, which lets them be collected. A call that needed none can go on being used, as in PyTorch. */
  release(): void {
    if (this.#holdsValues) this.#saved = null;
  }
}

/** All nodes that the tensors were computed by, latest first: every node comes after all that used its outputs. */
export function reachableNodes(slots: readonly GradientSlot[]): Node[] {
  const found = new Set<Node>();
  const stack = slots.map(({ node }) => node);
  while (stack.length > 0) {
    const node = stack.pop();
    if (!node || found.has(node)) continue;
    found.add(node);
    for (const input of node.inputs) if (input?.node) stack.push(input.node);
  }
  return [...found].sort((a, b) => b.id - a.id);
}

/** Puts a call on the tape, which marks its outputs as requiring gradients. */
export function record(
  call: CallSite,
  rule: Rule,
  inputs: readonly Tensor[],
  outputs: readonly Tensor[],
): void {
  new Node(call, rule, inputs, outputs);
}

/** What autograd puts into the seam of the tensor package: runs the call, and records it where a gradient is wanted. */
export const recorder: Recorder = (op, inputs, attrs, run) => {
  const outputs = run(op, inputs, attrs);
  if (!isGradEnabled() || !inputs.some(requiresGrad)) return outputs;
  if (isConstantOp(op.name) || !outputs.some((output) => isFloat(output.dtype))) return outputs;
  record({ name: op.name, attrs, broadcasts: op.broadcasts ?? false }, ruleOf(op.name), inputs, outputs);
  return outputs;
};
