/** The IDX format, in which MNIST is published: a checked parser for arrays of unsigned bytes. */

import { ArgumentError, checkOptions, FormatError } from '@lowrank/tensor';

/** An array of unsigned bytes as an IDX file holds it. */
export interface IdxArray {
  /** The dimensions, such as `[60000, 28, 28]`. */
  readonly shape: number[];
  /** The elements in row-major order: a view of the bytes that were parsed, not a copy. */
  readonly data: Uint8Array;
}

export interface ParseIdxOptions {
  /** What error messages call the bytes: usually the file's name. */
  name: string;
  /** The dimensions that the file must have; `null` stands for any length. Default: any dimensions. */
  expect?: readonly (number | null)[];
}

const UNSIGNED_BYTE = 0x08;

const TYPE_NAMES: ReadonlyMap<number, string> = new Map([
  [UNSIGNED_BYTE, 'unsigned byte'],
  [0x09, 'signed byte'],
  [0x0b, '16-bit integer'],
  [0x0c, '32-bit integer'],
  [0x0d, '32-bit float'],
  [0x0e, '64-bit float'],
]);

/**
 * Parses an IDX file of unsigned bytes: a big-endian magic number `0x000008DD` (DD is the number of dimensions),
 * one big-endian 32-bit length for each dimension, then exactly as many bytes as the dimensions call for.
 *
 * @throws FormatError if the bytes are compressed, truncated, of another type, followed by more bytes than the
 * dimensions call for, or not of the dimensions in `expect`.
 * @see The format: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits".
 * @example
 * const { shape, data } = parseIdx(await readFile('t10k-labels-idx1-ubyte'), {
 *   name: 't10k-labels-idx1-ubyte',
 *   expect: [10_000],
 * });
 */
export function parseIdx(bytes: Uint8Array, options: ParseIdxOptions): IdxArray {
  checkOptions('parseIdx', options);
  const { name, expect } = options;
  if (Object.prototype.toString.call(bytes) !== '[object Uint8Array]') {
    throw new ArgumentError('parseIdx', `${name}: expected a Uint8Array, got ${describe(bytes)}`);
  }
  const fail = (problem: string): never => {
    throw new FormatError('parseIdx', `${name}: ${problem}`);
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    fail('the file is compressed with gzip. Decompress it first (gunzip), or let readMnistFiles do it');
  }
  const header = `a magic number of 4 bytes${expect ? ` and ${expect.length} lengths of 4 bytes` : ''}`;
  if (bytes.length < 4) {
    fail(
      `truncated: found ${count(bytes.length, 'byte')}, expected at least ${header}. Fetch the file again`,
    );
  }

  const magic = view.getUint32(0);
  const type = view.getUint8(2);
  const rank = view.getUint8(3);
  const wanted = `expected ${magicOf(expect?.length)}`;
  if (view.getUint16(0) !== 0) {
    fail(`wrong magic number ${hex(magic)}, ${wanted}. This is not an IDX file`);
  }
  if (type !== UNSIGNED_BYTE) {
    const found = TYPE_NAMES.get(type) ?? 'unknown';
    fail(`wrong magic number ${hex(magic)}, ${wanted}: its elements are of type ${hex(type, 2)} (${found})`);
  }
  if (rank === 0 || (expect && rank !== expect.length)) {
    fail(
      `wrong magic number ${hex(magic)}, ${wanted}: it has ${count(rank, 'dimension')}. Is it the right file?`,
    );
  }

  const start = 4 + 4 * rank;
  if (bytes.length < start) {
    const need = `${start} bytes for a header of ${count(rank, 'dimension')}`;
    fail(`truncated: found ${count(bytes.length, 'byte')}, expected ${need}. Fetch the file again`);
  }
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  if (expect?.some((length, axis) => length !== null && length !== shape[axis])) {
    const pattern = expect.map((length) => length ?? '*').join(', ');
    fail(`wrong dimensions [${shape.join(', ')}], expected [${pattern}]. Is it the right file?`);
  }

  const found = BigInt(bytes.length - start);
  const needed = shape.reduce((product, length) => product * BigInt(length), 1n);
  if (found !== needed) {
    const problem = found < needed ? 'truncated' : `${found - needed} trailing bytes`;
    fail(
      `${problem}: found ${found} bytes after the header, expected ${needed} for dimensions [${shape.join(', ')}]. ` +
        'Fetch the file again',
    );
  }
  return { shape, data: new Uint8Array(bytes.buffer, bytes.byteOffset + start, bytes.length - start) };
}

function magicOf(rank: number | undefined): string {
  const dimensions = rank === undefined ? 'one byte for the number of dimensions' : count(rank, 'dimension');
  const digits = rank === undefined ? '0x000008DD' : hex((UNSIGNED_BYTE << 8) | rank);
  return `${digits} (two zero bytes, type 0x08 for unsigned bytes, ${dimensions})`;
}

function hex(value: number, digits = 8): string {
  return `0x${value.toString(16).padStart(digits, '0')}`;
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

function describe(value: unknown): string {
  return value === null || value === undefined
    ? String(value)
    : Object.prototype.toString.call(value).slice(8, -1);
}
