/** From feature maps to features. */
import type { Tensor } from '@lowrank/tensor';
import { Module } from '../module.js';

/** Merges the axes from `startDim` to `endDim` into one: [N, C, H, W] becomes [N, C H W]. `torch.nn.Flatten` */
export class Flatten extends Module {
  /**
   * @param startDim Default 1: the batch is kept.
   * @param endDim Default -1, the last axis.
   */
  constructor(
    readonly startDim = 1,
    readonly endDim = -1,
  ) {
    super();
  }

  forward(x: Tensor): Tensor {
    return x.flatten(this.startDim, this.endDim);
  }

  override extraRepr(): string {
    return `start_dim=${this.startDim}, end_dim=${this.endDim}`;
  }
}
