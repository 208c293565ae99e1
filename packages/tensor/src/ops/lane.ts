/** Ops that work along one axis and keep its length: running sums, softmax, layer normalisation. */
import { dispatch } from '../dispatch.js';
import { ArgumentError, DTypeError, formatValue, ShapeError } from '../errors.js';
import { lanesAlong, lanesOver } from '../kernels/lanes.js';
import { defineOp } from '../op.js';
import { checkOptions } from '../options.js';
import { checkShape, formatShape, normalizeAxis, type Shape, sameShape } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { cast } from './cast.js';
import { add, mul } from './elementwise.js';
import { checkFloat, checkTensor } from './operand.js';

type AxisAttrs = { readonly axis: number };

const cumsumOp = defineOp<AxisAttrs>({
  name: 'cumsum',
  infer: ([x]) => x,
  forward: (kernels, [x], { axis }, { dtype }) => kernels.cumsum(x.data, lanesAlong(x.shape, axis), dtype),
});

/** The running sum along `axis`; bools are counted as int32, and int32 wraps around. `torch.cumsum` */
export function cumsum(x: Tensor, axis: number): Tensor {
  checkTensor('cumsum', x);
  const counted = x.dtype === 'bool' ? cast(x, 'int32') : x;
  return dispatch(cumsumOp, [counted], { axis: normalizeAxis('cumsum', axis, x.ndim) });
}

function defineLaneOp(name: 'softmax' | 'logSoftmax') {
  const op = defineOp<AxisAttrs>({
    name,
    infer: ([x]) => x,
    forward: (kernels, [x], { axis }) => kernels[name](x.data, lanesAlong(x.shape, axis)),
  });
  return (x: Tensor, axis = -1): Tensor => {
    checkTensor(name, x);
    checkFloat(name, x.dtype);
    return dispatch(op, [x], { axis: normalizeAxis(name, axis, x.ndim) });
  };
}

/** exp(x) / sum(exp(x)) along `axis` (default the last), without overflow. `torch.softmax` */
export const softmax: (x: Tensor, axis?: number) => Tensor = defineLaneOp('softmax');

/** log(softmax(x)) along `axis` (default the last), without overflow. `torch.log_softmax` */
export const logSoftmax: (x: Tensor, axis?: number) => Tensor = defineLaneOp('logSoftmax');

/** Over how many of the last axes is normalised, and what is added to the variance. */
export type LayerNormAttrs = { readonly axes: number; readonly eps: number };

const layerNormOp = defineOp<LayerNormAttrs>({
  name: 'layerNorm',
  infer: ([x]) => x,
  forward: (kernels, [x], { axes, eps }) => kernels.layerNorm(x.data, lanesOver(x.shape, axes), eps),
});

const layerNormGradOp = defineOp<LayerNormAttrs>({
  name: 'layerNormGrad',
  infer: ([, x]) => x,
  forward: (kernels, [g, x], { axes, eps }) =>
    kernels.layerNormGrad(g.data, x.data, lanesOver(x.shape, axes), eps),
});

/**
 * The gradient of `layerNorm` without weight and bias with respect to x, for the gradient `g` of its output.
 * @param g Of x's shape.
 * @param axes Over how many of the last axes it normalises.
 * @throws ShapeError if the shapes differ, DTypeError unless both have one dtype of floats.
 */
export function layerNormGrad(g: Tensor, x: Tensor, { axes, eps }: LayerNormAttrs): Tensor {
  checkTensor('layerNormGrad', x);
  checkFloat('layerNormGrad', x.dtype);
  checkMatch('layerNormGrad', 'gradient', g, x, { shape: x.shape, of: "x's shape" });
  return dispatch(layerNormGradOp, [g, x], { axes, eps });
}

export interface LayerNormOptions {
  /** Multiplied with the normalised values; of the normalised shape. Default: nothing. */
  readonly weight?: Tensor | null;
  /** Added last; of the normalised shape. Default: nothing. */
  readonly bias?: Tensor | null;
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number;
}

/**
 * (x - mean) / sqrt(variance + eps) * weight + bias over the last axes. `torch.nn.functional.layer_norm`
 * @param normalizedShape The lengths of the axes to normalise over; x's shape must end in them.
 * @throws ShapeError if it does not, or a parameter has another shape; DTypeError if one has another dtype than x.
 */
export function layerNorm(x: Tensor, normalizedShape: Shape, options: LayerNormOptions = {}): Tensor {
  checkTensor('layerNorm', x);
  checkFloat('layerNorm', x.dtype);
  checkShape('layerNorm', normalizedShape);
  checkOptions('layerNorm', options, ['weight', 'bias', 'eps']);
  const { weight = null, bias = null, eps = 1e-5 } = options;
  const axes = normalizedShape.length;
  if (axes === 0 || !sameShape(x.shape.slice(-axes), normalizedShape)) {
    throw new ShapeError(
      'layerNorm',
      `the normalised shape holds the lengths of x's last axes, at least one; ${formatShape(x.shape)} does not end in ` +
        formatShape(normalizedShape),
    );
  }
  if (!Number.isFinite(eps) || eps < 0)
    throw new ArgumentError('layerNorm', `eps is a finite number of at least 0, got ${formatValue(eps)}`);
  const expected = { shape: normalizedShape, of: 'the normalised shape' };
  if (weight !== null) checkMatch('layerNorm', 'weight', weight, x, expected);
  if (bias !== null) checkMatch('layerNorm', 'bias', bias, x, expected);
  const normalized = dispatch(layerNormOp, [x], { axes, eps });
  const scaled = weight === null ? normalized : mul(normalized, weight);
  return bias === null ? scaled : add(scaled, bias);
}

/** @throws ShapeError unless `tensor` has the given shape, DTypeError unless it has x's dtype. */
function checkMatch(
  op: string,
  name: string,
  tensor: Tensor,
  x: Tensor,
  { shape, of }: { readonly shape: Shape; readonly of: string },
): void {
  checkTensor(op, tensor);
  if (!sameShape(tensor.shape, shape)) {
    throw new ShapeError(
      op,
      `the ${name} has shape ${formatShape(tensor.shape)}, it must be ${formatShape(shape)}, ${of}`,
    );
  }
  if (tensor.dtype !== x.dtype) {
    throw new DTypeError(op, `the ${name} is ${tensor.dtype} and x is ${x.dtype}. Convert one with to()`);
  }
}
