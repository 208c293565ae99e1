/** `model.forward(x, { adapters })`: the option by which rows choose their adapters, for a whole model. */
import { Module } from '@lowrank/nn';
import { Tensor } from '@lowrank/tensor';
import type { AdapterSet } from './adapter-set.js';
import { checkRowAdapters } from './mixed-batch.js';
import type { MixedBatch, RowAdapters } from './switches.js';
import { synchronous } from './synchronous.js';

/** A model whose `forward` takes, behind its own inputs, the adapters of the rows. */
export type Adapted<M extends Module> = M & {
  forward(...inputs: [...inputs: Parameters<M['forward']>, options: MixedBatch]): ReturnType<M['forward']>;
};

/** The `forward` that a model had of its own before, if it was no method of its class. */
const OWN_FORWARDS = new WeakMap<Module, PropertyDescriptor>();

/** Lets the `forward` of a model take the adapters of the rows. */
export function acceptRowAdapters(set: AdapterSet): void {
  const { model } = set;
  const own = Object.getOwnPropertyDescriptor(model, 'forward');
  if (own !== undefined) OWN_FORWARDS.set(model, own);
  const forward = model.forward as (...inputs: unknown[]) => unknown;
  Object.defineProperty(model, 'forward', {
    configurable: true,
    enumerable: false,
    writable: true,
    value(...inputs: unknown[]): unknown {
      const last = inputs.at(-1);
      if (!isMixedBatch(last)) return forward.apply(model, inputs);
      const compute = () => forward.apply(model, inputs.slice(0, -1));
      return last.adapters === undefined ? compute() : withRowAdapters(set, last.adapters, compute);
    },
  });
}

/** Gives a model back the `forward` that it had. */
export function refuseRowAdapters({ model }: AdapterSet): void {
  Reflect.deleteProperty(model, 'forward');
  const own = OWN_FORWARDS.get(model);
  if (own !== undefined) Object.defineProperty(model, 'forward', own);
  OWN_FORWARDS.delete(model);
}

function isMixedBatch(value: unknown): value is MixedBatch {
  const isObject = typeof value === 'object' && value !== null;
  return isObject && 'adapters' in value && !(value instanceof Tensor) && !(value instanceof Module);
}

function withRowAdapters(set: AdapterSet, rows: RowAdapters, compute: () => unknown): unknown {
  checkRowAdapters('forward', set, rows);
  const before = set.rows;
  set.rows = rows;
  try {
    return synchronous(
      'forward',
      compute(),
      'rows cannot have adapters of their own in an asynchronous forward: they would be forgotten while it waits',
    );
  } finally {
    set.rows = before;
  }
}
