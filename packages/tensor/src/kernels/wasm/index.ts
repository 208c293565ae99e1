/** The wasm backend: the reference kernels, with fast ones for float32 in front of them. */
import { referenceKernels as reference } from '../reference/index.js';
import { matmul } from './matmul.js';

export const wasmKernels: typeof reference = {
  ...reference,
  matmul: (a, b, dims) =>
    (a instanceof Float32Array && b instanceof Float32Array && matmul(a, b, dims)) ||
    reference.matmul(a, b, dims),
};
