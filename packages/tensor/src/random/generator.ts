/** The source of all random numbers: a seedable, saveable generator that draws what PyTorch's CPU generator draws. */

import { ArgumentError } from '../errors.js';
import { decodeState, encodeState } from './generator-state.js';
import { Mt19937 } from './mt19937.js';

/** The seed of a generator that is given none, the same as of `torch.Generator()`. */
export const DEFAULT_SEED = 67280421310721;

/**
 * A stream of random numbers, equal bit for bit to `torch.Generator('cpu')` with the same seed.
 *
 * @example
 * const generator = new Generator(42);
 * generator.random(); // 1608637542, as torch.randint(2 ** 32 - 1, (1,)) gives after torch.manual_seed(42)
 */
export class Generator {
  /**
   * The second half of the last Box-Muller pair. Small normal fills take it before they draw anew, so that it is part
   * of the state (`next_double_normal_sample` in PyTorch).
   */
  nextNormalSample: number | undefined;

  #seed: bigint;
  #engine: Mt19937;

  /**
   * @param seed an integer from 0 to 2^53
   * @throws ArgumentError for any other seed
   */
  constructor(seed: number = DEFAULT_SEED) {
    this.#seed = BigInt(checkSeed('Generator', seed));
    this.#engine = new Mt19937(seed);
  }

  /**
   * Starts the stream of `seed` from its beginning. Seeds that agree in their low 32 bits give the same stream,
   * because MT19937 takes no more; PyTorch behaves alike.
   *
   * @param seed an integer from 0 to 2^53
   * @throws ArgumentError for any other seed
   */
  manualSeed(seed: number): this {
    this.#seed = BigInt(checkSeed('manualSeed', seed));
    this.#engine = new Mt19937(seed);
    this.nextNormalSample = undefined;
    return this;
  }

  /** Seeds the generator with a number that nobody can foresee, and returns that number. */
  seed(): number {
    const seed = unforeseeableSeed();
    this.manualSeed(seed);
    return seed;
  }

  /** The seed that the current stream started from. One of PyTorch's above 2^53, got by `setState`, is rounded. */
  initialSeed(): number {
    return Number(this.#seed);
  }

  /** The next integer, 0 to 2^32 - 1. */
  random(): number {
    return this.#engine.next();
  }

  /** The next integer, 0 to 2^64 - 1: of two draws, the first is the high word. */
  random64(): bigint {
    const high = BigInt(this.random());
    return (high << 32n) | BigInt(this.random());
  }

  /** The low 53 bits of what `random64()` would return, as many as a number holds: 0 to 2^53 - 1. */
  random53(): number {
    const high = this.random() & 0x1fffff;
    return high * 2 ** 32 + this.random();
  }

  /** The state in PyTorch's format: `torch.set_rng_state(torch.tensor(bytes, dtype=torch.uint8))` accepts it. */
  getState(): Uint8Array {
    return encodeState({
      seed: this.#seed,
      engine: this.#engine.state,
      nextNormalSample: this.nextNormalSample,
    });
  }

  /**
   * Continues where the generator stood that `state` was taken from, here or in PyTorch.
   * @throws FormatError if `state` is not such a state; the generator is then unchanged.
   */
  setState(state: Uint8Array): this {
    const { seed, engine, nextNormalSample } = decodeState(state);
    this.#seed = seed;
    this.#engine.state = engine;
    this.nextNormalSample = nextNormalSample;
    return this;
  }
}

/** The generator of everybody who names none. It starts from an unforeseeable seed, as PyTorch's does. */
export const defaultGenerator = new Generator(unforeseeableSeed());

/**
 * Seeds the default generator and returns it, as `torch.manual_seed`.
 *
 * @param seed an integer from 0 to 2^53
 * @throws ArgumentError for any other seed
 */
export function manualSeed(seed: number): Generator {
  return defaultGenerator.manualSeed(seed);
}

/** The engine seeds `Math.random` unforeseeably; Node would take 10 milliseconds to load its cryptography for more than that. */
function unforeseeableSeed(): number {
  return Math.floor(Math.random() * 2 ** 53);
}

function checkSeed(op: string, seed: number): number {
  if (!Number.isInteger(seed) || seed < 0 || seed > 2 ** 53) {
    throw new ArgumentError(op, `the seed is ${String(seed)}. Pass an integer from 0 to 2^53.`);
  }
  return seed;
}
