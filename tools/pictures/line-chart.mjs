// Draws lines as SVG, in colours that follow the reader's light or dark scheme: those of docs/speed.svg.

import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

// The benches have vega, for their own picture; what stands outside of them has to ask for it there.
const { resolve } = createRequire(new URL('../../benches/package.json', import.meta.url));
const [{ parse, textMetrics, View }, { compile }] = await Promise.all(
  ['vega', 'vega-lite'].map((name) => import(pathToFileURL(resolve(name)).href)),
);

/** The mean width of a letter in units of the font's size. Without a canvas to measure on, vega would take 0.8. */
const LETTER = 0.58;

textMetrics.width = ({ fontSize = 11 }, text) => LETTER * fontSize * String(text).length;

/** CSS variables: a renderer of SVG looks them up where it draws. */
const STYLE = `
  svg {
    --paper: #ffffff; --ink: #1f2328; --muted: #59636e;
    --grid: #d1d9e0; --rest: #b6bfc9; --line-0: #0969da; --line-1: #bc4c00;
  }
  @media (prefers-color-scheme: dark) {
    svg {
      --paper: #0d1117; --ink: #e6edf3; --muted: #9198a1;
      --grid: #3d444d; --rest: #4a525c; --line-0: #4493f8; --line-1: #f0883e;
    }
  }
`;

const FONT = 'system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif';

const CONFIG = {
  font: FONT,
  view: { stroke: null },
  title: {
    anchor: 'start',
    frame: 'group',
    color: 'var(--ink)',
    subtitleColor: 'var(--muted)',
    fontSize: 15,
    subtitleFontSize: 12,
    offset: 4,
  },
  axis: {
    labelColor: 'var(--muted)',
    titleColor: 'var(--muted)',
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    gridColor: 'var(--grid)',
    domainColor: 'var(--grid)',
    tickColor: 'var(--grid)',
  },
  concat: { spacing: 36 },
};

/**
 * What a panel shows, and over what; `yScale` and `yAxis` are vega-lite's.
 * @typedef {{ x: string, y: string, yScale?: object, yAxis?: object }} Axes
 *
 * @typedef {object} Panel
 * @property {string} title
 * @property {string} subtitle
 * @property {Record<string, readonly (number | null)[]>} lines Up to two of them, by name.
 * @property {{ values: readonly (number | null)[], width: number }[]} [behind] Lines in grey, drawn first.
 * @property {Partial<Axes>} [axes] Where this panel differs.
 */

/**
 * The SVG of panels side by side, which share neither scale nor data.
 * @param {string} title For those who cannot see it.
 * @param {readonly Panel[]} panels
 * @param {Axes & { first?: number, points?: boolean }} axes The values stand over `first` (default 0), `first` + 1, ..., marked
 * by points unless `points` is false.
 */
export async function lineChart(title, panels, axes) {
  const { spec } = compile({
    background: 'var(--paper)',
    padding: 16,
    config: CONFIG,
    hconcat: panels.map((panel) => panelOf(panel, axes)),
  });
  const svg = await new View(parse(spec), { renderer: 'none' }).toSVG();
  return svg.replace(/(<svg[^>]*>)/, (tag) => `${tag}<title>${title}</title><style>${STYLE}</style>`);
}

function panelOf({ title, subtitle, lines, behind = [], axes: own = {} }, axes) {
  const { x, y, yScale = {}, yAxis = { tickCount: 5 }, first = 0, points = true } = { ...axes, ...own };
  const over = (values) => values.map((value, i) => ({ x: first + i, y: value }));
  return {
    title: { text: title, subtitle },
    width: 330,
    height: 220,
    layer: [
      ...behind.map(({ values, width }) => lineOf(over(values), 'var(--rest)', width, false)),
      ...Object.entries(lines).flatMap(([name, values], i) => [
        lineOf(over(values), `var(--line-${i})`, 2, points),
        nameOf(name, over(values).at(-1), `var(--line-${i})`),
      ]),
    ],
    encoding: {
      x: {
        field: 'x',
        type: 'quantitative',
        title: x,
        axis: { grid: false, tickMinStep: 1, labelFlush: false },
      },
      y: { field: 'y', type: 'quantitative', title: y, scale: yScale, axis: yAxis },
    },
  };
}

function lineOf(values, color, strokeWidth, points) {
  return {
    data: { values },
    mark: { type: 'line', color, strokeWidth, ...(points && { point: { color, size: 36 } }) },
  };
}

/** The name of a line, behind the last of its points. */
function nameOf(text, last, color) {
  return {
    data: { values: [last] },
    mark: { type: 'text', text, color, align: 'left', dx: 8, fontSize: 13, fontWeight: 600 },
  };
}
