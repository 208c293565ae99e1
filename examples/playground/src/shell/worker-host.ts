/** The worker's side of tasks: `serveTasks` answers what `startWorker` asks. */
import { Cancelled, type Handlers, type RemoteError, type ToPage, type ToWorker } from './worker-protocol.js';

interface WorkerScope {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(message: ToPage): void;
}

/**
 * Runs these tasks when the page asks for them.
 * @example
 * const handlers = {
 *   async sum({ to }: { to: number }, { progress, pause }: TaskContext<number>) {
 *     let sum = 0;
 *     for (let i = 0; i < to; i++) {
 *       sum += i;
 *       if (i % 1000 === 0) {
 *         progress(i / to);
 *         await pause();
 *       }
 *     }
 *     return sum;
 *   },
 * };
 * export type SumWorker = typeof handlers;
 * serveTasks(handlers);
 */
export function serveTasks(handlers: Handlers): void {
  const scope = self as unknown as WorkerScope;
  const running = new Map<number, AbortController>();
  scope.onmessage = async ({ data }) => {
    const { id } = data;
    if (data.kind === 'cancel') {
      running.get(id)?.abort(new Cancelled());
      return;
    }
    const stop = new AbortController();
    running.set(id, stop);
    const { signal } = stop;
    const context = {
      signal,
      progress: (report: unknown) => scope.postMessage({ kind: 'progress', id, report }),
      pause: async () => {
        await turnOfTheEventLoop();
        signal.throwIfAborted();
      },
    };
    try {
      const handler = handlers[data.task];
      if (handler === undefined) throw new Error(`this worker has no task '${data.task}'`);
      const response = await handler(data.request as never, context as never);
      scope.postMessage({ kind: 'done', id, response });
    } catch (error) {
      scope.postMessage({ kind: 'failed', id, error: plainError(error) });
    } finally {
      running.delete(id);
    }
  };
}

/** A message to oneself waits behind those that have arrived, and, unlike a timer, is never slowed down. */
function turnOfTheEventLoop(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** An error as data that travels. Whatever else was thrown becomes its text. */
function plainError(error: unknown): RemoteError {
  if (error instanceof Error) {
    const { name, message, stack = '' } = error;
    return { name, message, stack };
  }
  return { name: 'Thrown', message: String(error), stack: '' };
}
