/** The results of a run as a file, and those of the benches against peers. */
import { access, constants, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Environment } from './environment.js';
import type { Budget, SuiteResult } from './suite.js';

/** What `npm run bench -- --json` writes. */
export interface Results {
  readonly environment: Environment;
  readonly budget: Budget;
  readonly suites: readonly SuiteResult[];
}

/** One engine in one mode. Without a time where it could not take part. */
export interface PeersRow {
  readonly engine: string;
  readonly threads: number;
  readonly wide: boolean;
  /** Why there is no time. */
  readonly absent?: string;
  /** Its version, in its own words. */
  readonly about?: string;
  readonly milliseconds?: number;
  readonly gflops?: number;
  /** The time relative to that of lowrank with as many threads, without and with the wide pass. */
  readonly ratio?: number;
  readonly wideRatio?: number;
}

export interface PeersCase {
  readonly name: string;
  readonly about: string;
  readonly rows: readonly PeersRow[];
}

/** What `npm run bench:peers -- --json` writes. */
export interface PeersResults {
  readonly environment: Pick<Environment, 'node' | 'v8' | 'platform' | 'cpu' | 'cores'>;
  readonly cases: readonly PeersCase[];
}

/** @throws Error if it is not what `--json` wrote. */
export async function readResults(path: string): Promise<Results> {
  return (await readJson(path, 'suites', 'npm run bench')) as Results;
}

/** @throws Error if it is not what `--json` wrote. */
export async function readPeers(path: string): Promise<PeersResults> {
  return (await readJson(path, 'cases', 'npm run bench:peers')) as PeersResults;
}

async function readJson(path: string, list: string, command: string): Promise<unknown> {
  const content = JSON.parse(await readFile(path, 'utf8')) as Readonly<Record<string, unknown>> | null;
  if (Array.isArray(content?.[list]) && typeof content.environment === 'object') return content;
  throw new Error(`it was not written by "${command} -- --json FILE"`);
}

/** @throws Error if there can be no file. */
export async function expectWritable(path: string): Promise<void> {
  await access(dirname(resolve(path)), constants.W_OK);
}

/** Under a temporary name first, so that nobody reads half a file. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const draft = `${path}.partial-${process.pid}`;
  try {
    await writeFile(draft, text);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
