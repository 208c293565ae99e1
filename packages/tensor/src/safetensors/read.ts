/** Reading tensors from the bytes of a safetensors file. */
import { ArgumentError, formatValue } from '../errors.js';
import { Tensor } from '../tensor.js';
import { decodeValues } from './elements.js';
import { headerLength, parseHeader } from './header.js';
import { type Entry, type Metadata, PREFIX_BYTES } from './layout.js';

/** What a safetensors file holds. */
export interface SafetensorsContent {
  readonly tensors: Readonly<Record<string, Tensor>>;
  /** Texts about the file; empty if it has none. */
  readonly metadata: Metadata;
}

/**
 * The tensors in the bytes of a safetensors file. F64, F32, I32 and BOOL become float64, float32, int32 and bool; F16 and
 * BF16 are widened to float32, and I64, I16, I8 and U8 become int32.
 *
 * Nothing is copied that need not be: where the element type stays the same and the values are aligned, as they are in
 * files by this writer and by Python's, a tensor is a view of the bytes. They belong to the tensors from then on: pass
 * `bytes.slice()` if you mean to overwrite them.
 *
 * @throws FormatError if anything is wrong with the file: its lengths, its header, its element types, the places of the
 * tensors, an I64 that does not fit into int32; ArgumentError for what is not bytes.
 * @example
 * const { tensors, metadata } = parseSafetensors(await readFile('model.safetensors'));
 */
export function parseSafetensors(bytes: Uint8Array): SafetensorsContent {
  if (Object.prototype.toString.call(bytes) !== '[object Uint8Array]') {
    throw new ArgumentError('parseSafetensors', `takes a Uint8Array, got ${formatValue(bytes)}`);
  }
  const start = PREFIX_BYTES + headerLength(bytes, bytes.length);
  const values = bytes.subarray(start);
  const { entries, metadata } = parseHeader(bytes.subarray(PREFIX_BYTES, start), values.length);
  const named = entries.map((entry) => [
    entry.name,
    tensorOf(entry, values.subarray(entry.begin, entry.end)),
  ]);
  return { tensors: Object.fromEntries(named), metadata };
}

/** The tensor that an entry of the header describes. */
export function tensorOf(entry: Entry, bytes: Uint8Array): Tensor {
  return new Tensor(decodeValues(entry, bytes), entry.shape, entry.stored.dtype);
}
