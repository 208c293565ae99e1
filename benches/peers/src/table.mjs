/** The results of a case as a table for the terminal. */
import Table from 'cli-table3';
import { labelOf } from './contestants.mjs';

const THREE_DIGITS = new Intl.NumberFormat('en-US', {
  minimumSignificantDigits: 3,
  maximumSignificantDigits: 3,
  useGrouping: false,
});

/** The head of each column, and the property that it shows. */
const NUMBERS = [
  ['ms', 'milliseconds'],
  ['GFLOPS', 'gflops'],
  ['time / lowrank', 'ratio'],
  ['time / lowrank, wide', 'wideRatio'],
];

/**
 * A row for each contestant that was timed, and below the table what they are, and a line for each that was not.
 *
 * @param {Awaited<ReturnType<typeof import('./measure.mjs').measureCase>>} result
 */
export function caseTable({ name, about, rows }) {
  const timed = rows.filter(({ absent }) => absent === undefined);
  const columns = NUMBERS.filter(([, property]) => timed.some((row) => row[property] !== undefined));
  const head = ['', 'threads', 'wide pass', ...columns.map(([title]) => title)];
  const table = new Table({
    head,
    colAligns: head.map((_, i) => (i === 0 ? 'left' : 'right')),
    style: { head: [], border: [] },
    // No lines between rows.
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
  });
  for (const row of timed) {
    const numbers = columns.map(([, property]) => formatNumber(row[property]));
    table.push([row.engine, row.threads, row.wide ? 'on' : '', ...numbers]);
  }
  const absent = rows
    .filter((row) => row.absent !== undefined)
    .map((row) => `absent: ${labelOf({ ...row, engine: { name: row.engine } })}: ${row.absent}`);
  const versions = [...new Set(timed.map((row) => row.about))].map((text) => `  ${text}`);
  return [`${name}: ${about}`, table.toString(), ...versions, ...absent].join('\n');
}

function formatNumber(value) {
  return value === undefined ? '' : THREE_DIGITS.format(value);
}
