/** What modules, layers and losses check of their arguments before they use them. */
import { ArgumentError, formatValue, Tensor } from '@lowrank/tensor';

export { checkOptions } from '@lowrank/tensor';

/** @throws ArgumentError for anything that is not a tensor. */
export function checkTensor(op: string, name: string, value: unknown): asserts value is Tensor {
  if (value instanceof Tensor) return;
  throw new ArgumentError(op, `${name} is a tensor, got ${formatValue(value)}. Make one with tensor(...)`);
}

/** @throws ArgumentError that names the first count that is no whole number of at least 1. */
export function checkCounts(op: string, counts: Readonly<Record<string, unknown>>): void {
  for (const [name, count] of Object.entries(counts)) {
    if (Number.isInteger(count) && (count as number) >= 1) continue;
    throw new ArgumentError(op, `${name} is a whole number of at least 1, got ${formatValue(count)}`);
  }
}

/** @throws ArgumentError unless `value` is true or false. */
export function checkBoolean(op: string, name: string, value: unknown): void {
  if (typeof value === 'boolean') return;
  throw new ArgumentError(op, `${name} is true or false, got ${formatValue(value)}`);
}
