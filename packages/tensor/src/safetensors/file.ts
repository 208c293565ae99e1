/** Whole safetensors files on disk. */
import { writeWhole } from '#disk';
import { ArgumentError, FormatError, formatValue } from '../errors.js';
import { Tensor } from '../tensor.js';
import type { Metadata } from './layout.js';
import { openAs } from './open.js';
import type { SafetensorsContent } from './read.js';
import { type StoreOptions, serializeSafetensors } from './write.js';

/**
 * Writes tensors to a safetensors file. It appears under its name when it is complete; until then, and if anything goes
 * wrong, a file that was there before stays as it is.
 *
 * @throws ArgumentError as `serializeSafetensors`; FormatError if the file cannot be written.
 * @example await saveSafetensors('model.safetensors', model.stateDict());
 */
export async function saveSafetensors(
  path: string,
  tensors: Readonly<Record<string, Tensor>>,
  metadata: Metadata = {},
  options: StoreOptions = {},
): Promise<void> {
  checkPath('saveSafetensors', path);
  const bytes = serializeSafetensors(await onCpu(tensors), metadata, options);
  try {
    await writeWhole(path, bytes);
  } catch (cause) {
    throw new FormatError('saveSafetensors', `cannot write ${path}: ${(cause as Error).message}`, { cause });
  }
}

/**
 * Reads all tensors of a safetensors file; `openSafetensors` reads single ones. Dtypes are converted as by
 * `parseSafetensors`.
 * @throws FormatError if the file cannot be read, or for anything that `parseSafetensors` refuses.
 */
export async function loadSafetensors(path: string): Promise<SafetensorsContent> {
  checkPath('loadSafetensors', path);
  const file = await openAs('loadSafetensors', path);
  try {
    const named: [string, Tensor][] = [];
    for (const name of file.entries.keys()) named.push([name, await file.tensor(name)]);
    return { tensors: Object.fromEntries(named), metadata: file.metadata };
  } finally {
    await file.close();
  }
}

/** Reads what is on the GPU. What is no tensor is refused later. */
async function onCpu(tensors: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>> {
  const read = (value: unknown) => (value instanceof Tensor ? value.cpu() : value);
  const entries = Object.entries(tensors ?? {}).map(async ([name, value]) => [name, await read(value)]);
  return typeof tensors === 'object' && tensors !== null
    ? Object.fromEntries(await Promise.all(entries))
    : tensors;
}

function checkPath(op: string, path: unknown): void {
  if (typeof path === 'string' && path !== '') return;
  throw new ArgumentError(op, `takes the path of a file, got ${formatValue(path)}`);
}
