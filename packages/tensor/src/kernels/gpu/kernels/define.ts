/** How kernels in gpu.js's dialect are written down, and called by the names of their parameters. */
import type { DType } from '../../../dtype.js';
import { functionsIn } from '../dialect.js';
import type { GpuFunction, GpuKernel, ScalarType } from '../machine.js';
import type { GpuCalls } from '../session.js';
import type { GpuStorage } from '../storage.js';

/** What a kernel computes: the text of its body, and its parameters by kind. */
export interface Definition<I extends string, S extends string> {
  /** Arrays; names of one or more letters, none of which is that of a variable in the body. */
  readonly inputs: readonly I[];
  readonly ints?: readonly S[];
  readonly floats?: readonly S[];
  /** Statements that return the element `this.thread.x` of the output; functions of dialect.ts and natives are at hand. */
  readonly body: string;
  /** Functions that the body calls apart from these. */
  readonly functions?: readonly GpuFunction[];
}

/** A kernel that is ready to be called. */
export interface Callable<I extends string, S extends string> {
  readonly kernel: GpuKernel;
  readonly inputs: readonly I[];
  readonly scalars: readonly S[];
}

/** Kernels by name: equal names must have equal definitions. */
const known = new Map<string, Callable<string, string>>();

/** The kernel of this name; `definition` is only asked for the first time. */
export function kernel<I extends string, S extends string>(
  name: string,
  definition: () => Definition<I, S>,
): Callable<I, S> {
  const found = known.get(name);
  if (found !== undefined) return found as Callable<I, S>;
  const { inputs, ints = [], floats = [], body, functions = [] } = definition();
  const typed = (type: ScalarType) => (scalar: string) => ({ name: scalar, type });
  const parameters = [...inputs, ...ints, ...floats];
  const called = functionsIn(
    [body, ...functions.map(({ source }) => source.replace(/^function \w+/, ''))].join('\n'),
  );
  const made: Callable<I, S> = {
    kernel: {
      name,
      source: `function (${parameters.join(', ')}) { ${body} }`,
      inputs,
      scalars: [...ints.map(typed('int')), ...floats.map(typed('float'))],
      functions: [...functions, ...called],
    },
    inputs,
    scalars: [...ints, ...floats],
  };
  known.set(name, made as unknown as Callable<string, string>);
  return made;
}

/** What the output of a call is. */
export interface Output {
  readonly length: number;
  readonly dtype: DType;
}

/** Runs a kernel with its arrays and scalars by name. */
export function run<I extends string, S extends string>(
  calls: GpuCalls,
  { kernel: definition, inputs, scalars }: Callable<I, S>,
  arrays: Readonly<Record<I, GpuStorage>>,
  numbers: Readonly<Record<S, number>>,
  { length, dtype }: Output,
): GpuStorage {
  const operands = inputs.map((name) => arrays[name]);
  const call = { inputs: operands, scalars: scalars.map((name) => numbers[name]), length };
  return calls.run(definition, call, dtype);
}
