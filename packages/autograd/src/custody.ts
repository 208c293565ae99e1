/**
 * The tensors that only a backward pass holds: gradients on their way, and what rules make to compute them. On the GPU they are
 * disposed of as soon as they have been used, instead of when the garbage collector comes. What anybody else may have seen
 * (gradients that hooks, retained grads or rules of the user's own were given) is left alone.
 */
import { adopt, collectTensors, type Tensor } from '@lowrank/tensor';
import { RULES } from './rules/table.js';
import type { GradientSlot, Node } from './tape.js';

export class Custody {
  /** Made in the pass, and shown to nobody. */
  readonly #own = new Set<Tensor>();

  /** Runs the rule of a node, which is handed `arriving`. */
  during<T>(node: Node, arriving: readonly (Tensor | null)[], rule: () => T): T {
    const [result, made] = collectTensors(rule);
    if (RULES.get(node.name) === node.rule) for (const tensor of made) this.#own.add(tensor);
    else {
      for (const tensor of made) adopt(tensor);
      for (const tensor of arriving) this.show(tensor);
    }
    return result;
  }

  /** Somebody else gets hold of the tensor. */
  show(tensor: Tensor | null): void {
    if (tensor !== null && this.#own.delete(tensor)) adopt(tensor);
  }

  /** Disposes of all tensors of the pass that it does not hold any more. */
  sweep(...held: readonly ReadonlyMap<GradientSlot, Tensor>[]): void {
    const needed = new Set(held.flatMap((map) => [...map.values()]));
    for (const tensor of this.#own) {
      if (needed.has(tensor)) continue;
      tensor.dispose();
      this.#own.delete(tensor);
    }
  }

  /** Hands what is left to whoever called the pass. */
  end(): void {
    for (const tensor of [...this.#own]) this.show(tensor);
  }
}
