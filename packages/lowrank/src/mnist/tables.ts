/** The tables that the MNIST job shows in the terminal. */
import Table from 'cli-table3';
import pc from 'picocolors';
import type { Evaluation, ParameterSummary, RunSummary } from '../summary.js';

/** No colours of the library's own: they carry no meaning and do not suit every terminal. */
const PLAIN = { style: { head: [], border: [], compact: true } };

const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
const integer = (value: number) => value.toLocaleString('en-US');
const shape = (lengths: readonly number[] | null) => (lengths === null ? '' : `[${lengths.join(', ')}]`);

/** What each layer has to learn. */
export function parameterTable({ layers, base, lora, total, percent: share }: ParameterSummary): string {
  const right = 'right' as const;
  const table = new Table({
    head: ['layer', 'weight', 'bias', 'parameters', 'LoRA A', 'LoRA B', 'LoRA'],
    colAligns: ['left', 'left', 'left', right, 'left', 'left', right],
    ...PLAIN,
  });
  for (const layer of layers) {
    table.push([
      layer.name,
      shape(layer.weight),
      shape(layer.bias),
      integer(layer.base),
      shape(layer.loraA),
      shape(layer.loraB),
      layer.lora === 0 ? '' : integer(layer.lora),
    ]);
  }
  return [
    table.toString(),
    `Convolutions ${integer(base)}, LoRA ${integer(lora)}, together ${integer(total)}: ${share.toFixed(3)} % more.`,
  ].join('\n');
}

/** Accuracy and wrong counts per digit of every state of the network, side by side. */
export function comparisonTable(
  run: Pick<RunSummary, 'base' | 'lora' | 'loraOff' | 'merged' | 'specialised' | 'data'>,
): string {
  const { base, lora, loraOff, merged, specialised } = run;
  const columns: readonly (readonly [string, Evaluation])[] = [
    ['base', base],
    ['LoRA on', lora],
    ['LoRA off', loraOff],
    ['merged', merged],
    [`LoRA for ${specialised.digit}`, specialised],
  ];
  const table = new Table({
    head: ['wrong', ...columns.map(([name]) => name)],
    colAligns: ['left', ...columns.map(() => 'right' as const)],
    ...PLAIN,
  });
  base.wrong.forEach((_, digit) => {
    const counts = columns.map(([, { wrong }]) => String(wrong[digit]));
    table.push([`digit ${digit}`, ...counts]);
  });
  table.push(['all', ...columns.map(([, { wrong }]) => String(wrong.reduce((a, b) => a + b, 0)))]);
  table.push(['accuracy', ...columns.map(([, { accuracy }]) => pc.bold(percent(accuracy)))]);
  return table.toString();
}

/** What the files weigh, and whether LoRA can be taken off and folded in. */
export function factTable({ checks, files }: Pick<RunSummary, 'checks' | 'files'>): string {
  const table = new Table({ colAligns: ['left', 'right'], ...PLAIN });
  table.push(
    ['LoRA off equals base, bit for bit', checks.loraOffEqualsBase ? 'yes' : pc.red('NO')],
    ['merged against LoRA on, largest difference of a logit', checks.mergedMaxDifference.toExponential(1)],
    ['the model file', `${integer(files.model)} bytes`],
    ['the adapter file', `${integer(files.adapter)} bytes (${percent(files.adapter / files.model)} of it)`],
  );
  return table.toString();
}

/** One line about a test. */
export function testLine(name: string, { accuracy, wrong }: Evaluation): string {
  const counts = wrong.map((count, digit) => `${digit}: ${count}`).join('  ');
  return `${pc.bold(name)}: ${percent(accuracy)} right. Wrong by digit: ${counts}`;
}
