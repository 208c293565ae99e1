/** The layer that does nothing. */
import type { Tensor } from '@lowrank/tensor';
import { Module } from '../module.js';

/** Gives back what it is given. `torch.nn.Identity` */
export class Identity extends Module {
  forward(x: Tensor): Tensor {
    return x;
  }
}
