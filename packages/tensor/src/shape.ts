/** The algebra of shapes: sizes, strides, axes, broadcasting. Pure functions over lists of numbers. */
import { ArgumentError, formatValue, ShapeError } from './errors.js';

/** The lengths of a tensor's axes, outermost first. `[]` is a scalar. */
export type Shape = readonly number[];

/** `[2, 3]`, as it is written in messages. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

/** The number of elements. (V8 iterates over frozen arrays, as shapes are, slowly: it makes an object for each element.) */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (let axis = 0; axis < shape.length; axis++) size *= shape[axis] as number;
  return size;
}

/** Row-major strides, in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= shape[axis] as number;
  }
  return strides;
}

export function sameShape(a: Shape, b: Shape): boolean {
  if (a.length !== b.length) return false;
  for (let axis = 0; axis < a.length; axis++) if (a[axis] !== b[axis]) return false;
  return true;
}

/**
 * @param least -1 where that stands for a length to be worked out; default 0.
 * @throws ShapeError unless every length is a whole number of at least `least` and the size can be allocated.
 */
export function checkShape(op: string, shape: Shape, least = 0): void {
  if (!isListOfIntegers(shape, least)) {
    const hint = typeof shape === 'number' ? `. Write [${shape}]` : '';
    throw new ShapeError(
      op,
      `a shape is a list of whole numbers of at least ${least}, got ${formatValue(shape)}${hint}`,
    );
  }
  if (sizeOf(shape) > MAX_SIZE) {
    throw new ShapeError(op, `${formatShape(shape)} has ${sizeOf(shape)} elements; the most is ${MAX_SIZE}`);
  }
}

function isListOfIntegers(list: unknown, least: number): boolean {
  if (!Array.isArray(list)) return false;
  // Not `every`, which passes over holes.
  for (let i = 0; i < list.length; i++) {
    if (!Number.isInteger(list[i]) || list[i] < least) return false;
  }
  return true;
}

/** Element counts and byte offsets stay exact 32-bit integers in every kernel. */
const MAX_SIZE = 2 ** 31 - 1;

/** @throws ArgumentError unless `value` is a whole number of at least `least`. */
export function checkInteger(
  op: string,
  name: string,
  value: unknown,
  least = Number.NEGATIVE_INFINITY,
): void {
  if (Number.isInteger(value) && (value as number) >= least) return;
  const bound = least === Number.NEGATIVE_INFINITY ? '' : ` of at least ${least}`;
  throw new ArgumentError(op, `${name} is a whole number${bound}, got ${formatValue(value)}`);
}

/** @throws ArgumentError unless `value` is an array. */
export function checkList(op: string, name: string, value: unknown): void {
  if (Array.isArray(value)) return;
  const hint = typeof value === 'number' ? `. Write [${value}]` : '';
  throw new ArgumentError(op, `${name} must be a list, got ${formatValue(value)}${hint}`);
}

/**
 * A negative axis counts from the end.
 * @throws ShapeError where there is no such axis.
 */
export function normalizeAxis(op: string, axis: number, rank: number): number {
  // A scalar takes the axes 0 and -1, as in PyTorch.
  const count = Math.max(rank, 1);
  if (!Number.isInteger(axis) || axis < -count || axis >= count) {
    throw new ShapeError(
      op,
      `axis ${formatValue(axis)} does not exist in a tensor with ${rank} dimensions; it must be from ${-count} to ${count - 1}`,
    );
  }
  return axis < 0 ? axis + count : axis;
}

/**
 * As `normalizeAxis`, but a scalar has no axis.
 * @throws ShapeError where there is no such axis.
 */
export function axisIn(op: string, axis: number, shape: Shape): number {
  if (shape.length === 0) throw new ShapeError(op, 'a scalar has no axis. Give it one with reshape(x, [1])');
  return normalizeAxis(op, axis, shape.length);
}

/**
 * One axis or several, as sorted non-negative numbers.
 * @throws ShapeError for an axis that does not exist or is named twice.
 */
export function listAxes(op: string, axes: number | readonly number[], rank: number): number[] {
  const named = typeof axes === 'number' ? [axes] : axes;
  checkList(op, 'axes', named);
  const list = named.map((axis) => normalizeAxis(op, axis, rank));
  if (new Set(list).size !== list.length) {
    throw new ShapeError(op, `axes ${formatShape(named)} name the same axis twice`);
  }
  return rank === 0 ? [] : list.sort((a, b) => a - b);
}

/**
 * What reductions take: one axis, several, or (`undefined` or `[]`) all of them, as sorted non-negative numbers.
 * @throws ShapeError for an axis that does not exist or is named twice.
 */
export function normalizeAxes(
  op: string,
  axes: number | readonly number[] | undefined,
  rank: number,
): number[] {
  const all = axes === undefined || (Array.isArray(axes) && axes.length === 0);
  return all ? range(rank) : listAxes(op, axes, rank);
}

/** `[0, 1, ..., count - 1]` */
export function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

/**
 * The shape that all of `shapes` are stretched to, by NumPy's rule.
 * @throws ShapeError where two lengths differ and neither is 1.
 */
export function broadcastShapes(op: string, shapes: readonly Shape[]): number[] {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  const out = new Array<number>(rank).fill(1);
  for (const shape of shapes) {
    const lead = rank - shape.length;
    shape.forEach((length, i) => {
      const axis = lead + i;
      const known = out[axis] as number;
      if (length !== known && length !== 1 && known !== 1) {
        throw new ShapeError(
          op,
          `${shapes.map(formatShape).join(' and ')} cannot be broadcast: axis ${axis - rank} is ${known} and ${length}. ` +
            'Lengths must be equal or 1, counted from the last axis; reshape or unsqueeze one of the operands',
        );
      }
      if (known === 1) out[axis] = length;
    });
  }
  return out;
}

/** Strides that walk a contiguous tensor of `shape` as if it had the shape `to`: 0 along stretched axes. */
export function broadcastStrides(shape: Shape, to: Shape): number[] {
  const own = stridesOf(shape);
  const lead = to.length - shape.length;
  return to.map((_, axis) => (axis < lead || shape[axis - lead] === 1 ? 0 : (own[axis - lead] as number)));
}

/** The shape after reducing `axes` (normalised). */
export function reducedShape(shape: Shape, axes: readonly number[], keepdim: boolean): number[] {
  if (keepdim) return shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  return shape.filter((_, axis) => !axes.includes(axis));
}

/** @throws ShapeError if one of the axes has length 0. */
export function checkNotEmpty(op: string, shape: Shape, axes: readonly number[]): void {
  const empty = axes.find((axis) => shape[axis] === 0);
  if (empty !== undefined) {
    throw new ShapeError(
      op,
      `axis ${empty} of ${formatShape(shape)} has length 0, and nothing has no ${op}. Reduce axes that hold values`,
    );
  }
}
