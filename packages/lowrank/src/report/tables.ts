/** The report's tables of numbers. */

import { html, type SafeHtml } from '@remix-run/html-template';
import type { RunSummary } from '../summary.js';
import { thin, trainingRuns } from './curves.js';
import { bytes, integer, percent, shape, signed, significant } from './format.js';
import { wilsonInterval } from './notes.js';
import { imagesPerDigit, mistakes, variantsOf } from './variants.js';

/** A table in a box of its own, which scrolls sideways where the page is narrower, also by keyboard. */
function boxed(id: string, caption: string, table: SafeHtml, { fits = true } = {}): SafeHtml {
  return html`<div class="scroll${fits ? ' fits' : ''}" role="region" aria-labelledby="${id}" tabindex="0">
<table><caption id="${id}">${caption}</caption>${table}</table></div>`;
}

/** A bar as long as the share of its box, for the eye only: the number stands beside it. */
function bar(share: number, colour = ''): SafeHtml {
  const width = Math.max(0, Math.min(100, 100 * share)).toFixed(2);
  return html`<svg class="bar ${colour}" aria-hidden="true"><rect width="${width}%" height="100%" rx="1.5"></rect></svg>`;
}

/** Base, LoRA on, LoRA off, merged and specialised, side by side. */
export function comparisonTable(run: RunSummary): SafeHtml {
  const variants = variantsOf(run);
  const base = mistakes(run.base);
  const most = Math.max(1, ...variants.map(({ evaluation }) => mistakes(evaluation)));
  const rows = variants.map(({ name, description, colour, evaluation }, i) => {
    const wrong = mistakes(evaluation);
    const [low, high] = wilsonInterval(evaluation.accuracy, run.data.test.used);
    return html`<tr><th scope="row">${name}<small>${description}</small></th>
<td>${percent(evaluation.accuracy)}<small>${(100 * low).toFixed(1)}–${percent(high, 1)}</small></td>
<td>${integer(wrong)}</td><td>${i === 0 ? '' : signed(wrong - base)}</td><td class="wide">${bar(wrong / most, colour)}</td></tr>`;
  });
  return boxed(
    'comparison-caption',
    `On ${integer(run.data.test.used)} test images, with the ${percent(0.95, 0)} intervals of the accuracies`,
    html`<thead><tr><th scope="col">Network</th><th scope="col">Accuracy</th><th scope="col">Wrong</th>
<th scope="col">Against base</th><th scope="col" class="wide"><span class="unseen">Wrong, as a bar</span></th></tr></thead>
<tbody>${rows}</tbody>`,
  );
}

/** Wrong answers by digit, for all five. */
export function wrongTable(run: RunSummary): SafeHtml {
  const variants = variantsOf(run);
  const rows = imagesPerDigit(run.base).map((images, digit) => {
    const counts = variants.map(({ evaluation }) => html`<td>${integer(evaluation.wrong[digit] ?? 0)}</td>`);
    const chosen = digit === run.specialised.digit ? html` class="chosen"` : '';
    return html`<tr${chosen}><th scope="row">${digit}</th><td>${integer(images)}</td>${counts}</tr>`;
  });
  const totals = variants.map(({ evaluation }) => html`<td>${integer(mistakes(evaluation))}</td>`);
  return boxed(
    'wrong-caption',
    `Wrong answers by digit; the specialist’s digit ${run.specialised.digit} is in bold`,
    html`<thead><tr><th scope="col">Digit</th><th scope="col">Images</th>
${variants.map(({ name }) => html`<th scope="col">${name}</th>`)}</tr></thead><tbody>${rows}</tbody>
<tfoot><tr><th scope="row">All</th><td>${integer(run.data.test.used)}</td>${totals}</tr></tfoot>`,
  );
}

/** What every layer holds, and what LoRA adds to it. */
export function parameterTable({ parameters }: RunSummary): SafeHtml {
  const rows = parameters.layers.map(
    (
      layer,
    ) => html`<tr><th scope="row">${layer.name}</th><td>${shape(layer.weight)}</td><td>${shape(layer.bias)}</td>
<td>${integer(layer.base)}</td><td>${shape(layer.loraA)}</td><td>${shape(layer.loraB)}</td><td>${integer(layer.lora)}</td>
<td>${layer.lora === 0 ? '–' : percent(layer.lora / layer.base)}</td></tr>`,
  );
  const heads = ['Layer', 'Weight', 'Bias', 'Parameters', 'LoRA A', 'LoRA B', 'LoRA adds', 'Share'];
  return boxed(
    'parameters-caption',
    'Parameters by layer; the sum counts the adapted layers',
    html`<thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead><tbody>${rows}</tbody>
<tfoot><tr><th scope="row">Adapted</th><td></td><td></td><td>${integer(parameters.base)}</td><td></td><td></td>
<td>${integer(parameters.lora)}</td><td>${percent(parameters.percent / 100, 3)}</td></tr></tfoot>`,
    { fits: false },
  );
}

/** How large the files are, against the model's. */
export function fileTable({ files }: RunSummary): SafeHtml {
  const rows = [
    ['Model', files.model] as const,
    ['Adapter', files.adapter] as const,
    ['Specialised adapter', files.specialisedAdapter] as const,
  ].map(
    ([name, size]) => html`<tr><th scope="row">${name}</th><td>${bytes(size)}</td><td>${integer(size)}</td>
<td>${percent(size / files.model)}</td><td class="wide">${bar(size / files.model)}</td></tr>`,
  );
  return boxed(
    'files-caption',
    'Sizes of the files that were written',
    html`<thead><tr><th scope="col">File</th><th scope="col">Size</th><th scope="col">Bytes</th>
<th scope="col">Of the model</th><th scope="col" class="wide"><span class="unseen">Size, as a bar</span></th></tr></thead>
<tbody>${rows}</tbody>`,
  );
}

/** The smoothed curves at a few steps, for those who cannot see the charts. */
export function curveTable(run: RunSummary): SafeHtml {
  const rows = trainingRuns(run).flatMap(({ name, smoothed }) =>
    thin(smoothed, 8).map(
      ({ step, loss, accuracy }) => html`<tr><th scope="row">${name}</th><td>${integer(step)}</td>
<td>${significant(loss)}</td><td>${percent(accuracy)}</td></tr>`,
    ),
  );
  return boxed(
    'curves-caption',
    'The smoothed curves at some of their steps',
    html`<thead><tr><th scope="col">Training</th><th scope="col">Step</th><th scope="col">Loss</th>
<th scope="col">Accuracy</th></tr></thead><tbody>${rows}</tbody>`,
  );
}
