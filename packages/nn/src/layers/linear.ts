/** The affine layer. */
import { formatShape, linear, ShapeError, type Tensor, zeros } from '@lowrank/tensor';
import { checkBoolean, checkCounts, checkOptions, checkTensor } from '../checks.js';
import { fans, kaimingUniform, uniformInit } from '../init.js';
import { Module } from '../module.js';
import { Parameter } from '../parameter.js';
import { pythonBool } from './python.js';

export interface LinearOptions {
  /** Whether a bias is added. Default true. */
  readonly bias?: boolean;
}

/** y = x W^T + b, from [..., in] to [..., out]. `torch.nn.Linear`, with its initialisation. */
export class Linear extends Module {
  /** [out, in] */
  readonly weight: Tensor;
  /** [out] */
  readonly bias: Tensor | null;

  /** @throws ArgumentError unless both sizes are whole numbers of at least 1, and `bias` is true or false. */
  constructor(
    readonly inFeatures: number,
    readonly outFeatures: number,
    options: LinearOptions = {},
  ) {
    super();
    checkOptions('Linear', options);
    const { bias = true } = options;
    checkCounts('Linear', { inFeatures, outFeatures });
    checkBoolean('Linear', 'bias', bias);
    const weight = kaimingUniform(new Parameter(zeros([outFeatures, inFeatures])), { a: Math.sqrt(5) });
    this.weight = weight;
    this.bias = bias ? biasFor(weight) : null;
  }

  /**
   * @param x [..., in]
   * @throws ShapeError unless the last axis has `inFeatures` elements.
   */
  forward(x: Tensor): Tensor {
    checkTensor('Linear', 'the input', x);
    if (x.shape.at(-1) !== this.inFeatures) {
      throw new ShapeError(
        'Linear',
        `takes [..., ${this.inFeatures}], got ${formatShape(x.shape)}. Flatten or transpose the input, or make the ` +
          `layer with inFeatures ${x.shape.at(-1) ?? 1}`,
      );
    }
    return linear(x, this.weight, { bias: this.bias });
  }

  override extraRepr(): string {
    const { inFeatures, outFeatures, bias } = this;
    return `in_features=${inFeatures}, out_features=${outFeatures}, bias=${pythonBool(bias !== null)}`;
  }
}

/** A bias as PyTorch begins it for a weight [out, ...]: uniform within 1 / sqrt(fan in). */
export function biasFor(weight: Parameter): Parameter {
  const bound = 1 / Math.sqrt(fans(weight.shape).fanIn);
  return uniformInit(new Parameter(zeros([weight.shape[0]!])), -bound, bound);
}
