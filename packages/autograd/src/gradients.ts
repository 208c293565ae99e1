/** Gives `Tensor` its gradient side: `requiresGrad`, `grad`, `backward()`, `detach()`, hooks. */
import {
  formatShape,
  GradientError,
  isFloat,
  sameShape,
  setLifeCycle,
  setRecorder,
  stopGradient,
  Tensor,
} from '@lowrank/tensor';
import { type BackwardOptions, backward } from './backward.js';
import { expectFunction, expectTensor } from './expect.js';
import { isGradEnabled } from './grad-mode.js';
import { ensureSlot, type GradientHook, type Node, recorder, requiresGrad, slotOf } from './tape.js';

declare module '@lowrank/tensor' {
  interface Tensor {
    /**
     * Whether backward passes compute a gradient for this tensor. Set it on leaves; results of ops have it by
     * themselves. Only float tensors can.
     */
    requiresGrad: boolean;
    /** The gradient that backward passes have added up here, or `null`. Set it to `null` to begin anew. */
    grad: Tensor | null;
    /** Whether the tensor was made by the user and not by a recorded op. */
    readonly isLeaf: boolean;
    /** The recorded call that the tensor came out of, or `null`. */
    readonly gradFn: Node | null;
    /** Computes the gradients of this tensor and adds them to the leaves' `grad`. See `backward`. */
    backward(gradient?: Tensor, options?: BackwardOptions): void;
    /** The same values as a constant: no gradient flows through it. */
    detach(): Tensor;
    /** Keeps the gradient of a tensor that is no leaf in its `grad`. */
    retainGrad(): this;
    /** Calls `hook` with this tensor's gradient in each backward pass. Returns a function that removes it. */
    registerHook(hook: GradientHook): () => void;
  }
  interface TensorOptions {
    /** Compute gradients for the new tensor. Default false. */
    readonly requiresGrad?: boolean;
  }
}

function setRequiresGrad(tensor: Tensor, value: boolean): void {
  if (typeof value !== 'boolean')
    throw new GradientError('requiresGrad', `is true or false, got ${String(value)}`);
  if (value && !isFloat(tensor.dtype)) {
    throw new GradientError(
      'requiresGrad',
      `only float tensors can require gradients, this one is ${tensor.dtype}`,
    );
  }
  const slot = slotOf(tensor);
  if (slot?.node) {
    if (value) return;
    throw new GradientError(
      'requiresGrad',
      'the result of a recorded op cannot be frozen. Use detach() to get a constant',
    );
  }
  if (slot || value) ensureSlot(tensor).requiresGrad = value;
}

function setGrad(tensor: Tensor, value: Tensor | null): void {
  if (value === null) {
    slotOf(tensor)?.replaceGrad(null);
    return;
  }
  expectTensor('grad', 'a gradient (or null)', value);
  if (value.dtype !== tensor.dtype || !sameShape(value.shape, tensor.shape)) {
    throw new GradientError(
      'grad',
      `the gradient of a ${tensor.dtype} tensor of shape ${formatShape(tensor.shape)} must be alike, ` +
        `got ${value.dtype} ${formatShape(value.shape)}`,
    );
  }
  const slot = ensureSlot(tensor);
  slot.replaceGrad(value);
  slot.isGradSeen = true;
}

const accessors: PropertyDescriptorMap & ThisType<Tensor> = {
  requiresGrad: {
    get() {
      return requiresGrad(this);
    },
    set(value: boolean) {
      setRequiresGrad(this, value);
    },
  },
  grad: {
    get() {
      const slot = slotOf(this);
      if (slot) slot.isGradSeen = true;
      return slot?.grad ?? null;
    },
    set(value: Tensor | null) {
      setGrad(this, value);
    },
  },
  isLeaf: {
    get() {
      return !slotOf(this)?.node;
    },
  },
  gradFn: {
    get() {
      return slotOf(this)?.node ?? null;
    },
  },
};

const methods: ThisType<Tensor> & Record<string, (...parameters: never[]) => unknown> = {
  backward(gradient?: Tensor, options?: BackwardOptions) {
    backward(this, gradient, options);
  },
  detach() {
    return stopGradient(this);
  },
  retainGrad() {
    if (!requiresGrad(this)) throw new GradientError('retainGrad', 'the tensor does not require a gradient');
    ensureSlot(this).retainsGrad = true;
    return this;
  },
  registerHook(hook: GradientHook) {
    if (!requiresGrad(this))
      throw new GradientError('registerHook', 'the tensor does not require a gradient');
    expectFunction('registerHook', 'a hook', hook);
    const { hooks } = ensureSlot(this);
    // Wrapped, so that a hook that is registered twice runs twice and is removed once.
    const registered: GradientHook = (gradient) => hook(gradient);
    hooks.add(registered);
    return () => void hooks.delete(registered);
  },
};

Object.defineProperties(Tensor.prototype, accessors);
for (const [name, value] of Object.entries(methods)) {
  Object.defineProperty(Tensor.prototype, name, { value, writable: true, configurable: true });
}

setRecorder(recorder);
setLifeCycle({
  created(tensor, options) {
    if (options.requiresGrad) tensor.requiresGrad = true;
  },
  moving(tensor) {
    if (!(isGradEnabled() && requiresGrad(tensor))) return;
    throw new GradientError(
      'to',
      'the gradient of a tensor that goes to the GPU could not come back at once. Make the leaf there, with ' +
        "{ device: 'gpu', requiresGrad: true } or model.to('gpu'), or detach() it",
    );
  },
  assigning(tensor) {
    if (!slotOf(tensor)?.node) return;
    throw new GradientError(
      'assign',
      'only leaves can be assigned to: this tensor is the result of a recorded op, and its gradient would be that of the ' +
        `old value. Compute it under noGrad(), or detach() it first`,
    );
  },
});
