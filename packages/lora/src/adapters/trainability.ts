/** Which parameters are trained while adapters are active. */
import type { Module, Parameter } from '@lowrank/nn';
import { type AdapterSet, trainedBiases } from './adapter-set.js';

/** Freezes a parameter, whose gradient would move it once more, or thaws it. */
export function setTrained(parameter: Parameter, isTrained: boolean): void {
  parameter.requiresGrad = isTrained;
  // Optimisers move whatever has a gradient, PyTorch's rule.
  if (!isTrained) parameter.grad = null;
}

/** The parameters of the active adapters, and the biases that are trained with them. */
export function trainedWith(set: AdapterSet): Parameter[] {
  return set.active.flatMap((name) => {
    const adapted = new Set(set.layersOf(name).map(([path]) => path));
    const biases = trainedBiases(set, set.config('trainedWith', name), adapted);
    return [...set.parametersOf(name), ...biases.map(([, bias]) => bias)];
  });
}

/** Freezes all parameters of a model but some, which are thawed. */
export function trainOnly(model: Module, trained: Iterable<Parameter>): void {
  const chosen = new Set(trained);
  for (const parameter of model.parameters()) setTrained(parameter, chosen.has(parameter));
}
