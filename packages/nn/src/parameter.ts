/** Tensors that belong to a module: trained ones, and ones that are only saved. */
import '@lowrank/autograd';
import { ArgumentError, Tensor } from '@lowrank/tensor';

function storageOf(op: string, value: Tensor): Tensor {
  if (value instanceof Tensor) return value;
  throw new ArgumentError(op, `is made of a tensor, got ${value === null ? 'null' : typeof value}`);
}

/** A tensor that a module is trained by: modules find it among their fields, optimisers move it. `torch.nn.Parameter` */
export class Parameter extends Tensor {
  /**
   * @param value The initial value; its storage is shared, not copied.
   * @param options.requiresGrad Whether it is trained. Default true.
   */
  constructor(value: Tensor, options: { readonly requiresGrad?: boolean } = {}) {
    const { storage, shape, dtype, device } = storageOf('Parameter', value);
    super(storage, shape, dtype, device);
    this.requiresGrad = options.requiresGrad ?? true;
  }

  override toString(): string {
    return `Parameter containing:\n${super.toString()}`;
  }
}

/** A tensor that is saved and loaded with its module, but not trained. `torch.nn.Buffer` */
export class Buffer extends Tensor {
  constructor(value: Tensor) {
    const { storage, shape, dtype, device } = storageOf('Buffer', value);
    super(storage, shape, dtype, device);
  }
}
