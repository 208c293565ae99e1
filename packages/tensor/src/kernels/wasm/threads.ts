/** The threads: workers that share the chunks of large kernels with the main thread. */
import { platform } from '#platform';
import { LowrankError } from '../../errors.js';
import type { Thread } from './platform/platform.js';
import { settings } from './settings.js';
import { type Errand, type Kernel, PRESENCE, runChunks, WORDS, WORKER_SOURCE } from './worker.js';

/** The address of the words that threads share: they end where the parameters begin. */
export const CONTROL = 2048;

/** As many as the shared block has words for, and the main thread. */
export const MAX_THREADS = 1 + WORDS.message - WORDS.members;

/**
 * Milliseconds that a thread looks for what comes next before it sleeps. A worker that looks has its chunk after 1 to 2
 * microseconds, one that sleeps after 10, and after 50 once its core has gone to rest (medians of Node 20 and 24 on two x64
 * cores). Kernels follow one another within tens of microseconds; looking for longer than that takes more from other threads
 * and processes than 10 microseconds are worth to chunks of hundreds.
 */
const SPIN = 0.05;

/** Milliseconds after which a worker that nobody needs ends; the next large kernel starts another. */
const PATIENCE = 10_000;

/**
 * After so many chunks the first worker is started, some 10 milliseconds into the work: starting one takes this thread 3
 * milliseconds and another 50 until it is there, which a process that multiplies only once or twice had better not spend.
 */
const WORTH_STARTING = 64;

/** How many unexpected ends of workers are taken for accidents. */
const MAX_LOSSES = 3;

/** Losses since threads were last asked for; they count for all pools, because a loss can end a pool. */
const losses: string[] = [];

/** Gives threads another chance. */
export function forgetLosses(): void {
  losses.length = 0;
}

/** How many threads are to be used, and why not more. */
export function threadsToUse(): { readonly threads: number; readonly reason?: string } {
  const { threads = platform.parallelism() } = settings;
  if (threads === 1) {
    const reason =
      settings.threads === 1
        ? 'one thread was asked for: see setNumThreads'
        : 'only one can run at once here';
    return { threads, reason };
  }
  const reason = platform.reasonAgainstThreads() ?? tooManyLosses();
  if (reason !== undefined) return { threads: 1, reason };
  if (threads > MAX_THREADS) return { threads: MAX_THREADS, reason: `there can be ${MAX_THREADS} at most` };
  return { threads };
}

function tooManyLosses(): string | undefined {
  if (losses.length < MAX_LOSSES) return undefined;
  return `worker threads ended unexpectedly, ${losses.length} times: ${losses.at(-1)}`;
}

/** What a pool works with. */
export interface Workplace {
  readonly modules: readonly WebAssembly.Module[];
  /** A shared one. */
  readonly memory: WebAssembly.Memory;
  /** The modules' exports as this thread has them, in the order of the modules. */
  readonly kernels: readonly (readonly [name: string, kernel: Kernel])[];
  /** The address of the parameters of the running kernel. */
  readonly parameters: number;
  /** Working memory for one more thread. */
  readonly allocateScratch: () => number | undefined;
}

/** What tests make shorter. Milliseconds. */
export interface Patience {
  /** How long a worker stays that nobody needs. */
  readonly idle?: number;
  /** How long a chunk, the work of a fraction of a millisecond, may take before its thread is believed dead. */
  readonly stalled?: number;
}

/** Milliseconds that the main thread sleeps at a time while it waits for the last chunks. */
const NAP = 100;

/** The workers of one memory, and how a job is shared with them. */
export class Pool {
  readonly #control: Int32Array;
  readonly #members: (Thread | undefined)[] = [];
  readonly #scratches: number[] = [];
  readonly #kernels: readonly Kernel[];
  readonly #canSleep: boolean;
  readonly #idle: number;
  readonly #stalled: number;
  #chunks = 0;

  constructor(
    private readonly workplace: Workplace,
    private readonly wanted: number,
    { idle = PATIENCE, stalled = 20_000 }: Patience = {},
  ) {
    this.#control = new Int32Array(workplace.memory.buffer, CONTROL, WORDS.end);
    this.#kernels = workplace.kernels.map(([, kernel]) => kernel);
    this.#canSleep = canSleep(this.#control);
    this.#idle = idle;
    this.#stalled = stalled;
  }

  /** How many threads large kernels may use, this one included. */
  get threads(): number {
    return this.reason === undefined ? this.wanted : 1;
  }

  /** Why it is one only. */
  get reason(): string | undefined {
    return tooManyLosses();
  }

  /** How many workers are ready. */
  get ready(): number {
    const members = this.#control.subarray(WORDS.members, WORDS.members + this.wanted - 1);
    return members.filter((presence) => presence === PRESENCE.up).length;
  }

  /**
   * Computes all chunks of the kernel with this index among the modules' exports.
   * @throws LowrankError if the kernel traps, or if a thread is lost with a chunk in its hands.
   */
  run(kernel: number, chunks: number): void {
    const control = this.#control;
    control[WORDS.kernel] = kernel;
    control[WORDS.chunks] = chunks;
    control[WORDS.failed] = 0;
    Atomics.store(control, WORDS.done, 0);
    Atomics.store(control, WORDS.ticket, chunks);
    if (Atomics.load(control, WORDS.sleepers) > 0) Atomics.notify(control, WORDS.ticket, chunks - 1);
    this.#recruit(chunks);
    runChunks(control, WORDS, this.#kernels, this.workplace.parameters);
    this.#join(kernel, chunks);
    if (control[WORDS.failed] > 0) throw this.#failure(kernel);
  }

  /** Ends all workers. */
  end(): void {
    for (const thread of this.#members.splice(0)) thread?.kill();
  }

  /** @internal Ends a worker, wherever it is. */
  kill(member: number): void {
    this.#members[member]?.kill();
  }

  /** Starts one worker if one is missing: not more at a time, because that takes this thread milliseconds each. */
  #recruit(chunks: number): void {
    this.#chunks += chunks;
    if (this.#chunks < WORTH_STARTING) return;
    const control = this.#control;
    for (let member = 0; member < Math.min(this.threads, chunks) - 1; member++) {
      if (Atomics.load(control, WORDS.members + member) !== PRESENCE.absent) continue;
      this.#start(member);
      return;
    }
  }

  #start(member: number): void {
    const { modules, memory, parameters, allocateScratch } = this.workplace;
    const scratch = this.#scratches[member] ?? allocateScratch();
    if (scratch === undefined) return;
    this.#scratches[member] = scratch;
    const errand: Errand = {
      modules,
      memory,
      control: CONTROL,
      words: WORDS,
      presence: PRESENCE,
      member,
      parameters,
      scratch,
      spin: SPIN,
      patience: this.#idle,
    };
    Atomics.store(this.#control, WORDS.members + member, PRESENCE.starting);
    try {
      const thread = platform.startThread(WORKER_SOURCE, errand, (reason) => {
        if (this.#members[member] === thread) this.#ended(member, reason);
      });
      this.#members[member] = thread;
    } catch (error) {
      this.#ended(member, String(error));
    }
  }

  /** A worker that ends as it should has said so. */
  #ended(member: number, reason: string): void {
    const presence = Atomics.exchange(this.#control, WORDS.members + member, PRESENCE.absent);
    this.#members[member] = undefined;
    if (presence !== PRESENCE.absent) losses.push(reason);
  }

  /** Waits for the chunks that workers have taken. */
  #join(kernel: number, chunks: number): void {
    const control = this.#control;
    const soon = performance.now() + SPIN;
    let done = Atomics.load(control, WORDS.done);
    while (done < chunks && performance.now() < soon) done = Atomics.load(control, WORDS.done);
    // Counts naps, not hours: a process that was stopped for a while has lost no thread.
    for (let naps = 0; done < chunks; ) {
      if (naps * NAP > this.#stalled) throw this.#stall(kernel, chunks - done);
      this.#nap(done);
      const now = Atomics.load(control, WORDS.done);
      naps = now === done ? naps + 1 : 0;
      done = now;
    }
  }

  #nap(done: number): void {
    const control = this.#control;
    if (this.#canSleep) {
      Atomics.wait(control, WORDS.done, done, NAP);
      return;
    }
    const end = performance.now() + NAP;
    while (Atomics.load(control, WORDS.done) === done && performance.now() < end);
  }

  #nameOf(kernel: number): string {
    return this.workplace.kernels[kernel][0];
  }

  #failure(kernel: number): LowrankError {
    const control = this.#control;
    const start = WORDS.message + 1;
    const codes = control.subarray(start, start + control[WORDS.message]);
    return kernelFailed(this.#nameOf(kernel), control[WORDS.failed] - 1, String.fromCharCode(...codes));
  }

  #stall(kernel: number, missing: number): LowrankError {
    const reason = `${missing} of its chunks did not come back from their threads within ${this.#stalled / 1000} s`;
    losses.push(reason);
    return new LowrankError(
      this.#nameOf(kernel),
      `${reason}: a worker thread must have died. The next op starts anew; setNumThreads(1) does without workers.`,
    );
  }
}

/** What a trap in a kernel becomes. */
export function kernelFailed(kernel: string, chunk: number, message: string): LowrankError {
  return new LowrankError(
    kernel,
    `the kernel failed in chunk ${chunk}: ${message}. That is a defect of lowrank; setBackend('reference') does without it.`,
  );
}

/** Pages must not block their main thread. */
function canSleep(control: Int32Array): boolean {
  try {
    // Returns at once, because the word does not hold that.
    Atomics.wait(control, WORDS.ticket, control[WORDS.ticket] + 1, 0);
    return true;
  } catch {
    return false;
  }
}
