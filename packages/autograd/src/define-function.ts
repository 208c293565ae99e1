/** Ops of the user's own, with a gradient rule of their own. */
import { type Attrs, checkOptions, isFloat, type Tensor } from '@lowrank/tensor';
import { expectFunction, expectTensor, expectTensors } from './expect.js';
import { isGradEnabled, noGrad } from './grad-mode.js';
import { type Gradient, type Reads, rule } from './rules/rule.js';
import { record, requiresGrad, slotOf } from './tape.js';

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
  checkOptions('defineFunction', definition);
  const { name, forward, backward, reads = 'both' } = definition;
  expectFunction(name, 'forward', forward);
  expectFunction(name, 'backward', backward);
  const gradientRule = rule(reads, backward);
  return (inputs, attrs = {} as A) => {
    expectTensors(name, 'input', inputs);
    const computed = noGrad(() => forward(inputs, attrs));
    expectTensor(name, 'the result of forward', computed);
    // A tensor that was there before, such as an input that is handed through, must not become an output of this call.
    const output = inputs.includes(computed) || slotOf(computed) ? computed.detach() : computed;
    if (isGradEnabled() && inputs.some(requiresGrad) && isFloat(output.dtype)) {
      record({ name, attrs, broadcasts: false }, gradientRule, inputs, [output]);
    }
    return output;
  };
}
