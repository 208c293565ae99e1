/** Layers one after the other. */
import { ArgumentError, formatValue, type Tensor } from '@lowrank/tensor';
import { type Layer, Module } from '../module.js';

/** Hands its input through all layers in turn; `model[0]` is the first. `torch.nn.Sequential` */
export class Sequential extends Module {
  readonly [index: number]: Layer;

  /** @throws ArgumentError for anything that is not a module. */
  constructor(...layers: readonly Layer[]) {
    super();
    for (const [i, layer] of layers.entries()) {
      if (layer instanceof Module) continue;
      throw new ArgumentError(
        'Sequential',
        `argument ${i} is ${formatValue(layer)}, not a module. Spread arrays with ...`,
      );
    }
    Object.assign(this, layers);
  }

  /** The layers in the order in which they are applied. */
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
