/** Which parameters are trained while adapters are active. */
import type { Module, Parameter } from '@lowrank/nn';
import { type AdapterSet, adapterSetsIn, trainedBiases } from './adapter-set.js';

/** Freezes a parameter, whose gradient would move it once more, or thaws it. */
export function setTrained(parameter: Parameter, isTrained: boolean): void {
  parameter.requiresGrad = isTrained;
  // Optimisers move whatever has a gradient, PyTorch's rule.
  if (!isTrained) parameter.grad = null;
}

/** The parameters of the active adapters, and the biases that are trained with them. */
export function trainedWith(set: AdapterSet): Parameter[] {
  return set.active.flatMap((name) => [...set.parametersOf(name), ...biasesOf(set, name)]);
}

/** The biases of the base model that are trained with an adapter. */
export function biasesOf(set: AdapterSet, name: string): Parameter[] {
  const adapted = new Set(set.layersOf(name).map(([path]) => path));
  return trainedBiases(set, set.config('biasesOf', name), adapted).map(([, bias]) => bias);
}

/** Freezes all parameters of a model but those of the active adapters, its own and those of models within it. */
export function trainActive({ model }: AdapterSet): void {
  trainOnly(model, adapterSetsIn(model).flatMap(trainedWith));
}

/** Freezes all parameters of a model but some, which are thawed. */
export function trainOnly(model: Module, trained: Iterable<Parameter>): void {
  const chosen = new Set(trained);
  for (const parameter of model.parameters()) setTrained(parameter, chosen.has(parameter));
}
