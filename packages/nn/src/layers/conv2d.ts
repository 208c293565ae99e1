/** The convolutional layer. */
import { ArgumentError, conv2d, formatValue, type Pair, type Tensor, zeros } from '@lowrank/tensor';
import { checkBoolean, checkCounts, checkOptions } from '../checks.js';
import { kaimingUniform } from '../init.js';
import { Module } from '../module.js';
import { Parameter } from '../parameter.js';
import { biasFor } from './linear.js';
import { checkedPair } from './pair.js';
import { pythonTuple } from './python.js';

export interface Conv2dLayerOptions {
  /** How far the kernel moves. Default 1. */
  readonly stride?: number | Pair;
  /** Zeros on each side; `'same'` (stride 1 only) keeps height and width, `'valid'` is 0. Default 0. */
  readonly padding?: number | Pair | 'same' | 'valid';
  /** The distance between the kernel's elements. Default 1. */
  readonly dilation?: number | Pair;
  /** Channels are split into so many groups that do not see each other. Default 1. */
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

  /**
   * @param kernelSize Height and width, or one number for both.
   * @throws ArgumentError for sizes that are no whole numbers, or channels that do not split into the groups.
   */
  constructor(
    readonly inChannels: number,
    readonly outChannels: number,
    kernelSize: number | Pair,
    options: Conv2dLayerOptions = {},
  ) {
    super();
    checkOptions('Conv2d', options);
    const { stride = 1, padding = 0, dilation = 1, groups = 1, bias = true } = options;
    checkCounts('Conv2d', { inChannels, outChannels, groups });
    checkBoolean('Conv2d', 'bias', bias);
    if (inChannels % groups !== 0 || outChannels % groups !== 0) {
      throw new ArgumentError(
        'Conv2d',
        `${inChannels} and ${outChannels} channels do not split into ${groups} groups`,
      );
    }
    this.kernelSize = checkedPair('Conv2d', 'kernelSize', kernelSize, 1);
    this.stride = checkedPair('Conv2d', 'stride', stride, 1);
    this.padding = checkedPadding(padding, this.stride);
    this.dilation = checkedPair('Conv2d', 'dilation', dilation, 1);
    this.groups = groups;
    const shape = [outChannels, inChannels / groups, ...this.kernelSize];
    const weight = kaimingUniform(new Parameter(zeros(shape)), { a: Math.sqrt(5) });
    this.weight = weight;
    this.bias = bias ? biasFor(weight) : null;
  }

  /**
   * @param x [N, C, H, W] or [C, H, W]
   * @throws ShapeError unless it has `inChannels` channels and is, with padding, at least as large as the kernel.
   */
  forward(x: Tensor): Tensor {
    const { bias, stride, padding, dilation, groups } = this;
    return conv2d(x, this.weight, { bias, stride, padding, dilation, groups });
  }

  override extraRepr(): string {
    const { padding, dilation, groups, bias } = this;
    const isPadded = typeof padding === 'string' || padding[0] + padding[1] > 0;
    return [
      `${this.inChannels}, ${this.outChannels}`,
      `kernel_size=${pythonTuple(this.kernelSize)}`,
      `stride=${pythonTuple(this.stride)}`,
      ...(isPadded ? [`padding=${typeof padding === 'string' ? padding : pythonTuple(padding)}`] : []),
      ...(dilation[0] * dilation[1] > 1 ? [`dilation=${pythonTuple(dilation)}`] : []),
      ...(groups > 1 ? [`groups=${groups}`] : []),
      ...(bias === null ? ['bias=False'] : []),
    ].join(', ');
  }
}

function checkedPadding(padding: number | Pair | 'same' | 'valid', stride: Pair): Pair | 'same' | 'valid' {
  if (typeof padding !== 'string') return checkedPair('Conv2d', 'padding', padding, 0);
  if (padding !== 'same' && padding !== 'valid') {
    throw new ArgumentError(
      'Conv2d',
      `padding is a number, two, 'same' or 'valid', got ${formatValue(padding)}`,
    );
  }
  if (padding === 'same' && stride[0] * stride[1] > 1) {
    throw new ArgumentError(
      'Conv2d',
      `padding 'same' is only defined for stride 1, got ${formatValue(stride)}`,
    );
  }
  return padding;
}
