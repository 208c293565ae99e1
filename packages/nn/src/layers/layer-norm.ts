/** Layer normalisation. */
import {
  ArgumentError,
  formatValue,
  layerNorm,
  ones,
  type Shape,
  ShapeError,
  type Tensor,
  zeros,
} from '@lowrank/tensor';
import { checkBoolean, checkOptions } from '../checks.js';
import { Module } from '../module.js';
import { Parameter } from '../parameter.js';
import { pythonBool, pythonNumber, pythonTuple } from './python.js';

export interface LayerNormLayerOptions {
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number;
  /** Whether a weight (and a bias) of the normalised shape is learned. Default true. */
  readonly elementwiseAffine?: boolean;
  /** Whether a bias is learned, if there is a weight. Default true. */
  readonly bias?: boolean;
}

/** Normalises over the last axes, of `normalizedShape`. `torch.nn.LayerNorm` */
export class LayerNorm extends Module {
  readonly normalizedShape: Shape;
  readonly eps: number;
  /** [...normalizedShape], begins with 1. */
  readonly weight: Tensor | null;
  /** [...normalizedShape], begins with 0. */
  readonly bias: Tensor | null;

  /**
   * @param normalizedShape The lengths of the last axes, or one number for the last axis alone.
   * @throws ShapeError unless these are one whole number or more, of at least 1; ArgumentError for a negative eps.
   */
  constructor(normalizedShape: number | Shape, options: LayerNormLayerOptions = {}) {
    super();
    checkOptions('LayerNorm', options);
    const { eps = 1e-5, elementwiseAffine = true, bias = true } = options;
    this.normalizedShape = checkedLengths(normalizedShape);
    if (!Number.isFinite(eps) || eps < 0) {
      throw new ArgumentError('LayerNorm', `eps is a finite number of at least 0, got ${formatValue(eps)}`);
    }
    for (const [name, value] of Object.entries({ elementwiseAffine, bias }))
      checkBoolean('LayerNorm', name, value);
    this.eps = eps;
    this.weight = elementwiseAffine ? new Parameter(ones(this.normalizedShape)) : null;
    this.bias = elementwiseAffine && bias ? new Parameter(zeros(this.normalizedShape)) : null;
  }

  /** @throws ShapeError unless the shape of x ends in `normalizedShape`. */
  forward(x: Tensor): Tensor {
    const { weight, bias, eps } = this;
    return layerNorm(x, this.normalizedShape, { weight, bias, eps });
  }

  override extraRepr(): string {
    const { normalizedShape, eps, weight } = this;
    const affine = pythonBool(weight !== null);
    return `${pythonTuple(normalizedShape)}, eps=${pythonNumber(eps)}, elementwise_affine=${affine}`;
  }
}

function checkedLengths(shape: number | Shape): Shape {
  const lengths = Array.isArray(shape) ? [...shape] : [shape];
  if (lengths.length > 0 && lengths.every((length) => Number.isInteger(length) && length >= 1))
    return lengths;
  throw new ShapeError(
    'LayerNorm',
    `normalizedShape holds the lengths of the last axes, whole numbers of at least 1, got ${formatValue(shape)}`,
  );
}
