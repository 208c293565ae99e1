/** What data sets and progress bars need of Node. */
import { readFile as read, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { SingleBar } from 'cli-progress';
import type { BarOptions } from './host.js';

export { join };

/** The names of what a folder holds. */
export const listFolder = (path: string): Promise<string[]> => readdir(path);

export const readFile = (path: string): Promise<Uint8Array> => read(path);

/** @param limit How many bytes it may grow to at most. */
export async function gunzip(bytes: Uint8Array, limit: number): Promise<Uint8Array> {
  const zlib = await import('node:zlib');
  return promisify(zlib.gunzip)(bytes, { maxOutputLength: limit });
}

/** The folder in which npm has put a package. */
export const folderOfPackage = (name: string): string =>
  dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));

/** Loaded by its first use: who draws no bar does not need it. */
export async function newBar({ format, stream, interval }: BarOptions): Promise<SingleBar> {
  const { default: cliProgress } = await import('cli-progress');
  return new cliProgress.SingleBar(
    {
      format,
      stream: stream as NodeJS.WritableStream | undefined,
      hideCursor: true,
      noTTYOutput: true,
      notTTYSchedule: interval,
      barsize: 24,
    },
    cliProgress.Presets.shades_classic,
  );
}
