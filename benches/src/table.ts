/** The results of a suite as a table: for the terminal, and for a document. */
import Table from 'cli-table3';
import { QUANTITIES, type Quantity, type SuiteResult } from './suite.js';

const THREE_DIGITS = new Intl.NumberFormat('en-US', {
  minimumSignificantDigits: 3,
  maximumSignificantDigits: 3,
  useGrouping: false,
});

export interface Column {
  readonly head: string;
  readonly align: 'left' | 'right';
}

export interface Rows {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
}

/** One row for each contestant of each case, with the quantities that any of them has. */
export function rowsOf({ cases }: SuiteResult): Rows {
  const all = cases.flatMap(({ measurements }) => measurements);
  const quantities = (Object.keys(QUANTITIES) as Quantity[]).filter((quantity) =>
    all.some((measurement) => measurement[quantity] !== undefined),
  );
  const hasNotes = all.some(({ note }) => note !== undefined);
  const columns: Column[] = [
    { head: 'case', align: 'left' },
    { head: '', align: 'left' },
    ...quantities.map((quantity) => ({ head: QUANTITIES[quantity], align: 'right' }) as const),
    ...(hasNotes ? [{ head: 'note', align: 'left' } as const] : []),
  ];
  const rows = cases.flatMap(({ name, measurements }) =>
    measurements.map((measurement, i) => [
      i === 0 ? name : '',
      measurement.contestant,
      ...quantities.map((quantity) => formatNumber(measurement[quantity])),
      ...(hasNotes ? [measurement.note ?? ''] : []),
    ]),
  );
  return { columns, rows };
}

export function formatNumber(value: number | undefined): string {
  return value === undefined ? '' : THREE_DIGITS.format(value);
}

export function terminalTable({ columns, rows }: Rows): string {
  const table = new Table({
    head: columns.map(({ head }) => head),
    colAligns: columns.map(({ align }) => align),
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) table.push([...row]);
  return table.toString();
}

export function markdownTable({ columns, rows }: Rows): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = columns.map(({ align }) => (align === 'left' ? '---' : '---:'));
  const escaped = (cell: string) => cell.replaceAll('|', '\\|');
  return [columns.map(({ head }) => head), rule, ...rows.map((row) => row.map(escaped))].map(line).join('\n');
}
