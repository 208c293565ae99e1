/** Tensors: shapes, dtypes, ops, kernels, random numbers. */
// First, so that bundles begin with this long text: in their midst it would part what gzip finds alike before and behind it.
import './kernels/wasm/generated/binaries.js';
import './methods.js';

export * from './cpu.js';
export * from './creation.js';
export { DEVICES, type Device, getDefaultDevice, setDefaultDevice } from './device.js';
export { dispatch, dispatchAll, type Recorder, setRecorder } from './dispatch.js';
export { DTYPES, type DType, dtypeOf, isDType, isFloat, type TypedArray } from './dtype.js';
export * from './errors.js';
export * from './gpu.js';
export { GpuStorage, type Storage } from './kernels/gpu/storage.js';
export type { Kernels } from './kernels/kernels.js';
export { SCALARS, type ScalarName } from './kernels/scalars.js';
export { type LifeCycle, setLifeCycle } from './life-cycle.js';
export { type Attrs, defineMultiOp, defineOp, type Inputs, type Json, OPS, type Op } from './op.js';
export { geluGrad, reluGrad, sigmoidGrad, siluGrad, tanhGrad } from './ops/activation-grad.js';
export { cast, to } from './ops/cast.js';
export {
  type Conv2dAttrs,
  type Conv2dOptions,
  conv2d,
  conv2dInputGrad,
  conv2dWeightGrad,
  convolve,
} from './ops/conv2d.js';
export * from './ops/cross-entropy.js';
export * from './ops/elementwise.js';
export { gather, indexAdd, indexSelect, scatterAdd } from './ops/indexing.js';
export * from './ops/lane.js';
export {
  type MatrixRankOptions,
  matrixRank,
  type Qr,
  qr,
  type Svd,
  solveTriangular,
  svd,
  type TriangularAttrs,
  type TriangularOptions,
} from './ops/linalg.js';
export { linear } from './ops/linear.js';
export * from './ops/mask.js';
export { dot, type MatmulAttrs, type MatmulOptions, matmul, outer } from './ops/matmul.js';
export type { Operand } from './ops/operand.js';
export * from './ops/optimizer.js';
export * from './ops/pool2d.js';
export * from './ops/reduce.js';
export * from './ops/shape.js';
export * from './ops/slice.js';
export * from './ops/sort.js';
export * from './ops/statistics.js';
export { type SvdLowrankOptions, svdLowrank } from './ops/svd-lowrank.js';
export type { Pair } from './ops/window.js';
export { checkOptions } from './options.js';
export { type PrintOptions, setPrintOptions } from './print.js';
export * from './random/creation.js';
export { defaultGenerator, Generator, manualSeed } from './random/generator.js';
export { loadSafetensors, saveSafetensors } from './safetensors/file.js';
export { readSmallFile, writeFiles } from './safetensors/folder.js';
export type { Metadata as SafetensorsMetadata, StoredDTypeName } from './safetensors/layout.js';
export { openSafetensors, type SafetensorsEntry, type SafetensorsFile } from './safetensors/open.js';
export { parseSafetensors, type SafetensorsContent } from './safetensors/read.js';
export { type StoreOptions, serializeSafetensors } from './safetensors/write.js';
export { adopt, collectTensors, keep, scope } from './scope.js';
export { broadcastShapes, formatShape, type Shape, sameShape, sizeOf } from './shape.js';
// All of it by a star: only then do declarations that a package on top merges into `Tensor` reach the class itself.
export * from './tensor.js';
