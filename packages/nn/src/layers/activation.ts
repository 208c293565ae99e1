/** Activations as layers, for `Sequential`. */
import { ArgumentError, formatValue, gelu, relu, sigmoid, silu, type Tensor, tanh } from '@lowrank/tensor';
import { checkOptions } from '../checks.js';
import { Module } from '../module.js';

/** max(x, 0). `torch.nn.ReLU` */
export class ReLU extends Module {
  forward(x: Tensor): Tensor {
    return relu(x);
  }
}

/** x * Phi(x). `torch.nn.GELU` */
export class GELU extends Module {
  readonly approximate: 'none' | 'tanh';

  /**
   * @param options.approximate `'tanh'` for the cheaper formula. Default `'none'`.
   * @throws ArgumentError for another approximation.
   */
  constructor(options: { readonly approximate?: 'none' | 'tanh' } = {}) {
    super();
    checkOptions('GELU', options);
    const { approximate = 'none' } = options;
    if (approximate !== 'none' && approximate !== 'tanh') {
      throw new ArgumentError('GELU', `approximate is 'none' or 'tanh', got ${formatValue(approximate)}`);
    }
    this.approximate = approximate;
  }

  forward(x: Tensor): Tensor {
    return gelu(x, { approximate: this.approximate });
  }

  override extraRepr(): string {
    return `approximate='${this.approximate}'`;
  }
}

/** x * sigmoid(x). `torch.nn.SiLU` */
export class SiLU extends Module {
  forward(x: Tensor): Tensor {
    return silu(x);
  }
}

/** 1 / (1 + e^-x). `torch.nn.Sigmoid` */
export class Sigmoid extends Module {
  forward(x: Tensor): Tensor {
    return sigmoid(x);
  }
}

/** The hyperbolic tangent. `torch.nn.Tanh` */
export class Tanh extends Module {
  forward(x: Tensor): Tensor {
    return tanh(x);
  }
}
