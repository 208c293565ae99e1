/** The backward pass one node at a time, for pages and debuggers that walk through it. */
import { checkOptions, type Tensor } from '@lowrank/tensor';
import { accumulated, keepsGradient, passFrom, rootOf, type Visit, withRecording } from '../backward.js';
import type { GradientSlot, Node } from '../tape.js';
import { nameOf } from './names.js';
import { type Survey, survey } from './survey.js';

/**
 * One node's turn: its gradient rule takes the gradients of its outputs and gives those of its inputs.
 *
 * @typeParam T What stands for a tensor: the tensor itself, or in a page its place in a list.
 */
export interface RuleStep<T = Tensor> {
  readonly kind: 'rule';
  /** The node, by its number in `graph(output)`. */
  readonly node: number;
  readonly op: string;
  /** The source text of the op's gradient rule, as it stands in the table of rules. */
  readonly rule: string;
  /** The gradients of the outputs, complete; `null` for an output that nothing was computed from. */
  readonly incoming: readonly (T | null)[];
  /** The gradients that go out, to those inputs that want one. */
  readonly outgoing: readonly OutgoingGradient<T>[];
}

export interface OutgoingGradient<T = Tensor> {
  /** Which input of the op it is for. */
  readonly input: number;
  /** The node that the input comes from, by its number in `graph(output)`. */
  readonly to: number;
  /** The source text of what was computed, `() => g.mul(b)`; the whole rule, where the rule is for one input only. */
  readonly formula: string;
  readonly gradient: T;
  /** Whether the engine has summed what the formula gave, over the axes along which the op stretched the input. */
  readonly isSummed: boolean;
  /** What the input has received so far, with this: where paths meet, it grows over several steps. */
  readonly received: T;
}

/** A tensor's gradient is complete and goes into its `grad`. */
export interface LeafStep<T = Tensor> {
  readonly kind: 'leaf';
  /** The node, by its number in `graph(output)`. */
  readonly node: number;
  readonly name: string | null;
  /** What this pass has brought. */
  readonly gradient: T;
  /** What `grad` is after `backward`: the gradient, added to what was there. */
  readonly grad: T;
}

export type BackwardStep<T = Tensor> = RuleStep<T> | LeafStep<T>;

export interface BackwardStepsOptions {
  /** As in `backward`. Default: 1 for an output of one element. */
  readonly gradient?: Tensor;
}

/**
 * The backward pass of `backward(output)`, one node at a time, by the same code. It only looks: no `grad` changes, and
 * the graph can be used again afterwards. Hooks run, since they take part in what the gradients are.
 *
 * @throws GradientError as `backward` does, when it comes to the step.
 * @example
 * for (const step of backwardSteps(loss)) console.log(step.kind, step.node);
 */
export function* backwardSteps(
  output: Tensor,
  options: BackwardStepsOptions = {},
): Generator<BackwardStep, void, void> {
  checkOptions('backwardSteps', options);
  const root = rootOf('backwardSteps', output, options.gradient);
  const found = survey('backwardSteps', output);
  // The mode is set for each turn apart: it must not hold for what the caller does in between.
  const turn = <T>(f: () => T) => withRecording(false, f);
  const pass = turn(() => passFrom([root], { retainGraph: true }, keepsGradient));
  for (const node of pass.nodes) {
    const visit = turn(() => pass.visit(node));
    if (visit !== null) yield ruleStep(node, visit, found);
  }
  for (const [slot, gradient] of turn(pass.finish)) yield leafStep(slot, gradient, found);
}

function ruleStep(
  node: Node,
  { arriving, leaving, summed, given, pending }: Visit,
  { numberOf }: Survey,
): RuleStep {
  const rule = dedented(String(node.rule.gradient));
  const outgoing = leaving.flatMap((gradient, input) => {
    const slot = node.inputs[input];
    if (gradient === null || !slot) return [];
    const formula = Array.isArray(given) ? dedented(String(given[input])) : rule;
    const isSummed = summed.includes(input);
    return { input, to: numberOf(slot), formula, gradient, isSummed, received: pending.get(slot) as Tensor };
  });
  return {
    kind: 'rule',
    node: numberOf(node.outputs[0] as GradientSlot),
    op: node.name,
    rule,
    incoming: arriving,
    outgoing,
  };
}

function leafStep(slot: GradientSlot, gradient: Tensor, { numberOf }: Survey): LeafStep {
  const grad = accumulated(slot, gradient, false);
  return { kind: 'leaf', node: numberOf(slot), name: nameOf(slot), gradient, grad };
}

/** Without the indentation that the text has in its file. */
function dedented(text: string): string {
  const [first = '', ...rest] = text.split('\n');
  const indents = rest.filter((line) => line.trim() !== '').map((line) => line.search(/\S/));
  const indent = Math.min(...indents, Number.MAX_SAFE_INTEGER);
  return [first, ...rest.map((line) => line.slice(indent))].join('\n');
}
