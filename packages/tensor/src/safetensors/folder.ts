/** Safetensors files that stand in a folder with others, such as the configuration of an adapter. */
import { openFile, writeTogether } from '#disk';
import { FormatError } from '../errors.js';

/**
 * @internal The bytes of a small file.
 * @param most How many bytes it may have: what is larger is not read at all.
 * @throws FormatError if it cannot be read, or is larger.
 */
export async function readSmallFile(op: string, path: string, most: number): Promise<Uint8Array> {
  try {
    const file = await openFile(path);
    try {
      if (file.size > most) throw new Error(`it has ${file.size} bytes; the most is ${most}`);
      return await file.read(0, file.size);
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw new FormatError(op, `cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
}

/**
 * @internal Writes files that belong together into a folder: all of them, or, if anything goes wrong, none. Readers look for
 * the last one first, and so never take files of two versions for one.
 * @throws FormatError if they cannot be written.
 */
export async function writeFiles(
  op: string,
  folder: string,
  files: readonly (readonly [name: string, bytes: Uint8Array])[],
): Promise<void> {
  try {
    await writeTogether(folder, files);
  } catch (cause) {
    throw new FormatError(op, `cannot write to ${folder}: ${(cause as Error).message}`, { cause });
  }
}
