/**
 * How threads share the chunks of a job. Workers get these functions as their source text, so that neither Node, jest nor a
 * bundler has to find a worker's file. They therefore use nothing but their parameters and globals, and give no inner function
 * a name, because tools that preserve names would wrap it in a function of theirs.
 */

/** Computes one chunk of a job whose parameters are at an address. */
export type Kernel = (parameters: number, chunk: number) => void;

/** The 32-bit words of the block that threads share. What is written at different times lies in different cache lines. */
export const WORDS = {
  /** How many chunks of the job nobody has taken yet; zero or less if there are none. */
  ticket: 0,
  /** How many chunks are computed. */
  done: 16,
  /** The job: an index into the modules' exports, and its chunks. Nobody writes here while a chunk is missing. */
  kernel: 32,
  chunks: 33,
  /** 1 + the first chunk that threw, or 0. */
  failed: 34,
  /** How many workers sleep. */
  sleepers: 48,
  /** Whether each worker is there. */
  members: 64,
  /** What was thrown: the number of characters, then their codes. */
  message: 256,
  end: 512,
} as const;

/** What the word of a worker says. */
export const PRESENCE = { absent: 0, starting: 1, up: 2 } as const;

/** What a worker is told. */
export interface Errand {
  readonly modules: readonly WebAssembly.Module[];
  readonly memory: WebAssembly.Memory;
  /** The address of the shared block. */
  readonly control: number;
  readonly words: typeof WORDS;
  readonly presence: typeof PRESENCE;
  /** Which of the members it is. */
  readonly member: number;
  readonly parameters: number;
  /** The address of its own working memory. */
  readonly scratch: number;
  /** For how many milliseconds it looks for the next job before it sleeps. */
  readonly spin: number;
  /** After how many milliseconds of sleep it ends. */
  readonly patience: number;
}

/**
 * Computes chunks of the job at hand until none is left. Who takes a ticket above zero holds a chunk, of whichever job is then at
 * hand: that job cannot end before the chunk is done. So it does not matter how late a thread comes, nor what it saw before.
 */
/* istanbul ignore next: workers have nothing that counts */
export function runChunks(
  control: Int32Array,
  words: typeof WORDS,
  kernels: readonly Kernel[],
  parameters: number,
): void {
  while (Atomics.load(control, words.ticket) > 0) {
    const ticket = Atomics.sub(control, words.ticket, 1);
    if (ticket <= 0) return;
    const chunks = control[words.chunks];
    const chunk = chunks - ticket;
    try {
      kernels[control[words.kernel]](parameters, chunk);
    } catch (error) {
      if (Atomics.compareExchange(control, words.failed, 0, chunk + 1) === 0) {
        const text = String(error).slice(0, words.end - words.message - 1);
        control[words.message] = text.length;
        for (let i = 0; i < text.length; i++) control[words.message + 1 + i] = text.charCodeAt(i);
      }
    }
    if (Atomics.add(control, words.done, 1) + 1 === chunks) Atomics.notify(control, words.done);
  }
}

/** The life of a worker: it computes chunks, and ends when nobody has needed it for long. */
/* istanbul ignore next: runs in workers only */
export function serve(run: typeof runChunks, errand: Errand): void {
  const { modules, memory, words, presence, member, parameters, scratch, spin, patience } = errand;
  const control = new Int32Array(memory.buffer, errand.control, words.end);
  const instances = modules.map((module) => new WebAssembly.Instance(module, { env: { memory } }));
  for (const { exports } of instances) (exports.useScratch as (address: number) => void)(scratch);
  const kernels = instances.flatMap(({ exports }) => Object.values(exports)) as Kernel[];
  const { pause } = Atomics as { readonly pause?: () => void };
  Atomics.store(control, words.members + member, presence.up);
  for (;;) {
    run(control, words, kernels, parameters);
    let ticket = Atomics.load(control, words.ticket);
    const end = performance.now() + spin;
    while (ticket <= 0 && performance.now() < end) {
      for (let i = 0; i < 32 && ticket <= 0; i++) {
        pause?.();
        ticket = Atomics.load(control, words.ticket);
      }
    }
    if (ticket > 0) continue;
    Atomics.add(control, words.sleepers, 1);
    const awoken = Atomics.wait(control, words.ticket, ticket, patience);
    Atomics.sub(control, words.sleepers, 1);
    if (awoken === 'timed-out') break;
  }
  Atomics.store(control, words.members + member, presence.absent);
}

/** The same as source text: a function that takes the errand. */
export const WORKER_SOURCE = `(errand) => (${serve})(${runChunks}, errand)`;
