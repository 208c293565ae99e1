/** The report's page: what stands on it, in which order. */

import { html, type SafeHtml } from '@remix-run/html-template';
import type { RunSummary } from '../summary.js';
import { SERIES } from './chart-configs.js';
import { confusionScale, confusionTable } from './confusion.js';
import { trainingRuns } from './curves.js';
import { bytes, DIGIT_NAMES, duration, integer, moment, percent, signed } from './format.js';
import { notes } from './notes.js';
import * as story from './story.js';
import { comparisonTable, curveTable, fileTable, parameterTable, wrongTable } from './tables.js';
import { mistakes } from './variants.js';

export function pageBody(run: RunSummary): SafeHtml {
  return html`<header>
<p class="kicker">lowrank · LoRA on MNIST</p>
<h1>${story.headline(run)}</h1>
${paragraphs(story.lede(run), 'lede')}
${keyFigures(run)}
<p class="aside">${story.circumstances(run)}</p>
</header>
<main>
${section('comparison', 'One network, five ways', story.switching(run), comparisonTable(run))}
${section('learning', 'How it learned', story.learning(run), learningCharts(run))}
${section('digits', 'Which digits are missed', story.digits(run), wrongChart(run), wrongTable(run))}
${section('confusion', 'What is taken for what', story.confusions(run), confusionMatrices(run))}
${section('parameters', 'What LoRA adds', story.parameters(run), parameterTable(run))}
${section('files', 'What it weighs', [story.files(run)], fileTable(run))}
${section('notes', 'How far to trust this', [], noteList(run))}
${section('settings', 'How it was run', [], settings(run))}
</main>`;
}

function section(id: string, title: string, sentences: readonly string[], ...parts: SafeHtml[]): SafeHtml {
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>
${sentences.length > 0 ? paragraphs([sentences.join(' ')], 'prose') : ''}${parts}</section>
`;
}

function paragraphs(texts: readonly string[], kind: string): SafeHtml[] {
  return texts.map((text) => html`<p class="${kind}">${text}</p>`);
}

function keyFigures(run: RunSummary): SafeHtml {
  const { base, lora, specialised, files } = run;
  const { digit } = specialised;
  const names = DIGIT_NAMES[digit] ?? '';
  const figures = [
    ['base', 'Base', percent(base.accuracy), `${integer(mistakes(base))} wrong`],
    [
      'lora',
      'With LoRA',
      percent(lora.accuracy),
      `${integer(mistakes(lora))} wrong, ${signed(mistakes(lora) - mistakes(base))}`,
    ],
    [
      'specialised',
      `Specialised on ${names}`,
      percent(specialised.accuracy),
      `${integer(base.wrong[digit] ?? 0)} → ${integer(specialised.wrong[digit] ?? 0)} wrong ${names}`,
    ],
    ['file', 'Adapter file', bytes(files.adapter), `${percent(files.adapter / files.model)} of the model’s`],
  ] as const;
  return html`<dl class="figures">${figures.map(
    ([kind, name, value, detail]) =>
      html`<div class="figure ${kind}"><dt>${name}</dt><dd>${value}<small>${detail}</small></dd></div>`,
  )}</dl>`;
}

function learningCharts(run: RunSummary): SafeHtml {
  const trainings = trainingRuns(run).filter(({ points }) => points.length > 0);
  const entries = trainings.map(({ key, name }) => ({ key, name }));
  return html`${legend(entries, dashed)}<div class="pair">
${chart('loss', 'Loss of the training batches, on a logarithmic scale')}
${chart('accuracy', 'Accuracy on the training batches')}
</div>
<p class="aside">Strong lines are smoothed, faint ones are single batches. Both fine-tunes begin where the base training ends.</p>
<details><summary>The curves as a table</summary>${curveTable(run)}</details>`;
}

function wrongChart(run: RunSummary): SafeHtml {
  const entries = (['base', 'lora', 'specialised'] as const).map((key) => ({ key, name: SERIES[key].name }));
  return html`${legend(entries, solid)}${chart('wrong', `Wrong answers on ${integer(run.data.test.used)} test images, by digit`)}`;
}

function chart(id: string, caption: string): SafeHtml {
  return html`<figure><div class="canvas">
<canvas id="${id}" role="img" aria-label="${caption}; the table below has the numbers"></canvas>
<noscript><p class="aside">The chart is drawn by a script of this page, which is not allowed to run here.</p></noscript>
</div><figcaption>${caption}</figcaption></figure>`;
}

type Series = keyof typeof SERIES;

function legend(
  entries: readonly { key: Series; name: string }[],
  swatch: (key: Series) => SafeHtml,
): SafeHtml {
  return html`<ul class="legend">${entries.map(({ key, name }) => html`<li>${swatch(key)}${name}</li>`)}</ul>`;
}

function dashed(key: Series): SafeHtml {
  const dashes = SERIES[key].dash.join(' ') || 'none';
  return html`<svg class="key ${key}" viewBox="0 0 24 10" aria-hidden="true">
<line x1="0" y1="5" x2="24" y2="5" stroke-dasharray="${dashes}"></line></svg>`;
}

function solid(key: Series): SafeHtml {
  return html`<svg class="key solid ${key}" viewBox="0 0 10 10" aria-hidden="true"><rect width="10" height="10" rx="2"></rect></svg>`;
}

function confusionMatrices({ base, lora, specialised }: RunSummary): SafeHtml {
  return html`<p class="aside">A row for each digit that was shown, a column for each answer.</p>${confusionScale()}
<div class="matrices">${confusionTable('Before: base', base)}${confusionTable('After: LoRA on', lora)}${confusionTable(
    `Specialised on ${specialised.digit}`,
    specialised,
  )}</div>`;
}

function noteList(run: RunSummary): SafeHtml {
  return html`<ul class="notes">${notes(run).map((note) => html`<li>${note}</li>`)}</ul>`;
}

function settings(run: RunSummary): SafeHtml {
  const { options, data, seconds, environment, specialised } = run;
  const rates = options.learningRate;
  const rows = [
    ['Began', moment(run.startedAt)],
    ['Seed', String(options.seed)],
    ['Epochs', String(options.epochs)],
    [
      'Rank, alpha',
      `${options.rank}, ${options.alpha} (scale ${Number((options.alpha / options.rank).toPrecision(4))})`,
    ],
    [
      'Specialist’s digit',
      `${specialised.digit} (${options.digit === null ? 'missed most often' : 'as asked for'})`,
    ],
    ['Optimiser', `Adam, batches of ${options.batchSize}`],
    ['Learning rates', `base ${rates.base}, LoRA ${rates.lora}, specialised ${rates.specialised}`],
    ['Training images', `${integer(data.train.used)} of ${integer(data.train.available)}`],
    ['Test images', `${integer(data.test.used)} of ${integer(data.test.available)}`],
    ['Quick', options.quick ? 'yes' : 'no'],
    ['Written to', options.out],
    ['Node', `${environment.node} on ${environment.platform}`],
    ['Kernels', environment.kernels],
    ['Loading', duration(seconds.load)],
    ['Base training', duration(seconds.base)],
    ['LoRA, all digits', duration(seconds.lora)],
    ['LoRA, specialised', duration(seconds.specialised)],
    ['Testing', duration(seconds.test)],
    ['In all', duration(seconds.total)],
  ] as const;
  return html`<dl class="settings">${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
<p class="aside">To run it again: <code>${command(options)}</code></p>`;
}

/** The command line, each part of which stays on one line. */
function command({ seed, epochs, digit, rank, alpha, quick }: RunSummary['options']): SafeHtml[] {
  const numbers = { seed, epochs, rank, alpha, ...(digit === null ? {} : { digit }) };
  const flags = Object.entries(numbers).map(([name, value]) => `--${name} ${value}`);
  return ['npx lowrank mnist', ...flags, ...(quick ? ['--quick'] : [])].map(
    (part) => html`<span>${part}</span> `,
  );
}
