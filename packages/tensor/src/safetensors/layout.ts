/**
 * What a safetensors file looks like: 8 bytes that hold the length of the header, the header (JSON, with spaces behind it
 * up to a multiple of 8 bytes), and the values of all tensors, row-major and little-endian, without a gap.
 */
import type { DType, TypedArray } from '../dtype.js';
import { type Shape, sizeOf } from '../shape.js';

/** The bytes before the header, which hold its length as a little-endian 64-bit integer. */
export const PREFIX_BYTES = 8;

/** What the header's length, and so the beginning of the values, is a multiple of. */
export const ALIGNMENT = 8;

/** As in the reference implementation: nobody has so many tensors, and parsing more would take long. */
export const MAX_HEADER_BYTES = 100_000_000;

/** The key under which the header holds texts about the file, and no tensor. */
export const METADATA_KEY = '__metadata__';

/** The element types of the format that can be read and written. */
export type StoredDTypeName = 'I64' | 'F64' | 'F32' | 'I32' | 'BF16' | 'F16' | 'I16' | 'I8' | 'U8' | 'BOOL';

/** Elements as they stand in a file. */
export type RawArray = TypedArray | Uint16Array | Int16Array | Int8Array | BigInt64Array;

/** Views bytes as elements. Typed arrays are little-endian, as the format is, on every machine that engines run fast on. */
interface RawArrayConstructor {
  new (buffer: ArrayBufferLike, offset: number, length: number): RawArray;
  readonly BYTES_PER_ELEMENT: number;
}

/** An element type of the format, and how lowrank holds it. */
export interface StoredDType {
  /** The format's name. */
  readonly name: StoredDTypeName;
  /** What it becomes when it is read: itself, a wider one, or int32 for I64. */
  readonly dtype: DType;
  readonly array: RawArrayConstructor;
}

/**
 * In the order in which the reference implementation lays tensors out: the widest first, so that each begins at a multiple
 * of the size of its elements.
 */
export const STORED_DTYPES: readonly StoredDType[] = [
  { name: 'I64', dtype: 'int32', array: BigInt64Array },
  { name: 'F64', dtype: 'float64', array: Float64Array },
  { name: 'F32', dtype: 'float32', array: Float32Array },
  { name: 'I32', dtype: 'int32', array: Int32Array },
  { name: 'BF16', dtype: 'float32', array: Uint16Array },
  { name: 'F16', dtype: 'float32', array: Uint16Array },
  { name: 'I16', dtype: 'int32', array: Int16Array },
  { name: 'I8', dtype: 'int32', array: Int8Array },
  { name: 'U8', dtype: 'int32', array: Uint8Array },
  { name: 'BOOL', dtype: 'bool', array: Uint8Array },
];

/** The bytes that a tensor takes in a file. */
export function storedBytes({ array }: StoredDType, shape: Shape): number {
  return sizeOf(shape) * array.BYTES_PER_ELEMENT;
}

/** Where a tensor is, and what it is. */
export interface Entry {
  readonly name: string;
  readonly stored: StoredDType;
  readonly shape: Shape;
  /** The first byte of its values, counted from the end of the header. */
  readonly begin: number;
  /** The byte behind its last one. */
  readonly end: number;
}

/** Texts about a file, such as `{ format: 'pt' }`. */
export type Metadata = Readonly<Record<string, string>>;

/** A name as it is written in messages: whole, since names differ at their ends, unless it is absurdly long. */
export function quoteName(name: string): string {
  return JSON.stringify(name.length > 200 ? `${name.slice(0, 200)}...` : name);
}
