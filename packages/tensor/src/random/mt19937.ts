/** The Mersenne Twister MT19937 of Matsumoto and Nishimura (1998), the engine behind PyTorch's CPU generator. */

const N = 624;
const M = 397;
const MATRIX_A = 0x9908b0df;
const UPPER_MASK = 0x80000000;
const LOWER_MASK = 0x7fffffff;

/** The number of 32-bit words in the state of the engine. */
export const MT19937_WORDS = N;

/** All that decides which numbers come next, in the terms of PyTorch's `mt19937_data_pod`. */
export interface Mt19937State {
  /** Draws until the words are regenerated, that one included: 1 to 624. */
  readonly left: number;
  /** Index of the word that the next draw reads, 0 to 624. */
  readonly next: number;
  readonly words: Uint32Array;
}

/** Uniform 32-bit integers with a period of 2^19937 - 1. */
export class Mt19937 {
  readonly #words = new Uint32Array(N);
  #left = 1;
  #next = 0;

  /** @param seed only its low 32 bits matter, as in PyTorch, which takes 64-bit seeds. */
  constructor(seed: number) {
    const words = this.#words;
    let word = seed >>> 0;
    words[0] = word;
    for (let j = 1; j < N; j++) {
      word = (Math.imul(1812433253, word ^ (word >>> 30)) + j) >>> 0;
      words[j] = word;
    }
  }

  /** The next integer, 0 to 2^32 - 1. */
  next(): number {
    if (--this.#left === 0) this.#regenerate();
    let y = this.#words[this.#next++] as number;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  /** A copy of the state. */
  get state(): Mt19937State {
    return { left: this.#left, next: this.#next, words: this.#words.slice() };
  }

  set state({ left, next, words }: Mt19937State) {
    this.#words.set(words);
    this.#left = left;
    this.#next = next;
  }

  #regenerate(): void {
    const words = this.#words;
    for (let k = 0; k < N - M; k++) words[k] = twist(words, k, k + 1, k + M);
    for (let k = N - M; k < N - 1; k++) words[k] = twist(words, k, k + 1, k + M - N);
    words[N - 1] = twist(words, N - 1, 0, M - 1);
    this.#left = N;
    this.#next = 0;
  }
}

function twist(words: Uint32Array, upper: number, lower: number, far: number): number {
  const u = words[upper] as number;
  const v = words[lower] as number;
  // The mask -(v & 1) instead of a choice: half of all choices would be mispredicted.
  return (words[far] as number) ^ (((u & UPPER_MASK) | (v & LOWER_MASK)) >>> 1) ^ (-(v & 1) & MATRIX_A);
}
