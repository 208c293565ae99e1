/** The reference backend: every kernel in plain TypeScript, for any dtype; the oracle that others are tested against. */
import type { TypedArray } from '../../dtype.js';
import type { Kernels } from '../kernels.js';
import * as conv2d from './conv2d.js';
import * as crossEntropy from './cross-entropy.js';
import * as elementwise from './elementwise.js';
import * as indexing from './indexing.js';
import * as linear from './linear.js';
import * as matmul from './matmul.js';
import * as normalize from './normalize.js';
import * as optimizer from './optimizer.js';
import * as pool from './pool.js';
import * as qr from './qr.js';
import * as reduce from './reduce.js';
import * as solveTriangular from './solve-triangular.js';
import * as strided from './strided.js';
import * as svd from './svd.js';

export const referenceKernels: Kernels<TypedArray> = {
  elementwise: elementwise.elementwise,
  cast: elementwise.cast,
  stridedRead: strided.stridedRead,
  stridedWrite: strided.stridedWrite,
  concat: strided.concat,
  reduce: reduce.reduce,
  argReduce: reduce.argReduce,
  cumsum: reduce.cumsum,
  softmax: normalize.softmax,
  logSoftmax: normalize.logSoftmax,
  layerNorm: normalize.layerNorm,
  layerNormGrad: normalize.layerNormGrad,
  squaredDeviations: normalize.squaredDeviations,
  crossEntropy: crossEntropy.crossEntropy,
  crossEntropyGrad: crossEntropy.crossEntropyGrad,
  indexSelect: indexing.indexSelect,
  indexAdd: indexing.indexAdd,
  gather: indexing.gather,
  scatterAdd: indexing.scatterAdd,
  argsort: indexing.argsort,
  matmul: matmul.matmul,
  linear: linear.linear,
  conv2d: conv2d.conv2d,
  conv2dInputGrad: conv2d.conv2dInputGrad,
  conv2dWeightGrad: conv2d.conv2dWeightGrad,
  maxPool2dIndices: pool.maxPool2dIndices,
  maxPool2dGrad: pool.maxPool2dGrad,
  avgPool2d: pool.avgPool2d,
  avgPool2dGrad: pool.avgPool2dGrad,
  svd: svd.svd,
  qr: qr.qr,
  solveTriangular: solveTriangular.solveTriangular,
  adamStep: optimizer.adamStep,
  sgdStep: optimizer.sgdStep,
};
