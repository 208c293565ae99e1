/** A graph as text: for Graphviz, for Mermaid, and as JSON. */
import { checkOptions, formatShape } from '@lowrank/tensor';
import { foldGraph, type GraphBox, type GraphView } from './fold.js';
import type { Graph, GraphNode } from './graph.js';

export interface GraphTextOptions {
  /** Show each module as one box, instead of all that is inside of it. Default false. */
  readonly folded?: boolean;
}

/**
 * The graph in Graphviz's language, from left to right. Ops are boxes, parameters and other leaves ellipses, constants
 * dashed; a dashed arrow carries no gradient.
 */
export function toDot(graph: Graph, options: GraphTextOptions = {}): string {
  const view = viewOf('toDot', graph, options);
  const box = (each: GraphBox) =>
    `${each.key} [label="${forDot(labelOf(graph, each))}", shape=${each.isModule ? 'box3d' : DOT_SHAPES[kindOf(graph, each)]}];`;
  const lines = nested(graph, view, {
    box,
    begin: (id, title) => `subgraph cluster_${id} { label="${forDot(title)}";`,
    end: '}',
  });
  const links = view.links.map(
    ({ from, to, carriesGradient }) => `  ${from} -> ${to}${carriesGradient ? '' : ' [style=dashed]'};`,
  );
  return ['digraph {', '  rankdir=LR;', ...lines, ...links, '}', ''].join('\n');
}

const DOT_SHAPES = {
  op: 'box',
  parameter: 'ellipse',
  leaf: 'ellipse',
  constant: 'ellipse, style=dashed',
} as const;

/** The graph as a Mermaid flowchart, which Markdown files can show; its signs are those of `toDot`. */
export function toMermaid(graph: Graph, options: GraphTextOptions = {}): string {
  const view = viewOf('toMermaid', graph, options);
  const box = (each: GraphBox) => {
    const [before, after] = each.isModule ? ['[[', ']]'] : MERMAID_SHAPES[kindOf(graph, each)];
    return `${each.key}${before}"${forMermaid(labelOf(graph, each))}"${after}`;
  };
  const lines = nested(graph, view, {
    box,
    begin: (id, title) => `subgraph s${id}["${forMermaid(title)}"]`,
    end: 'end',
  });
  const links = view.links.map(
    ({ from, to, carriesGradient }) => `  ${from} ${carriesGradient ? '-->' : '-.->'} ${to}`,
  );
  return ['flowchart LR', ...lines, ...links, ''].join('\n');
}

const MERMAID_SHAPES = {
  op: ['[', ']'],
  parameter: ['([', '])'],
  leaf: ['([', '])'],
  constant: ['(', ')'],
} as const;

/** The graph as JSON. Numbers that JSON does not have are written as strings, `"-Infinity"`. */
export function toJSON(graph: Graph): string {
  return JSON.stringify(graph, (_, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
  );
}

function viewOf(op: string, graph: Graph, options: GraphTextOptions): GraphView {
  checkOptions(op, options);
  return foldGraph(graph, new Set(options.folded ? [] : graph.modules.keys()));
}

function kindOf({ nodes }: Graph, { id }: GraphBox): GraphNode['kind'] {
  return (nodes[id] as GraphNode).kind;
}

/** Lines of text: what a box shows. */
function labelOf({ nodes, modules }: Graph, { id, isModule, ops }: GraphBox): string[] {
  const module = modules[id];
  if (isModule && module) return [module.path, `${module.type}, ${ops} op${ops === 1 ? '' : 's'}`];
  const { kind, op, name, outputs } = nodes[id] as GraphNode;
  const title = op === null ? (name ?? kind) : name === null ? op : `${name} = ${op}`;
  return [title, outputs.map(({ shape }) => formatShape(shape)).join(' ')];
}

interface Syntax {
  box(box: GraphBox): string;
  begin(id: number, title: readonly string[]): string;
  readonly end: string;
}

/** The boxes, those of open modules between a beginning and an end of their module. */
function nested({ modules }: Graph, { boxes, open }: GraphView, { box, begin, end }: Syntax): string[] {
  const inside = <T extends { within: number | null }>(all: readonly T[], module: number | null) =>
    all.filter(({ within }) => within === module);
  const lists = open.map((id) => ({ id, within: modules[id]?.parent ?? null }));
  const linesOf = (module: number | null, indent: string): string[] => [
    ...inside(boxes, module).map((each) => indent + box(each)),
    ...inside(lists, module).flatMap(({ id }) => [
      indent + begin(id, [`${modules[id]?.path} (${modules[id]?.type})`]),
      ...linesOf(id, `${indent}  `),
      indent + end,
    ]),
  ];
  return linesOf(null, '  ');
}

/** Graphviz knows escapes after a backslash and entities after `&`. */
function forDot(lines: readonly string[]): string {
  return lines
    .map((line) => oneLine(line).replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/&/g, '&amp;'))
    .join('\\n');
}

/** Mermaid shows Markdown and HTML; anything but letters, digits and harmless signs is written by its number. */
function forMermaid(lines: readonly string[]): string {
  const escaped = (line: string) =>
    oneLine(line).replace(/[^\p{L}\p{N} .,()[\]=:/-]/gu, (sign) => `#${sign.codePointAt(0)};`);
  return lines.map(escaped).join('<br/>');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what has to go
const CONTROLS = /[\u0000-\u001f\u007f\u2028\u2029]+/g;

function oneLine(text: string): string {
  return text.replace(CONTROLS, ' ');
}
