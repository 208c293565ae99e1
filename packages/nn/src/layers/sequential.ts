/** Layers one after the other. */
import { ArgumentError, type Tensor } from '@lowrank/tensor';
import { type Layer, Module } from '../module.js';

/** Hands its input through all layers in turn; `model[0]` is the first. `torch.nn.Sequential` */
export class Sequential extends Module {
  readonly [index: number]: Layer;

  constructor(...layers: readonly Layer[]) {
    super();
    const stranger = layers.findIndex((layer) => !(layer instanceof Module));
    if (stranger >= 0) throw new ArgumentError('Sequential', `argument ${stranger} is not a module`);
    Object.assign(this, layers);
  }

  *[Symbol.iterator](): Generator<Layer> {
    for (const [, child] of this.namedChildren()) yield child as Layer;
  }

  /** The number of layers. */
  get length(): number {
    return [...this].length;
  }

  forward(x: Tensor): Tensor {
    return [...this].reduce((value, layer) => layer.forward(value), x);
  }
}
