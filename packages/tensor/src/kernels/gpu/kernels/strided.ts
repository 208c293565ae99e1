/** Moving values without changing them: strided reads and writes, concatenation. */
import type { DType } from '../../../dtype.js';
import { type Shape, sizeOf, stridesOf } from '../../../shape.js';
import type { Region } from '../../reference/strided.js';
import { planWalk } from '../../walk.js';
import { MAX_INPUTS } from '../machine.js';
import type { GpuCalls } from '../session.js';
import type { GpuStorage } from '../storage.js';
import { kernel, run } from './define.js';
import { coordinates, innerSizes, named, names, place, THREAD } from './indices.js';

/** Reads the region as a contiguous array of `shape`. */
export function stridedRead(
  calls: GpuCalls,
  x: GpuStorage,
  shape: Shape,
  dtype: DType,
  { offset, strides }: Region,
): GpuStorage {
  const walk = planWalk(shape, [stridesOf(shape), strides]);
  const rank = walk.shape.length;
  const callable = kernel(`strided read, ${rank} axes`, () => ({
    inputs: ['x'],
    ints: ['offset', ...names('size', rank - 1), ...names('step', rank)],
    body: `return x[offset + ${place(coordinates(THREAD, 'size', rank), 'step')}];`,
  }));
  const scalars: Record<string, number> = {
    offset,
    ...named('size', innerSizes(walk.shape)),
    ...named('step', walk.strides[1]),
  };
  return run(calls, callable, { x }, scalars, { length: sizeOf(shape), dtype });
}

/** `size` elements, all of them `value`. */
export function fill(calls: GpuCalls, value: number, size: number, dtype: DType): GpuStorage {
  const callable = kernel('fill', () => ({ inputs: [], floats: ['value'], body: 'return value;' }));
  return run(calls, callable, {}, { value }, { length: size, dtype });
}

/**
 * Writes `x` (contiguous, of `shape`) into the region of a new array of `size` elements that holds `fill` elsewhere. The strides
 * of the region are those of the larger array, or multiples: each is more than what the axes behind it reach.
 */
export function stridedWrite(
  calls: GpuCalls,
  x: GpuStorage,
  shape: Shape,
  dtype: DType,
  { offset, strides }: Region,
  size: number,
  value: number,
): GpuStorage {
  if (x.length === 0) return fill(calls, value, size, dtype);
  const walk = planWalk(shape, [stridesOf(shape), strides]);
  // A region of one element has no strides.
  const steps = walk.strides[1].map((step) => Math.max(1, step));
  const rank = walk.shape.length;
  const callable = kernel(`strided write, ${rank} axes`, () => {
    // What is left of the distance from the region's start after the steps along each axis.
    const left = [`(${THREAD} - offset)`];
    for (const step of names('step', rank)) left.push(`rest(${left.at(-1)}, ${step})`);
    const at = names('step', rank).map((step, axis) => `quotient(${left[axis]}, ${step})`);
    const isOutside = [
      `${THREAD} < offset`,
      ...at.map((coordinate, axis) => `${coordinate} >= length${axis}`),
      `${left[rank]} > 0`,
    ];
    return {
      inputs: ['x'],
      ints: ['offset', ...names('step', rank), ...names('length', rank), ...names('own', rank)],
      floats: ['value'],
      body: `if (${isOutside.join(' || ')}) { return value; } return x[${place(at, 'own')}];`,
    };
  });
  const scalars: Record<string, number> = {
    offset,
    value,
    ...named('step', steps),
    ...named('length', walk.shape),
    ...named('own', walk.strides[0]),
  };
  return run(calls, callable, { x }, scalars, { length: size, dtype });
}

/** Joins arrays, each seen as [outer, rowLengths[i]], along the second axis. */
export function concat(
  calls: GpuCalls,
  inputs: readonly GpuStorage[],
  outer: number,
  rowLengths: readonly number[],
  dtype: DType,
): GpuStorage {
  const count = inputs.length;
  if (count > MAX_INPUTS) {
    const half = Math.ceil(count / 2);
    const parts = [inputs.slice(0, half), inputs.slice(half)];
    const lengths = [rowLengths.slice(0, half), rowLengths.slice(half)];
    const halves = parts.map((part, i) => concat(calls, part, outer, lengths[i], dtype));
    const joined = concat(calls, halves, outer, lengths.map(total), dtype);
    for (const each of halves) each.release();
    return joined;
  }
  const callable = kernel(`concat of ${count}`, () => {
    const column = 'rest(this.thread.x, width)';
    const row = 'quotient(this.thread.x, width)';
    const read = (i: number) => `x${i}[${row} * (end${i} - begin${i}) + ${column} - begin${i}]`;
    const choices = names('end', count).map((end, i) => `if (${column} < ${end}) { return ${read(i)}; }`);
    return {
      inputs: names('x', count),
      ints: ['width', ...names('begin', count), ...names('end', count)],
      body: `${choices.slice(0, -1).join(' ')} return ${read(count - 1)};`,
    };
  });
  const ends = rowLengths.map((_, i) => total(rowLengths.slice(0, i + 1)));
  const begins = ends.map((end, i) => end - rowLengths[i]);
  const width = total(rowLengths);
  const arrays = Object.fromEntries(inputs.map((input, i) => [`x${i}`, input]));
  const scalars: Record<string, number> = { width, ...named('begin', begins), ...named('end', ends) };
  return run(calls, callable, arrays, scalars, { length: outer * width, dtype });
}

function total(lengths: readonly number[]): number {
  return lengths.reduce((sum, length) => sum + length, 0);
}
