/** What a gradient rule is: a function from the output's gradient to the inputs', and a list of what it needs for it. */
import type { Attrs, Inputs, Tensor } from '@lowrank/tensor';

/** A recorded call, as its rule sees it. */
export interface Call<A extends Attrs = Attrs> {
  readonly inputs: Inputs<Tensor>;
  /** The first output. */
  readonly output: Tensor;
  readonly outputs: Inputs<Tensor>;
  /** The gradients of all outputs; `null` for an output that nothing was computed from. */
  readonly grads: readonly (Tensor | null)[];
  readonly attrs: A;
}

/**
 * The gradients of the inputs, given that of the (first) output. One per input, each computed only if it is wanted;
 * `null` for inputs that have none. For an op of one input the gradient itself. Written in tensor ops, so that it can be
 * differentiated again. Gradients of stretched inputs may have the stretched shape: the engine sums them.
 */
export type Gradient<A extends Attrs = Attrs> = (
  g: Tensor,
  call: Call<A>,
) => Tensor | readonly ((() => Tensor) | null)[];

/** Which values of the call are kept from the forward pass until the backward pass. */
export interface Keeps {
  readonly inputs: readonly boolean[];
  readonly output: boolean;
}

export interface Rule {
  readonly gradient: Gradient;
  /** What to keep, given which inputs need gradients. */
  keeps(needs: readonly boolean[]): Keeps;
}

/**
 * A rule, and what it reads: `nothing` but shapes, all `inputs`, the `output`, `both`; `the others` for products, where
 * the gradient of each operand needs only the other one, so that a frozen weight costs no memory; a list of inputs; or
 * one such list for each input, of what its own gradient needs.
 */
export function rule<A extends Attrs>(reads: Reads, gradient: Gradient<A>): Rule {
  // Each rule knows the attributes of its own op; the table does not.
  return { gradient: gradient as unknown as Gradient, keeps: (needs) => keepsOf(reads, needs) };
}

export type Reads =
  | 'nothing'
  | 'inputs'
  | 'output'
  | 'both'
  | 'the others'
  | readonly number[]
  | readonly (readonly number[])[];

function keepsOf(reads: Reads, needs: readonly boolean[]): Keeps {
  const isKept = (i: number): boolean => {
    if (typeof reads !== 'string') {
      return reads.some((read, j) =>
        typeof read === 'number' ? read === i : needs[j] === true && read.includes(i),
      );
    }
    if (reads === 'the others') return needs.some((need, j) => need && j !== i);
    return reads === 'inputs' || reads === 'both';
  };
  return { inputs: needs.map((_, i) => isKept(i)), output: reads === 'output' || reads === 'both' };
}
