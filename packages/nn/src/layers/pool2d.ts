/** Pooling layers. */
import {
  type AvgPool2dOptions,
  avgPool2d,
  type MaxPool2dOptions,
  maxPool2d,
  type Pair,
  type Tensor,
} from '@lowrank/tensor';
import { checkOptions } from '../checks.js';
import { Module } from '../module.js';
import { checkedPair } from './pair.js';
import { pythonBool, pythonTuple } from './python.js';

/** Python's way to write one number or two. */
function python(value: number | Pair): string {
  return typeof value === 'number' ? String(value) : pythonTuple(value);
}

/** @throws ArgumentError for a window that cannot be. */
function checkWindow(op: string, kernelSize: number | Pair, options: MaxPool2dOptions): void {
  checkOptions(op, options);
  const { stride = kernelSize, padding = 0, dilation = 1 } = options;
  for (const [name, value] of Object.entries({ kernelSize, stride, dilation }))
    checkedPair(op, name, value, 1);
  checkedPair(op, 'padding', padding, 0);
}

/** The largest value of each window: [N, C, H, W] becomes [N, C, outH, outW]. `torch.nn.MaxPool2d` */
export class MaxPool2d extends Module {
  /**
   * @param kernelSize The height and width of the window, or one number for both.
   * @throws ArgumentError for sizes that are no whole numbers.
   */
  constructor(
    readonly kernelSize: number | Pair,
    readonly options: MaxPool2dOptions = {},
  ) {
    super();
    checkWindow('MaxPool2d', kernelSize, options);
  }

  /** @param x [N, C, H, W] or [C, H, W] */
  forward(x: Tensor): Tensor {
    return maxPool2d(x, this.kernelSize, this.options);
  }

  override extraRepr(): string {
    const { stride = this.kernelSize, padding = 0, dilation = 1, ceilMode = false } = this.options;
    return (
      `kernel_size=${python(this.kernelSize)}, stride=${python(stride)}, padding=${python(padding)}, ` +
      `dilation=${python(dilation)}, ceil_mode=${pythonBool(ceilMode)}`
    );
  }
}

/** The mean of each window: [N, C, H, W] becomes [N, C, outH, outW]. `torch.nn.AvgPool2d` */
export class AvgPool2d extends Module {
  /**
   * @param kernelSize The height and width of the window, or one number for both.
   * @throws ArgumentError for sizes that are no whole numbers.
   */
  constructor(
    readonly kernelSize: number | Pair,
    readonly options: AvgPool2dOptions = {},
  ) {
    super();
    checkWindow('AvgPool2d', kernelSize, options);
  }

  /** @param x [N, C, H, W] or [C, H, W] */
  forward(x: Tensor): Tensor {
    return avgPool2d(x, this.kernelSize, this.options);
  }

  override extraRepr(): string {
    const { stride = this.kernelSize, padding = 0 } = this.options;
    return `kernel_size=${python(this.kernelSize)}, stride=${python(stride)}, padding=${python(padding)}`;
  }
}
