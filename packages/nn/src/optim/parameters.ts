/** Reading the parameters that users pass to optimisers and to clipping. */
import { ArgumentError, formatValue, Tensor } from '@lowrank/tensor';
import type { Parameter } from '../parameter.js';

export function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

/** @throws ArgumentError for what cannot be gone through. */
export function listOf(op: string, params: unknown): unknown[] {
  if (isIterable(params)) return [...params];
  throw new ArgumentError(
    op,
    `takes a list of parameters, got ${formatValue(params)}. Pass model.parameters()`,
  );
}

/** @throws ArgumentError for what is no list of tensors. */
export function parametersOf(op: string, params: unknown): Parameter[] {
  const list = listOf(op, params);
  const stranger = list.findIndex((entry) => !(entry instanceof Tensor));
  if (stranger < 0) return list as Parameter[];
  const found = formatValue(list[stranger]);
  throw new ArgumentError(op, `parameters are tensors, got ${found} at ${stranger}. Pass model.parameters()`);
}
