/** The wasm backend: the reference kernels, with fast ones for float32 in front of them. */
import { platform } from '#platform';
import type { TypedArray } from '../../dtype.js';
import type { Kernels } from '../kernels.js';
import * as conv2d from './conv2d.js';
import { crossEntropy, crossEntropyGrad } from './cross-entropy.js';
import { cast, elementwise } from './elementwise.js';
import * as indexing from './indexing.js';
import { linear } from './linear.js';
import * as normalize from './normalize.js';
import { adamStep, sgdStep } from './optimizer.js';
import * as pool from './pool.js';
import * as reduce from './reduce.js';
import { reference } from './reference.js';
import { useChecks } from './self-check.js';
import * as strided from './strided.js';

export const wasmKernels: Kernels<TypedArray> = {
  ...reference,
  matmul: (a, b, dims) => linear(a, b, undefined, dims),
  ...reduce,
  ...normalize,
  ...conv2d,
  ...pool,
  crossEntropy,
  crossEntropyGrad,
  cast,
  elementwise,
  linear,
  adamStep,
  sgdStep,
  ...strided,
  ...indexing,
};

if (platform.selfChecks) useChecks({ ...platform.selfChecks, wasm: wasmKernels, reference });
