/** The page's own script: it draws each chart in the colours of the reader's scheme, and again when that changes. */

/**
 * JavaScript that runs in the page, after Chart.js. It reads the configurations from `#chart-configs`, replaces
 * `var(--name)` by the value of that CSS variable, and draws on the canvas that has the chart's name as its id.
 * `tickValues` of a scale are the only values that are marked on it.
 */
export const DRAW_CHARTS = `
'use strict';
(() => {
  const configs = document.getElementById('chart-configs').textContent;
  let charts = [];

  function draw() {
    for (const chart of charts) chart.destroy();
    const style = getComputedStyle(document.documentElement);
    const css = (name) => style.getPropertyValue(name).trim();
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    Chart.defaults.font.size = 12;
    Chart.defaults.color = css('--muted');
    Chart.defaults.borderColor = css('--rule');
    Object.assign(Chart.defaults.plugins.tooltip, {
      backgroundColor: css('--ink'), titleColor: css('--paper'), bodyColor: css('--paper'), cornerRadius: 4,
    });
    const resolved = JSON.parse(configs, (key, value) =>
      typeof value === 'string' ? value.replace(/^var\\((--[\\w-]+)\\)$/, (_, name) => css(name)) : value);
    charts = Object.entries(resolved).map(([id, config]) => {
      for (const scale of Object.values(config.options.scales)) if (scale.tickValues) mark(scale);
      return new Chart(document.getElementById(id), config);
    });
  }

  function mark(scale) {
    scale.min = scale.tickValues[0];
    scale.max = scale.tickValues[scale.tickValues.length - 1];
    scale.afterBuildTicks = (axis) => { axis.ticks = scale.tickValues.map((value) => ({ value })); };
    scale.ticks = { callback: (value) => String(value), autoSkip: false };
  }

  draw();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
})();
`;
