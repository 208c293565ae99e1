/** Settings that hold while a function runs. */
import { GradientError } from '@lowrank/tensor';
import { expectFunction } from './expect.js';

/** A setting that all of autograd shares. It is back at what it was when the function ends, also by an error. */
export class Setting<T> {
  #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  /**
   * Runs `f` with the setting at `value`.
   *
   * @param op What error messages call the function that `f` was handed to.
   * @throws GradientError if `f` is asynchronous: the setting would leak into whatever runs while it waits.
   */
  during<R>(op: string, value: T, f: () => R): R {
    expectFunction(op, 'its argument', f);
    const previous = this.#value;
    this.#value = value;
    try {
      const result = f();
      if (isThenable(result)) {
        // Whether it fails or not, nobody is going to wait for it.
        Promise.resolve(result).catch(() => undefined);
        throw new GradientError(
          op,
          'takes a synchronous function. Await first, and wrap the parts between the awaits',
        );
      }
      return result;
    } finally {
      this.#value = previous;
    }
  }
}

function isThenable(value: unknown): boolean {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}
