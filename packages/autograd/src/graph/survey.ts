/** A walk over all that tensors were computed by, which numbers what it finds. */
import { GradientError, type Tensor, type TensorSpec } from '@lowrank/tensor';
import { expectTensor } from '../expect.js';
import { ensureSlot, type GradientSlot, type Node, reachableNodes, requiresGrad, slotOf } from '../tape.js';

/** A recorded call. */
export interface Call {
  readonly kind: 'op';
  readonly node: Node;
  /** The number of the entry that each input comes from. */
  readonly sources: readonly number[];
}

/** A tensor that was not computed, or by nothing that was recorded. */
interface Origin {
  readonly kind: 'tensor';
  /** `null` for a constant that nothing is known of but what kind of tensor it was. */
  readonly slot: GradientSlot | null;
  readonly spec: TensorSpec;
}

export type Entry = Call | Origin;

export interface Survey {
  /** Each after all that it was computed by. Its place in this list is its number. */
  readonly entries: readonly Entry[];
  /** The values that are known, by number. */
  readonly values: ReadonlyMap<number, Tensor>;
  /** The number of the entry that a tensor comes from, by the tensor's slot. */
  readonly numberOf: (slot: GradientSlot) => number;
}

/** @throws GradientError unless the tensors have a graph. */
export function survey(op: string, outputs: Tensor | readonly Tensor[]): Survey {
  const list = Array.isArray(outputs) ? (outputs as readonly Tensor[]) : [outputs as Tensor];
  for (const output of list) {
    expectTensor(op, 'an output', output);
    if (requiresGrad(output)) continue;
    throw new GradientError(
      op,
      'the tensor has no graph: it was computed under noGrad(), or from tensors that do not require a gradient',
    );
  }
  const walk = new Walk();
  const slots = list.map(ensureSlot);
  for (const node of reachableNodes(slots).reverse()) walk.call(node);
  slots.forEach((slot, i) => {
    walk.values.set(walk.numberOf(slot), list[i] as Tensor);
  });
  return walk;
}

class Walk implements Survey {
  readonly entries: Entry[] = [];
  readonly values = new Map<number, Tensor>();
  /** Of the nodes, of the leaves' slots, and of the constants that are known as tensors. */
  readonly #numbers = new Map<object, number>();

  readonly numberOf = (slot: GradientSlot): number => {
    const known = this.#numbers.get(slot.node ?? slot);
    return known ?? this.#add(slot, { kind: 'tensor', slot, spec: slot.spec });
  };

  call(node: Node): void {
    const sources = node.operands.map((spec, i) => {
      const slot = node.inputs[i] ?? null;
      const tensor = node.traced?.inputs[i];
      const number = slot === null ? this.#constant(spec, tensor) : this.numberOf(slot);
      if (tensor !== undefined && !slot?.node) this.values.set(number, tensor);
      return number;
    });
    const number = this.#add(node, { kind: 'op', node, sources });
    const output = node.traced?.outputs[0];
    if (output !== undefined) this.values.set(number, output);
  }

  #constant(spec: TensorSpec, tensor: Tensor | undefined): number {
    if (tensor === undefined) return this.#add({}, { kind: 'tensor', slot: null, spec });
    const slot = slotOf(tensor) ?? null;
    return this.#numbers.get(tensor) ?? this.#add(tensor, { kind: 'tensor', slot, spec });
  }

  #add(key: object, entry: Entry): number {
    this.#numbers.set(key, this.entries.length);
    return this.entries.push(entry) - 1;
  }
}
