/**
 * Reading and adding by index in wasm, for float32. Long rows are read as fast by the engine's own copies, and of tables much
 * larger than what is read or added only a part is needed: both stay with the reference kernels.
 */
import type { TypedArray } from '../../dtype.js';
import type { Shape } from '../../shape.js';
import { type Lanes, lanesAlong } from '../lanes.js';
import { compute, type Frame } from './frame.js';
import { reference } from './reference.js';

/** How many elements a chunk should have. */
const CHUNK = 2 ** 15;

/** From so many elements on a call of wasm is worth its price, and from rows of so many the engine's copy is. */
const MANY = 4096;
const LONG = 48;

/** How much of a table must be read, or added to, for bringing it into wasm memory to be worth it: measured. */
const READ_PART = 1 / 4;
const ADDED_PART = 1;

/** The columns that a unit of adding has: as the kernel has it. */
const COLUMNS = 64;

function isWorthIt(x: TypedArray, used: number, part: number): x is Float32Array {
  return x instanceof Float32Array && used >= MANY && used >= part * x.length;
}

/** As the reference kernel. */
export function indexSelect(x: TypedArray, index: TypedArray, lanes: Lanes): TypedArray {
  const size = lanes.outer * index.length * lanes.inner;
  const isFast = lanes.inner < LONG && isWorthIt(x, size, READ_PART);
  return (isFast && read('selectRows', x, index, lanes, size)) || reference.indexSelect(x, index, lanes);
}

/** As the reference kernel. */
export function gather(
  x: TypedArray,
  shape: Shape,
  index: TypedArray,
  indexShape: Shape,
  axis: number,
): TypedArray {
  const isFast = isWorthIt(x, index.length, READ_PART) && differsOnlyAlong(axis, shape, indexShape);
  const fast = isFast && read('gatherRows', x, index, lanesAlong(shape, axis), index.length);
  return fast || reference.gather(x, shape, index, indexShape, axis);
}

/** As the reference kernel. */
export function indexAdd(x: TypedArray, index: TypedArray, source: TypedArray, lanes: Lanes): TypedArray {
  const isFast = isWorthIt(x, source.length, ADDED_PART);
  return (isFast && add(x, index, source, lanes, false)) || reference.indexAdd(x, index, source, lanes);
}

/** As the reference kernel. */
export function scatterAdd(
  x: TypedArray,
  shape: Shape,
  index: TypedArray,
  indexShape: Shape,
  source: TypedArray,
  sourceShape: Shape,
  axis: number,
): TypedArray {
  const isFast =
    isWorthIt(x, index.length, ADDED_PART) &&
    source.length === index.length &&
    differsOnlyAlong(axis, shape, indexShape);
  const fast = isFast && add(x, index, source, lanesAlong(shape, axis), true);
  return fast || reference.scatterAdd(x, shape, index, indexShape, source, sourceShape, axis);
}

/** Whether an index names a place for whole lanes of x. */
function differsOnlyAlong(axis: number, shape: Shape, indexShape: Shape): boolean {
  return shape.length > 0 && shape.every((length, i) => i === axis || length === indexShape[i]);
}

function read(
  kernel: 'selectRows' | 'gatherRows',
  x: Float32Array,
  index: TypedArray,
  { outer, length, inner }: Lanes,
  size: number,
): Float32Array | undefined {
  return compute((frame) => {
    const to = frame.output(size);
    const rows = size / inner;
    const perChunk = Math.ceil(CHUNK / inner);
    const parameters = [
      frame.input(x),
      indices(frame, index),
      to,
      outer,
      length,
      rows / outer,
      inner,
      perChunk,
    ];
    frame.launch(kernel, Math.ceil(rows / perChunk), parameters);
    return frame.result(to, size);
  });
}

/** `source` added to x: split along the axes that the index does not name, so that no two chunks write to one place. */
function add(
  x: Float32Array,
  index: TypedArray,
  source: TypedArray,
  { outer, length, inner }: Lanes,
  isOwn: boolean,
): Float32Array | undefined {
  return compute((frame) => {
    const to = frame.output(x.length);
    const count = source.length / (outer * inner);
    const units = outer * Math.ceil(inner / COLUMNS);
    const perChunk = Math.ceil(CHUNK / ((length + count) * Math.min(inner, COLUMNS)));
    const parameters = [frame.input(x), indices(frame, index), to, outer, length, count, inner, perChunk];
    parameters.push(frame.input(source as Float32Array), Number(isOwn));
    frame.launch('addRows', Math.ceil(units / perChunk), parameters);
    return frame.result(to, x.length);
  });
}

function indices(frame: Frame, index: TypedArray): number {
  return frame.input(index as Int32Array);
}
