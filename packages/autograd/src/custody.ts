/**
 * The tensors that only a backward pass holds: gradients on their way, and what rules make to compute them. They are
 * disposed of as soon as they have been used, instead of when the garbage collector comes: a GPU's memory stays low, and on the CPU
 * the next results find arrays that are warm. What anybody else may have seen (gradients that hooks, retained grads or rules of the
 * user's own were given) is left alone.
 */
import { adopt, collectTensors, type Tensor } from '@lowrank/tensor';
import { RULES } from './rules/table.js';
import type { Node } from './tape.js';

export class Custody {
  /** Made in the pass, and shown to nobody. */
  readonly #own = new Set<Tensor>();
  /** Of how many slots each is the gradient at the moment. */
  readonly #slots = new Map<Tensor, number>();
  /** Made at the node that is visited, or let go of there: all that may not be needed any more. */
  readonly #passing: Tensor[] = [];

  /** Runs the rule of a node, which is handed `arriving`. */
  during<T>(node: Node, arriving: readonly (Tensor | null)[], rule: () => T): T {
    const [result, made] = collectTensors(rule);
    if (RULES.get(node.name) === node.rule) {
      for (const tensor of made) {
        this.#own.add(tensor);
        this.#passing.push(tensor);
      }
    } else {
      for (const tensor of made) adopt(tensor);
      for (const tensor of arriving) this.show(tensor);
    }
    return result;
  }

  /** Somebody else gets hold of the tensor. */
  show(tensor: Tensor | null): void {
    if (tensor !== null && this.#own.delete(tensor)) adopt(tensor);
  }

  /** The tensor becomes the gradient of a slot. */
  hold(tensor: Tensor): void {
    this.#slots.set(tensor, (this.#slots.get(tensor) ?? 0) + 1);
  }

  /** It is the slot's no more. */
  letGo(tensor: Tensor): void {
    const slots = this.#slots.get(tensor) as number;
    if (slots > 1) this.#slots.set(tensor, slots - 1);
    else this.#slots.delete(tensor);
    this.#passing.push(tensor);
  }

  /** Disposes of what the node that was visited leaves behind. */
  sweep(): void {
    for (const tensor of this.#passing) {
      if (!this.#slots.has(tensor) && this.#own.delete(tensor)) tensor.dispose();
    }
    this.#passing.length = 0;
  }

  /** Disposes of all that is left. */
  clear(): void {
    for (const tensor of this.#own) tensor.dispose();
    this.#own.clear();
  }

  /** Hands what is left to whoever called the pass. */
  end(): void {
    for (const tensor of [...this.#own]) this.show(tensor);
  }
}
