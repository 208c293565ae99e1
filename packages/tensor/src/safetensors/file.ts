/** Safetensors files on disk. Only Node has them, so the modules that reach them are loaded when they are needed. */
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
  const { rename, rm } = await import('node:fs/promises');
  const temporary = `${path}.${crypto.randomUUID()}.tmp`;
  try {
    await writeThrough(temporary, bytes);
    await rename(temporary, path);
  } catch (cause) {
    // Whether that succeeds or not, what went wrong first is what counts.
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new FormatError('saveSafetensors', `cannot write ${path}: ${(cause as Error).message}`, { cause });
  }
}

/** Writes a new file, and returns when it is on the disk and no longer only on its way there. */
async function writeThrough(path: string, bytes: Uint8Array): Promise<void> {
  const { open } = await import('node:fs/promises');
  const file = await open(path, 'wx');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * Reads all tensors of a safetensors file.
 * @throws FormatError if the file cannot be read, or for anything that `parseSafetensors` refuses.
 */
export async function loadSafetensors(path: string): Promise<SafetensorsContent> {
  checkPath('loadSafetensors', path);
  const { readFile } = await import('node:fs/promises');
  try {
    return parseSafetensors(await readFile(path));
  } catch (cause) {
    throw new FormatError('loadSafetensors', `cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
}

function checkPath(op: string, path: unknown): void {
  if (typeof path === 'string' && path !== '') return;
  throw new ArgumentError(op, `takes the path of a file, got ${formatValue(path)}`);
}
