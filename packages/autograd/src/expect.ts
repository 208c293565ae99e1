/** Checks of what users hand in: anything that is not what it should be is refused with a clear message. */
import { ArgumentError, formatValue, Tensor } from '@lowrank/tensor';

/**
 * @param what What messages call the value, `the gradient`.
 * @throws ArgumentError unless `value` is a tensor.
 */
export function expectTensor(op: string, what: string, value: unknown): asserts value is Tensor {
  if (value instanceof Tensor) return;
  throw new ArgumentError(
    op,
    `${what} must be a tensor, got ${formatValue(value)}. Make one with tensor(...)`,
  );
}

/** @throws ArgumentError unless `values` is a list of tensors. */
export function expectTensors(
  op: string,
  what: string,
  values: unknown,
): asserts values is readonly Tensor[] {
  if (!Array.isArray(values)) {
    throw new ArgumentError(op, `${what}s are a list of tensors, got ${formatValue(values)}`);
  }
  for (const [i, value] of values.entries()) expectTensor(op, `${what} ${i}`, value);
}

/** @throws ArgumentError unless `value` is a function. */
export function expectFunction(op: string, what: string, value: unknown): void {
  if (typeof value !== 'function') {
    throw new ArgumentError(op, `${what} must be a function, got ${formatValue(value)}`);
  }
}
