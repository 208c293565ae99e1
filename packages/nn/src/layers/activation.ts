/** Activations as layers, for `Sequential`. */
import { gelu, type Tensor } from '@lowrank/tensor';
import { Module } from '../module.js';

/** max(x, 0). `torch.nn.ReLU` */
export class ReLU extends Module {
  forward(x: Tensor): Tensor {
    return x.relu();
  }
}

/** x * Phi(x). `torch.nn.GELU` */
export class GELU extends Module {
  /** @param options.approximate `'tanh'` for the cheaper formula. Default `'none'`. */
  constructor(readonly options: { readonly approximate?: 'none' | 'tanh' } = {}) {
    super();
  }

  forward(x: Tensor): Tensor {
    return gelu(x, this.options);
  }

  override extraRepr(): string {
    return `approximate=${this.options.approximate ?? 'none'}`;
  }
}

/** x * sigmoid(x). `torch.nn.SiLU` */
export class SiLU extends Module {
  forward(x: Tensor): Tensor {
    return x.silu();
  }
}

/** 1 / (1 + e^-x). `torch.nn.Sigmoid` */
export class Sigmoid extends Module {
  forward(x: Tensor): Tensor {
    return x.sigmoid();
  }
}

/** The hyperbolic tangent. `torch.nn.Tanh` */
export class Tanh extends Module {
  forward(x: Tensor): Tensor {
    return x.tanh();
  }
}
