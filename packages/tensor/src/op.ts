/** What an op is: a name, how its output's shape follows from its inputs', and which kernel computes it. */
import type { Storage } from './kernels/gpu/storage.js';
import type { Kernels } from './kernels/kernels.js';
import type { TensorSpec } from './tensor.js';

/** The parameters of an op: plain data, so that a call can be recorded, printed and traced. */
export type Attrs = Readonly<Record<string, Json>>;
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** An input as `forward` sees it: on the CPU its data is a typed array, on the GPU only kernels can look into it. */
export interface OpInput extends TensorSpec {
  readonly data: Storage;
}

/**
 * The inputs of one op. Each op knows how many it is called with; the type promises three so that those can be taken
 * apart without a check.
 */
export type Inputs<T> = readonly [T, T, T, ...T[]];

/** An op with any number of outputs. Ops are pure, and nothing but `dispatch` runs them. */
export interface Op<A extends Attrs = Attrs> {
  readonly name: string;
  /** Whether inputs are stretched to a common shape, so that their gradients have to be summed back. */
  readonly broadcasts?: boolean;
  /** The outputs' shapes and dtypes. Checks the inputs: this is where bad shapes are refused. */
  infer(inputs: Inputs<TensorSpec>, attrs: A): readonly TensorSpec[];
  /** The outputs' values. */
  forward(
    kernels: Kernels<Storage>,
    inputs: Inputs<OpInput>,
    attrs: A,
    outputs: Inputs<TensorSpec>,
  ): readonly Storage[];
}

/** What most ops are: one output. */
export interface SingleOp<A extends Attrs> extends Pick<Op<A>, 'name' | 'broadcasts'> {
  infer(inputs: Inputs<TensorSpec>, attrs: A): TensorSpec;
  forward(kernels: Kernels<Storage>, inputs: Inputs<OpInput>, attrs: A, output: TensorSpec): Storage;
}

const registry = new Map<string, Op>();

/** All ops, by name: what tests, docs and backends go through. */
export const OPS: ReadonlyMap<string, Op> = registry;

/** Registers an op with one output. */
export function defineOp<A extends Attrs>(op: SingleOp<A>): Op<A> {
  return defineMultiOp<A>({
    ...op,
    infer: (inputs, attrs) => [op.infer(inputs, attrs)],
    forward: (kernels, inputs, attrs, [output]) => [op.forward(kernels, inputs, attrs, output)],
  });
}

/** Registers an op with several outputs. */
export function defineMultiOp<A extends Attrs>(op: Op<A>): Op<A> {
  registry.set(op.name, op as unknown as Op);
  return op;
}
