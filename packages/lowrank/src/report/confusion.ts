/** Confusion matrices as tables whose cells are darker, and whose numbers are bolder, the more often a mistake is made. */

import { html, type SafeHtml } from '@remix-run/html-template';
import type { Evaluation } from '../summary.js';
import { plural } from './format.js';
import { mistakes } from './variants.js';

/** Each level of the scale counts twice as many mistakes as the one before: 1, 2 to 3, 4 to 7, ... */
const LEVELS = 6;

/** 0 for no mistake, then 1 to 6. */
export function levelOf(count: number): number {
  return count === 0 ? 0 : Math.min(LEVELS, 1 + Math.floor(Math.log2(count)));
}

/** One matrix: a row for each digit, a column for each answer. */
export function confusionTable(name: string, evaluation: Evaluation): SafeHtml {
  const digits = evaluation.confusion.map((_, digit) => digit);
  const rows = evaluation.confusion.map((row, digit) => {
    const cells = row.map((count, answer) => {
      const kind = answer === digit ? 'right' : `level-${levelOf(count)}`;
      return html`<td class="${kind}">${count}</td>`;
    });
    return html`<tr><th scope="row">${digit}</th>${cells}</tr>
`;
  });
  return html`<table class="confusion"><caption>${name}<small>${plural(mistakes(evaluation), 'mistake')}</small></caption>
<thead><tr><td></td>${digits.map((digit) => html`<th scope="col">${digit}</th>`)}</tr></thead><tbody>${rows}</tbody></table>`;
}

/** What the shades stand for. */
export function confusionScale(): SafeHtml {
  const items = Array.from({ length: LEVELS }, (_, i) => {
    const [low, high] = [2 ** i, 2 ** (i + 1) - 1];
    const range = i + 1 === LEVELS ? `${low} or more` : low === high ? String(low) : `${low}–${high}`;
    return html`<li><span class="swatch level-${i + 1}" aria-hidden="true"></span>${range}</li>`;
  });
  return html`<ul class="scale"><li>Mistakes:</li>${items}<li><span class="swatch right" aria-hidden="true"></span>right answers</li></ul>`;
}
