/** Ops of the user's own, with a gradient rule of their own. */
import { type Attrs, GradientError, isFloat, Tensor } from '@lowrank/tensor';
import { isGradEnabled, noGrad } from './grad-mode.js';
import { type Gradient, type Reads, rule } from './rules/rule.js';
import { record, requiresGrad } from './tape.js';

export interface FunctionDefinition<A extends Attrs> {
  /** What messages and graphs call it. */
  readonly name: string;
  /** Computes the output in tensor ops (which are not recorded) or any other way. */
  forward(inputs: readonly Tensor[], attrs: A): Tensor;
  /**
   * The gradients of the inputs, given that of the output: a tensor for a function of one input, else one function per
   * input, or `null` for inputs without one. In tensor ops, so that it can be differentiated again.
   */
  readonly backward: Gradient<A>;
  /** What `backward` reads of the call; the rest is not kept in memory. Default `'both'`, the inputs and the output. */
  readonly reads?: Reads;
}

/**
 * An op with a derivative of your own: for a formula that is stabler or cheaper than what autograd would derive, or a
 * computation that is not made of tensor ops. `torch.autograd.Function`
 *
 * @example
 * const cube = defineFunction({
 *   name: 'cube',
 *   forward: ([x]) => x.pow(3),
 *   backward: (g, { inputs: [x] }) => g.mul(x.square()).mul(3),
 * });
 * cube([x]).sum().backward();
 */
export function defineFunction<A extends Attrs = Record<string, never>>(
  definition: FunctionDefinition<A>,
): (inputs: readonly Tensor[], attrs?: A) => Tensor {
  const { name, forward, backward, reads = 'both' } = definition;
  const gradientRule = rule(reads, backward);
  return (inputs, attrs = {} as A) => {
    const stranger = inputs.findIndex((input) => !(input instanceof Tensor));
    if (stranger >= 0) throw new GradientError(name, `input ${stranger} is not a tensor. Pass plain values as attributes`);
    const computed = noGrad(() => forward(inputs, attrs));
    if (!(computed instanceof Tensor)) throw new GradientError(name, 'its forward must return a tensor');
    // An input that is handed through must not become its own output.
    const output = inputs.includes(computed) ? computed.detach() : computed;
    if (isGradEnabled() && inputs.some(requiresGrad) && isFloat(output.dtype)) {
      record({ name, attrs, broadcasts: false }, gradientRule, inputs, [output]);
    }
    return output;
  };
}
