/** Tensors that belong to a module: trained ones, and ones that are only saved. */
import '@lowrank/autograd';
import { keep, Tensor } from '@lowrank/tensor';
import { checkOptions, checkTensor } from './checks.js';

/** A tensor that a module is trained by: modules find it among their fields, optimisers move it. `torch.nn.Parameter` */
export class Parameter extends Tensor {
  /**
   * @param value The initial value; its storage is shared, not copied.
   * @param options.requiresGrad Whether it is trained. Default true.
   */
  constructor(value: Tensor, options: { readonly requiresGrad?: boolean } = {}) {
    checkTensor('Parameter', 'the value', value);
    checkOptions('Parameter', options);
    super(value.storage, value.shape, value.dtype);
    this.requiresGrad = options.requiresGrad ?? true;
    keep(this);
  }

  override toString(): string {
    return `Parameter containing:\n${super.toString()}`;
  }
}

/** A tensor that is saved and loaded with its module, but not trained. `torch.nn.Buffer` */
export class Buffer extends Tensor {
  /** @param value The initial value; its storage is shared, not copied. */
  constructor(value: Tensor) {
    checkTensor('Buffer', 'the value', value);
    super(value.storage, value.shape, value.dtype);
    keep(this);
  }
}
