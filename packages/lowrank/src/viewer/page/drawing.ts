/// <reference lib="dom" />
/** The picture of the graph. The function must not refer to anything outside of itself but types: the page gets its source text. */
import type { GraphBox, GraphView } from '@lowrank/autograd';
import type { ViewerData } from '../data.js';
import type { Drawing, Placed } from '../layout.js';
import type { Parts } from './parts.js';

/** An SVG of the graph, whose boxes carry their keys in `data-key`, and links both of theirs. */
/* istanbul ignore next: runs in pages only */
export function drawGraph(
  { element, boxLabel }: Parts,
  { graph }: ViewerData,
  view: GraphView,
  { width, height, boxes, frames, links }: Drawing,
): SVGSVGElement {
  const frame = ({ key, x, y, width, height }: Placed) => {
    const { path = '', type = '' } = graph.modules[Number(key)] ?? {};
    const full = `${path} (${type})`;
    const title = full.length > 36 ? `${full.slice(0, 35)}…` : full;
    const [left, top] = [x - width / 2, y - height / 2];
    return element(
      'svg:g',
      { class: 'frame', 'data-module': key, role: 'button', tabindex: -1, 'aria-expanded': 'true' },
      element('svg:rect', { x: left, y: top, width, height, rx: 8 }),
      element('svg:text', { x: left + 12, y: top + 19 }, `▾ ${title}`),
    );
  };
  const carrying = new Set(
    view.links.flatMap((each) => (each.carriesGradient ? [`${each.from} ${each.to}`] : [])),
  );
  const link = ({ from, to, path }: Drawing['links'][number]) => {
    return element('svg:path', {
      class: carrying.has(`${from} ${to}`) ? 'link' : 'link constant',
      d: path,
      'data-from': from,
      'data-to': to,
      'marker-end': 'url(#arrow)',
    });
  };
  const box = (seen: GraphBox, { key, x, y, width, height }: Placed) => {
    const { id, isModule } = seen;
    const [title, shapes] = boxLabel(graph, seen);
    const kind = isModule ? 'module' : (graph.nodes[id]?.kind ?? 'op');
    const [left, top] = [x - width / 2, y - height / 2];
    const round = { op: 4, module: 4, constant: 4, parameter: 22, leaf: 22 }[kind];
    return element(
      'svg:g',
      {
        class: `box ${kind}`,
        'data-key': key,
        role: 'button',
        tabindex: -1,
        ...(isModule ? { 'aria-expanded': 'false' } : {}),
      },
      ...(isModule
        ? [element('svg:rect', { class: 'behind', x: left + 4, y: top - 4, width, height, rx: 4 })]
        : []),
      element('svg:rect', { x: left, y: top, width, height, rx: round }),
      element('svg:text', { x, y: y - 3, class: 'title' }, isModule ? `▸ ${title}` : title),
      element('svg:text', { x, y: y + 13, class: 'shapes' }, shapes),
      element('svg:text', { x: left + width - 4, y: top - (isModule ? 9 : 5), class: 'badge' }),
    );
  };
  // For thick lines and the signs above the boxes.
  const margin = 18;
  const placed = new Map(boxes.map((each) => [each.key, each]));
  const arrow = element(
    'svg:marker',
    {
      id: 'arrow',
      viewBox: '0 0 8 8',
      refX: 7,
      refY: 4,
      markerWidth: 7,
      markerHeight: 7,
      orient: 'auto',
      markerUnits: 'userSpaceOnUse',
    },
    element('svg:path', { d: 'M0 0.5L8 4L0 7.5z' }),
  );
  return element(
    'svg:svg',
    {
      width: width + 2 * margin,
      height: height + 2 * margin,
      viewBox: `${-margin} ${-margin} ${width + 2 * margin} ${height + 2 * margin}`,
      role: 'group',
      'aria-label': 'Graph of the computation, from left to right',
    },
    element('svg:defs', {}, arrow),
    ...frames.map(frame),
    ...links.map(link),
    ...view.boxes.flatMap((each) => {
      const place = placed.get(each.key);
      return place ? [box(each, place)] : [];
    }),
  ) as SVGSVGElement;
}
