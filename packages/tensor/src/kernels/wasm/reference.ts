/** The reference kernels, for operands whose values may still be in wasm memory alone: these are copied out first. */
import type { TypedArray } from '../../dtype.js';
import type { Kernels } from '../kernels.js';
import { referenceKernels } from '../reference/index.js';
import type { Strided } from '../walk.js';
import { fetch } from './residency.js';

type AnyKernel = (...operands: readonly unknown[]) => unknown;

export const reference = Object.fromEntries(
  Object.entries(referenceKernels).map(([name, kernel]) => [
    name,
    (...operands: readonly unknown[]) => {
      operands.forEach(fetchIn);
      return (kernel as AnyKernel)(...operands);
    },
  ]),
) as unknown as Kernels<TypedArray>;

/** An array, or one in a list or a `Strided`. This is on the way of every small op, so it looks nowhere else. */
function fetchIn(operand: unknown): void {
  if (ArrayBuffer.isView(operand)) fetch(operand);
  else if (Array.isArray(operand)) {
    if (typeof operand[0] === 'object') operand.forEach(fetchIn);
  } else if ((operand as Partial<Strided> | undefined)?.data) fetch((operand as Strided).data);
}
