/** Two-dimensional convolution and its two gradients: three bilinear ops, each of which is a gradient of the others. */
import { dispatch } from '../dispatch.js';
import { ArgumentError, ShapeError } from '../errors.js';
import type { Conv2dDims } from '../kernels/dims.js';
import { defineOp } from '../op.js';
import { formatShape, type Shape, sameShape } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { add } from './elementwise.js';
import { checkTensor, commonDType, toTensors } from './operand.js';
import { reshape } from './shape.js';
import { checkPair, type Pair, pairOf, windowCount } from './window.js';

/** How the kernel moves, with everything spelled out; shared by the three ops. */
export type Conv2dAttrs = {
  /** [N, C, H, W] */
  readonly inputShape: Shape;
  /** [O, C / groups, KH, KW] */
  readonly weightShape: Shape;
  readonly stride: Pair;
  readonly padding: { readonly top: number; readonly bottom: number; readonly left: number; readonly right: number };
  readonly dilation: Pair;
  readonly groups: number;
};

function dimsOf({ inputShape, weightShape, stride, padding, dilation, groups }: Conv2dAttrs): Conv2dDims {
  const [N, C, H, W] = inputShape as readonly [number, number, number, number];
  const [O, , KH, KW] = weightShape as readonly [number, number, number, number];
  return {
    N, C, H, W, O, KH, KW, groups,
    outH: windowCount(H + padding.top + padding.bottom, KH, stride[0], dilation[0]),
    outW: windowCount(W + padding.left + padding.right, KW, stride[1], dilation[1]),
    strideH: stride[0],
    strideW: stride[1],
    padTop: padding.top,
    padLeft: padding.left,
    dilationH: dilation[0],
    dilationW: dilation[1],
  };
}

function outputShape(attrs: Conv2dAttrs): Shape {
  const { N, O, outH, outW } = dimsOf(attrs);
  return [N, O, outH, outW];
}

/** @throws ShapeError where an op is called on a tensor that its attributes do not describe. */
function expectShape(op: string, actual: Shape, expected: Shape): void {
  if (!sameShape(actual, expected)) {
    throw new ShapeError(op, `expected shape ${formatShape(expected)}, got ${formatShape(actual)}`);
  }
}

const conv2dOp = defineOp<Conv2dAttrs>({
  name: 'conv2d',
  infer: ([x, weight], attrs) => {
    expectShape('conv2d', x.shape, attrs.inputShape);
    expectShape('conv2d', weight.shape, attrs.weightShape);
    return { shape: outputShape(attrs), dtype: x.dtype };
  },
  forward: (kernels, [x, weight], attrs) => kernels.conv2d(x.data, weight.data, dimsOf(attrs)),
});

const inputGradOp = defineOp<Conv2dAttrs>({
  name: 'conv2dInputGrad',
  infer: ([g, weight], attrs) => {
    expectShape('conv2dInputGrad', g.shape, outputShape(attrs));
    expectShape('conv2dInputGrad', weight.shape, attrs.weightShape);
    return { shape: attrs.inputShape, dtype: g.dtype };
  },
  forward: (kernels, [g, weight], attrs) => kernels.conv2dInputGrad(g.data, weight.data, dimsOf(attrs)),
});

const weightGradOp = defineOp<Conv2dAttrs>({
  name: 'conv2dWeightGrad',
  infer: ([x, g], attrs) => {
    expectShape('conv2dWeightGrad', x.shape, attrs.inputShape);
    expectShape('conv2dWeightGrad', g.shape, outputShape(attrs));
    return { shape: attrs.weightShape, dtype: x.dtype };
  },
  forward: (kernels, [x, g], attrs) => kernels.conv2dWeightGrad(x.data, g.data, dimsOf(attrs)),
});

/** @internal conv2d with attributes that are spelled out: [N, C, H, W] x [O, C / groups, KH, KW]. */
export function convolve(x: Tensor, weight: Tensor, attrs: Conv2dAttrs): Tensor {
  return dispatch(conv2dOp, [x, weight], attrs);
}

/** The gradient of `conv2d` with respect to its input, given that of its output; also the transposed convolution. */
export function conv2dInputGrad(g: Tensor, weight: Tensor, attrs: Conv2dAttrs): Tensor {
  return dispatch(inputGradOp, [g, weight], attrs);
}

/** The gradient of `conv2d` with respect to its weight, given that of its output. */
export function conv2dWeightGrad(x: Tensor, g: Tensor, attrs: Conv2dAttrs): Tensor {
  return dispatch(weightGradOp, [x, g], attrs);
}

export interface Conv2dOptions {
  /** [O], added to every output channel. Default: nothing. */
  readonly bias?: Tensor | null;
  /** How far the kernel moves. Default 1. */
  readonly stride?: number | Pair;
  /**
   * Zeros on each side of height and width. `'same'` (stride 1 only) keeps the size, with the odd one at the end;
   * `'valid'` is 0. Default 0.
   */
  readonly padding?: number | Pair | 'same' | 'valid';
  /** The distance between the kernel's elements. Default 1. */
  readonly dilation?: number | Pair;
  /** Channels are split into so many groups that do not see each other. Default 1. */
  readonly groups?: number;
}

/**
 * The two-dimensional cross-correlation of x [N, C, H, W] (or [C, H, W]) with weight [O, C / groups, KH, KW], giving
 * [N, O, outH, outW]. `torch.nn.functional.conv2d`
 *
 * @throws ShapeError if shapes, groups or bias do not fit, or the kernel is larger than the padded input.
 * @throws ArgumentError for a stride, padding, dilation or groups that cannot be.
 */
export function conv2d(x: Tensor, weight: Tensor, options: Conv2dOptions = {}): Tensor {
  checkTensor('conv2d', x);
  checkTensor('conv2d', weight);
  const { bias = null } = options;
  if (x.ndim === 3) {
    const batched = conv2d(reshape(x, [1, ...x.shape]), weight, options);
    return reshape(batched, batched.shape.slice(1));
  }
  const attrs = conv2dAttrs(x.shape, weight.shape, options);
  const [input, kernel] = toTensors([x, weight], commonDType([x, weight]));
  const output = convolve(input!, kernel!, attrs);
  if (bias === null) return output;
  checkTensor('conv2d', bias);
  expectShape('conv2d (bias)', bias.shape, [weight.shape[0]!]);
  return add(output, reshape(bias, [-1, 1, 1]));
}

function conv2dAttrs(input: Shape, weight: Shape, options: Conv2dOptions): Conv2dAttrs {
  const shapes = `input ${formatShape(input)} and weight ${formatShape(weight)}`;
  if (input.length !== 4 || weight.length !== 4) {
    throw new ShapeError('conv2d', `takes input [N, C, H, W] and weight [O, C / groups, KH, KW], got ${shapes}`);
  }
  const stride = checkPair('conv2d', 'stride', pairOf(options.stride ?? 1), 1);
  const dilation = checkPair('conv2d', 'dilation', pairOf(options.dilation ?? 1), 1);
  const { groups = 1 } = options;
  if (!Number.isInteger(groups) || groups < 1) {
    throw new ArgumentError('conv2d', `groups is a whole number of at least 1, got ${groups}`);
  }
  if (input[1] !== weight[1]! * groups || weight[0]! % groups !== 0) {
    throw new ShapeError(
      'conv2d',
      `${shapes} do not fit with groups ${groups}: C must be ${weight[1]! * groups}, and O a multiple of ${groups}`,
    );
  }
  const attrs: Conv2dAttrs = {
    inputShape: input,
    weightShape: weight,
    stride,
    dilation,
    groups,
    padding: resolvePadding(options.padding ?? 0, weight, stride, dilation),
  };
  const { outH, outW } = dimsOf(attrs);
  if (outH < 1 || outW < 1) {
    throw new ShapeError('conv2d', `the kernel is larger than the padded input: ${shapes}. Add padding`);
  }
  return attrs;
}

function resolvePadding(padding: number | Pair | 'same' | 'valid', weight: Shape, stride: Pair, dilation: Pair) {
  if (padding === 'same') {
    if (stride[0] !== 1 || stride[1] !== 1) {
      throw new ArgumentError('conv2d', `padding 'same' is only defined for stride 1, got ${formatShape(stride)}`);
    }
    const [height, width] = [dilation[0] * (weight[2]! - 1), dilation[1] * (weight[3]! - 1)];
    const [top, left] = [Math.floor(height / 2), Math.floor(width / 2)];
    return { top, bottom: height - top, left, right: width - left };
  }
  const [vertical, horizontal] = checkPair('conv2d', 'padding', padding === 'valid' ? [0, 0] : pairOf(padding), 0);
  return { top: vertical, bottom: vertical, left: horizontal, right: horizontal };
}
