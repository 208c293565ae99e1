/** A run of the program in the editor: starts it, collects what it prints and shows, and ends it. */
import { batch, signal } from '@preact/signals';
import { Cancelled, startWorker, TimedOut } from '../shell/worker-task.js';
import type { GraphPage, Line, ProgramWorker, ThrownError } from './program-worker.js';

/** How long a program may run, in milliseconds. */
const TIME_LIMIT = 10_000;

export type Outcome =
  | { readonly kind: 'none' | 'running' | 'finished' }
  | { readonly kind: 'stopped'; readonly reason: string }
  | { readonly kind: 'failed'; readonly error: ThrownError };

export const outcome = signal<Outcome>({ kind: 'none' });
export const lines = signal<readonly Line[]>([]);
export const pages = signal<readonly GraphPage[]>([]);

const worker = startWorker<ProgramWorker>(
  () => new Worker(new URL('./program-worker.ts', import.meta.url), { type: 'module' }),
);

/** Runs a program in a worker of its own, in which nothing is left of the runs before. */
export async function run(source: string): Promise<void> {
  worker.end();
  batch(() => {
    outcome.value = { kind: 'running' };
    lines.value = [];
    pages.value = [];
  });
  const task = worker.run(
    'run',
    { source },
    {
      timeLimit: TIME_LIMIT,
      onProgress: (line) => {
        lines.value = [...lines.value, line];
      },
    },
  );
  try {
    const result = await task.result;
    batch(() => {
      pages.value = result.pages;
      outcome.value = result.error === null ? { kind: 'finished' } : { kind: 'failed', error: result.error };
    });
  } catch (error) {
    if (error instanceof Cancelled) return;
    outcome.value = outcomeOf(error as Error);
  }
  worker.end();
}

/** Ends the program at once, whatever it does. */
export function stop(): void {
  worker.end();
  outcome.value = { kind: 'stopped', reason: 'Stopped.' };
}

/** The outcome of a run whose worker did not give a result. */
function outcomeOf(error: Error): Outcome {
  if (error instanceof TimedOut) {
    const reason = `Stopped after ${TIME_LIMIT / 1000} seconds, which is as long as a program may run.`;
    return { kind: 'stopped', reason };
  }
  return { kind: 'failed', error: { name: error.name, message: error.message, line: null } };
}
