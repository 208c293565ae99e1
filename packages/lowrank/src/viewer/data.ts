/** All that the viewer's page shows, as plain data that travels in the page as JSON. */
import { type BackwardStep, backwardSteps, type Graph, graph, graphValues } from '@lowrank/autograd';
import type { Tensor } from '@lowrank/tensor';
import { chunked } from './chunks.js';
import { summarize, type TensorSummary } from './summary.js';

export interface ViewerData {
  readonly title: string;
  readonly graph: Graph;
  /** The tensors that are shown. What follows refers to them by their place in this list. */
  readonly tensors: readonly TensorSummary[];
  /** The value at each node; `null` where it is not known. */
  readonly values: readonly (number | null)[];
  /** The line of the program at each node, as text; `null` where it is not known. */
  readonly sources: readonly (string | null)[];
  readonly steps: readonly StepData[];
}

/** A step of the backward pass. */
export type StepData = RuleStepData | LeafStepData;

export interface RuleStepData {
  readonly kind: 'rule';
  readonly node: number;
  readonly rule: string;
  readonly incoming: readonly (number | null)[];
  readonly outgoing: readonly OutgoingData[];
}

export interface OutgoingData {
  readonly input: number;
  readonly to: number;
  readonly formula: string;
  readonly isSummed: boolean;
  readonly gradient: number;
  readonly received: number;
}

export interface LeafStepData {
  readonly kind: 'leaf';
  readonly node: number;
  readonly gradient: number;
  readonly grad: number;
}

/** The text of a line of a program; `null` if it is not to be had. */
export type ReadLine = (file: string, line: number) => Promise<string | null>;

interface PageOptions {
  readonly title: string;
  readonly readLine: ReadLine;
}

/** A graph alone. */
export async function graphData(plain: Graph, { title, readLine }: PageOptions): Promise<ViewerData> {
  const sources = await sourcesOf(plain, readLine);
  return {
    title,
    graph: chunked(plain),
    tensors: [],
    values: plain.nodes.map(() => null),
    sources,
    steps: [],
  };
}

/** The graph of a tensor, the values at its nodes, and its backward pass. */
export async function viewerData(
  output: Tensor,
  { title, gradient, readLine }: PageOptions & { readonly gradient: Tensor | undefined },
): Promise<ViewerData> {
  const shown = new Shown();
  const plain = graph(output);
  const known = graphValues(output);
  const values = plain.nodes.map(({ id }) => shown.numberOf(known.get(id) ?? null));
  const steps = Array.from(backwardSteps(output, gradient === undefined ? {} : { gradient }), (step) =>
    stepData(step, shown),
  );
  const tensors = await Promise.all(shown.tensors.map(summarize));
  const sources = await sourcesOf(plain, readLine);
  return { title, graph: chunked(plain), tensors, values, sources, steps };
}

function sourcesOf({ nodes }: Graph, readLine: ReadLine): Promise<(string | null)[]> {
  return Promise.all(nodes.map(({ place }) => (place === null ? null : readLine(place.file, place.line))));
}

/** Numbers tensors, so that one that is shown in several places travels once. */
class Shown {
  readonly tensors: Tensor[] = [];
  readonly #numbers = new Map<Tensor, number>();

  numberOf(tensor: Tensor): number;
  numberOf(tensor: Tensor | null): number | null;
  numberOf(tensor: Tensor | null): number | null {
    if (tensor === null) return null;
    const number = this.#numbers.get(tensor) ?? this.tensors.push(tensor) - 1;
    this.#numbers.set(tensor, number);
    return number;
  }
}

function stepData(step: BackwardStep, shown: Shown): StepData {
  if (step.kind === 'leaf') {
    const { kind, node, gradient, grad } = step;
    return { kind, node, gradient: shown.numberOf(gradient), grad: shown.numberOf(grad) };
  }
  const { kind, node, rule, incoming, outgoing } = step;
  return {
    kind,
    node,
    rule,
    incoming: incoming.map((each) => shown.numberOf(each)),
    outgoing: outgoing.map((each) => ({
      ...each,
      gradient: shown.numberOf(each.gradient),
      received: shown.numberOf(each.received),
    })),
  };
}
