/** Kernels of wasm, for tests that read what they give. */
import { fetch } from '../../../src/kernels/wasm/residency.js';

type AnyKernel = (...operands: readonly unknown[]) => unknown;

/** The same kernels, whose results have their values. */
export function fetched<T extends object>(kernels: T): T {
  const wrapped = Object.entries(kernels).map(([name, kernel]) => [name, fetching(kernel as AnyKernel)]);
  return Object.fromEntries(wrapped) as T;
}

function fetching(kernel: AnyKernel): AnyKernel {
  return (...operands) => {
    const result = kernel(...operands);
    fetchIn(result);
    return result;
  };
}

/** Some kernels give lists of arrays, or lists of such lists. */
function fetchIn(result: unknown): void {
  if (ArrayBuffer.isView(result)) fetch(result);
  else if (Array.isArray(result)) result.forEach(fetchIn);
}
