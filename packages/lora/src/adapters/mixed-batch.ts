/** Mixed batches: each row goes through an adapter of its own, and the base model computes all rows at once. */
import {
  ArgumentError,
  concat,
  formatShape,
  formatValue,
  indexSelect,
  ShapeError,
  type Tensor,
  tensor,
} from '@lowrank/tensor';
import type { RowAdapters, Switches } from './switches.js';

/** @throws ArgumentError unless there is an adapter's name, or null, for each row, and no adapter is merged. */
export function checkRowAdapters(op: string, switches: Switches, rows: unknown): asserts rows is RowAdapters {
  if (!Array.isArray(rows)) {
    throw new ArgumentError(
      op,
      `adapters is a list with the name of an adapter, or null, for each row, got ${formatValue(rows)}`,
    );
  }
  const known = new Set<unknown>([null, ...switches.names()]);
  const stranger: unknown = rows.find((name) => !known.has(name));
  if (stranger !== undefined || rows.includes(undefined)) {
    throw new ArgumentError(
      op,
      `there is no adapter ${formatValue(stranger)}; there are ${switches.names().join(', ')}; null stands for none`,
    );
  }
  if (switches.merged.length === 0) return;
  throw new ArgumentError(
    op,
    `rows cannot have adapters of their own while ${switches.merged.join(', ')} is merged. Call unmerge(model) first`,
  );
}

/**
 * @param axes The number of axes of a batch.
 * @throws ShapeError unless x is a batch with as many rows as there are adapters.
 */
export function checkRowCount(op: string, x: Tensor, rows: RowAdapters, axes: number): void {
  if (x.ndim >= axes && x.shape[0] === rows.length) return;
  throw new ShapeError(
    op,
    `got ${formatShape(x.shape)} for the adapters of ${rows.length} rows. Rows lie along the first axis of at least ${axes}; ` +
      'in a mixed batch every adapted layer has to see them there',
  );
}

/** The numbers of the rows of each adapter. */
export function rowsByAdapter(rows: RowAdapters): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  for (const [i, name] of rows.entries()) {
    if (name === null) continue;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [i]);
    else group.push(i);
  }
  return groups;
}

/** Some rows of a batch. */
export function takeRows(x: Tensor, rows: readonly number[]): Tensor {
  return indexSelect(x, 0, tensor(rows, { dtype: 'int32', device: x.device }));
}

/** Rows that were computed in groups, in the order that they have in the batch. */
export function restoreRows(groups: readonly (readonly [rows: readonly number[], values: Tensor])[]): Tensor {
  const places: number[] = [];
  for (const [position, row] of groups.flatMap(([rows]) => rows).entries()) places[row] = position;
  return takeRows(concat(groups.map(([, values]) => values)), places);
}
