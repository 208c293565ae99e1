/** Large graphs without modules: runs of calls fold into one box, so that what is seen at once stays small. */
import { type Graph, type GraphModule, type GraphNode, homesOf } from '@lowrank/autograd';

/** More boxes than this in one place are put together. */
const MOST = 120;
const PER_CHUNK = 40;

/** Whatever stands in a module: an op, or a module inside of it. */
type Child = { readonly node: number } | { readonly module: number };

/**
 * The graph with modules added: where more ops and modules stand side by side than can be looked at, those that follow
 * each other become a module of their own, and so on until they are few.
 */
export function chunked(graph: Graph): Graph {
  const modules = [...graph.modules];
  const nodes = [...graph.nodes];
  const put = (child: Child, parent: number): void => {
    if ('node' in child) nodes[child.node] = { ...(nodes[child.node] as GraphNode), module: parent };
    else modules[child.module] = { ...(modules[child.module] as GraphModule), parent };
  };
  for (const [parent, all] of childrenOf(graph)) {
    let children = all;
    while (children.length > MOST) {
      const chunks = Array.from({ length: Math.ceil(children.length / PER_CHUNK) }, (_, i) =>
        children.slice(i * PER_CHUNK, (i + 1) * PER_CHUNK),
      );
      children = chunks.map((chunk, i) => {
        const module = modules.length;
        modules.push({ id: module, path: `part ${i + 1} of ${chunks.length}`, type: 'calls', parent });
        for (const child of chunk) put(child, module);
        return { module };
      });
    }
  }
  if (modules.length === graph.modules.length) return graph;
  return withTensorsInside({ nodes, edges: graph.edges, modules }, graph.modules.length);
}

/** The ops and modules in each module, and under `null` those in none, in the order of the computation. */
function childrenOf({ nodes, modules }: Graph): Map<number | null, Child[]> {
  const children = new Map<number | null, Child[]>();
  const seen = new Set<number>();
  const add = (parent: number | null, child: Child) => {
    const list = children.get(parent) ?? [];
    list.push(child);
    children.set(parent, list);
  };
  const enter = (module: number | null): void => {
    if (module === null || seen.has(module)) return;
    seen.add(module);
    const parent = modules[module]?.parent ?? null;
    enter(parent);
    add(parent, { module });
  };
  for (const { id, kind, module } of nodes) {
    enter(module);
    if (kind === 'op') add(module, { node: id });
  }
  return children;
}

/** Tensors that only go into one of the new modules stand in it. */
function withTensorsInside(graph: Graph, firstNew: number): Graph {
  const homes = homesOf(graph);
  const nodes = graph.nodes.map((node) => {
    const home = homes.get(node.id) ?? null;
    return node.kind !== 'op' && home !== null && home >= firstNew ? { ...node, module: home } : node;
  });
  return { ...graph, nodes };
}
