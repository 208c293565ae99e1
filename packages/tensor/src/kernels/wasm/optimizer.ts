/** The steps of optimisers in wasm: one launch moves all parameters, be they many small ones or few large ones. */
import type { Row } from '../reference/optimizer.js';
import { type AdamStepOptions, adamRates, type SgdStepOptions } from '../steps.js';
import { compute, type Frame } from './frame.js';
import { reference } from './reference.js';

type FloatRow = readonly Float32Array[];

/** A step as its kernel takes it. */
interface Step {
  readonly kernel: 'adamStep' | 'sgdStep';
  /** The kernel's parameters after the table. */
  readonly parameters: readonly number[];
  /** How many arrays come out for each parameter. */
  readonly outputs: number;
}

/** How many elements a chunk has: some 20 microseconds of work. A multiple of what is done at a time. */
const CHUNK = 2 ** 14;

/** Larger sets are moved in several launches, so that wasm memory need not hold all of a large model at once. */
const LAUNCH = 2 ** 22;

/** As the reference kernel, float32. */
export function adamStep(rows: readonly Row[], options: AdamStepOptions): Row[] {
  const { betas, eps, amsgrad, maximize } = options;
  const { left, penalty, stepSize, correction } = adamRates(options);
  const means = betas.flatMap((beta) => [beta, 1 - beta]);
  const parameters = [
    Number(amsgrad),
    maximize ? -1 : 1,
    penalty,
    left,
    ...means,
    -stepSize,
    correction,
    eps,
  ];
  const step: Step = { kernel: 'adamStep', parameters, outputs: amsgrad ? 4 : 3 };
  return move(rows, step, (some) => reference.adamStep(some, options));
}

/** As the reference kernel, float32. */
export function sgdStep(rows: readonly Row[], options: SgdStepOptions): Row[] {
  const { lr, momentum, dampening, weightDecay, nesterov, maximize } = options;
  const kind = momentum === 0 ? 0 : (rows[0]?.length ?? 0) - 1;
  const parameters = [kind, maximize ? -1 : 1, weightDecay, momentum, 1 - dampening, Number(nesterov), -lr];
  const step: Step = { kernel: 'sgdStep', parameters, outputs: momentum === 0 ? 1 : 2 };
  return move(rows, step, (some) => reference.sgdStep(some, options));
}

function move(rows: readonly Row[], step: Step, otherwise: (rows: readonly Row[]) => Row[]): Row[] {
  if (!rows.every(isFloatRow)) return otherwise(rows);
  return grouped(rows, (row) => row[0].length, LAUNCH).flatMap(
    (some) => compute((frame) => moveInFrame(frame, some, step)) ?? otherwise(some),
  );
}

function isFloatRow(row: Row): row is FloatRow {
  return row.every((array) => array instanceof Float32Array);
}

function moveInFrame(frame: Frame, rows: readonly FloatRow[], step: Step): Float32Array[][] {
  const moves = rows.map((row) => ({
    length: row[0].length,
    inputs: row.map((array) => frame.input(array)),
    outputs: Array.from({ length: step.outputs }, () => frame.output(row[0].length)),
  }));
  const pieces = moves.flatMap(({ length, inputs, outputs }) =>
    Array.from({ length: Math.ceil(length / CHUNK) }, (_, i) => ({
      length: Math.min(CHUNK, length - i * CHUNK),
      addresses: [...inputs, ...outputs].map((address) => address + 4 * i * CHUNK),
    })),
  );
  const chunks = grouped(pieces, ({ length }) => length, CHUNK);
  const table = frame.list(pieces.flatMap(({ length, addresses }) => [length, ...addresses]));
  const starts = [0];
  for (const chunk of chunks) starts.push((starts.at(-1) as number) + chunk.length);
  frame.launch(step.kernel, chunks.length, [table, frame.list(starts), ...step.parameters]);
  return moves.map(({ length, outputs }) => outputs.map((address) => frame.result(address, length)));
}

/** Neighbours together until they exceed a size. */
function grouped<T>(items: readonly T[], sizeOf: (item: T) => number, limit: number): T[][] {
  const groups: T[][] = [];
  let size = Infinity;
  for (const item of items) {
    size += sizeOf(item);
    if (size <= limit) (groups.at(-1) as T[]).push(item);
    else {
      groups.push([item]);
      size = sizeOf(item);
    }
  }
  return groups;
}
