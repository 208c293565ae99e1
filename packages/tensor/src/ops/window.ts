/** Windows that move over height and width: what convolution and pooling share. */
import { ArgumentError, formatValue, ShapeError } from '../errors.js';
import { formatShape, type Shape, sameShape } from '../shape.js';

/** [vertical, horizontal] */
export type Pair = readonly [number, number];

/**
 * One number stands for both directions.
 * @throws ArgumentError unless both are whole numbers of at least `least`.
 */
export function checkPair(op: string, name: string, value: number | Pair, least: number): Pair {
  const pair: Pair = typeof value === 'number' ? [value, value] : value;
  if (Array.isArray(pair) && pair.length === 2 && pair.every((v) => Number.isInteger(v) && v >= least))
    return pair;
  throw new ArgumentError(
    op,
    `${name} is a whole number of at least ${least}, or two of them, got ${formatValue(value)}`,
  );
}

/** How many windows of `kernel` elements, `dilation` apart, fit into `length` elements. */
export function windowCount(length: number, kernel: number, stride: number, dilation: number): number {
  return Math.floor((length - dilation * (kernel - 1) - 1) / stride) + 1;
}

/** @throws ShapeError where an op is called on a tensor that its attributes do not describe. */
export function expectShape(op: string, name: string, actual: Shape, expected: Shape): void {
  if (!sameShape(actual, expected)) {
    throw new ShapeError(
      op,
      `the ${name} has shape ${formatShape(actual)}, it must be ${formatShape(expected)}`,
    );
  }
}
