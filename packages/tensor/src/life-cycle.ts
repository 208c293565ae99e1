/** The moments in a tensor's life, apart from ops, that a package on top wants to know of. */
import type { Tensor, TensorOptions } from './tensor.js';

/** What is called at those moments. Autograd provides it. */
export interface LifeCycle {
  /** A tensor was made with these options. */
  created(tensor: Tensor, options: TensorOptions): void;
  /** A tensor's value is about to be replaced; throwing prevents it. */
  assigning(tensor: Tensor): void;
  /** A tensor is about to be copied to another device, as a constant; throwing prevents it. */
  moving?(tensor: Tensor): void;
}

let lifeCycle: LifeCycle | undefined;

/** Registers the package on top. */
export function setLifeCycle(next: LifeCycle): void {
  lifeCycle = next;
}

/** Creation functions pass what they made through here. */
export function created(tensor: Tensor, options: TensorOptions): Tensor {
  lifeCycle?.created(tensor, options);
  return tensor;
}

/** `assign` asks here first. */
export function assigning(tensor: Tensor): void {
  lifeCycle?.assigning(tensor);
}

/** What goes to another device asks here first. */
export function moving(tensor: Tensor): void {
  lifeCycle?.moving?.(tensor);
}
