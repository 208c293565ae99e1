/** Calls during which something is switched, which ends when they return. */
import { ArgumentError } from '@lowrank/tensor';

/**
 * The result of a call that has returned.
 * @param reason Why there must be nothing left to wait for.
 * @throws ArgumentError for a promise: what is computed later is computed without the switch.
 */
export function synchronous<T>(op: string, result: T, reason: string): T {
  if (typeof (result as { then?: unknown } | null | undefined)?.then !== 'function') return result;
  // Whether it fails or not, nobody is going to wait for it.
  Promise.resolve(result).catch(() => undefined);
  throw new ArgumentError(op, reason);
}
