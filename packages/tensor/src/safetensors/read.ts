/** Reading tensors from the safetensors format. */
import { allocate } from '../dtype.js';
import { ArgumentError, formatValue } from '../errors.js';
import { sizeOf } from '../shape.js';
import { Tensor } from '../tensor.js';
import { headerLength, parseHeader, refused } from './header.js';
import { type Entry, type Metadata, PREFIX_BYTES, quoteName } from './layout.js';

/** What a safetensors file holds. */
export interface SafetensorsContent {
  readonly tensors: Readonly<Record<string, Tensor>>;
  /** Texts about the file; empty if it has none. */
  readonly metadata: Metadata;
}

/**
 * The tensors in the bytes of a safetensors file. Values are copied; the bytes may be used for something else afterwards.
 *
 * @throws FormatError if anything is wrong with the file: its lengths, its header, its dtypes (known are F64, F32, I32
 * and BOOL), or the places of the tensors; ArgumentError for what is not bytes.
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
    readTensor(entry, values.subarray(entry.begin, entry.end)),
  ]);
  return { tensors: Object.fromEntries(named), metadata };
}

function readTensor({ name, stored, shape }: Entry, bytes: Uint8Array): Tensor {
  const storage = allocate(stored.dtype, sizeOf(shape));
  new Uint8Array(storage.buffer).set(bytes);
  const strange = stored.dtype === 'bool' ? storage.findIndex((byte) => byte > 1) : -1;
  if (strange >= 0) {
    throw refused(
      `tensor ${quoteName(name)} of BOOL has bytes of 0 and 1, got ${storage[strange]} at ${strange}`,
    );
  }
  return new Tensor(storage, shape, stored.dtype);
}
