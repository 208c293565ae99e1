/** Reading the header of a safetensors file: everything that it says is checked before it is believed. */
import { FormatError, formatValue } from '../errors.js';
import { checkShape, formatShape, type Shape } from '../shape.js';
import { jsonProblem } from './json.js';
import {
  type Entry,
  MAX_HEADER_BYTES,
  METADATA_KEY,
  type Metadata,
  PREFIX_BYTES,
  quoteName,
  STORED_DTYPES,
  type StoredDType,
  storedBytes,
} from './layout.js';

const OP = 'parseSafetensors';

/** @internal */
export function refused(problem: string): FormatError {
  return new FormatError(OP, problem);
}

/** What a file holds, apart from the values. */
export interface Header {
  readonly entries: readonly Entry[];
  readonly metadata: Metadata;
}

/**
 * The length of the header in bytes. It begins behind these first bytes, and the values begin behind it.
 * @param prefix The first 8 bytes of the file, or more.
 * @throws FormatError if the header would not end within the file, or is too large.
 */
export function headerLength(prefix: Uint8Array, fileLength: number): number {
  if (fileLength < PREFIX_BYTES || prefix.length < PREFIX_BYTES) {
    throw refused(
      `a file of ${fileLength} bytes is too short: the length of the header alone takes ${PREFIX_BYTES}`,
    );
  }
  const length = new DataView(prefix.buffer, prefix.byteOffset).getBigUint64(0, true);
  if (length > MAX_HEADER_BYTES) {
    throw refused(
      `the header would have ${length} bytes; the most is ${MAX_HEADER_BYTES}. Is it a safetensors file?`,
    );
  }
  if (PREFIX_BYTES + Number(length) > fileLength) {
    throw refused(
      `the header would have ${length} bytes, but the file has only ${fileLength}. Is it truncated?`,
    );
  }
  return Number(length);
}

/**
 * Reads a header.
 * @param dataLength The number of bytes behind it.
 * @throws FormatError for anything but a well-formed header whose tensors fill these bytes, without a gap or an overlap.
 */
export function parseHeader(bytes: Uint8Array, dataLength: number): Header {
  const { [METADATA_KEY]: metadata = {}, ...tensors } = parseJson(decode(bytes));
  const entries = Object.entries(tensors).map(([name, value]) => parseEntry(name, value, dataLength));
  checkCoverage(entries, dataLength);
  return { entries, metadata: checkedMetadata(metadata) };
}

function decode(bytes: Uint8Array): string {
  if (bytes[0] !== '{'.charCodeAt(0)) {
    throw refused(
      `the header begins with ${formatValue(bytes[0])} and not with a brace (123). Is it a safetensors file?`,
    );
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new FormatError(OP, 'the header is not UTF-8', { cause });
  }
}

/** The header, a tensor's field in it, and its shape. */
const MAX_DEPTH = 3;

function parseJson(text: string): Record<string, unknown> {
  const problem = jsonProblem(text, MAX_DEPTH);
  if (problem !== undefined) throw refused(`the header is malformed: ${problem}`);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FormatError(OP, `the header is not JSON: ${(cause as Error).message}`, { cause });
  }
}

const FIELDS = ['dtype', 'shape', 'data_offsets'] as const;

function parseEntry(name: string, value: unknown, dataLength: number): Entry {
  const where = `tensor ${quoteName(name)}`;
  const fields = isRecord(value) ? value : {};
  if (Object.keys(fields).sort().join() !== [...FIELDS].sort().join()) {
    const found = isRecord(value) ? `the fields ${Object.keys(value).join(', ')}` : formatValue(value);
    throw refused(`${where} has ${FIELDS.join(', ')}, got ${found}`);
  }
  const stored = checkedDType(where, fields.dtype);
  const shape = checkedShape(where, fields.shape);
  const [begin, end] = checkedOffsets(where, fields.data_offsets, dataLength);
  const needed = storedBytes(stored, shape);
  if (end - begin !== needed) {
    throw refused(
      `${where} of ${stored.name} and shape ${formatShape(shape)} takes ${needed} bytes, ` +
        `but its data_offsets ${formatShape([begin, end])} hold ${end - begin}`,
    );
  }
  return { name, stored, shape, begin, end };
}

function checkedDType(where: string, name: unknown): StoredDType {
  const stored = STORED_DTYPES.find((candidate) => candidate.name === name);
  if (stored) return stored;
  const known = STORED_DTYPES.map((candidate) => candidate.name).join(', ');
  throw refused(`${where} has the dtype ${formatValue(name)}, which cannot be read; known: ${known}`);
}

function checkedShape(where: string, shape: unknown): Shape {
  try {
    checkShape(where, shape as Shape);
    return shape as Shape;
  } catch (cause) {
    throw new FormatError(OP, (cause as Error).message, { cause });
  }
}

function checkedOffsets(where: string, offsets: unknown, dataLength: number): readonly [number, number] {
  const isPair = Array.isArray(offsets) && offsets.length === 2 && offsets.every(Number.isSafeInteger);
  if (!isPair || offsets[0] < 0 || offsets[0] > offsets[1]) {
    throw refused(`${where} has data_offsets from 0 up, [begin, end], got ${formatValue(offsets)}`);
  }
  const [begin, end] = offsets;
  if (end > dataLength) {
    throw refused(
      `${where} ends at byte ${end} of the values, but there are only ${dataLength}. Is the file truncated?`,
    );
  }
  return [begin, end];
}

/** The header may name the tensors in any order, but together they fill the values exactly. */
function checkCoverage(entries: readonly Entry[], dataLength: number): void {
  const ordered = entries.toSorted((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const { name, begin, end } of ordered) {
    const where = `tensor ${quoteName(name)} begins at byte ${begin} of the values`;
    if (begin > covered) throw refused(`${where}, but the one before it ends at ${covered}: a gap`);
    if (begin < covered) throw refused(`${where}, but the one before it ends at ${covered}: an overlap`);
    covered = end;
  }
  if (covered < dataLength)
    throw refused(`there are ${dataLength} bytes of values, but the tensors end at ${covered}`);
}

function checkedMetadata(metadata: unknown): Metadata {
  const wrong = isRecord(metadata) && Object.entries(metadata).find(([, value]) => typeof value !== 'string');
  if (!isRecord(metadata)) throw refused(`${METADATA_KEY} holds texts by name, got ${formatValue(metadata)}`);
  if (wrong)
    throw refused(`${METADATA_KEY} holds texts, got ${formatValue(wrong[1])} for ${quoteName(wrong[0])}`);
  return metadata as Metadata;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
