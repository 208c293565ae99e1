/** Two-dimensional convolution and its two gradients: three ops, bilinear but for the bias, each a gradient of the others. */
import { dispatch } from '../dispatch.js';
import { ArgumentError, DTypeError, ShapeError } from '../errors.js';
import type { Conv2dDims } from '../kernels/dims.js';
import { defineOp, type Op } from '../op.js';
import { checkOptions } from '../options.js';
import { checkInteger, checkShape, formatShape, type Shape } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { checkTensor, commonDType, toTensors } from './operand.js';
import { squeeze, unsqueeze } from './shape.js';
import { checkPair, expectShape, type Pair, windowCount } from './window.js';

/** How the kernel moves, with everything spelled out; shared by the three ops. */
export type Conv2dAttrs = {
  /** [N, C, H, W] */
  readonly inputShape: Shape;
  /** [O, C / groups, KH, KW] */
  readonly weightShape: Shape;
  readonly stride: Pair;
  readonly padding: {
    readonly top: number;
    readonly bottom: number;
    readonly left: number;
    readonly right: number;
  };
  readonly dilation: Pair;
  readonly groups: number;
};

type Quad = readonly [number, number, number, number];

function dimsOf({ inputShape, weightShape, stride, padding, dilation, groups }: Conv2dAttrs): Conv2dDims {
  const [N, C, H, W] = inputShape as Quad;
  const [O, , KH, KW] = weightShape as Quad;
  return {
    N,
    C,
    H,
    W,
    O,
    KH,
    KW,
    groups,
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

/** @throws ShapeError or ArgumentError for attributes that no convolution can have. */
function checkAttrs(op: string, attrs: Conv2dAttrs): void {
  checkOptions(op, attrs);
  const { inputShape, weightShape, stride, padding, dilation, groups } = attrs;
  for (const shape of [inputShape, weightShape]) checkShape(op, shape);
  checkOptions(op, padding);
  const shapes = `input ${formatShape(inputShape)} and weight ${formatShape(weightShape)}`;
  if (inputShape.length !== 4 || weightShape.length !== 4) {
    throw new ShapeError(op, `takes input [N, C, H, W] and weight [O, C / groups, KH, KW], got ${shapes}`);
  }
  checkPair(op, 'stride', stride, 1);
  checkPair(op, 'dilation', dilation, 1);
  const [, C] = inputShape as Quad;
  const [O, depth, KH, KW] = weightShape as Quad;
  if (KH < 1 || KW < 1) throw new ShapeError(op, `the kernel is empty: ${shapes}`);
  checkPair(op, 'padding', [padding.top, padding.left], 0);
  checkPair(op, 'padding', [padding.bottom, padding.right], 0);
  checkInteger(op, 'groups', groups, 1);
  if (C !== depth * groups || O % groups !== 0) {
    throw new ShapeError(
      op,
      `${shapes} do not fit with groups ${groups}: C must be ${depth * groups}, and O a multiple of ${groups}`,
    );
  }
  const { outH, outW } = dimsOf(attrs);
  if (outH < 1 || outW < 1) {
    throw new ShapeError(op, `the kernel is larger than the padded input: ${shapes}. Add padding`);
  }
}

const conv2dOp = defineOp<Conv2dAttrs>({
  name: 'conv2d',
  // The bias may be missing.
  infer: ([x, weight, bias], attrs) => {
    checkAttrs('conv2d', attrs);
    expectShape('conv2d', 'input', x.shape, attrs.inputShape);
    expectShape('conv2d', 'weight', weight.shape, attrs.weightShape);
    if (bias !== undefined) expectShape('conv2d', 'bias', bias.shape, [attrs.weightShape[0]!]);
    return { shape: outputShape(attrs), dtype: x.dtype };
  },
  forward: (kernels, [x, weight, bias], attrs) =>
    kernels.conv2d(x.data, weight.data, dimsOf(attrs), bias?.data),
});

const inputGradOp = defineOp<Conv2dAttrs>({
  name: 'conv2dInputGrad',
  infer: ([g, weight], attrs) => {
    checkAttrs('conv2dInputGrad', attrs);
    expectShape('conv2dInputGrad', "output's gradient", g.shape, outputShape(attrs));
    expectShape('conv2dInputGrad', 'weight', weight.shape, attrs.weightShape);
    return { shape: attrs.inputShape, dtype: g.dtype };
  },
  forward: (kernels, [g, weight], attrs) => kernels.conv2dInputGrad(g.data, weight.data, dimsOf(attrs)),
});

const weightGradOp = defineOp<Conv2dAttrs>({
  name: 'conv2dWeightGrad',
  infer: ([x, g], attrs) => {
    checkAttrs('conv2dWeightGrad', attrs);
    expectShape('conv2dWeightGrad', 'input', x.shape, attrs.inputShape);
    expectShape('conv2dWeightGrad', "output's gradient", g.shape, outputShape(attrs));
    return { shape: attrs.weightShape, dtype: x.dtype };
  },
  forward: (kernels, [x, g], attrs) => kernels.conv2dWeightGrad(x.data, g.data, dimsOf(attrs)),
});

/** Brings the operands to one dtype and calls an op on them. @throws DTypeError for bool. */
function call(op: Op<Conv2dAttrs>, operands: readonly Tensor[], attrs: Conv2dAttrs): Tensor {
  for (const operand of operands) checkTensor(op.name, operand);
  const dtype = commonDType(operands);
  if (dtype === 'bool')
    throw new DTypeError(op.name, "is not defined for bool. Convert with to('float32') first");
  return dispatch(op, toTensors(operands, dtype), attrs);
}

/** @internal conv2d with attributes that are spelled out: [N, C, H, W] x [O, C / groups, KH, KW]. */
export function convolve(x: Tensor, weight: Tensor, attrs: Conv2dAttrs): Tensor {
  return call(conv2dOp, [x, weight], attrs);
}

/**
 * The gradient of `conv2d` with respect to its input [N, C, H, W], given that of its output [N, O, outH, outW]; also the
 * transposed convolution.
 * @throws ShapeError or ArgumentError for tensors or attributes that do not fit together.
 */
export function conv2dInputGrad(g: Tensor, weight: Tensor, attrs: Conv2dAttrs): Tensor {
  return call(inputGradOp, [g, weight], attrs);
}

/**
 * The gradient of `conv2d` with respect to its weight [O, C / groups, KH, KW], given that of its output.
 * @throws ShapeError or ArgumentError for tensors or attributes that do not fit together.
 */
export function conv2dWeightGrad(x: Tensor, g: Tensor, attrs: Conv2dAttrs): Tensor {
  return call(weightGradOp, [x, g], attrs);
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
 * @throws ArgumentError for a stride, padding, dilation or groups that cannot be; DTypeError for bool.
 */
export function conv2d(x: Tensor, weight: Tensor, options: Conv2dOptions = {}): Tensor {
  checkTensor('conv2d', x);
  checkTensor('conv2d', weight);
  checkOptions('conv2d', options, ['bias', 'stride', 'padding', 'dilation', 'groups']);
  const { bias = null, groups = 1 } = options;
  if ((x.ndim !== 3 && x.ndim !== 4) || weight.ndim !== 4) {
    const shapes = `${formatShape(x.shape)} and ${formatShape(weight.shape)}`;
    throw new ShapeError(
      'conv2d',
      `takes input [N, C, H, W] or [C, H, W] and weight [O, C / groups, KH, KW], got ${shapes}`,
    );
  }
  if (bias !== null) {
    checkTensor('conv2d', bias);
    expectShape('conv2d', 'bias', bias.shape, [weight.shape[0]!]);
  }
  const stride = checkPair('conv2d', 'stride', options.stride ?? 1, 1);
  const dilation = checkPair('conv2d', 'dilation', options.dilation ?? 1, 1);
  const padding = resolvePadding(options.padding ?? 0, weight.shape, stride, dilation);
  const input = x.ndim === 3 ? unsqueeze(x, 0) : x;
  const attrs = { inputShape: input.shape, weightShape: weight.shape, stride, padding, dilation, groups };
  const output = call(conv2dOp, bias === null ? [input, weight] : [input, weight, bias], attrs);
  return x.ndim === 3 ? squeeze(output, 0) : output;
}

function resolvePadding(
  padding: number | Pair | 'same' | 'valid',
  weight: Shape,
  stride: Pair,
  dilation: Pair,
) {
  if (padding === 'same') {
    if (stride[0] !== 1 || stride[1] !== 1) {
      throw new ArgumentError(
        'conv2d',
        `padding 'same' is only defined for stride 1, got ${formatShape(stride)}`,
      );
    }
    const [height, width] = [dilation[0] * (weight[2]! - 1), dilation[1] * (weight[3]! - 1)];
    const [top, left] = [Math.floor(height / 2), Math.floor(width / 2)];
    return { top, bottom: height - top, left, right: width - left };
  }
  const name = "padding is 'same' or 'valid', or";
  const [vertical, horizontal] = checkPair('conv2d', name, padding === 'valid' ? [0, 0] : padding, 0);
  return { top: vertical, bottom: vertical, left: horizontal, right: horizontal };
}
