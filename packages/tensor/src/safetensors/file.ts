/** Safetensors files on disk. */
import { readWhole, writeWhole } from '#disk';
import { ArgumentError, FormatError, formatValue } from '../errors.js';
import type { Tensor } from '../tensor.js';
import type { Metadata } from './layout.js';
import { parseSafetensors, type SafetensorsContent } from './read.js';
import { serializeSafetensors } from './write.js';

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
): Promise<void> {
  checkPath('saveSafetensors', path);
  const bytes = serializeSafetensors(tensors, metadata);
  try {
    await writeWhole(path, bytes);
  } catch (cause) {
    throw new FormatError('saveSafetensors', `cannot write ${path}: ${(cause as Error).message}`, { cause });
  }
}

/**
 * Reads all tensors of a safetensors file.
 * @throws FormatError if the file cannot be read, or for anything that `parseSafetensors` refuses.
 */
export async function loadSafetensors(path: string): Promise<SafetensorsContent> {
  checkPath('loadSafetensors', path);
  try {
    return parseSafetensors(await readWhole(path));
  } catch (cause) {
    throw new FormatError('loadSafetensors', `cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
}

function checkPath(op: string, path: unknown): void {
  if (typeof path === 'string' && path !== '') return;
  throw new ArgumentError(op, `takes the path of a file, got ${formatValue(path)}`);
}
