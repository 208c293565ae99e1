/** `graph`: what a tensor was computed by, as plain data. */
import { type Attrs, checkOptions, type Tensor, type TensorSpec } from '@lowrank/tensor';
import { isParameter, type NamedModules, nameOf, nameParameters } from './names.js';
import { type Place, placeIn } from './place.js';
import { type Call, type Entry, type Survey, survey } from './survey.js';
import type { Scope } from './tracing.js';

/** A computation, as plain data: all of it can be written as JSON. Nodes stand in an order in which they can be computed. */
export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** The runs of modules' `forward` that the ops happened in, if they were traced. */
  readonly modules: readonly GraphModule[];
}

/** What a node stands for: a recorded call; or a tensor that was not computed, and then whether it is trained. */
export type GraphNodeKind = 'op' | 'parameter' | 'leaf' | 'constant';

export interface GraphNode {
  /** Its place in `nodes`. */
  readonly id: number;
  readonly kind: GraphNodeKind;
  /** The name of the op; `null` for what is no op. */
  readonly op: string | null;
  /** The name that the (first) output was given, or the path of the parameter; `null` if it has none. */
  readonly name: string | null;
  /** Shapes and dtypes of what comes out. */
  readonly outputs: readonly TensorSpec[];
  readonly attrs: Attrs;
  /** Whether the output is kept for the backward pass. */
  readonly keepsOutput: boolean;
  /** The module that it belongs to: its place in `modules`, or `null`. */
  readonly module: number | null;
  /** The line of the program that called the op, if that was traced. */
  readonly place: Place | null;
}

/** An output that is an input of an op. */
export interface GraphEdge {
  readonly from: number;
  /** Which output of `from` it is. */
  readonly output: number;
  readonly to: number;
  /** Which input of `to` it is. */
  readonly input: number;
  /** Whether a backward pass sends a gradient along here. */
  readonly carriesGradient: boolean;
  /** Whether the value is kept for the backward pass, because the gradient rule of `to` reads it. */
  readonly isKept: boolean;
}

/** One run of a module's `forward`. */
export interface GraphModule {
  readonly id: number;
  /** The path of the module, `layers.0.attention`. */
  readonly path: string;
  /** The name of its class. */
  readonly type: string;
  /** The module whose run this one was a part of, or `null`. */
  readonly parent: number | null;
}

export interface GraphOptions {
  /** A module: its parameters get the names of their paths. What `traceCalls` was told need not be said again. */
  readonly modules?: NamedModules;
}

/**
 * What the tensors were computed by. To learn the modules, the lines of the program and the values too, compute them
 * inside of `traceCalls`.
 *
 * @param outputs A tensor, or several whose common graph is wanted.
 * @throws GradientError if nothing was recorded, since no input requires a gradient.
 * @example
 * console.log(toMermaid(graph(loss)));
 */
export function graph(outputs: Tensor | readonly Tensor[], options: GraphOptions = {}): Graph {
  checkOptions('graph', options);
  if (options.modules !== undefined) nameParameters('graph', options.modules);
  return graphOf(survey('graph', outputs));
}

/**
 * The values at the nodes of `graph(outputs)`, by node: the first outputs of ops that were traced, and the tensors that
 * went into them.
 */
export function graphValues(outputs: Tensor | readonly Tensor[]): ReadonlyMap<number, Tensor> {
  return survey('graphValues', outputs).values;
}

function graphOf({ entries }: Survey): Graph {
  const runs = new Map<Scope, number>();
  const modules: GraphModule[] = [];
  const moduleOf = (scope: Scope | null): number | null => {
    if (scope === null) return null;
    const known = runs.get(scope);
    if (known !== undefined) return known;
    const parent = moduleOf(scope.parent);
    const id = modules.length;
    modules.push({ id, path: scope.path, type: scope.type, parent });
    runs.set(scope, id);
    return id;
  };
  // Calls in a loop share the text of their stack.
  const places = new Map<string | null, Place | null>([[null, null]]);
  const placeOf = (stack: string | null): Place | null => {
    if (!places.has(stack)) places.set(stack, placeIn(stack as string));
    return places.get(stack) as Place | null;
  };
  const nodes = entries.map((entry, id) =>
    entry.kind === 'op'
      ? opNode(entry, id, {
          module: moduleOf(entry.node.traced?.scope ?? null),
          place: placeOf(entry.node.place),
        })
      : tensorNode(entry, id),
  );
  const edges = entries.flatMap((entry, to) => (entry.kind === 'op' ? edgesInto(entry, to) : []));
  return { nodes: withTensorsAtHome(nodes, edges, modules), edges, modules };
}

function opNode({ node }: Call, id: number, where: Pick<GraphNode, 'module' | 'place'>): GraphNode {
  return {
    id,
    kind: 'op',
    op: node.name,
    name: node.outputs.map(nameOf).find((name) => name !== null) ?? null,
    outputs: node.outputs.map(({ spec }) => spec),
    attrs: node.attrs,
    keepsOutput: keepsOf({ node }).output,
    ...where,
  };
}

function tensorNode({ slot, spec }: Exclude<Entry, Call>, id: number): GraphNode {
  const kind = !slot?.requiresGrad ? 'constant' : isParameter(slot) ? 'parameter' : 'leaf';
  const name = slot === null ? null : nameOf(slot);
  const { shape, dtype } = spec;
  const outputs = [{ shape, dtype }];
  return { id, kind, op: null, name, outputs, attrs: {}, keepsOutput: false, module: null, place: null };
}

function edgesInto({ node, sources }: Call, to: number): GraphEdge[] {
  const keeps = keepsOf({ node });
  return sources.map((from, input) => {
    const slot = node.inputs[input] ?? null;
    const output = slot?.node ? slot.node.outputs.indexOf(slot) : 0;
    const isKept = keeps.inputs[input] === true;
    return { from, output, to, input, carriesGradient: slot !== null, isKept };
  });
}

function keepsOf({ node }: Pick<Call, 'node'>) {
  return node.rule.keeps(node.inputs.map((slot) => slot !== null));
}

/**
 * Parameters, and constants of one element such as the 2 of `x.mul(2)`, belong to the innermost module that all ops which
 * they go into are a part of. Other tensors come from outside.
 */
function withTensorsAtHome(
  nodes: readonly GraphNode[],
  edges: readonly GraphEdge[],
  modules: readonly GraphModule[],
): GraphNode[] {
  const homes = homesOf({ nodes, edges, modules });
  const isInner = ({ kind, name, outputs }: GraphNode) =>
    kind === 'parameter' ||
    (kind === 'constant' && name === null && outputs[0]?.shape.every((length) => length === 1));
  return nodes.map((node) => (isInner(node) ? { ...node, module: homes.get(node.id) ?? null } : node));
}

/** Of each node that goes into others, the innermost module that all these others are in. */
export function homesOf({ nodes, edges, modules }: Graph): ReadonlyMap<number, number | null> {
  const chain = (module: number | null): readonly number[] =>
    module === null ? [] : [...chain(modules[module]?.parent ?? null), module];
  const homes = new Map<number, readonly number[]>();
  for (const { from, to } of edges) {
    const user = chain(nodes[to]?.module ?? null);
    homes.set(from, homes.get(from)?.filter((module, depth) => module === user[depth]) ?? user);
  }
  return new Map([...homes].map(([id, home]) => [id, home.at(-1) ?? null]));
}
