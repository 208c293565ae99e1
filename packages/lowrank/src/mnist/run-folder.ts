/** Writing what a run leaves behind: all of it, or nothing. */
import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { FormatError } from '@lowrank/tensor';

/**
 * Writes files into a new folder, which appears under its name only when it is complete.
 * @param folder Must not exist yet.
 * @throws FormatError if it cannot be written; nothing is left behind then.
 */
export async function writeFolder(
  folder: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<void> {
  const parent = dirname(resolve(folder));
  await explained('writeFolder', folder, async () => {
    const draft = join(parent, `.partial-${randomUUID()}`);
    await mkdir(draft, { recursive: true });
    try {
      for (const [name, content] of Object.entries(files)) await writeFile(join(draft, name), content);
      await rename(draft, folder);
    } catch (error) {
      await rm(draft, { recursive: true, force: true });
      throw error;
    }
  });
}

/**
 * Writes one file under a temporary name and renames it.
 * @throws FormatError if it cannot be written; nothing is left behind then.
 */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const draft = `${path}.partial-${randomUUID()}`;
  await explained('writeWhole', path, async () => {
    await mkdir(dirname(resolve(path)), { recursive: true });
    try {
      await writeFile(draft, content);
      await rename(draft, path);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  });
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
