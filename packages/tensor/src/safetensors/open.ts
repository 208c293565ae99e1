/** A safetensors file that is open: single tensors are read when they are asked for. */
import { openFile } from '#disk';
import type { DType } from '../dtype.js';
import { ArgumentError, FormatError, formatValue } from '../errors.js';
import type { Shape } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { headerLength, parseHeader } from './header.js';
import { type Entry, type Metadata, PREFIX_BYTES, quoteName, type StoredDTypeName } from './layout.js';
import { tensorOf } from './read.js';
import { type ByteSource, blobSource } from './source.js';

/** What the header of a file says of a tensor. */
export interface SafetensorsEntry {
  readonly shape: Shape;
  /** The dtype that it is read as. */
  readonly dtype: DType;
  /** The element type in the file. */
  readonly storedAs: StoredDTypeName;
}

/** An open file. Make one with `openSafetensors`, and close it. */
export class SafetensorsFile {
  /** The tensors, by name, in the order of the header. */
  readonly entries: ReadonlyMap<string, SafetensorsEntry>;
  /** Texts about the file; empty if it has none. */
  readonly metadata: Metadata;
  readonly #places: ReadonlyMap<string, Entry>;
  readonly #source: ByteSource;
  /** Where the values begin in the file. */
  readonly #start: number;
  readonly #label: string;
  #open = true;

  /** @internal */
  constructor(
    label: string,
    source: ByteSource,
    start: number,
    entries: readonly Entry[],
    metadata: Metadata,
  ) {
    this.#label = label;
    this.#source = source;
    this.#start = start;
    this.#places = new Map(entries.map((entry) => [entry.name, entry]));
    this.entries = new Map(
      entries.map(({ name, shape, stored }) => [name, { shape, dtype: stored.dtype, storedAs: stored.name }]),
    );
    this.metadata = metadata;
  }

  /**
   * Reads one tensor, and nothing but its bytes.
   * @throws ArgumentError if there is no such tensor or the file is closed; FormatError if its values cannot be read.
   */
  async tensor(name: string): Promise<Tensor> {
    if (!this.#open) throw new ArgumentError(TENSOR, `${this.#label} is closed. Open it again`);
    const entry = this.#places.get(name);
    if (!entry) throw new ArgumentError(TENSOR, `${this.#label} has no ${formatValue(name)}${this.#known()}`);
    return reading(TENSOR, this.#label, async () =>
      tensorOf(entry, await this.#source.read(this.#start + entry.begin, this.#start + entry.end)),
    );
  }

  /** Closes the file. Reads that have begun are completed; to close it again does nothing. */
  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#source.close();
  }

  #known(): string {
    const names = [...this.#places.keys()];
    if (names.length === 0) return '; it holds no tensors';
    return `; it has ${names.slice(0, SHOWN).map(quoteName).join(', ')}${names.length > SHOWN ? ', ...' : ''}`;
  }
}

const TENSOR = 'SafetensorsFile.tensor';

/** How many names a message lists. */
const SHOWN = 8;

/**
 * Opens a safetensors file and reads its header, which tells the names, shapes and dtypes. Tensors are read one by one, so
 * that a file may be larger than memory.
 *
 * @param source The path of a file, or, in pages too, a Blob or File.
 * @throws FormatError if the file cannot be read, or for anything that `parseSafetensors` refuses in a header;
 * ArgumentError for what is neither a path nor a Blob.
 * @example
 * const file = await openSafetensors('model.safetensors');
 * try {
 *   console.log(file.entries.get('embed.weight')?.shape);
 *   const weight = await file.tensor('embed.weight');
 * } finally {
 *   await file.close();
 * }
 */
export async function openSafetensors(source: string | Blob): Promise<SafetensorsFile> {
  return openAs('openSafetensors', source);
}

/** @param op In whose name it is opened, and errors are thrown. */
export async function openAs(op: string, source: string | Blob): Promise<SafetensorsFile> {
  const label = labelOf(op, source);
  return reading(op, label, async () => {
    const bytes = typeof source === 'string' ? await openFile(source) : blobSource(source);
    try {
      return await readHeader(label, bytes);
    } catch (error) {
      await bytes.close();
      throw error;
    }
  });
}

async function readHeader(label: string, source: ByteSource): Promise<SafetensorsFile> {
  const { size } = source;
  const length = headerLength(await source.read(0, Math.min(PREFIX_BYTES, size)), size);
  const start = PREFIX_BYTES + length;
  const { entries, metadata } = parseHeader(await source.read(PREFIX_BYTES, start), size - start);
  return new SafetensorsFile(label, source, start, entries, metadata);
}

/** The file as messages name it. */
function labelOf(op: string, source: unknown): string {
  if (typeof source === 'string' && source !== '') return source;
  if (isBlob(source)) return 'name' in source && source.name ? String(source.name) : 'the Blob';
  throw new ArgumentError(op, `takes the path of a file or a Blob, got ${formatValue(source)}`);
}

/** By its tag: a Blob of another realm, such as an iframe, is one too. */
function isBlob(value: unknown): value is Blob {
  return /^\[object (Blob|File)\]$/.test(Object.prototype.toString.call(value));
}

async function reading<T>(op: string, label: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    throw new FormatError(op, `cannot read ${label}: ${(cause as Error).message}`, { cause });
  }
}
