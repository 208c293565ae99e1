/** What elementwise kernels are told about a walk: its rows, how they are cut into chunks, and where the operands are. */
import { sizeOf } from '../../shape.js';
import type { Walk } from '../walk.js';
import type { Frame, Operand } from './frame.js';

/** Values of a chunk, roughly: some 10 microseconds of work. A multiple of 8, and the same for any number of threads. */
const CHUNK = 2 ** 15;

/** Kernels have three operands, of which they use as many as they need. */
const OPERANDS = [0, 1, 2];

/** A walk of operands and an output of `size` values, whose rows but the last have the length of the walk's innermost axis. */
interface Rows {
  readonly walk: Walk;
  readonly arrays: readonly Operand[];
  readonly size: number;
}

/**
 * The chunks and the parameters of an elementwise kernel (assembly/elementwise-rows.ts says what they are).
 * @param walk Of the output, which is contiguous, and of the operands, whose innermost strides are 0 or 1.
 * @param bytes Those of one value of the output.
 */
export function rowsOf(
  frame: Frame,
  walk: Walk,
  arrays: readonly Operand[],
  target: number,
  bytes: number,
): { readonly chunks: number; readonly parameters: readonly number[] } {
  const rows = lengthened({ walk, arrays, size: sizeOf(walk.shape) });
  const axes = rows.walk.shape.length - 1;
  const outer = rows.walk.shape.slice(0, axes);
  const count = rows.walk.shape[axes];
  const perChunk = Math.max(1, Math.floor(CHUNK / count));
  const stretch = Math.min(CHUNK, 8 * Math.ceil(count / 8));
  const operands = OPERANDS.flatMap((i) => {
    const array = rows.arrays[i];
    if (array === undefined) return [0, 0, 0];
    return [frame.input(array), array.BYTES_PER_ELEMENT, rows.walk.strides[i + 1][axes]];
  });
  const strides = OPERANDS.flatMap((i) => {
    const size = rows.arrays[i]?.BYTES_PER_ELEMENT ?? 0;
    return outer.map((_, axis) => (size === 0 ? 0 : size * rows.walk.strides[i + 1][axis]));
  });
  const parameters = [target, bytes, count, rows.size, perChunk, stretch, axes, ...operands, ...outer];
  const chunks = Math.ceil(sizeOf(outer) / perChunk) * Math.ceil(count / stretch);
  return { chunks, parameters: [...parameters, ...strides] };
}

/** Rows shorter than this are put together where that is possible: each costs as much as some 50 values. */
const SHORT = 64;
/** How long they are to become. */
const LONG = 512;

/** Rows of a matrix to which one row is stretched, made longer by repeating that row: the last one may be cut short then. */
function lengthened({ walk, arrays, size }: Rows): Rows {
  const [length, count] = walk.shape;
  const isRepeated = (strides: readonly number[]) => strides[0] === 0 && strides[1] === 1;
  const isLong = ([outer, inner]: readonly number[]) => outer === count && inner === 1;
  const isConstant = ([outer, inner]: readonly number[]) => outer === 0 && inner === 0;
  const suits = (strides: readonly number[]) => isRepeated(strides) || isLong(strides) || isConstant(strides);
  if (walk.shape.length !== 2 || count >= SHORT || !walk.strides.every(suits)) return { walk, arrays, size };
  const times = Math.min(length, Math.ceil(LONG / count));
  const period = times * count;
  return {
    walk: {
      shape: [Math.ceil(length / times), period],
      strides: walk.strides.map((strides) => (isLong(strides) ? [period, 1] : strides)),
    },
    arrays: arrays.map((array, i) =>
      isRepeated(walk.strides[i + 1]) ? repeated(array, count, period) : array,
    ),
    size,
  };
}

/** The first `count` values over and over, `length` values in all. */
function repeated<T extends Operand>(array: T, count: number, length: number): T {
  const result = new (array.constructor as new (length: number) => T)(length);
  for (let at = 0; at < length; at += count) result.set(array.subarray(0, count), at);
  return result;
}
