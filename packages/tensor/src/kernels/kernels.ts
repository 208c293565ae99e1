/** What a backend is: the table of its kernels, functions over flat storages and dimensions. */
import type { DType } from '../dtype.js';
import type { Shape } from '../shape.js';
import type { AvgPoolDims, Conv2dDims, MatmulDims, PoolDims } from './dims.js';
import type { Lanes } from './lanes.js';
import type { Row } from './reference/optimizer.js';
import type { ReductionName } from './reference/reduce.js';
import type { TriangularDims } from './reference/solve-triangular.js';
import type { Region } from './reference/strided.js';
import type { ScalarName } from './scalars.js';
import type { AdamStepOptions, SgdStepOptions } from './steps.js';
import type { Strided } from './walk.js';

/**
 * Kernels over storages of type S: typed arrays on the CPU. They are pure, check nothing and know neither tensors nor gradients;
 * what each computes, the reference backend defines. Those of wasm may leave the values of a storage in wasm memory: see `fetch`.
 */
export interface Kernels<S> {
  elementwise(name: ScalarName, inputs: readonly Strided<S>[], shape: Shape, dtype: DType): S;
  cast(x: S, dtype: DType): S;
  stridedRead(x: S, shape: Shape, dtype: DType, region: Region): S;
  stridedWrite(x: S, shape: Shape, dtype: DType, region: Region, size: number, fill: number): S;
  concat(inputs: readonly S[], outer: number, rowLengths: readonly number[], dtype: DType): S;

  reduce(name: ReductionName, x: S, shape: Shape, axes: readonly number[], dtype: DType): S;
  argReduce(name: 'argmax' | 'argmin', x: S, lanes: Lanes): S;
  cumsum(x: S, lanes: Lanes, dtype: DType): S;
  softmax(x: S, lanes: Lanes): S;
  logSoftmax(x: S, lanes: Lanes): S;
  layerNorm(x: S, lanes: Lanes, eps: number): S;
  layerNormGrad(g: S, x: S, lanes: Lanes, eps: number): S;
  squaredDeviations(x: S, lanes: Lanes): S;
  crossEntropy(x: S, classes: S, C: number): S;
  crossEntropyGrad(g: S, x: S, classes: S, C: number): S;

  indexSelect(x: S, index: S, lanes: Lanes): S;
  indexAdd(x: S, index: S, source: S, lanes: Lanes): S;
  gather(x: S, shape: Shape, index: S, indexShape: Shape, axis: number): S;
  scatterAdd(x: S, shape: Shape, index: S, indexShape: Shape, source: S, sourceShape: Shape, axis: number): S;
  argsort(x: S, lanes: Lanes, descending: boolean): S;

  matmul(a: S, b: S, dims: MatmulDims): S;
  linear(x: S, weight: S, bias: S | undefined, dims: MatmulDims): S;
  conv2d(x: S, w: S, dims: Conv2dDims, bias?: S): S;
  conv2dInputGrad(g: S, w: S, dims: Conv2dDims): S;
  conv2dWeightGrad(x: S, g: S, dims: Conv2dDims): S;
  maxPool2dIndices(x: S, dims: PoolDims): S;
  maxPool2dGrad(g: S, indices: S, dims: PoolDims): S;
  avgPool2d(x: S, dims: AvgPoolDims): S;
  avgPool2dGrad(g: S, dims: AvgPoolDims): S;

  svd(x: S, batch: number, M: number, N: number): { readonly U: S; readonly S: S; readonly Vh: S };
  qr(x: S, batch: number, M: number, N: number): { readonly Q: S; readonly R: S };
  solveTriangular(a: S, b: S, dims: TriangularDims): S;

  adamStep(rows: readonly Row<S>[], options: AdamStepOptions): Row<S>[];
  sgdStep(rows: readonly Row<S>[], options: SgdStepOptions): Row<S>[];
}
