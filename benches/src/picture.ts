/** The results as a picture: bars, in colours that follow the reader's light or dark scheme. */
import { parse, textMetrics, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import type { PeersCase, PeersResults, Results } from './results.js';
import { formatNumber } from './table.js';

declare module 'vega' {
  /** Missing in the types that vega brings. */
  export const textMetrics: { width: (item: { readonly fontSize?: number }, text: unknown) => number };
}

/** The mean width of a letter in units of the font's size. Without a canvas to measure on, vega would take 0.8. */
const LETTER = 0.58;

textMetrics.width = ({ fontSize = 11 }, text) => LETTER * fontSize * String(text).length;

interface Bar {
  readonly label: string;
  readonly value: number;
  /** Whether it is to be seen first. */
  readonly isOurs: boolean;
}

interface Panel {
  readonly title: string;
  readonly subtitle: string;
  readonly bars: readonly Bar[];
  readonly scale: 'linear' | 'log';
}

/** CSS variables: a renderer of SVG looks them up where it draws. */
const STYLE = `
  svg { --paper: #ffffff; --ink: #1f2328; --muted: #59636e; --ours: #0969da; --rest: #b6bfc9; }
  @media (prefers-color-scheme: dark) {
    svg { --paper: #0d1117; --ink: #e6edf3; --muted: #9198a1; --ours: #4493f8; --rest: #4a525c; }
  }
`;

const FONT = 'system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif';

/** The SVG of a run, below that of the peers where there are some. @throws Error if there is nothing to show. */
export async function picture(run: Results, peers?: PeersResults): Promise<string> {
  const panels = [...(peers === undefined ? [] : peersPanels(peers)), ...loopPanels(run)];
  if (panels.length === 0) throw new Error('there is nothing in these results that a picture could show');
  const { spec } = compile(specOf(panels));
  const svg = await new View(parse(spec), { renderer: 'none' }).toSVG();
  return svg.replace(
    /(<svg[^>]*>)/,
    (tag) => `${tag}<title>${titlesOf(panels)}</title><style>${STYLE}</style>`,
  );
}

function titlesOf(panels: readonly Panel[]): string {
  return panels.map(({ title }) => title.replaceAll('&', '&amp;').replaceAll('<', '&lt;')).join('; ');
}

/** How many times as long plain loops take, for each case that has them, a panel for each suite. */
function loopPanels({ suites, environment }: Results): Panel[] {
  const { wide, threads } = environment.cpuInfo;
  const mode = `Node ${environment.node.slice(1)}, ${threads} threads${wide ? ', wide pass on' : ''}; logarithmic scale`;
  return suites.flatMap(({ name, cases }) => {
    const bars = cases.flatMap((each) => {
      const loops = each.measurements.find(({ contestant }) => contestant.endsWith(' loops'));
      return loops?.ratio === undefined ? [] : [{ label: each.name, value: loops.ratio, isOurs: true }];
    });
    if (bars.length === 0) return [];
    return [{ title: `${name}: times as fast as plain loops`, subtitle: mode, bars, scale: 'log' as const }];
  });
}

/** What is shown of the peers, and whether more is better. */
const PEERS_PANELS = [
  {
    case: 'matmul-1024',
    title: 'Matrix product 1024 x 1024',
    quantity: 'gflops',
    unit: 'GFLOPS, more is better',
  },
  {
    case: 'step',
    title: 'Training step of the MNIST CNN',
    quantity: 'milliseconds',
    unit: 'ms, less is better',
  },
] as const;

function peersPanels({ cases, environment }: PeersResults): Panel[] {
  return PEERS_PANELS.flatMap(({ case: name, title, quantity, unit }) => {
    const found = cases.find((each) => each.name === name);
    const bars = found === undefined ? [] : peersBars(found, quantity);
    if (bars.length === 0) return [];
    const isTime = quantity === 'milliseconds';
    const remark = isTime ? '; logarithmic scale' : '';
    const subtitle = `${unit}; Node ${environment.node.slice(1)}, all threads${remark}`;
    return [{ title, subtitle, bars, scale: isTime ? ('log' as const) : ('linear' as const) }];
  });
}

/** An engine's row with the most threads; with and without the wide pass where it was measured with it. */
function peersBars({ rows }: PeersCase, quantity: 'gflops' | 'milliseconds'): Bar[] {
  const best = new Map<string, { threads: number; bar: Bar }>();
  for (const { engine, wide, threads, [quantity]: value } of rows) {
    const label = `${engine}${wide ? ', wide pass' : ''}`;
    if (value === undefined || (best.get(label)?.threads ?? 0) > threads) continue;
    best.set(label, { threads, bar: { label, value, isOurs: engine === 'lowrank' } });
  }
  const bars = [...best.values()].map(({ bar }) => bar);
  return bars.sort((a, b) => (quantity === 'gflops' ? b.value - a.value : a.value - b.value));
}

/** The width of all labels, so that the bars of all panels begin at the same place. */
const LABELS = 290;

function specOf(panels: readonly Panel[]): TopLevelSpec {
  return {
    background: 'var(--paper)',
    padding: 16,
    config: {
      font: FONT,
      view: { stroke: null },
      title: {
        anchor: 'start',
        frame: 'group',
        color: 'var(--ink)',
        subtitleColor: 'var(--muted)',
        fontSize: 15,
        subtitleFontSize: 12,
        offset: 8,
      },
      axis: { labelColor: 'var(--ink)', labelFontSize: 12 },
      concat: { spacing: 28 },
    },
    vconcat: panels.map(panelSpec),
  };
}

function panelSpec({ title, subtitle, bars, scale }: Panel) {
  const values = bars.map((bar) => ({ ...bar, text: formatNumber(bar.value) }));
  // A bar on a logarithmic scale begins at a value of its own: 1, or below the smallest.
  const smallest = Math.min(1, ...bars.map(({ value }) => value / 2));
  const x = {
    field: 'value',
    type: 'quantitative' as const,
    axis: null,
    scale: scale === 'log' ? { type: scale, domainMin: smallest } : { type: scale },
  };
  const y = {
    field: 'label',
    type: 'nominal' as const,
    sort: null,
    axis: {
      title: null,
      ticks: false,
      domain: false,
      labelLimit: 600,
      labelPadding: 8,
      minExtent: LABELS,
      maxExtent: LABELS,
    },
  };
  return {
    title: { text: title, subtitle },
    width: 380,
    height: { step: 20 },
    data: { values },
    encoding: { x, y },
    layer: [
      {
        mark: { type: 'bar' as const, cornerRadiusEnd: 2, height: { band: 0.72 } },
        encoding: {
          x2: { datum: scale === 'log' ? smallest : 0 },
          color: {
            condition: { test: 'datum.isOurs', value: 'var(--ours)' },
            value: 'var(--rest)',
          },
        },
      },
      {
        mark: { type: 'text' as const, align: 'left' as const, dx: 5, color: 'var(--ink)', fontSize: 12 },
        encoding: { text: { field: 'text', type: 'nominal' as const } },
      },
    ],
  };
}
