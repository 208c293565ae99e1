/** Layer normalisation. */
import { layerNorm, ones, type Shape, type Tensor, zeros } from '@lowrank/tensor';
import { Module } from '../module.js';
import { Parameter } from '../parameter.js';

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

  constructor(normalizedShape: number | Shape, options: LayerNormLayerOptions = {}) {
    super();
    const { eps = 1e-5, elementwiseAffine = true, bias = true } = options;
    this.normalizedShape = typeof normalizedShape === 'number' ? [normalizedShape] : normalizedShape;
    this.eps = eps;
    this.weight = elementwiseAffine ? new Parameter(ones(this.normalizedShape)) : null;
    this.bias = elementwiseAffine && bias ? new Parameter(zeros(this.normalizedShape)) : null;
  }

  forward(x: Tensor): Tensor {
    const { weight, bias, eps } = this;
    return layerNorm(x, this.normalizedShape, { weight, bias, eps });
  }

  override extraRepr(): string {
    const shape = this.normalizedShape.length === 1 ? `(${this.normalizedShape[0]},)` : `(${this.normalizedShape.join(', ')})`;
    return `${shape}, eps=${pythonFloat(this.eps)}, elementwise_affine=${this.weight === null ? 'False' : 'True'}`;
  }
}

/** A number as Python prints it: 1e-05. */
function pythonFloat(value: number): string {
  return String(value).replace(/e([+-])(\d)$/, 'e$10$2');
}
