/** Writing tensors in the safetensors format, byte for byte as the reference implementation lays them out. */
import { DTYPES, type DType, isDType } from '../dtype.js';
import { ArgumentError, formatValue } from '../errors.js';
import { checkOptions } from '../options.js';
import { Tensor, valuesOf } from '../tensor.js';
import { encodeValues, isStorableAs } from './elements.js';
import {
  ALIGNMENT,
  type Entry,
  MAX_HEADER_BYTES,
  METADATA_KEY,
  type Metadata,
  PREFIX_BYTES,
  quoteName,
  STORED_DTYPES,
  type StoredDTypeName,
  storedBytes,
} from './layout.js';

const OP = 'serializeSafetensors';

/** How tensors are written. */
export interface StoreOptions {
  /**
   * As what the tensors of a dtype are stored, such as `{ float32: 'BF16', int32: 'I64' }`: float32 and float64 as F64, F32,
   * BF16 or F16, rounded to the nearest (ties to even; what is too large for F16 becomes infinite), int32 as I64, I32, I16,
   * I8 or U8. Default: as what they are, F64, F32, I32 and BOOL.
   */
  readonly storeAs?: Readonly<Partial<Record<DType, StoredDTypeName>>>;
}

/**
 * The bytes of a safetensors file that holds these tensors. The order in which they are given does not matter.
 *
 * @param metadata Texts about the file. Default none.
 * @throws ArgumentError for values that are no tensors, metadata that are no texts, names that the format cannot hold, and
 * whole numbers that do not fit into what they are to be stored as.
 * @example
 * await writeFile('model.safetensors', serializeSafetensors(model.stateDict(), { format: 'pt' }));
 */
export function serializeSafetensors(
  tensors: Readonly<Record<string, Tensor>>,
  metadata: Metadata = {},
  options: StoreOptions = {},
): Uint8Array {
  checkTensors(tensors);
  checkMetadata(metadata);
  const entries = layOut(tensors, storedNames(options));
  const header = encodeHeader(entries, metadata);
  const file = new Uint8Array(PREFIX_BYTES + header.length + (entries.at(-1)?.end ?? 0));
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(header, PREFIX_BYTES);
  for (const entry of entries) {
    const tensor = tensors[entry.name] as Tensor;
    const values = valuesOf(OP, tensor);
    file.set(encodeValues(entry, tensor.dtype, values), PREFIX_BYTES + header.length + entry.begin);
  }
  return file;
}

/** The element type of each dtype in the file. */
type StoredNames = Readonly<Record<DType, StoredDTypeName>>;

const STORED_AS_THEY_ARE: StoredNames = { float64: 'F64', float32: 'F32', int32: 'I32', bool: 'BOOL' };

function storedNames(options: StoreOptions): StoredNames {
  checkOptions(OP, options);
  const { storeAs = {} } = options;
  checkOptions(OP, storeAs);
  for (const [dtype, name] of Object.entries(storeAs)) checkStoredName(dtype, name);
  return { ...STORED_AS_THEY_ARE, ...storeAs };
}

function checkStoredName(dtype: string, name: unknown): void {
  if (!isDType(dtype)) {
    throw new ArgumentError(OP, `storeAs has no dtype ${formatValue(dtype)}; known: ${DTYPES.join(', ')}`);
  }
  const possible = STORED_DTYPES.filter((stored) => isStorableAs(dtype, stored)).map((stored) => stored.name);
  if (possible.some((known) => known === name)) return;
  throw new ArgumentError(OP, `${dtype} is stored as ${possible.join(', ')}, not as ${formatValue(name)}`);
}

/** Gives each tensor its place: by element type, the widest first, and then by name. */
function layOut(tensors: Readonly<Record<string, Tensor>>, storedAs: StoredNames): Entry[] {
  const named = Object.entries(tensors).sort(([a], [b]) => (a < b ? -1 : 1));
  let end = 0;
  return STORED_DTYPES.flatMap((stored) =>
    named
      .filter(([, { dtype }]) => storedAs[dtype] === stored.name)
      .map(([name, { shape }]) => {
        const begin = end;
        end += storedBytes(stored, shape);
        return { name, stored, shape, begin, end };
      }),
  );
}

/** The header, with spaces behind it up to the alignment. Put together by hand, since objects reorder names like `10`. */
function encodeHeader(entries: readonly Entry[], metadata: Metadata): Uint8Array {
  const fields = entries.map(({ name, stored, shape, begin, end }) =>
    formatField(name, { dtype: stored.name, shape, data_offsets: [begin, end] }),
  );
  if (Object.keys(metadata).length > 0) fields.unshift(formatField(METADATA_KEY, metadata));
  const json = new TextEncoder().encode(`{${fields.join(',')}}`);
  const header = new Uint8Array(Math.ceil(json.length / ALIGNMENT) * ALIGNMENT).fill(' '.charCodeAt(0));
  if (header.length > MAX_HEADER_BYTES) {
    throw new ArgumentError(
      OP,
      `names and metadata take ${header.length} bytes; the most is ${MAX_HEADER_BYTES}`,
    );
  }
  header.set(json);
  return header;
}

function formatField(name: string, value: object): string {
  return `${JSON.stringify(name)}:${JSON.stringify(value)}`;
}

function checkTensors(tensors: unknown): void {
  if (!isRecord(tensors)) {
    throw new ArgumentError(OP, `takes tensors by name, { name: tensor }, got ${formatValue(tensors)}`);
  }
  for (const [name, value] of Object.entries(tensors)) {
    checkText('a name', name);
    if (name === METADATA_KEY) {
      throw new ArgumentError(OP, `the format keeps the name ${METADATA_KEY} for itself. Rename the tensor`);
    }
    if (!(value instanceof Tensor)) {
      throw new ArgumentError(OP, `${quoteName(name)} is no tensor, got ${formatValue(value)}`);
    }
  }
}

function checkMetadata(metadata: unknown): void {
  if (!isRecord(metadata)) {
    throw new ArgumentError(OP, `metadata are texts by name, { name: text }, got ${formatValue(metadata)}`);
  }
  for (const [name, value] of Object.entries(metadata)) {
    checkText('a name', name);
    checkText(`the metadata ${quoteName(name)}`, value);
  }
}

/** Maps and arrays have names too, but not where this looks for them. */
function isRecord(value: unknown): value is object {
  const isObject = typeof value === 'object' && value !== null;
  return isObject && !(value instanceof Tensor) && !(Symbol.iterator in value);
}

function checkText(what: string, text: unknown): void {
  if (typeof text !== 'string') throw new ArgumentError(OP, `${what} is a text, got ${formatValue(text)}`);
  if (LONE_SURROGATE.test(text)) throw new ArgumentError(OP, `${what}, ${formatValue(text)}, is not Unicode`);
}

/** Half a character, which UTF-8 cannot express. */
const LONE_SURROGATE = /\p{Surrogate}/u;
