/** Jobs that take their time: how far each is, how it ends, and what it came to. */
import { type Signal, signal } from '@preact/signals';
import { Cancelled, type Task } from '../shell/worker-task.js';

/** How far a job is. */
export interface JobState {
  readonly label: string;
  /** From 0 to 1; `null` where nobody knows. */
  readonly done: number | null;
  readonly detail: string;
  readonly cancel: () => void;
}

/** What the page shows of one kind of job. */
export interface Job {
  /** `null` while none is running. */
  readonly state: Signal<JobState | null>;
  /** What went wrong with the last one, if anything. */
  readonly trouble: Signal<{ readonly title: string; readonly error: unknown } | null>;
  /** What the last one came to, in words. */
  readonly outcome: Signal<string>;
}

export const newJob = (): Job => ({ state: signal(null), trouble: signal(null), outcome: signal('') });

/** How far a task is, as it tells it. */
export type Show = (news: Pick<JobState, 'done' | 'detail'>) => void;

/**
 * Does a job, and tells what it came to; one that is cancelled has changed nothing.
 * @param title What to say if it fails.
 * @param steps Gives the outcome in words.
 */
export async function doJob(job: Job, title: string, steps: () => Promise<string>): Promise<void> {
  job.trouble.value = null;
  job.outcome.value = '';
  try {
    job.outcome.value = await steps();
  } catch (error) {
    if (error instanceof Cancelled) job.outcome.value = 'Cancelled: nothing has changed.';
    else job.trouble.value = { title, error };
  } finally {
    job.state.value = null;
  }
}

/** Shows how far a task of a job is. */
export function follow<T>(job: Job, label: string, start: (show: Show) => Task<T>): Promise<T> {
  const show: Show = (news) => {
    job.state.value = { label, cancel: () => task.cancel(), ...news };
  };
  const task = start(show);
  show({ done: null, detail: '' });
  return task.result;
}
