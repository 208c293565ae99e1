/** Reading the parameters that users pass to optimisers and to clipping. */
import { ArgumentError, formatValue, Tensor } from '@lowrank/tensor';

const HINT = 'Pass model.parameters()';

export function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

/** @throws ArgumentError for what cannot be gone through. */
export function listOf(op: string, params: unknown): unknown[] {
  if (isIterable(params)) return [...params];
  throw new ArgumentError(op, `takes a list of parameters, got ${formatValue(params)}. ${HINT}`);
}

/** @throws ArgumentError for the first that is no tensor. */
export function checkTensors<T extends Tensor>(op: string, list: readonly unknown[]): asserts list is readonly T[] {
  const stranger = list.findIndex((entry) => !(entry instanceof Tensor));
  if (stranger < 0) return;
  throw new ArgumentError(op, `parameters are tensors, got ${formatValue(list[stranger])} at ${stranger}. ${HINT}`);
}
