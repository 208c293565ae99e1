/** One number or two, for height and width: checked when a layer is made. */
import { ArgumentError, formatValue, type Pair } from '@lowrank/tensor';

/**
 * A number stands for both directions.
 * @throws ArgumentError unless both are whole numbers of at least `least`.
 */
export function checkedPair(op: string, name: string, value: number | Pair, least: number): Pair {
  const pair: readonly unknown[] = Array.isArray(value) ? value : [value, value];
  const [vertical, horizontal] = pair;
  if (pair.length === 2 && fits(vertical, least) && fits(horizontal, least)) return [vertical, horizontal];
  throw new ArgumentError(
    op,
    `${name} is a whole number of at least ${least}, or two of them, got ${formatValue(value)}`,
  );
}

function fits(value: unknown, least: number): value is number {
  return Number.isInteger(value) && (value as number) >= least;
}
