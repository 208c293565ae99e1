/** The values of one tensor between a file and a storage: viewed where that is possible, else converted. */
import { convert, type DType, isFloat, type TypedArray } from '../dtype.js';
import { ArgumentError, FormatError } from '../errors.js';
import { narrowToBF16, narrowToF16, widenBF16, widenF16 } from './half.js';
import { type Entry, quoteName, type RawArray, type StoredDType, type StoredDTypeName } from './layout.js';

/** How raw elements become those of a dtype. What is not named here is the same in both. */
const WIDEN: Readonly<Partial<Record<StoredDTypeName, (raw: never) => TypedArray>>> = {
  I64: (raw: BigInt64Array) => Int32Array.from(raw, Number),
  BF16: widenBF16,
  F16: widenF16,
  I16: (raw: Int16Array) => new Int32Array(raw),
  I8: (raw: Int8Array) => new Int32Array(raw),
  U8: (raw: Uint8Array) => new Int32Array(raw),
};

/** How the elements of any dtype that may be stored so become raw. What is not named here is the same in both. */
const NARROW: Readonly<Partial<Record<StoredDTypeName, (values: TypedArray) => RawArray>>> = {
  I64: (values) => BigInt64Array.from(values as Int32Array, BigInt),
  F64: (values) => convert(values, 'float64'),
  F32: (values) => convert(values, 'float32'),
  // By way of float32, as PyTorch converts float64.
  BF16: (values) => narrowToBF16(convert(values, 'float32') as Float32Array),
  F16: (values) => narrowToF16(convert(values, 'float32') as Float32Array),
  I16: (values) => new Int16Array(values),
  I8: (values) => new Int8Array(values),
  U8: (values) => new Uint8Array(values),
};

/** What a file may say and no dtype holds: where it stands, or -1. */
const STRANGE: Readonly<Partial<Record<StoredDTypeName, { find(raw: RawArray): number; why: string }>>> = {
  I64: {
    find: (raw) => (raw as BigInt64Array).findIndex((value) => value !== BigInt.asIntN(32, value)),
    why: 'does not fit into int32',
  },
  BOOL: { find: (raw) => (raw as Uint8Array).findIndex((byte) => byte > 1), why: 'is neither 0 nor 1' },
};

/**
 * The storage of a tensor out of the bytes of its values. It is a view of these bytes if its dtype is also the file's and
 * they lie at a multiple of the size of its elements.
 * @throws FormatError for an I64 that does not fit into int32, and truths other than 0 and 1.
 */
export function decodeValues(entry: Entry, bytes: Uint8Array): TypedArray {
  const { name, array } = entry.stored;
  const isAligned = bytes.byteOffset % array.BYTES_PER_ELEMENT === 0;
  const { buffer, byteOffset, length } = isAligned ? bytes : new Uint8Array(bytes);
  const raw = new array(buffer, byteOffset, length / array.BYTES_PER_ELEMENT);
  checkValues(entry, raw);
  return WIDEN[name]?.(raw as never) ?? (raw as TypedArray);
}

function checkValues({ name, stored }: Entry, raw: RawArray): void {
  const strange = STRANGE[stored.name];
  const at = strange?.find(raw) ?? -1;
  if (at < 0) return;
  const text = `tensor ${quoteName(name)} of ${stored.name} has ${raw[at]} at ${at}, which ${strange?.why}`;
  throw new FormatError('parseSafetensors', text);
}

/**
 * The bytes of a tensor's values in a file.
 * @throws ArgumentError for a whole number that is too large for its element type.
 */
export function encodeValues({ name, stored }: Entry, dtype: DType, values: TypedArray): Uint8Array {
  const isSame = stored.dtype === dtype && WIDEN[stored.name] === undefined;
  const raw = isSame ? values : (NARROW[stored.name]?.(values) ?? values);
  const lost = isFloat(dtype) || isSame ? -1 : values.findIndex((value, i) => value !== Number(raw[i]));
  if (lost >= 0) {
    throw new ArgumentError(
      'serializeSafetensors',
      `${quoteName(name)} has ${values[lost]} at ${lost}, which does not fit into ${stored.name}. Store it as I32`,
    );
  }
  return new Uint8Array(raw.buffer, raw.byteOffset, raw.byteLength);
}

/** Whether tensors of this dtype can be stored so: floats as floats, whole numbers as whole numbers. */
export function isStorableAs(dtype: DType, stored: StoredDType): boolean {
  return dtype === stored.dtype || (isFloat(dtype) && isFloat(stored.dtype));
}
