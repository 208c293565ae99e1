/** Elementwise kernels, all derived from the table of scalar functions, and the change of dtype. */
import type { DType } from '../../../dtype.js';
import { DTypeError } from '../../../errors.js';
import { type Shape, sizeOf, stridesOf } from '../../../shape.js';
import type { ScalarName } from '../../scalars.js';
import { planWalk, type Strided } from '../../walk.js';
import { SCALAR_FUNCTIONS } from '../generated/scalars.js';
import type { GpuFunction } from '../machine.js';
import type { GpuCalls } from '../session.js';
import type { GpuStorage } from '../storage.js';
import { kernel, run } from './define.js';
import { coordinates, innerSizes, named, names, place, THREAD } from './indices.js';

const INPUTS: readonly string[] = ['a', 'b', 'c'];

/** out[i] = f(inputs[0][i], inputs[1][i], ...), each input walked by its own strides. */
export function elementwise(
  calls: GpuCalls,
  name: ScalarName,
  inputs: readonly Strided<GpuStorage>[],
  shape: Shape,
  dtype: DType,
): GpuStorage {
  const walk = planWalk(shape, [stridesOf(shape), ...inputs.map(({ strides }) => strides)]);
  const rank = walk.shape.length;
  const used = INPUTS.slice(0, inputs.length);
  const callable = kernel(`${name}, ${dtype}, ${rank} axes`, () => {
    const at = coordinates(THREAD, 'size', rank);
    const operands = used.map((input) => `${input}[${place(at, `${input}Step`)}]`);
    const f = SCALAR_FUNCTIONS[name];
    return {
      inputs: used,
      ints: [...names('size', rank - 1), ...used.flatMap((input) => names(`${input}Step`, rank))],
      body: `return ${asDType(`${f.name}(${operands.join(', ')})`, f, dtype)};`,
      functions: [f],
    };
  });
  const arrays = Object.fromEntries(used.map((input, i) => [input, inputs[i].data]));
  const steps = used.map((input, i) => named(`${input}Step`, walk.strides[i + 1]));
  const scalars = Object.assign(named('size', innerSizes(walk.shape)), ...steps);
  return run(calls, callable, arrays, scalars, { length: sizeOf(shape), dtype });
}

/** What the function gives as an element of the dtype: the sum of two truths is a truth, and integers have no infinities. */
function asDType(value: string, { truth = false }: GpuFunction, dtype: DType): string {
  if (truth) return `${value} ? 1 : 0`;
  if (dtype === 'bool') return `${value} !== 0 ? 1 : 0`;
  return dtype === 'int32' ? `truncated(${value})` : value;
}

const CONVERSIONS: Readonly<Partial<Record<DType, string>>> = {
  bool: 'differs(x[this.thread.x], 0) ? 1 : 0',
  int32: 'truncated(x[this.thread.x])',
  float32: 'x[this.thread.x]',
};

/** The same values as another dtype; what does not fit into int32 becomes 0 where it is not finite, and is rounded where it is. */
export function cast(calls: GpuCalls, x: GpuStorage, dtype: DType): GpuStorage {
  if (CONVERSIONS[dtype] === undefined) {
    throw new DTypeError(
      'cast',
      `there is no ${dtype} on the GPU. Read the values with (await x.cpu()) and convert them there`,
    );
  }
  const callable = kernel(`cast to ${dtype}`, () => ({
    inputs: ['x'],
    body: `return ${CONVERSIONS[dtype]};`,
  }));
  return run(calls, callable, { x }, {}, { length: x.length, dtype });
}
