/**
 * Moving values in wasm: transpositions, strides, and copies of many short rows. The engine's own copies are as fast for long
 * rows, and small arrays are not worth a call, so that both stay with the reference kernels.
 */
import type { DType, TypedArray } from '../../dtype.js';
import { type Shape, sizeOf, stridesOf } from '../../shape.js';
import type { Region } from '../reference/strided.js';
import { planWalk } from '../walk.js';
import { compute, type Frame } from './frame.js';
import { reference } from './reference.js';

/** A walk over two arrays: the outer axes, and what is done at each of their places. */
interface Move {
  readonly kernel: 'copyRows' | 'transposeStripes';
  readonly outer: readonly Axis[];
  /** The kernel's parameters for the inner axes. */
  readonly inner: readonly number[];
  /** How many elements are moved at each place. */
  readonly size: number;
  /** Whether the rows lie as they are in both arrays, and are long enough for the engine's own copy. */
  readonly isLong: boolean;
}

type Axis = readonly [length: number, from: number, to: number];

/** The side of a tile that is transposed at a time: as the kernel has it. */
const TILE = 32;

/** How many elements a chunk should have; a multiple of 8. */
const CHUNK = 2 ** 15;

/** From so many elements on a call of wasm is worth its price, and from rows of so many the engine's copy is. */
const MANY = 4096;
const LONG = 48;

/** Arrays that are read whole, or at least not for a small part of them only, are worth bringing into wasm memory. */
const READ_PART = 1 / 4;

/** As the reference kernel. */
export function stridedRead(x: TypedArray, shape: Shape, dtype: DType, region: Region): TypedArray {
  const size = sizeOf(shape);
  if (x instanceof Float32Array && size >= MANY && size >= READ_PART * x.length) {
    const move = planMove(shape, region.strides, stridesOf(shape));
    const result = move.isLong
      ? undefined
      : compute((frame) => {
          const to = frame.output(size);
          launch(frame, move, frame.input(x) + 4 * region.offset, to);
          return frame.result(to, size);
        });
    if (result) return result;
  }
  return reference.stridedRead(x, shape, dtype, region);
}

/** As the reference kernel. */
export function stridedWrite(
  x: TypedArray,
  shape: Shape,
  dtype: DType,
  region: Region,
  size: number,
  fill: number,
): TypedArray {
  if (x instanceof Float32Array && x.length >= MANY && x.length >= READ_PART * size) {
    const move = planMove(shape, stridesOf(shape), region.strides);
    const result = move.isLong
      ? undefined
      : compute((frame) => {
          const to = frame.output(size);
          frame.launch('fill', Math.ceil(size / CHUNK), [to, size, CHUNK, fill]);
          launch(frame, move, frame.input(x), to + 4 * region.offset);
          return frame.result(to, size);
        });
    if (result) return result;
  }
  return reference.stridedWrite(x, shape, dtype, region, size, fill);
}

/** As the reference kernel. */
export function concat(
  inputs: readonly TypedArray[],
  outer: number,
  rowLengths: readonly number[],
  dtype: DType,
): TypedArray {
  const width = rowLengths.reduce((sum, length) => sum + length, 0);
  const size = outer * width;
  const isShort = outer > 1 && width < LONG * inputs.length;
  if (isShort && size >= MANY && inputs.every((input) => input instanceof Float32Array)) {
    const result = compute((frame) => {
      const to = frame.output(size);
      let column = 0;
      inputs.forEach((input, i) => {
        const move = planMove([outer, rowLengths[i]], [rowLengths[i], 1], [width, 1]);
        launch(frame, move, frame.input(input), to + 4 * column);
        column += rowLengths[i];
      });
      return frame.result(to, size);
    });
    if (result) return result;
  }
  return reference.concat(inputs, outer, rowLengths, dtype);
}

function planMove(shape: Shape, from: readonly number[], to: readonly number[]): Move {
  const walk = planWalk(shape, [from, to]);
  const axes = walk.shape.map((length, i): Axis => [length, walk.strides[0][i], walk.strides[1][i]]);
  const [length, stepFrom, stepTo] = axes.pop() as Axis;
  const across = stepFrom === 1 || stepTo !== 1 ? -1 : axes.findIndex(([, stride]) => stride === 1);
  if (across < 0) {
    const isLong = stepFrom === 1 && stepTo === 1 && length >= LONG;
    return { kernel: 'copyRows', outer: axes, inner: [length, stepFrom, stepTo], size: length, isLong };
  }
  const [[P, , stride]] = axes.splice(across, 1);
  axes.push([Math.ceil(P / TILE), TILE, TILE * stride]);
  const inner = [P, stride, length, stepFrom];
  return { kernel: 'transposeStripes', outer: axes, inner, size: TILE * length, isLong: false };
}

function launch(frame: Frame, { kernel, outer, inner, size }: Move, from: number, to: number): void {
  const places = outer.reduce((product, [length]) => product * length, 1);
  const perChunk = Math.ceil(CHUNK / Math.max(1, size));
  const parameters = [from, to, outer.length, frame.list(outer.flat()), places, perChunk, ...inner];
  frame.launch(kernel, Math.ceil(places / perChunk), parameters);
}
