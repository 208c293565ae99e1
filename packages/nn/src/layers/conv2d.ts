/** The convolutional layer. */
import { ArgumentError, conv2d, type Pair, type Tensor, zeros } from '@lowrank/tensor';
import { kaimingUniform } from '../init.js';
import { Module } from '../module.js';
import { Parameter } from '../parameter.js';
import { biasFor } from './linear.js';

export interface Conv2dLayerOptions {
  /** Default 1. */
  readonly stride?: number | Pair;
  /** Default 0. */
  readonly padding?: number | Pair | 'same' | 'valid';
  /** Default 1. */
  readonly dilation?: number | Pair;
  /** Default 1. */
  readonly groups?: number;
  /** Whether a bias is added. Default true. */
  readonly bias?: boolean;
}

/** Cross-correlation from [N, C, H, W] to [N, O, outH, outW]. `torch.nn.Conv2d`, with its initialisation. */
export class Conv2d extends Module {
  /** [O, C / groups, KH, KW] */
  readonly weight: Tensor;
  /** [O] */
  readonly bias: Tensor | null;
  readonly kernelSize: Pair;
  readonly stride: Pair;
  readonly padding: Pair | 'same' | 'valid';
  readonly dilation: Pair;
  readonly groups: number;

  /** @param kernelSize Height and width, or one number for both. */
  constructor(
    readonly inChannels: number,
    readonly outChannels: number,
    kernelSize: number | Pair,
    options: Conv2dLayerOptions = {},
  ) {
    super();
    const { stride = 1, padding = 0, dilation = 1, groups = 1, bias = true } = options;
    this.kernelSize = pairOf(kernelSize);
    this.stride = pairOf(stride);
    this.padding = typeof padding === 'string' ? padding : pairOf(padding);
    this.dilation = pairOf(dilation);
    this.groups = groups;
    const counts = { inChannels, outChannels, groups, kernelHeight: this.kernelSize[0], kernelWidth: this.kernelSize[1] };
    for (const [name, count] of Object.entries(counts)) {
      if (!Number.isInteger(count) || count < 1) {
        throw new ArgumentError('Conv2d', `${name} is a whole number of at least 1, got ${count}`);
      }
    }
    if (inChannels % groups !== 0 || outChannels % groups !== 0) {
      throw new ArgumentError('Conv2d', `${inChannels} and ${outChannels} channels do not split into ${groups} groups`);
    }
    const shape = [outChannels, inChannels / groups, ...this.kernelSize];
    const weight = kaimingUniform(new Parameter(zeros(shape)), { a: Math.sqrt(5) });
    this.weight = weight;
    this.bias = bias ? biasFor(weight) : null;
  }

  forward(x: Tensor): Tensor {
    const { bias, stride, padding, dilation, groups } = this;
    return conv2d(x, this.weight, { bias, stride, padding, dilation, groups });
  }

  override extraRepr(): string {
    const pair = ([height, width]: Pair) => `(${height}, ${width})`;
    const isPadded = typeof this.padding !== 'string' && this.padding[0] + this.padding[1] > 0;
    return [
      `${this.inChannels}, ${this.outChannels}, kernel_size=${pair(this.kernelSize)}, stride=${pair(this.stride)}`,
      ...(typeof this.padding === 'string' ? [`padding=${this.padding}`] : isPadded ? [`padding=${pair(this.padding)}`] : []),
      ...(this.dilation[0] * this.dilation[1] > 1 ? [`dilation=${pair(this.dilation)}`] : []),
      ...(this.groups > 1 ? [`groups=${this.groups}`] : []),
      ...(this.bias === null ? ['bias=False'] : []),
    ].join(', ');
  }
}

function pairOf(value: number | Pair): Pair {
  return typeof value === 'number' ? [value, value] : value;
}
