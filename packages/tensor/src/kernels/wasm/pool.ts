/** Pooling of float32 planes in wasm. */
import type { DType, TypedArray } from '../../dtype.js';
import type { AvgPoolDims, PoolDims } from '../dims.js';
import { compute } from './frame.js';
import { SCRATCH_BYTES } from './machine.js';
import { reference } from './reference.js';

/** Where the largest element under each window lies, as an index into its plane's H * W: [planes, outH, outW]. */
export function maxPool2dIndices(x: TypedArray, dims: PoolDims): TypedArray {
  const length = dims.planes * dims.outH * dims.outW;
  return pool('maxPool2dIndices', [x], dims, length, [], 'int32') ?? reference.maxPool2dIndices(x, dims);
}

/** The gradient of the input of max pooling, [planes, H, W]: the same bits as the reference's. */
export function maxPool2dGrad(g: TypedArray, indices: TypedArray, dims: PoolDims): TypedArray {
  const length = dims.planes * dims.H * dims.W;
  return pool('maxPool2dGrad', [g, indices], dims, length) ?? reference.maxPool2dGrad(g, indices, dims);
}

/** The mean of each window, [planes, outH, outW]: the same bits as the reference's. */
export function avgPool2d(x: TypedArray, dims: AvgPoolDims): TypedArray {
  const length = dims.planes * dims.outH * dims.outW;
  return pool('avgPool2d', [x], dims, length, divisor(dims)) ?? reference.avgPool2d(x, dims);
}

/** The gradient of the input of avgPool2d, [planes, H, W], from that of its output: the same bits as the reference's. */
export function avgPool2dGrad(g: TypedArray, dims: AvgPoolDims): TypedArray {
  const length = dims.planes * dims.H * dims.W;
  const fits = 8 * dims.W <= SCRATCH_BYTES;
  const dx = fits ? pool('avgPool2dGrad', [g], dims, length, divisor(dims)) : undefined;
  return dx ?? reference.avgPool2dGrad(g, dims);
}

function divisor({ countIncludePad, divisorOverride }: AvgPoolDims): readonly number[] {
  return [Number(countIncludePad), divisorOverride ?? Number.NaN];
}

/** Elements under windows that a chunk should look at: some 50 microseconds of work. */
const CHUNK = 2 ** 16;

function pool(
  kernel: string,
  [x, indices]: readonly [TypedArray, TypedArray?],
  dims: PoolDims,
  length: number,
  more: readonly number[] = [],
  dtype: DType = 'float32',
): TypedArray | undefined {
  if (!(x instanceof Float32Array) || length === 0) return undefined;
  const { planes, H, W, outH, outW, kernelH, kernelW } = dims;
  const { strideH, strideW, padTop, padLeft, dilationH, dilationW } = dims;
  const perChunk = Math.max(1, Math.round(CHUNK / (outH * outW * kernelH * kernelW)));
  return compute((frame) => {
    const to = frame.output(length);
    const geometry = [planes, H, W, outH, outW, kernelH, kernelW, strideH, strideW, padTop, padLeft];
    const parameters = [frame.input(x), to, ...geometry, dilationH, dilationW, perChunk, ...more];
    if (indices !== undefined) parameters.push(frame.input(indices as Int32Array));
    frame.launch(kernel, Math.ceil(planes / perChunk), parameters);
    return frame.result(to, length, dtype);
  });
}
