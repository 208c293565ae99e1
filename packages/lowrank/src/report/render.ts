/** Makes `report.html`: one file that needs no other, asks no server for anything, and runs no script but its own. */

import { html, type SafeHtml } from '@remix-run/html-template';
import { readChartJs, sha256 } from '#scripts';
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
  const scripts = [await readChartJs(), DRAW_CHARTS].map(inScriptElement);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy(scripts, STYLE)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${headline(run)} – LoRA on MNIST</title>
<link rel="icon" href="data:,">
<style>${html.raw`${STYLE}`}</style>
</head>
<body>
${pageBody(run)}
<script type="application/json" id="chart-configs">${jsonInScriptElement(chartConfigs(run))}</script>
${scripts.map((script) => html.raw`<script>${script}</script>`)}
</body>
</html>
`;
  return String(page);
}

/** Allows the page its own scripts and style, by their hashes, and nothing else. */
function contentSecurityPolicy(scripts: readonly string[], style: string): string {
  const hash = (text: string) => `'sha256-${sha256(text)}'`;
  return [
    "default-src 'none'",
    `script-src ${scripts.map(hash).join(' ')}`,
    `style-src ${hash(style)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/** A script element ends at the first end tag, also when that stands in a string. */
function inScriptElement(script: string): string {
  return script.replaceAll('</script', '<\\/script');
}

function jsonInScriptElement(value: unknown): SafeHtml {
  return html.raw`${JSON.stringify(value).replaceAll('<', '\\u003c')}`;
}
