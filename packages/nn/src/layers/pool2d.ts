/** Pooling layers. */
import { type AvgPool2dOptions, avgPool2d, type MaxPool2dOptions, maxPool2d, type Pair, type Tensor } from '@lowrank/tensor';
import { Module } from '../module.js';

/** Python's way to write one number or two. */
function python(value: number | Pair): string {
  return typeof value === 'number' ? String(value) : `(${value.join(', ')})`;
}

/** The largest value of each window. `torch.nn.MaxPool2d` */
export class MaxPool2d extends Module {
  constructor(
    readonly kernelSize: number | Pair,
    readonly options: MaxPool2dOptions = {},
  ) {
    super();
  }

  forward(x: Tensor): Tensor {
    return maxPool2d(x, this.kernelSize, this.options);
  }

  override extraRepr(): string {
    const { stride = this.kernelSize, padding = 0, dilation = 1, ceilMode = false } = this.options;
    return (
      `kernel_size=${python(this.kernelSize)}, stride=${python(stride)}, padding=${python(padding)}, ` +
      `dilation=${python(dilation)}, ceil_mode=${ceilMode ? 'True' : 'False'}`
    );
  }
}

/** The mean of each window. `torch.nn.AvgPool2d` */
export class AvgPool2d extends Module {
  constructor(
    readonly kernelSize: number | Pair,
    readonly options: AvgPool2dOptions = {},
  ) {
    super();
  }

  forward(x: Tensor): Tensor {
    return avgPool2d(x, this.kernelSize, this.options);
  }

  override extraRepr(): string {
    const { stride = this.kernelSize, padding = 0 } = this.options;
    return `kernel_size=${python(this.kernelSize)}, stride=${python(stride)}, padding=${python(padding)}`;
  }
}
