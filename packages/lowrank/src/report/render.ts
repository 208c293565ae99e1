/** Makes `report.html`: one file that needs no other, asks no server for anything, and runs no script but its own. */

import { readChartJs } from '#scripts';
import { selfContainedPage } from '../self-contained-page.js';
import { checkSummary, type RunSummary } from '../summary.js';
import { chartConfigs } from './chart-configs.js';
import { DRAW_CHARTS } from './draw-charts.js';
import { pageBody } from './page.js';
import { headline } from './story.js';
import { STYLE } from './style.js';

/**
 * Renders a run as a self-contained HTML page. Chart.js is read from its npm package and inlined, which takes Node.
 *
 * @throws ArgumentError if the counts of the summary do not fit together.
 * @example
 * await writeFile('report.html', await renderReport(run));
 */
export async function renderReport(run: RunSummary): Promise<string> {
  checkSummary('renderReport', run);
  return selfContainedPage({
    title: `${headline(run)} – LoRA on MNIST`,
    style: STYLE,
    body: pageBody(run),
    data: { 'chart-configs': chartConfigs(run) },
    scripts: [await readChartJs(), DRAW_CHARTS],
  });
}
