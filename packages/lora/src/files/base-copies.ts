/** Tensors in PEFT's files that only repeat what the base model has. */
import type { Module } from '@lowrank/nn';
import { sameShape, type Tensor } from '@lowrank/tensor';

/** In the name of a base model's tensor: what is there only while something stands in the place of its module. */
const WRAPPED = /\.(?:base_layer|original_module)(?=\.\w+$)/;

/**
 * The tensors of a file by their keys, but for copies of what the model has itself: PEFT puts the table of an adapted
 * embedding into the file of a language model, and the biases of modules that are saved as a whole twice more where all
 * biases are trained. A copy that differs is no copy, and stays.
 * @param expected By their keys, the tensors that the adapter has, and that are therefore no mere copies.
 */
export function withoutBaseCopies(
  model: Module,
  values: Readonly<Record<string, Tensor>>,
  expected: ReadonlyMap<string, Tensor>,
): Map<string, Tensor> {
  const given = new Map(Object.entries(values));
  const state = new Map(Object.entries(model.stateDict()));
  const original = (key: string): Tensor | undefined => {
    if (key.includes('.modules_to_save.')) return given.get(key.replace('.modules_to_save.', '.'));
    const path = key.replace('base_model.model.', '');
    return WRAPPED.test(path) ? (state.get(path) ?? state.get(path.replace(WRAPPED, ''))) : undefined;
  };
  const isCopy = (key: string, value: Tensor) => {
    const own = original(key);
    return own !== undefined && sameShape(own.shape, value.shape) && own.eq(value).all().item() !== 0;
  };
  return new Map([...given].filter(([key, value]) => expected.has(key) || !isCopy(key, value)));
}
