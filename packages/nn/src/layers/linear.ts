/** The affine layer. */
import { ArgumentError, matmul, type Tensor, zeros } from '@lowrank/tensor';
import { fans, kaimingUniform, uniformInit } from '../init.js';
import { Module } from '../module.js';
import { Parameter } from '../parameter.js';

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

  constructor(
    readonly inFeatures: number,
    readonly outFeatures: number,
    options: LinearOptions = {},
  ) {
    super();
    for (const [name, count] of Object.entries({ inFeatures, outFeatures })) {
      if (!Number.isInteger(count) || count < 1) {
        throw new ArgumentError('Linear', `${name} is a whole number of at least 1, got ${count}`);
      }
    }
    const weight = kaimingUniform(new Parameter(zeros([outFeatures, inFeatures])), { a: Math.sqrt(5) });
    this.weight = weight;
    this.bias = (options.bias ?? true) ? biasFor(weight) : null;
  }

  forward(x: Tensor): Tensor {
    const product = matmul(x, this.weight, { transposeB: true });
    return this.bias === null ? product : product.add(this.bias);
  }

  override extraRepr(): string {
    return `in_features=${this.inFeatures}, out_features=${this.outFeatures}, bias=${this.bias === null ? 'False' : 'True'}`;
  }
}

/** A bias as PyTorch begins it for a weight [out, ...]: uniform within 1 / sqrt(fan in). */
export function biasFor(weight: Parameter): Parameter {
  const bound = 1 / Math.sqrt(fans(weight.shape).fanIn);
  return uniformInit(new Parameter(zeros([weight.shape[0]!])), -bound, bound);
}
