/** What goes to and fro between a page and its workers. */

/** What a handler may do besides its work. */
export interface TaskContext<Progress = unknown> {
  /** Tells the page how far it is. */
  readonly progress: (report: Progress) => void;
  /** Aborts when the page cancels. It only can while the worker waits: see `pause`. */
  readonly signal: AbortSignal;
  /** Lets messages in, cancellation among them. @throws Cancelled if the page has cancelled. */
  readonly pause: () => Promise<void>;
}

/** One kind of task of a worker: from a request to a response, both plain data. */
export type Handler = (request: never, context: TaskContext<unknown>) => unknown;

/** The tasks of a worker, by name. */
export type Handlers = Readonly<Record<string, Handler>>;

export type RequestOf<H extends Handler> = Parameters<H>[0];
export type ResponseOf<H extends Handler> = Awaited<ReturnType<H>>;
export type ProgressOf<H extends Handler> =
  Parameters<H> extends [unknown, TaskContext<infer P>, ...unknown[]] ? P : never;

/** From the page to the worker. */
export type ToWorker =
  | { readonly kind: 'run'; readonly id: number; readonly task: string; readonly request: unknown }
  | { readonly kind: 'cancel'; readonly id: number };

/** From the worker to the page. */
export type ToPage =
  | { readonly kind: 'progress'; readonly id: number; readonly report: unknown }
  | { readonly kind: 'done'; readonly id: number; readonly response: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly error: RemoteError };

/** An error as plain data. */
export interface RemoteError {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}

/** A task was cancelled. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';
  constructor(message = 'cancelled') {
    super(message);
  }
}
