/** The page's own script, run with a stand-in for Chart.js and the few things that it needs of a browser. */

import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { chartConfigs } from '../../src/report/chart-configs.js';
import { DRAW_CHARTS } from '../../src/report/draw-charts.js';
import { FIXTURE } from '../summary-fixture.js';

interface Drawn {
  canvas: { id: string };
  config: {
    data: { datasets: Record<string, unknown>[] };
    options: {
      scales: Record<string, { min?: number; max?: number; afterBuildTicks?: (axis: object) => void }>;
    };
  };
}

/** Runs the script and tells what it draws, now and when the reader's colour scheme changes. */
function browser() {
  const state = { scheme: 'light', drawn: [] as Drawn[], destroyed: 0, change: () => {} };
  class Chart {
    static defaults = { font: {}, plugins: { tooltip: {} } };
    constructor(canvas: Drawn['canvas'], config: Drawn['config']) {
      state.drawn.push({ canvas, config });
    }
    destroy() {
      state.destroyed++;
    }
  }
  runInNewContext(DRAW_CHARTS, {
    Chart,
    document: {
      documentElement: {},
      body: {},
      getElementById: (id: string) => ({ id, textContent: JSON.stringify(chartConfigs(FIXTURE)) }),
    },
    getComputedStyle: () => ({
      fontFamily: 'a font',
      getPropertyValue: (name: string) => ` ${state.scheme} ${name.slice(2)}`,
    }),
    matchMedia: () => ({
      addEventListener: (_: string, listener: () => void) => {
        state.change = listener;
      },
    }),
  });
  return state;
}

describe('the script of the page', () => {
  it('draws each chart on the canvas of its name', () => {
    expect(browser().drawn.map(({ canvas }) => canvas.id)).toEqual(['loss', 'accuracy', 'wrong']);
  });

  it('puts the values of the CSS variables in the place of their names', () => {
    const colours = browser().drawn[2]!.config.data.datasets.map(({ backgroundColor }) => backgroundColor);
    expect(colours).toEqual(['light base', 'light lora', 'light specialised']);
  });

  it('marks only the chosen values on the logarithmic axis', () => {
    const { y } = browser().drawn[0]!.config.options.scales as {
      y: Drawn['config']['options']['scales'][string];
    };
    const axis = { ticks: [] as { value: number }[] };
    y.afterBuildTicks?.(axis);
    const values = axis.ticks.map(({ value }) => value);
    expect([y.min, y.max]).toEqual([values[0], values.at(-1)]);
    expect(values).toEqual([...values].sort((a, b) => a - b));
    expect(values.length).toBeGreaterThan(2);
  });

  it('draws again in other colours when the scheme changes', () => {
    const page = browser();
    page.scheme = 'dark';
    page.change();
    expect(page.destroyed).toBe(3);
    expect(page.drawn).toHaveLength(6);
    expect(page.drawn[5]!.config.data.datasets[0]).toMatchObject({ backgroundColor: 'dark base' });
  });
});
