/** Folding: a graph as it is seen while some of its modules are one box each. */
import type { Graph } from './graph.js';

/** A node that is seen as such, or a module with all that is inside of it. */
export interface GraphBox {
  /** `n3` for node 3, `m1` for module 1. */
  readonly key: string;
  /** Its number in `graph.nodes`, or in `graph.modules`. */
  readonly id: number;
  readonly isModule: boolean;
  /** The open module that it stands in, or `null`. */
  readonly within: number | null;
  /** The ops that it stands for. */
  readonly ops: number;
}

/** A connection of two boxes; of several between the same boxes, one. */
export interface GraphLink {
  readonly from: string;
  readonly to: string;
  /** Whether a gradient comes back along here. */
  readonly carriesGradient: boolean;
}

export interface GraphView {
  readonly boxes: readonly GraphBox[];
  readonly links: readonly GraphLink[];
  /** The modules whose inside is seen: open, in open modules only. */
  readonly open: readonly number[];
  /** The box in which each node of the graph is seen. */
  readonly boxOf: readonly string[];
}

/**
 * The graph with only some modules open.
 *
 * It must not refer to anything outside of itself: pages get its source text.
 *
 * @param open The numbers of the modules that are open. One inside of a closed module is not seen, open or not.
 */
/* istanbul ignore next: its source text runs in pages, where nothing counts */
export function foldGraph(
  { nodes, edges, modules }: Pick<Graph, 'nodes' | 'edges' | 'modules'>,
  open: ReadonlySet<number>,
): GraphView {
  // The outermost closed module hides all that is inside.
  const hiderOf = (id: number | null): number | null => {
    if (id === null) return null;
    return hiderOf(modules[id]?.parent ?? null) ?? (open.has(id) ? null : id);
  };
  const boxes = new Map<string, { -readonly [K in keyof GraphBox]: GraphBox[K] }>();
  const boxOf = nodes.map(({ id, kind, module }) => {
    const hider = hiderOf(module);
    const key = hider === null ? `n${id}` : `m${hider}`;
    const within = hider === null ? module : (modules[hider]?.parent ?? null);
    const box = boxes.get(key) ?? { key, id: hider ?? id, isModule: hider !== null, within, ops: 0 };
    if (kind === 'op') box.ops++;
    boxes.set(key, box);
    return key;
  });
  const links = new Map<string, GraphLink>();
  for (const edge of edges) {
    const [from, to] = [boxOf[edge.from] as string, boxOf[edge.to] as string];
    if (from === to) continue;
    const key = `${from} ${to}`;
    const carriesGradient = edge.carriesGradient || links.get(key)?.carriesGradient === true;
    links.set(key, { from, to, carriesGradient });
  }
  const shown = modules.filter(({ id }) => hiderOf(id) === null).map(({ id }) => id);
  return { boxes: [...boxes.values()], links: [...links.values()], open: shown, boxOf };
}
