// Tasks in workers, between both of their sides: results, progress, errors, time limits, and the two ways in which they end.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { serveTasks } from '../src/shell/worker-host.js';
import type { TaskContext, ToPage, ToWorker } from '../src/shell/worker-protocol.js';
import { Cancelled, startWorker, TimedOut, WorkerError } from '../src/shell/worker-task.js';

const handlers = {
  double: ({ value }: { readonly value: number }) => 2 * value,
  async count({ to }: { readonly to: number }, { progress, pause }: TaskContext<number>) {
    for (let i = 1; i <= to; i++) {
      progress(i);
      await pause();
    }
    return to;
  },
  fail() {
    throw new RangeError('too far');
  },
  // It goes on without a look at whether it was cancelled.
  hang: () => new Promise<never>(() => undefined),
};

/** A worker in the same thread, in which messages are copied and arrive later, as they do between threads. */
class WorkerHere {
  onmessage: ((event: { data: ToPage }) => void) | null = null;
  onerror: ((event: object) => void) | null = null;
  #isAlive = true;
  readonly #inside: {
    onmessage: ((event: { data: ToWorker }) => void) | null;
    postMessage(message: ToPage): void;
  };

  constructor() {
    this.#inside = {
      onmessage: null,
      postMessage: (message) => this.#later(() => this.onmessage?.({ data: structuredClone(message) })),
    };
    Object.assign(globalThis, { self: this.#inside });
    serveTasks(handlers);
  }

  postMessage(message: ToWorker): void {
    const data = structuredClone(message);
    this.#later(() => this.#inside.onmessage?.({ data }));
  }

  terminate(): void {
    this.#isAlive = false;
  }

  #later(act: () => void): void {
    setTimeout(() => this.#isAlive && act());
  }
}

describe('a task in a worker', () => {
  let started = 0;
  let lost = 0;

  beforeEach(() => {
    started = 0;
    lost = 0;
  });

  afterEach(() => {
    Reflect.deleteProperty(globalThis, 'self');
  });

  const open = (grace = 10) =>
    startWorker<typeof handlers>(
      () => {
        started++;
        return new WorkerHere() as unknown as Worker;
      },
      { grace, onLost: () => lost++ },
    );

  it('gives its result, and the worker is started once for many', async () => {
    const worker = open();
    const results = [1, 2, 3].map((value) => worker.run('double', { value }).result);
    expect(await Promise.all(results)).toEqual([2, 4, 6]);
    expect(started).toBe(1);
  });

  it('reports its progress in order', async () => {
    const reports: number[] = [];
    const { result } = open().run('count', { to: 4 }, { onProgress: (report) => reports.push(report) });
    expect(await result).toBe(4);
    expect(reports).toEqual([1, 2, 3, 4]);
  });

  it('fails with what the worker threw, by its name and with its stack', async () => {
    const error = await open()
      .run('fail', undefined as never)
      .result.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(WorkerError);
    expect(error).toMatchObject({ name: 'RangeError', message: 'too far' });
    expect((error as WorkerError).remoteStack).toMatch(/too far\n/);
  });

  it('ends where it pauses once it is cancelled, and the worker keeps what it holds', async () => {
    const worker = open(10_000);
    const task = worker.run('count', { to: 1e9 }, { onProgress: () => task.cancel() });
    await expect(task.result).rejects.toThrow(Cancelled);
    expect(await worker.run('double', { value: 4 }).result).toBe(8);
    expect([started, lost]).toEqual([1, 0]);
  });

  it('is ended with its worker if it does not stop within the grace; the next one gets a new worker', async () => {
    const worker = open();
    const task = worker.run('hang', undefined as never);
    task.cancel();
    await expect(task.result).rejects.toThrow(Cancelled);
    expect(await worker.run('double', { value: 5 }).result).toBe(10);
    expect([started, lost]).toEqual([2, 1]);
  });

  it('is ended when its time is over', async () => {
    const { result } = open().run('hang', undefined as never, { timeLimit: 20 });
    await expect(result).rejects.toThrow(new TimedOut('stopped after 0.02 seconds'));
    expect(lost).toBe(1);
  });

  it('is not ended by its time limit once it is done', async () => {
    const worker = open();
    await worker.run('double', { value: 1 }, { timeLimit: 30 }).result;
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(lost).toBe(0);
  });

  it('is cancelled with all others when the worker is ended', async () => {
    const worker = open();
    const results = [
      worker.run('hang', undefined as never).result,
      worker.run('hang', undefined as never).result,
    ];
    worker.end();
    for (const result of results) await expect(result).rejects.toThrow(Cancelled);
  });
});
