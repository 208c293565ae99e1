/** Cases whose contestants are processes of their own: for what is only seen from outside, or only once per process. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { cpuInfo } from 'lowrank';
import type { Budget, Case, Values } from './suite.js';
import { type TurnOptions, takeTurns } from './turns.js';

export interface Program {
  /** A file of src/programs, without its ending. */
  readonly file: string;
  /** What it is handed, as JSON. */
  readonly options?: object;
  readonly env?: Readonly<Record<string, string>>;
  /** Whether `milliseconds` is how long its process lives. Default: it says itself what it took. */
  readonly timedOutside?: boolean;
}

/** Programs by contestant. */
export type Programs = Readonly<Record<string, Program>>;

export interface ProcessCase extends TurnOptions {
  readonly name: string;
  /** Made once it is known how much time there is. */
  readonly programs: (budget: Budget) => Programs;
}

/** Makes a case of programs. */
export function inProcesses({ name, programs, ...options }: ProcessCase): Case {
  return {
    name,
    measure: (budget) => {
      const turns = Object.entries(programs(budget)).map(
        ([contestant, program]) => [contestant, () => run(program)] as const,
      );
      return takeTurns(Object.fromEntries(turns), budget, options);
    },
  };
}

/** Compiled ones, also for tests: a process of its own has nothing that strips types. */
const FOLDER = new URL('../dist/programs/', import.meta.url);

/**
 * Runs a program in the mode of this process. It writes what it found out to its output, as JSON.
 * @throws Error if it fails.
 */
export async function run({ file, options = {}, env = {}, timedOutside = false }: Program): Promise<Values> {
  const path = fileURLToPath(new URL(`${file}.js`, FOLDER));
  const startedAt = performance.now();
  const child = spawn(process.execPath, [path, JSON.stringify(options)], {
    env: { ...process.env, ...modeAsEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output, complaints, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  const milliseconds = performance.now() - startedAt;
  if (code !== 0)
    throw new Error(`the program ${file} ended with ${signal ?? `exit code ${code}`}:\n${complaints}`);
  return { ...(timedOutside && { milliseconds }), ...(output === '' ? {} : JSON.parse(output)) };
}

function modeAsEnvironment(): Record<string, string> {
  const { wide, threads } = cpuInfo();
  return { LOWRANK_WIDE_SIMD: wide ? '1' : '0', LOWRANK_NUM_THREADS: String(threads) };
}
