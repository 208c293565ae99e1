/// <reference lib="dom" />
/**
 * How the page shows a tensor: a table of numbers, or a histogram. Each function must not refer to anything outside of
 * itself but types: the page gets their source text, and `parts` to call each other by.
 */
import type { Distribution, PlainNumber, TensorSummary } from '../summary.js';
import type { Parts } from './parts.js';

/** Makes an element. Texts become text, never markup. Names of SVG elements begin with `svg:`. */
/* istanbul ignore next: runs in pages only */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number>> = {},
  ...children: readonly (globalThis.Node | string)[]
): Element {
  const made = name.startsWith('svg:')
    ? document.createElementNS('http://www.w3.org/2000/svg', name.slice(4))
    : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.append(...children);
  return made;
}

/** A number in five digits. */
/* istanbul ignore next: runs in pages only */
export function formatNumber(value: PlainNumber): string {
  if (typeof value === 'string') return value.replace('Infinity', '∞').replace('-', '−');
  const short =
    Math.abs(value) >= 1e6 || (value !== 0 && Math.abs(value) < 1e-4)
      ? value.toExponential(3)
      : String(Number(value.toPrecision(5)));
  return short.replaceAll('-', '−');
}

/** A tensor: its kind, and what is in it. */
/* istanbul ignore next: runs in pages only */
export function showTensor(parts: Parts, tensor: TensorSummary, name: string): Element {
  const { element, showTable, showHistogram } = parts;
  const { kind, numbers, distribution } = tensor;
  const body =
    numbers !== null
      ? showTable(parts, numbers, tensor.shape, name)
      : showHistogram(parts, distribution as Distribution, name);
  return element('div', { class: 'tensor' }, element('span', { class: 'kind' }, kind), body);
}

/** The numbers of a small tensor, a row for each run along the last axis. */
/* istanbul ignore next: runs in pages only */
export function showTable(
  { element, formatNumber }: Parts,
  numbers: readonly PlainNumber[],
  shape: readonly number[],
  name: string,
): Element {
  if (numbers.length === 0) return element('p', { class: 'aside' }, 'no elements');
  const columns = shape.at(-1) ?? 1;
  const rows = Array.from({ length: numbers.length / columns }, (_, i) =>
    element(
      'tr',
      {},
      ...numbers
        .slice(i * columns, (i + 1) * columns)
        .map((value) => element('td', { 'data-value': value, title: String(value) }, formatNumber(value))),
    ),
  );
  const table = element('table', { class: 'numbers', 'aria-label': name }, element('tbody', {}, ...rows));
  return columns > 4
    ? element('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': name }, table)
    : table;
}

/** How the numbers of a large tensor are distributed. */
/* istanbul ignore next: runs in pages only */
export function showHistogram(
  { element, formatNumber }: Parts,
  { norm, mean, min, max, counts, notFinite }: Distribution,
  name: string,
): Element {
  const most = Math.max(1, ...counts);
  const bars = counts.map((count, i) => {
    const height = count === 0 ? 0 : Math.max(1, (40 * count) / most);
    return element('svg:rect', { x: i * 6, y: 40 - height, width: 5, height });
  });
  const facts = `norm ${formatNumber(norm)}, mean ${formatNumber(mean)}, from ${formatNumber(min)} to ${formatNumber(max)}`;
  const lost = notFinite > 0 ? `, ⚠ ${notFinite} NaN or infinite` : '';
  const label = `${name}: histogram; ${facts}${lost}`;
  return element(
    'div',
    { class: 'histogram', 'data-norm': norm },
    element('svg:svg', { viewBox: `0 0 ${counts.length * 6} 41`, role: 'img', 'aria-label': label }, ...bars),
    element('p', { class: 'aside' }, facts + lost),
  );
}
