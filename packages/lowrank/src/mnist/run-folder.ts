/** Writing what a run leaves behind: all of it, or nothing. */
import { randomUUID } from 'node:crypto';
import { access, constants, mkdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { FormatError } from '@lowrank/tensor';

/** The contents of files, by name. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

/** What some work has to write, and what else came of it. */
export interface Work<T> {
  readonly files: Files;
  readonly result: T;
}

/**
 * Does some work, and writes its files into a new folder, which appears under its name only when it is complete. Whether
 * it can be written is tried before the work begins.
 * @param folder Must not exist yet.
 * @returns The work's result.
 * @throws FormatError if it cannot be written, or what `work` throws; nothing is left behind then.
 */
export async function writeFolder<T>(folder: string, work: () => Promise<Work<T>>): Promise<T> {
  const parent = dirname(resolve(folder));
  const draft = join(parent, `.partial-${randomUUID()}`);
  const isParentNew = !(await isWritable(parent));
  await explained('writeFolder', folder, () => makeFolder(draft));
  // It was only tried, so that a process that is killed while it works leaves no draft behind.
  await rmdir(draft);
  try {
    const { files, result } = await work();
    await explained('writeFolder', folder, async () => {
      await makeFolder(draft);
      for (const [name, content] of Object.entries(files)) await writeFile(join(draft, name), content);
      await rename(draft, folder);
    });
    return result;
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // Only if it is empty; anything else that it holds is not ours.
    if (isParentNew) await rmdir(parent).catch(() => undefined);
    throw error;
  }
}

/**
 * Writes one file under a temporary name and renames it.
 * @throws FormatError if it cannot be written; nothing is left behind then.
 */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const draft = `${path}.partial-${randomUUID()}`;
  await explained('writeWhole', path, async () => {
    try {
      await writeFile(draft, content);
      await rename(draft, path);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  });
}

/**
 * Makes sure that a file can be written later, by making the folder for it.
 * @throws FormatError if there can be none.
 */
export async function prepareFile(path: string): Promise<void> {
  const folder = dirname(resolve(path));
  await explained('prepareFile', path, async () => {
    await makeFolder(folder);
    // With a dot, so that a file of that name is refused.
    await access(`${folder}/.`, constants.W_OK);
  });
}

function isWritable(path: string): Promise<boolean> {
  return access(path, constants.W_OK).then(
    () => true,
    () => false,
  );
}

/** As `mkdir` with `recursive`, which does not come back on Node 20 where a parent cannot be made, as below /proc. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await mkdir(path);
  }
}

async function explained(op: string, path: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    const reason = (error as { message?: unknown }).message ?? error;
    throw new FormatError(
      op,
      `cannot write ${path}: ${String(reason)}. Name another place with --out or --json`,
      {
        cause: error,
      },
    );
  }
}
