/** All that the viewer's page shows, as plain data that travels in the page as JSON. */
import { type BackwardStep, backwardSteps, type Graph, graph, graphValues } from '@lowrank/autograd';
import { ArgumentError, formatValue, type Tensor } from '@lowrank/tensor';
import { chunked } from './chunks.js';
import { summarize, type TensorSummary } from './summary.js';

/** A node to look at first. What `detectAnomaly` throws is one. */
export interface Mark {
  /** Its number in `graph(output)`. */
  readonly node: number;
  /** What there is to say of it. */
  readonly note?: string;
}

export interface ViewerData {
  readonly title: string;
  readonly graph: Graph;
  /** The tensors that are shown. What follows refers to them by their place in this list. */
  readonly tensors: readonly TensorSummary[];
  /** The value at each node; `null` where it is not known. */
  readonly values: readonly (number | null)[];
  /** The line of the program at each node, as text; `null` where it is not known. */
  readonly sources: readonly (string | null)[];
  readonly steps: readonly BackwardStep<number>[];
  readonly mark: Mark | null;
  /** The modules that are open at first: those around the mark. */
  readonly open: readonly number[];
}

/** The text of a line of a program; `null` if it is not to be had. */
export type ReadLine = (file: string, line: number) => Promise<string | null>;

interface PageOptions {
  readonly title: string;
  readonly mark: Mark | null;
  readonly readLine: ReadLine;
}

/** A graph alone. */
export async function graphData(plain: Graph, { title, mark, readLine }: PageOptions): Promise<ViewerData> {
  const values = plain.nodes.map(() => null);
  const sources = await sourcesOf(plain, readLine);
  return { title, ...marked(chunked(plain), mark), tensors: [], values, sources, steps: [] };
}

/** The graph of a tensor, the values at its nodes, and its backward pass. */
export async function viewerData(
  output: Tensor,
  { title, mark, gradient, readLine }: PageOptions & { readonly gradient: Tensor | undefined },
): Promise<ViewerData> {
  const shown = new Shown();
  const plain = graph(output);
  const known = graphValues(output);
  const values = plain.nodes.map(({ id }) => shown.numberOf(known.get(id) ?? null));
  const steps = Array.from(backwardSteps(output, gradient === undefined ? {} : { gradient }), (step) =>
    numbered(step, shown),
  );
  const tensors = await Promise.all(shown.tensors.map(summarize));
  const sources = await sourcesOf(plain, readLine);
  return { title, ...marked(chunked(plain), mark), tensors, values, sources, steps };
}

/** @throws ArgumentError unless the mark is at a node of the graph. */
function marked(graph: Graph, mark: Mark | null): Pick<ViewerData, 'graph' | 'mark' | 'open'> {
  if (mark === null) return { graph, mark, open: [] };
  const { node, note } = mark;
  const marked = graph.nodes[node];
  if (marked === undefined) {
    const problem = `mark is a node of the graph, { node: number, note?: string }, got node ${formatValue(node)}`;
    throw new ArgumentError('toHtml', `${problem} of ${graph.nodes.length}`);
  }
  const open: number[] = [];
  for (let at = marked.module; at !== null; at = graph.modules[at]?.parent ?? null) open.push(at);
  return { graph, mark: { node, ...(note === undefined ? {} : { note: String(note) }) }, open };
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

/** The step with the numbers of its tensors. */
function numbered(step: BackwardStep, shown: Shown): BackwardStep<number> {
  if (step.kind === 'leaf') {
    return { ...step, gradient: shown.numberOf(step.gradient), grad: shown.numberOf(step.grad) };
  }
  const incoming = step.incoming.map((each) => shown.numberOf(each));
  const outgoing = step.outgoing.map((each) => {
    return { ...each, gradient: shown.numberOf(each.gradient), received: shown.numberOf(each.received) };
  });
  return { ...step, incoming, outgoing };
}
