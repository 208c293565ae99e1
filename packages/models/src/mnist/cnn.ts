/** The convolutional network that reads handwritten digits. */
import { Conv2d, Flatten, Linear, Module } from '@lowrank/nn';
import type { Tensor } from '@lowrank/tensor';

/** The layers whose weights LoRA adapts. */
export const CONVOLUTIONS = ['conv1', 'conv2', 'conv3'] as const;

/**
 * Three convolutions that halve the image each time, and a linear layer: [N, 1, 28, 28] to logits [N, 10]. The
 * convolutions have 92,672 parameters, the linear layer 20,490.
 */
export class MnistCnn extends Module {
  readonly conv1 = new Conv2d(1, 32, 3, { stride: 2, padding: 1 });
  readonly conv2 = new Conv2d(32, 64, 3, { stride: 2, padding: 1 });
  readonly conv3 = new Conv2d(64, 128, 3, { stride: 2, padding: 1 });
  readonly flatten = new Flatten();
  readonly fc = new Linear(128 * 4 * 4, 10);

  /** @param x Grey values from 0 to 1, [N, 1, 28, 28]. */
  forward(x: Tensor): Tensor {
    const a = this.conv1.forward(x).relu();
    const b = this.conv2.forward(a).relu();
    const c = this.conv3.forward(b).relu();
    return this.fc.forward(this.flatten.forward(c));
  }
}
