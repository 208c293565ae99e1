/** The results of a suite as a table for the terminal. */
import Table from 'cli-table3';
import type { SuiteResult } from './measure.js';

const THREE_DIGITS = new Intl.NumberFormat('en-US', {
  minimumSignificantDigits: 3,
  maximumSignificantDigits: 3,
  useGrouping: false,
});

/** One row for each case: the times, and how many times as long as the first contestant each other one took. */
export function suiteTable({ cases }: SuiteResult): string {
  const [first, ...rivals] = (cases[0]?.timings ?? []).map(({ contestant }) => contestant);
  const head = [
    'case',
    ...[first, ...rivals].map((contestant) => `${contestant}, ms`),
    ...rivals.map((rival) => `${rival} / ${first}`),
  ];
  const table = new Table({
    head,
    colAligns: head.map((_, i) => (i === 0 ? 'left' : 'right')),
    style: { head: [], border: [] },
  });
  for (const { name, timings } of cases) {
    const times = timings.map(({ milliseconds }) => THREE_DIGITS.format(milliseconds));
    const ratios = timings.slice(1).map(({ ratio }) => THREE_DIGITS.format(ratio));
    table.push([name, ...times, ...ratios]);
  }
  return table.toString();
}
