/** Ops that work along one axis and keep its length: running sums, softmax, layer normalisation. */
import { dispatch } from '../dispatch.js';
import { ArgumentError, DTypeError, formatValue, ShapeError } from '../errors.js';
import { lanesAlong } from '../kernels/lanes.js';
import { defineOp } from '../op.js';
import { checkOptions } from '../options.js';
import { checkShape, formatShape, normalizeAxis, type Shape, sameShape, sizeOf } from '../shape.js';
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

type LayerNormAttrs = { readonly axes: number; readonly eps: number };

const layerNormOp = defineOp<LayerNormAttrs>({
  name: 'layerNorm',
  infer: ([x]) => x,
  forward: (kernels, [x], { axes, eps }) => {
    const lead = x.shape.length - axes;
    return kernels.layerNorm(
      x.data,
      { outer: sizeOf(x.shape.slice(0, lead)), length: sizeOf(x.shape.slice(lead)), inner: 1 },
      eps,
    );
  },
});

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
  checkOptions('layerNorm', options);
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
  checkAffine('weight', weight, x, normalizedShape);
  checkAffine('bias', bias, x, normalizedShape);
  const normalized = dispatch(layerNormOp, [x], { axes, eps });
  const scaled = weight === null ? normalized : mul(normalized, weight);
  return bias === null ? scaled : add(scaled, bias);
}

function checkAffine(name: string, parameter: Tensor | null, x: Tensor, shape: Shape): void {
  if (parameter === null) return;
  checkTensor('layerNorm', parameter);
  if (!sameShape(parameter.shape, shape)) {
    throw new ShapeError(
      'layerNorm',
      `the ${name} has shape ${formatShape(parameter.shape)}, it must be ${formatShape(shape)}, the normalised shape`,
    );
  }
  if (parameter.dtype !== x.dtype) {
    throw new DTypeError(
      'layerNorm',
      `the ${name} is ${parameter.dtype} and x is ${x.dtype}. Convert one with to()`,
    );
  }
}
