/**
 * Where the boxes of a graph stand: what Graphviz is asked, and what it answers. Both functions must not refer to anything
 * outside of themselves: the page gets their source text. No name and no label ever goes to Graphviz.
 */
import type { Graph, GraphBox, GraphView } from '@lowrank/autograd';
import type { Graph as GraphvizGraph, Subgraph } from '@viz-js/viz';

/** A view of a graph with places, in pixels from the upper left corner. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Placed[];
  /** The frames of open modules, the outer ones first. */
  readonly frames: readonly Placed[];
  /** The links by their ends, and each as the data of an SVG path. */
  readonly links: readonly { readonly from: string; readonly to: string; readonly path: string }[];
}

/** The key of a box or the number of a module, and the middle and the size of its rectangle. */
export interface Placed {
  readonly key: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The two lines that a box shows: its name or op, and its shapes. */
/* istanbul ignore next: its source text runs in pages, where nothing counts */
export function boxLabel({ nodes, modules }: Graph, { id, isModule, ops }: GraphBox): [string, string] {
  const cut = (text: string) => (text.length > 26 ? `${text.slice(0, 25)}…` : text);
  const module = modules[id];
  if (isModule && module) return [cut(module.path), cut(`${module.type} · ${ops} op${ops === 1 ? '' : 's'}`)];
  const node = nodes[id];
  if (!node) return ['', ''];
  const { kind, op, name, outputs } = node;
  const title = op === null ? (name ?? kind) : name === null ? op : `${name} = ${op}`;
  return [cut(title), cut(outputs.map(({ shape }) => `[${shape.join(', ')}]`).join(' '))];
}

/** What Graphviz is asked to lay out, from left to right. */
/* istanbul ignore next: its source text runs in pages, where nothing counts */
export function layoutRequest(graph: Graph, view: GraphView, label: typeof boxLabel): GraphvizGraph {
  const [perLetter, padding, height, perInch] = [7.4, 30, 44, 72];
  const nodesIn = (module: number | null) =>
    view.boxes
      .filter(({ within }) => within === module)
      .map((box) => {
        const letters = Math.max(...label(graph, box).map((line) => line.length), 4);
        const width = (letters * perLetter + padding) / perInch;
        return { name: box.key, attributes: { width, height: height / perInch } };
      });
  const framesIn = (module: number | null): Subgraph[] =>
    view.open
      .filter((id) => (graph.modules[id]?.parent ?? null) === module)
      .map((id) => {
        const { path = '', type = '' } = graph.modules[id] ?? {};
        // As wide as the title will be, and nothing of what it says.
        const room = 'x'.repeat(Math.min(path.length + type.length + 5, 30));
        return {
          name: `cluster_${id}`,
          graphAttributes: { label: room, labeljust: 'l', fontsize: 13, margin: 14 },
          nodes: nodesIn(id),
          subgraphs: framesIn(id),
        };
      });
  return {
    directed: true,
    graphAttributes: { rankdir: 'LR', nodesep: 0.28, ranksep: 0.5, pad: 0.15 },
    nodeAttributes: { shape: 'box', fixedsize: true, label: '' },
    edgeAttributes: { arrowhead: 'none' },
    nodes: nodesIn(null),
    subgraphs: framesIn(null),
    edges: view.links.map(({ from, to }) => ({ tail: from, head: to })),
  };
}

/** The answer of Graphviz, in its format `json0` with the y axis pointing down. */
/* istanbul ignore next: its source text runs in pages, where nothing counts */
export function drawingOf(answer: string): Drawing {
  interface Item {
    readonly _gvid: number;
    readonly name: string;
    readonly pos?: string;
    readonly bb?: string;
    readonly width?: string;
    readonly height?: string;
  }
  const { bb, objects, edges } = JSON.parse(answer) as {
    readonly bb: string;
    readonly objects?: readonly Item[];
    readonly edges?: readonly { readonly tail: number; readonly head: number; readonly pos: string }[];
  };
  const perInch = 72;
  const rounded = (value: number) => Math.round(value * 10) / 10;
  const numbers = (text = '') => text.split(/[ ,]/).map(Number);
  const [left = 0, bottom = 0, right = 0, top = 0] = numbers(bb);
  const items = objects ?? [];
  const isFrame = ({ name }: Item) => name.startsWith('cluster_');
  const boxes = items
    .filter((item) => !isFrame(item) && item.pos !== undefined)
    .map(({ name, pos, width, height }) => {
      const [x = 0, y = 0] = numbers(pos);
      return {
        key: name,
        x: rounded(x),
        y: rounded(y),
        width: rounded(Number(width) * perInch),
        height: rounded(Number(height) * perInch),
      };
    });
  const frames = items.filter(isFrame).map(({ name, bb }) => {
    const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = numbers(bb);
    return {
      key: name.slice('cluster_'.length),
      x: rounded((x0 + x1) / 2),
      y: rounded((y0 + y1) / 2),
      width: rounded(Math.abs(x1 - x0)),
      height: rounded(Math.abs(y1 - y0)),
    };
  });
  const nameOf = new Map(items.map(({ _gvid, name }) => [_gvid, name]));
  const links = (edges ?? []).map(({ tail, head, pos }) => {
    // A spline: a point, then two control points and a point for each piece. An arrow's tip may stand before.
    const points = pos.split(' ').filter((point) => !/^[es]/.test(point));
    const [first = '', ...rest] = points.map((point) => numbers(point).map(rounded).join(','));
    return { from: nameOf.get(tail) ?? '', to: nameOf.get(head) ?? '', path: `M${first}C${rest.join(' ')}` };
  });
  return {
    width: rounded(Math.abs(right - left)),
    height: rounded(Math.abs(top - bottom)),
    boxes,
    frames,
    links,
  };
}
