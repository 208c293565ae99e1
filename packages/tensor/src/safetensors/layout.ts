/**
 * What a safetensors file looks like: 8 bytes that hold the length of the header, the header (JSON, with spaces behind it
 * up to a multiple of 8 bytes), and the values of all tensors, row-major and little-endian, without a gap.
 */
import type { DType } from '../dtype.js';
import type { Shape } from '../shape.js';

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

/** An element type of the format, and how lowrank holds it. */
export interface StoredDType {
  /** The format's name. */
  readonly name: StoredDTypeName;
  /** What it becomes when it is read: itself, or the narrowest dtype that is wide enough (int32 for I64). */
  readonly dtype: DType;
  /** The bytes of an element in the file. */
  readonly bytes: number;
}

/**
 * In the order in which the reference implementation lays tensors out: the widest first, so that each begins at a multiple
 * of the size of its elements.
 */
export const STORED_DTYPES: readonly StoredDType[] = [
  { name: 'I64', dtype: 'int32', bytes: 8 },
  { name: 'F64', dtype: 'float64', bytes: 8 },
  { name: 'F32', dtype: 'float32', bytes: 4 },
  { name: 'I32', dtype: 'int32', bytes: 4 },
  { name: 'BF16', dtype: 'float32', bytes: 2 },
  { name: 'F16', dtype: 'float32', bytes: 2 },
  { name: 'I16', dtype: 'int32', bytes: 2 },
  { name: 'I8', dtype: 'int32', bytes: 1 },
  { name: 'U8', dtype: 'int32', bytes: 1 },
  { name: 'BOOL', dtype: 'bool', bytes: 1 },
];

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
