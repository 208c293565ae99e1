/**
 * The arrays of large results: how many tensors hold each, and what becomes of those that no tensor holds any more. They are filled
 * again with results to come, since a new array costs more than filling it: the system hands out its pages one by one.
 */
import { platform } from '#platform';
import { allocate, bytesOf, type DType, type TypedArray, viewOf } from '../../dtype.js';
import { forget } from './machine.js';
import { isExposed, WORTH_KEEPING } from './residency.js';

/** Bytes of arrays that wait to be filled again, at most. */
const SPARE_BYTES = 256 * 2 ** 20;

interface Result {
  /** Over the whole buffer. */
  array: TypedArray;
  /** Tensors. */
  holders: number;
}

/** By buffer, for a tensor may hold another view. Of small ones nothing is remembered: a step of a small network has hundreds. */
const results = new WeakMap<ArrayBufferLike, Result>();

/** Nobody's any more, by size; those sizes last that were asked for last. */
const spare = new Map<number, ArrayBuffer[]>();
let spareBytes = 0;

/** An array for a result, with anything in it. */
export function newResult(dtype: DType, length: number): TypedArray {
  const bytes = 4 * Math.ceil((bytesOf(dtype) * length) / 4);
  if (bytes < WORTH_KEEPING) return allocate(dtype, length);
  const buffer = takeSpare(bytes) ?? platform.uninitialised(bytes / 4).buffer;
  // A view of its own: what is known of the one before, such as its copies in wasm memory, is not known of this one.
  const array = viewOf(dtype, buffer, length);
  results.set(buffer, { array, holders: 0 });
  return array;
}

/** A tensor begins to hold the array. */
export function hold(array: TypedArray): void {
  const result = resultOf(array);
  if (result !== undefined) result.holders++;
}

/** A tensor that held the array is disposed of, or has taken another value. */
export function drop(array: TypedArray): void {
  const result = resultOf(array);
  if (result === undefined || --result.holders > 0) return;
  results.delete(array.buffer);
  // Somebody outside of the library may still look at it.
  if (isExposed(array)) return;
  forget(result.array);
  putAway(array.buffer as ArrayBuffer);
}

const resultOf = (array: TypedArray) =>
  array.byteLength < WORTH_KEEPING ? undefined : results.get(array.buffer);

function takeSpare(bytes: number): ArrayBuffer | undefined {
  const buffer = spare.get(bytes)?.pop();
  if (buffer !== undefined) spareBytes -= bytes;
  return buffer;
}

function putAway(buffer: ArrayBuffer): void {
  const size = buffer.byteLength;
  const alike = spare.get(size) ?? [];
  alike.push(buffer);
  spare.delete(size);
  spare.set(size, alike);
  spareBytes += size;
  while (spareBytes > SPARE_BYTES) discardOldest();
}

function discardOldest(): void {
  const [size, alike] = spare.entries().next().value as [number, ArrayBuffer[]];
  if (alike.pop() === undefined) spare.delete(size);
  else spareBytes -= size;
}
