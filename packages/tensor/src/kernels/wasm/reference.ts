/** The reference kernels, for operands whose values may still be in wasm memory alone: these are copied out first. */
import type { TypedArray } from '../../dtype.js';
import type { Kernels } from '../kernels.js';
import { referenceKernels } from '../reference/index.js';
import { fetch } from './residency.js';

type AnyKernel = (...operands: readonly unknown[]) => unknown;

export const reference = Object.fromEntries(
  Object.entries(referenceKernels).map(([name, kernel]) => [
    name,
    (...operands: readonly unknown[]) => {
      fetchIn(operands);
      return (kernel as AnyKernel)(...operands);
    },
  ]),
) as unknown as Kernels<TypedArray>;

/** Operands may lie in lists and objects of their own, next to numbers. */
function fetchIn(operand: unknown): void {
  if (ArrayBuffer.isView(operand)) fetch(operand);
  else if (operand instanceof Object && !isNumbers(operand)) Object.values(operand).forEach(fetchIn);
}

const isNumbers = (operand: object) => typeof (operand as readonly unknown[])[0] === 'number';
