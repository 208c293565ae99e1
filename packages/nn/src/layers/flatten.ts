/** From feature maps to features. */
import { flatten, type Tensor } from '@lowrank/tensor';
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

  /** @throws ShapeError for axes that x does not have, or that come in the wrong order. */
  forward(x: Tensor): Tensor {
    return flatten(x, this.startDim, this.endDim);
  }

  override extraRepr(): string {
    return `start_dim=${this.startDim}, end_dim=${this.endDim}`;
  }
}
