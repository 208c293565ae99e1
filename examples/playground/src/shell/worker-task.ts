/** The page's side of work in workers: typed tasks with progress, a time limit, and an end on demand. */
import {
  Cancelled,
  type Handlers,
  type ProgressOf,
  type RemoteError,
  type RequestOf,
  type ResponseOf,
  type ToPage,
  type ToWorker,
} from './worker-protocol.js';

export { Cancelled };

export interface RunOptions<Progress> {
  readonly onProgress?: (report: Progress) => void;
  /** Buffers that move to the worker instead of being copied. */
  readonly transfer?: Transferable[];
  /** In milliseconds; then the worker is ended and the result is `TimedOut`. Default: none. */
  readonly timeLimit?: number;
}

export interface Task<Response> {
  /** Rejects with `Cancelled`, `TimedOut`, or a `WorkerError` that tells what the worker threw. */
  readonly result: Promise<Response>;
  /** Asks the worker to stop; one that does not within the grace is ended, and what it held is lost. */
  readonly cancel: () => void;
}

export interface TaskWorker<H extends Handlers> {
  run<Name extends keyof H & string>(
    name: Name,
    request: RequestOf<H[Name]>,
    options?: RunOptions<ProgressOf<H[Name]>>,
  ): Task<ResponseOf<H[Name]>>;
  /** Ends the worker and cancels what it does. The next task starts a new one. */
  end(): void;
}

export interface WorkerOptions {
  /** How long a task may go on after it was cancelled before its worker is ended, in milliseconds. Default 1000. */
  readonly grace?: number;
  /** Called when a worker was ended, or died, together with what it held. */
  readonly onLost?: () => void;
}

/** A task took longer than it may. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut';
}

/** What a worker threw, under the name that it had there. */
export class WorkerError extends Error {
  /** The stack in the worker. */
  readonly remoteStack: string;

  constructor({ name, message, stack }: RemoteError) {
    super(message);
    this.name = name;
    this.remoteStack = stack;
  }
}

interface Running {
  readonly resolve: (response: never) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress: (report: never) => void;
  readonly timers: ReturnType<typeof setTimeout>[];
}

/**
 * A worker that runs tasks. It is started by the first one.
 * @param start Makes the worker, whose module calls `serveTasks`; written where Vite can see it, as in the example.
 * @example
 * const engine = startWorker<SumWorker>(
 *   () => new Worker(new URL('./sum-worker.ts', import.meta.url), { type: 'module' }),
 * );
 * const { result, cancel } = engine.run('sum', { to: 1e6 }, { onProgress: (done) => bar.value = done });
 */
export function startWorker<H extends Handlers>(
  start: () => Worker,
  { grace = 1000, onLost = () => undefined }: WorkerOptions = {},
): TaskWorker<H> {
  const running = new Map<number, Running>();
  let worker: Worker | null = null;
  let count = 0;

  /** Takes a task off the list, so that it is settled once. */
  function settle(id: number): Running | undefined {
    const task = running.get(id);
    for (const timer of task?.timers ?? []) clearTimeout(timer);
    running.delete(id);
    return task;
  }

  function lose(reason: () => Error): void {
    if (worker === null) return;
    worker.terminate();
    worker = null;
    for (const id of [...running.keys()]) settle(id)?.reject(reason());
    onLost();
  }

  function receive(message: ToPage): void {
    if (message.kind === 'progress') running.get(message.id)?.onProgress(message.report as never);
    else if (message.kind === 'done') settle(message.id)?.resolve(message.response as never);
    else settle(message.id)?.reject(errorOf(message.error));
  }

  function started(): Worker {
    if (worker !== null) return worker;
    const fresh = start();
    fresh.onmessage = ({ data }: MessageEvent<ToPage>) => receive(data);
    fresh.onerror = (event) => {
      event.preventDefault();
      const { message = '', filename = '', lineno = 0 } = event;
      const stack = `${filename}:${lineno}`;
      lose(() => new WorkerError({ name: 'Error', message: message || 'the worker did not start', stack }));
    };
    worker = fresh;
    return fresh;
  }

  return {
    run(task, request, options = {}) {
      const { onProgress = () => undefined, transfer = [], timeLimit } = options;
      const id = count++;
      const send = (message: ToWorker, moved: Transferable[] = []) => started().postMessage(message, moved);
      const timers: Running['timers'] = [];
      const result = new Promise<never>((resolve, reject) => {
        running.set(id, { resolve, reject, onProgress, timers });
      });
      if (timeLimit !== undefined) {
        const text = `stopped after ${timeLimit / 1000} seconds`;
        timers.push(setTimeout(() => lose(() => new TimedOut(text)), timeLimit));
      }
      send({ kind: 'run', id, task, request }, transfer);
      const cancel = () => {
        if (!running.has(id)) return;
        send({ kind: 'cancel', id });
        timers.push(setTimeout(() => lose(() => new Cancelled()), grace));
      };
      return { result, cancel };
    },
    end: () => lose(() => new Cancelled()),
  };
}

function errorOf(error: RemoteError): Error {
  return error.name === 'Cancelled' ? new Cancelled(error.message) : new WorkerError(error);
}
