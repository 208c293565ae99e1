/** Two-dimensional pooling: the largest or the mean value of each window. */
import { dispatch } from '../dispatch.js';
import { ArgumentError, formatValue, ShapeError } from '../errors.js';
import type { AvgPoolDims, PoolDims } from '../kernels/dims.js';
import { defineOp } from '../op.js';
import { checkOptions } from '../options.js';
import { checkShape, formatShape, range, type Shape, sizeOf } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { checkIndices } from './indexing.js';
import { checkFloat, checkTensor } from './operand.js';
import { checkPair, expectShape, type Pair, windowCount } from './window.js';

export interface MaxPool2dOptions {
  /** How far the window moves. Default: the size of the window. */
  readonly stride?: number | Pair;
  /** Minus infinity on each side, at most half a window. Default 0. */
  readonly padding?: number | Pair;
  /** The distance between the window's elements. Default 1. */
  readonly dilation?: number | Pair;
  /** Round the output's size up, so that the last window may hang over the edge. Default false. */
  readonly ceilMode?: boolean;
}

export interface AvgPool2dOptions extends Omit<MaxPool2dOptions, 'dilation'> {
  /** Whether padding counts in the mean. Default true. */
  readonly countIncludePad?: boolean;
  /** Divide by this instead of the number of elements. Default: nothing. */
  readonly divisorOverride?: number | null;
}

const COMMON_OPTIONS = ['stride', 'padding', 'ceilMode'];

/** Dimensions as plain data; an interface has no index signature. */
type Plain<D> = { readonly [K in keyof D]: D[K] };

/** What a pool is told, with the input's shape for the way back. */
type PoolAttrs<D> = { readonly dims: Plain<D>; readonly inputShape: Shape };

/** @throws ShapeError / ArgumentError where the window does not fit. */
function poolDims(
  op: string,
  shape: Shape,
  window: number | Pair,
  options: MaxPool2dOptions,
): Plain<PoolDims> {
  const kernel = checkPair(op, 'the window', window, 1);
  const stride = checkPair(op, 'stride', options.stride ?? kernel, 1);
  const padding = checkPair(op, 'padding', options.padding ?? 0, 0);
  const dilation = checkPair(op, 'dilation', options.dilation ?? 1, 1);
  if (padding[0] > kernel[0] / 2 || padding[1] > kernel[1] / 2) {
    throw new ArgumentError(
      op,
      `padding ${formatShape(padding)} is more than half of the window ${formatShape(kernel)}`,
    );
  }
  if (shape.length !== 3 && shape.length !== 4) {
    throw new ShapeError(op, `takes [N, C, H, W] or [C, H, W], got ${formatShape(shape)}`);
  }
  const [H, W] = shape.slice(-2) as [number, number];
  const count = (length: number, i: 0 | 1) =>
    poolCount(length, kernel[i], stride[i], padding[i], dilation[i], options.ceilMode ?? false);
  const [outH, outW] = [count(H, 0), count(W, 1)];
  if (outH < 1 || outW < 1) {
    throw new ShapeError(
      op,
      `the window ${formatShape(kernel)} is larger than the padded input ${formatShape(shape)}`,
    );
  }
  const sees = (length: number, windows: number, i: 0 | 1) =>
    range(windows).every((at) => seesElement(at * stride[i] - padding[i], kernel[i], dilation[i], length));
  if (!sees(H, outH, 0) || !sees(W, outW, 1)) {
    throw new ShapeError(
      op,
      `a window ${formatShape(kernel)} over ${formatShape(shape)} would see nothing but padding. Reduce padding or dilation`,
    );
  }
  return {
    planes: sizeOf(shape.slice(0, -2)),
    H,
    W,
    outH,
    outW,
    kernelH: kernel[0],
    kernelW: kernel[1],
    strideH: stride[0],
    strideW: stride[1],
    padTop: padding[0],
    padLeft: padding[1],
    dilationH: dilation[0],
    dilationW: dilation[1],
  };
}

function poolCount(
  length: number,
  kernel: number,
  stride: number,
  padding: number,
  dilation: number,
  ceil: boolean,
) {
  const padded = length + 2 * padding;
  if (!ceil) return windowCount(padded, kernel, stride, dilation);
  const count = windowCount(padded + stride - 1, kernel, stride, dilation);
  // A window that would start in the padding on the far side is dropped, as PyTorch does.
  return (count - 1) * stride >= length + padding ? count - 1 : count;
}

/** Whether a window that starts at `start` has an element from 0 to `length - 1` under it, and not padding alone. */
function seesElement(start: number, kernel: number, dilation: number, length: number): boolean {
  const skipped = Math.max(0, Math.ceil(-start / dilation));
  return skipped < kernel && start + skipped * dilation < length;
}

function outputShape(shape: Shape, { outH, outW }: PoolDims): Shape {
  return [...shape.slice(0, -2), outH, outW];
}

const maxIndicesOp = defineOp<Plain<PoolDims>>({
  name: 'maxPool2dIndices',
  infer: ([x], dims) => ({ shape: outputShape(x.shape, dims), dtype: 'int32' }),
  forward: (kernels, [x], dims) => kernels.maxPool2dIndices(x.data, dims),
});

/** @internal The attributes of max pooling. */
export type MaxPoolAttrs = PoolAttrs<PoolDims>;

const maxPoolOp = defineOp<MaxPoolAttrs>({
  name: 'maxPool2d',
  infer: ([x, indices], { dims, inputShape }) => {
    const shape = outputShape(inputShape, dims);
    expectShape('maxPool2d', 'input', x.shape, inputShape);
    expectShape('maxPool2d', 'index', indices.shape, shape);
    return { shape, dtype: x.dtype };
  },
  forward: (kernels, [x, indices], { dims: { planes, H, W, outH, outW } }) =>
    kernels.gather(x.data, [planes, H * W], indices.data, [planes, outH * outW], 1),
});

const maxPoolGradOp = defineOp<MaxPoolAttrs>({
  name: 'maxPool2dGrad',
  infer: ([g, indices], { dims, inputShape }) => {
    const shape = outputShape(inputShape, dims);
    expectShape('maxPool2dGrad', "output's gradient", g.shape, shape);
    expectShape('maxPool2dGrad', 'index', indices.shape, shape);
    return { shape: inputShape, dtype: g.dtype };
  },
  forward: (kernels, [g, indices], { dims }) => kernels.maxPool2dGrad(g.data, indices.data, dims),
});

/** @throws ArgumentError for what are no attributes of a pool, ShapeError where they contradict each other. */
function checkAttrs(op: string, attrs: PoolAttrs<PoolDims>): void {
  checkOptions(op, attrs);
  checkOptions(op, attrs.dims);
  checkShape(op, attrs.inputShape);
  const { planes, H, W } = attrs.dims;
  const lead = attrs.inputShape.slice(0, -2);
  expectShape(op, 'input', [sizeOf(lead), ...attrs.inputShape.slice(-2)], [planes, H, W]);
}

/**
 * @internal Max pooling with attributes that are spelled out, where it is known at which elements of its plane [H * W] each
 * window's largest value lies: linear in x.
 */
export function maximumPool(x: Tensor, indices: Tensor, attrs: MaxPoolAttrs): Tensor {
  checkAttrs('maximumPool', attrs);
  checkIndices('maximumPool', indices, attrs.dims.H * attrs.dims.W);
  return dispatch(maxPoolOp, [x, indices], attrs);
}

/**
 * The gradient of `maxPool2d` with respect to its input, given that of its output: what each window got goes to the element that
 * was its largest. `torch.ops.aten.max_pool2d_with_indices_backward`
 * @param indices Where the largest element of each window lies, as an index into its plane's H * W: int32, shaped like g.
 * @throws ShapeError if g or the indices have another shape than the output, or point outside of the plane.
 * @throws DTypeError unless g holds floats and the indices int32; ArgumentError for what are no attributes of it.
 */
export function maxPool2dGrad(g: Tensor, indices: Tensor, attrs: MaxPoolAttrs): Tensor {
  checkTensor('maxPool2dGrad', g);
  checkFloat('maxPool2dGrad', g.dtype);
  checkAttrs('maxPool2dGrad', attrs);
  checkIndices('maxPool2dGrad', indices, attrs.dims.H * attrs.dims.W);
  return dispatch(maxPoolGradOp, [g, indices], attrs);
}

/**
 * The largest value of each window over x [N, C, H, W] or [C, H, W]. `torch.nn.functional.max_pool2d`
 * @param window The height and width of the window, or one number for both.
 * @throws ShapeError if the window does not fit into the padded input.
 * @throws ArgumentError for a window, stride, padding or dilation that cannot be.
 */
export function maxPool2d(x: Tensor, window: number | Pair, options: MaxPool2dOptions = {}): Tensor {
  checkTensor('maxPool2d', x);
  checkOptions('maxPool2d', options, [...COMMON_OPTIONS, 'dilation']);
  const dims = poolDims('maxPool2d', x.shape, window, options);
  const indices = dispatch(maxIndicesOp, [x], dims);
  return dispatch(maxPoolOp, [x, indices], { dims, inputShape: x.shape });
}

/** @internal The attributes of mean pooling. */
export type AvgPoolAttrs = PoolAttrs<AvgPoolDims>;

const avgPoolOp = defineOp<AvgPoolAttrs>({
  name: 'avgPool2d',
  infer: ([x], { dims, inputShape }) => {
    expectShape('avgPool2d', 'input', x.shape, inputShape);
    return { shape: outputShape(x.shape, dims), dtype: x.dtype };
  },
  forward: (kernels, [x], { dims }) => kernels.avgPool2d(x.data, dims),
});

const avgPoolGradOp = defineOp<AvgPoolAttrs>({
  name: 'avgPool2dGrad',
  infer: ([g], { dims, inputShape }) => {
    expectShape('avgPool2dGrad', "output's gradient", g.shape, outputShape(inputShape, dims));
    return { shape: inputShape, dtype: g.dtype };
  },
  forward: (kernels, [g], { dims }) => kernels.avgPool2dGrad(g.data, dims),
});

/** @internal Mean pooling with attributes that are spelled out. */
export function averagePool(x: Tensor, attrs: AvgPoolAttrs): Tensor {
  return dispatch(avgPoolOp, [x], attrs);
}

/**
 * The gradient of `avgPool2d` with respect to its input, given that of its output.
 * @throws ShapeError if it has another shape than the output; ArgumentError for what are no attributes of it.
 */
export function avgPool2dGrad(g: Tensor, attrs: AvgPoolAttrs): Tensor {
  checkTensor('avgPool2dGrad', g);
  checkFloat('avgPool2dGrad', g.dtype);
  checkAttrs('avgPool2dGrad', attrs);
  return dispatch(avgPoolGradOp, [g], attrs);
}

/**
 * The mean of each window over x [N, C, H, W] or [C, H, W]. `torch.nn.functional.avg_pool2d`
 * @param window The height and width of the window, or one number for both.
 * @throws ShapeError if the window does not fit into the padded input; DTypeError unless x holds floats.
 * @throws ArgumentError for a window, stride, padding or divisor that cannot be.
 */
export function avgPool2d(x: Tensor, window: number | Pair, options: AvgPool2dOptions = {}): Tensor {
  checkTensor('avgPool2d', x);
  checkFloat('avgPool2d', x.dtype);
  checkOptions('avgPool2d', options, [...COMMON_OPTIONS, 'countIncludePad', 'divisorOverride']);
  const pooling = poolDims('avgPool2d', x.shape, window, options);
  const { countIncludePad = true, divisorOverride = null } = options;
  if (divisorOverride !== null && (!Number.isFinite(divisorOverride) || divisorOverride === 0)) {
    throw new ArgumentError(
      'avgPool2d',
      `divisorOverride is a number other than 0, got ${formatValue(divisorOverride)}`,
    );
  }
  const dims = { ...pooling, countIncludePad, divisorOverride };
  return averagePool(x, { dims, inputShape: x.shape });
}
