/** The disk, as Node reaches it. */
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ByteSource } from '../source.js';

/** Opens a file for reading piece by piece. */
export async function openFile(path: string): Promise<ByteSource> {
  // Asked first: opening a pipe would wait for a writer.
  if (!(await stat(path)).isFile()) throw new Error('it is no file');
  const file = await open(path);
  try {
    const { size } = await file.stat();
    return { size, read: (begin, end) => readPart(file, begin, end), close: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** The most bytes that one call reads; the system's limit is 2 GiB. */
const MOST_AT_ONCE = 2 ** 30;

async function readPart(file: FileHandle, begin: number, end: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(end - begin);
  for (let done = 0; done < bytes.length; ) {
    const length = Math.min(bytes.length - done, MOST_AT_ONCE);
    const { bytesRead } = await file.read(bytes, done, length, begin + done);
    if (bytesRead === 0) throw new Error(`it has become shorter than ${end} bytes since it was opened`);
    done += bytesRead;
  }
  return bytes;
}

/** Writes a file that appears under its name when it is complete; if anything goes wrong, what was there before stays. */
export async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = temporaryName(path);
  try {
    await writeThrough(temporary, bytes);
    await rename(temporary, path);
  } catch (error) {
    // Whether that succeeds or not, what went wrong first is what counts.
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** What puts things back as they were, in the order in which it was done. */
type Undo = (() => Promise<void>)[];

/** A file on its way to its place. */
interface Staged {
  readonly path: string;
  readonly temporary: string;
  /** Where a file that was there before is kept meanwhile. */
  readonly previous: string;
}

/**
 * Writes files that belong together into a folder, which is made if need be. Nobody ever finds files of two versions side by
 * side, not even after a crash: the last file, without which the others are not looked at, is set aside first and put in
 * place last. If anything goes wrong, what was there before is put back.
 */
export async function writeTogether(
  folder: string,
  files: readonly (readonly [name: string, bytes: Uint8Array])[],
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const undo: Undo = [];
  try {
    const staged: Staged[] = [];
    for (const [name, bytes] of files) staged.push(await stage(join(folder, name), bytes, undo));
    for (const file of staged.toReversed()) await setAside(file, undo);
    for (const file of staged) await putInPlace(file, undo);
    // What cannot be removed of the old files does no harm to the new ones.
    for (const { previous } of staged) await rm(previous, { force: true }).catch(() => undefined);
  } catch (error) {
    for (const step of undo.reverse()) await step().catch(() => undefined);
    throw error;
  }
}

async function stage(path: string, bytes: Uint8Array, undo: Undo): Promise<Staged> {
  const temporary = temporaryName(path);
  undo.push(() => rm(temporary, { force: true }));
  await writeThrough(temporary, bytes);
  return { path, temporary, previous: temporaryName(path) };
}

async function setAside({ path, previous }: Staged, undo: Undo): Promise<void> {
  if (!(await isThere(path))) return;
  await rename(path, previous);
  undo.push(() => rename(previous, path));
}

async function putInPlace({ path, temporary }: Staged, undo: Undo): Promise<void> {
  await rename(temporary, path);
  undo.push(() => rm(path));
}

/** Whether there is a file of this name. @throws Error for a folder, which is not to be moved out of the way. */
async function isThere(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (found && !found.isFile()) throw new Error(`${path} is there and is no file`);
  return found !== undefined;
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

function temporaryName(path: string): string {
  return `${path}.${crypto.randomUUID()}.tmp`;
}
