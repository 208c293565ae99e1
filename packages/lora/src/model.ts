/** All Lora of a model at once: its parameters, on and off, what is trained, what is saved. */
import { Module, type Parameter, type StateDict } from '@lowrank/nn';
import { ArgumentError, formatValue } from '@lowrank/tensor';
import { Lora } from './lora.js';

/** @throws ArgumentError where there is none: whoever asks believes to have adapted the model. */
function loraModules(op: string, model: Module): readonly (readonly [path: string, lora: Lora])[] {
  if (!(model instanceof Module)) throw new ArgumentError(op, `takes a module, got ${formatValue(model)}`);
  const found = [...model.namedModules()].flatMap(([path, module]) =>
    module instanceof Lora ? [[path, module] as const] : [],
  );
  if (found.length > 0) return found;
  throw new ArgumentError(
    op,
    `there is no Lora in this ${model.typeName}. ` +
      "Add it: registerParametrization(layer, 'weight', new Lora(layer.weight.shape))",
  );
}

function parametersOf(op: string, model: Module): Map<string, Parameter> {
  const own = new Set(loraModules(op, model).flatMap(([, lora]) => lora.parameters()));
  return new Map([...model.namedParameters()].filter(([, parameter]) => own.has(parameter)));
}

/**
 * The parameters of all Lora of a model, by path.
 * @throws ArgumentError if the model has none.
 */
export function loraParameters(model: Module): ReadonlyMap<string, Parameter> {
  return parametersOf('loraParameters', model);
}

/**
 * Applies the updates of all Lora of a model, or leaves them out: with `false` the model computes what it did before it
 * was adapted, bit for bit.
 * @throws ArgumentError if the model has none.
 */
export function setLoraEnabled(model: Module, enabled: boolean): void {
  if (typeof enabled !== 'boolean') {
    throw new ArgumentError('setLoraEnabled', `enabled is true or false, got ${formatValue(enabled)}`);
  }
  for (const [, lora] of loraModules('setLoraEnabled', model)) lora.enabled = enabled;
}

/**
 * Freezes all parameters of a model but those of its Lora, which are thawed. What is frozen loses its gradient, so that
 * optimisers made from `model.parameters()` pass over it; make them after Lora was added, for they do not find what is
 * added later.
 * @returns The paths of what is frozen now.
 * @throws ArgumentError if the model has no Lora.
 */
export function markOnlyLoraAsTrainable(model: Module): string[] {
  const trainable = parametersOf('markOnlyLoraAsTrainable', model);
  const named = [...model.namedParameters()];
  for (const [path, parameter] of named) {
    parameter.requiresGrad = trainable.has(path);
    // Optimisers move whatever has a gradient, PyTorch's rule.
    if (!parameter.requiresGrad) parameter.grad = null;
  }
  return named.map(([path]) => path).filter((path) => !trainable.has(path));
}

/**
 * The present values of the Lora of a model, by path: all that has to be saved of a fine-tune. Load it with
 * `model.loadStateDict(state, { strict: false })`, whose result tells what did not find its place.
 * @throws ArgumentError if the model has none.
 */
export function loraStateDict(model: Module): StateDict {
  const parameters = parametersOf('loraStateDict', model);
  return Object.fromEntries([...parameters].map(([path, parameter]) => [path, parameter.detach()]));
}
