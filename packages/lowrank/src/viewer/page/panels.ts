/// <reference lib="dom" />
/**
 * What stands beside the graph: the step, the node that was chosen, and the leaves. Each function must not refer to anything
 * outside of itself but types: the page gets their source text, and `parts` to call each other by.
 */
import type { Mark, ViewerData } from '../data.js';
import type { TensorSummary } from '../summary.js';
import type { Parts } from './parts.js';

/** The step of this number, from 1; 0 is before the first. */
/* istanbul ignore next: runs in pages only */
export function showStep(parts: Parts, { graph, steps, tensors, mark }: ViewerData, count: number): Element {
  const { element, boxLabel, showTensor, showNote } = parts;
  const nameOf = (id: number) => boxLabel(graph, { key: '', id, isModule: false, within: null, ops: 1 })[0];
  const tensor = (number: number, name: string) => showTensor(parts, tensors[number] as TensorSummary, name);
  const step = steps[count - 1];
  if (step === undefined) {
    const text =
      steps.length === 0
        ? 'The graph alone: there is no backward pass to show.'
        : 'Forward, from left to right. Move the slider, or press →, to walk back through it one node at a time.';
    return element('section', { class: 'step' }, element('h2', {}, 'Forward'), element('p', {}, text));
  }
  if (step.kind === 'leaf') {
    return element(
      'section',
      { class: 'step' },
      element('h2', {}, `Into ${nameOf(step.node)}.grad`),
      element('p', {}, 'The gradient is complete. It is added to what grad held before:'),
      tensor(step.grad, `${nameOf(step.node)}.grad`),
    );
  }
  const incoming = step.incoming.map((number, i) =>
    number === null
      ? element('p', { class: 'aside' }, `Nothing was computed from output ${i}.`)
      : tensor(number, `gradient of output ${i}`),
  );
  const outgoing = step.outgoing.map(({ input, to, formula, isSummed, gradient, received }) =>
    element(
      'li',
      {},
      element('h4', {}, `To input ${input}, ${nameOf(to)}`),
      ...(formula === step.rule
        ? []
        : [element('pre', { class: 'formula', tabindex: 0 }, element('code', {}, formula))]),
      ...(isSummed
        ? [element('p', { class: 'aside' }, 'summed over the axes along which the input was stretched:')]
        : []),
      tensor(gradient, `gradient of input ${input}`),
      ...(received === gradient
        ? []
        : [
            element('p', { class: 'sum' }, 'Paths meet here: with what came before, it has received'),
            tensor(received, `received by ${nameOf(to)}`),
          ]),
    ),
  );
  return element(
    'section',
    { class: 'step' },
    element('h2', {}, `Backward through ${nameOf(step.node)}`),
    ...showNote(parts, mark, step.node),
    element('h3', {}, 'Rule'),
    element('pre', { class: 'rule', tabindex: 0 }, element('code', {}, step.rule)),
    element('h3', {}, 'Gradient that comes in, g'),
    ...incoming,
    element('h3', {}, 'Gradients that go out'),
    element('ul', { class: 'outgoing' }, ...outgoing),
  );
}

/** What there is to say of a node that is marked; nothing of others. */
/* istanbul ignore next: runs in pages only */
export function showNote({ element }: Parts, mark: Mark | null, node: number): Element[] {
  if (mark?.note === undefined || mark.node !== node) return [];
  return [element('p', { class: 'note' }, `⚠ ${mark.note}`)];
}

/** What is known of a node. */
/* istanbul ignore next: runs in pages only */
export function showNode(parts: Parts, data: ViewerData, id: number): Element {
  const { element, boxLabel, showTensor, showNote } = parts;
  const { graph, tensors, values, sources, steps, mark } = data;
  const node = graph.nodes[id];
  if (node === undefined) return element('section', { class: 'node' });
  const { kind, op, name, outputs, attrs, place, module } = node;
  const kept = graph.edges
    .filter((edge) => edge.to === id && edge.isKept)
    .map(({ input }) => `input ${input}`);
  if (node.keepsOutput) kept.push('the output');
  const attributes = Object.entries(attrs).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  const rows: (readonly [string, string])[] = [
    ['Kind', op === null ? kind : `op ${op}`],
    ['Name', name ?? ''],
    ['Gives', outputs.map(({ dtype, shape }) => `${dtype} [${shape.join(', ')}]`).join('; ')],
    ['Attributes', attributes.join(', ')],
    ['Module', module === null ? '' : `${graph.modules[module]?.path} (${graph.modules[module]?.type})`],
    ['Kept for the backward pass', op === null ? '' : kept.join(', ') || 'nothing'],
    ['Called at', place === null ? '' : `${place.file.split(/[\\/]/).at(-1)}:${place.line}:${place.column}`],
  ];
  const list = rows
    .filter(([, text]) => text !== '')
    .map(([term, text]) => element('div', {}, element('dt', {}, term), element('dd', {}, text)));
  const source = sources[id] ?? null;
  const value = values[id] ?? null;
  const title = boxLabel(graph, { key: '', id, isModule: false, within: null, ops: 1 })[0];
  return element(
    'section',
    { class: 'node' },
    element('h2', {}, `Node ${title}`),
    // Where there are steps, the note stands with the step.
    ...(steps.length === 0 ? showNote(parts, mark, id) : []),
    element('dl', {}, ...list),
    ...(source === null
      ? []
      : [element('pre', { class: 'source', tabindex: 0 }, element('code', {}, source))]),
    ...(value === null
      ? []
      : [
          element('h3', {}, 'Value'),
          showTensor(parts, tensors[value] as TensorSummary, `value of ${title}`),
        ]),
  );
}

/**
 * What the leaves have received after this many steps, and from where. Of many leaves, those that received last.
 */
/* istanbul ignore next: runs in pages only */
export function showLeaves(parts: Parts, { graph, steps, tensors }: ViewerData, count: number): Element {
  const { element, boxLabel, showTensor } = parts;
  const most = 24;
  const nameOf = (id: number) => boxLabel(graph, { key: '', id, isModule: false, within: null, ops: 1 })[0];
  const leaves = new Map(
    steps.flatMap((step, i) =>
      step.kind === 'leaf'
        ? [[step.node, { ...step, at: i + 1, last: 0, ways: 0, from: [] as string[], sum: -1 }]]
        : [],
    ),
  );
  for (const [i, step] of steps.entries()) {
    for (const { to, received } of step.kind === 'rule' ? step.outgoing : []) {
      const leaf = leaves.get(to);
      if (leaf === undefined) continue;
      leaf.ways++;
      if (i >= count) continue;
      leaf.from.push(nameOf(step.node));
      Object.assign(leaf, { last: i + 1, sum: received });
    }
  }
  const all = [...leaves.values()];
  const latest = all.toSorted((a, b) => (b.at <= count ? b.at : b.last) - (a.at <= count ? a.at : a.last));
  const shown = new Set(latest.slice(0, most));
  const rows = all
    .filter((leaf) => shown.has(leaf))
    .map(({ node, at, ways, from, sum, grad }) => {
      const isStored = at <= count;
      const tensor = tensors[isStored ? grad : sum];
      const state = isStored ? '✓ in grad' : `${from.length} of ${ways}`;
      return element(
        'tr',
        { 'data-leaf': node, class: isStored ? 'stored' : from.length > 0 ? 'receiving' : 'waiting' },
        element('th', { scope: 'row' }, nameOf(node)),
        element('td', { class: 'state' }, state),
        element('td', {}, from.length === 0 ? '–' : from.join(' + ')),
        element(
          'td',
          { class: 'gradient' },
          tensor ? showTensor(parts, tensor, `gradient of ${nameOf(node)}`) : '–',
        ),
      );
    });
  const heads = ['Leaf', 'Arrived', 'From', 'Sum so far'].map((head) =>
    element('th', { scope: 'col' }, head),
  );
  const rest = all.length > most ? ` (the ${most} of ${all.length} that received last)` : '';
  const table = element(
    'table',
    { class: 'leaves' },
    element('caption', {}, `Gradients that add up on the leaves${rest}`),
    element('thead', {}, element('tr', {}, ...heads)),
    element('tbody', {}, ...rows),
  );
  return element(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Gradients of the leaves' },
    table,
  );
}
