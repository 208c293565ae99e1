/** The disk, as Node reaches it. */
import { open, readFile, rename, rm } from 'node:fs/promises';

/** The bytes of a file. */
export async function readWhole(path: string): Promise<Uint8Array> {
  return readFile(path);
}

/** Writes a file that appears under its name when it is complete; if anything goes wrong, what was there before stays. */
export async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${crypto.randomUUID()}.tmp`;
  try {
    await writeThrough(temporary, bytes);
    await rename(temporary, path);
  } catch (error) {
    // Whether that succeeds or not, what went wrong first is what counts.
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** Writes a new file, and returns when it is on the disk and no longer only on its way there. */
async function writeThrough(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}
