/**
 * The index arithmetic of kernels: where the element `this.thread.x` of an output of any rank finds its operands. It is written
 * as expressions of integers, since gpu.js makes floats of all variables but those of loops.
 */

/** The index of the output's element that a thread computes. */
export const THREAD = 'this.thread.x';

const range = (length: number) => Array.from({ length }, (_, i) => i);

/** How many elements stand behind each position along each axis but the last: what coordinates are worked out by. */
export function innerSizes(shape: readonly number[]): number[] {
  return range(Math.max(0, shape.length - 1)).map((axis) =>
    shape.slice(axis + 1).reduce((product, length) => product * length, 1),
  );
}

/** `prefix0`, `prefix1`, ... */
export function names(prefix: string, count: number): string[] {
  return range(count).map((i) => `${prefix}${i}`);
}

/** Numbers under the names of `names`. */
export function named(prefix: string, values: readonly number[]): Record<string, number> {
  return Object.fromEntries(values.map((value, i) => [`${prefix}${i}`, value]));
}

/** The coordinate along `axis` of element `index` of an array of `rank` axes, whose inner sizes are `prefix0`, ... */
function coordinate(index: string, prefix: string, axis: number, rank: number): string {
  const within = axis === 0 ? index : `rest(${index}, ${prefix}${axis - 1})`;
  return axis === rank - 1 ? within : `quotient(${within}, ${prefix}${axis})`;
}

/** All coordinates of element `index`. */
export function coordinates(index: string, prefix: string, rank: number): string[] {
  return range(rank).map((axis) => coordinate(index, prefix, axis, rank));
}

/** The place of these coordinates in an array whose strides are `prefix0`, `prefix1`, ... */
export function place(at: readonly string[], prefix: string): string {
  return `(${at.map((each, axis) => `${each} * ${prefix}${axis}`).join(' + ')})`;
}
