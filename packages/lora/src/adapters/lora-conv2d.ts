/** An adapted Conv2d. */
import { Conv2d } from '@lowrank/nn';
import { conv2d, matmul, norm, type Tensor } from '@lowrank/tensor';
import { AdaptedLayer } from './adapted-layer.js';
import type { FactorParts, Factors } from './parts.js';

/**
 * A Conv2d with adapters: A is a convolution like the base, from all its channels to r, and B one of 1 x 1 from r to its
 * outputs, in as many groups as the base has. PEFT's `lora.Conv2d`, which does not look at the dilation.
 */
export class LoraConv2d extends AdaptedLayer<Conv2d> {
  get kind() {
    return 'Conv2d' as const;
  }

  protected get batchAxes(): number {
    return 4;
  }

  get inChannels(): number {
    return this.base_layer.inChannels;
  }

  get outChannels(): number {
    return this.base_layer.outChannels;
  }

  override get groups(): number {
    return this.base_layer.groups;
  }

  get matrixShape(): readonly [number, number] {
    const [height, width] = this.base_layer.kernelSize;
    return [this.outChannels, this.inChannels * height * width];
  }

  freshFactors(rank: number): FactorParts {
    const { kernelSize, stride, padding, dilation, groups } = this.base_layer;
    return {
      lora_A: new Conv2d(this.inChannels, rank, kernelSize, { stride, padding, dilation, bias: false }),
      lora_B: new Conv2d(rank, this.outChannels, 1, { groups, bias: false }),
    };
  }

  /** Not defined where the base has groups: A sees the channels of all of them, and the weight has no place for that. */
  product({ A, B }: Factors): Tensor {
    return matmul(B.flatten(1), A.flatten(1)).reshape(this.weight.shape);
  }

  lengths(weight: Tensor): Tensor {
    return norm(weight, [1, 2, 3]).reshape([1, this.outChannels, 1, 1]);
  }

  protected through(x: Tensor, { A, B }: Factors, scale: number): Tensor {
    const { stride, padding, dilation, groups } = this.base_layer;
    return conv2d(conv2d(x, A, { stride, padding, dilation }).mul(scale), B, { groups });
  }

  protected alongOutputs(numbers: Tensor, of: 'weight' | 'output'): Tensor {
    return numbers.reshape(of === 'weight' ? [this.outChannels, 1, 1, 1] : [this.outChannels, 1, 1]);
  }

  protected withoutBias(output: Tensor): Tensor {
    return this.bias === null ? output : output.sub(this.alongOutputs(this.bias, 'output'));
  }
}
