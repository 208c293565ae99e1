/** All LoRA of a model at once, adapters and parametrizations: its parameters, on and off, what is trained, what is saved. */
import { Module, type Parameter, type StateDict } from '@lowrank/nn';
import { ArgumentError, formatValue } from '@lowrank/tensor';
import { type AdapterSet, adapterSetsIn, checkUnmerged } from './adapters/adapter-set.js';
import { trainedWith, trainOnly } from './adapters/trainability.js';
import { Lora } from './lora.js';

/** @throws ArgumentError where there is none: whoever asks believes to have adapted the model. */
function noneFound(op: string, model: Module): ArgumentError {
  return new ArgumentError(
    op,
    `there is no Lora in this ${model.typeName}. Add it: addAdapter(model, { targetModules: [...] }), or ` +
      "registerParametrization(layer, 'weight', new Lora(layer.weight.shape))",
  );
}

function checkModule(op: string, model: unknown): asserts model is Module {
  if (!(model instanceof Module)) throw new ArgumentError(op, `takes a module, got ${formatValue(model)}`);
}

/** The parametrizations of a model, by path; there may be none. */
function parametrizationsIn(model: Module): (readonly [path: string, lora: Lora])[] {
  return [...model.namedModules()].flatMap(([path, module]) =>
    module instanceof Lora ? [[path, module] as const] : [],
  );
}

/**
 * The `Lora` parametrizations of a model, by path.
 * @throws ArgumentError if the model has none.
 */
export function loraModules(op: string, model: Module): readonly (readonly [path: string, lora: Lora])[] {
  checkModule(op, model);
  const found = parametrizationsIn(model);
  if (found.length === 0) throw noneFound(op, model);
  return found;
}

/** Some of a model's parameters, by path, in the model's order. */
function named(model: Module, some: Iterable<Parameter>): Map<string, Parameter> {
  const wanted = new Set(some);
  return new Map([...model.namedParameters()].filter(([, parameter]) => wanted.has(parameter)));
}

/** The parameters of the parametrizations, and some of those of the adapters. */
function chosen(
  op: string,
  model: Module,
  ofAdapters: (set: AdapterSet) => Parameter[],
): Map<string, Parameter> {
  checkModule(op, model);
  const loras = parametrizationsIn(model);
  const sets = adapterSetsIn(model);
  if (loras.length + sets.length === 0) throw noneFound(op, model);
  return named(model, [...loras.flatMap(([, lora]) => lora.parameters()), ...sets.flatMap(ofAdapters)]);
}

/**
 * The parameters of all LoRA of a model, by path: those of parametrizations, and those that adapters brought into it,
 * active or not, with their copies of modules.
 * @throws ArgumentError if the model has none.
 */
export function loraParameters(model: Module): ReadonlyMap<string, Parameter> {
  return allOf('loraParameters', model);
}

function allOf(op: string, model: Module): Map<string, Parameter> {
  return chosen(op, model, (set) => set.names().flatMap((name) => set.parametersOf(name)));
}

/**
 * Applies the updates of all LoRA of a model, or leaves them out: with `false` the model computes what it did before it
 * was adapted, bit for bit.
 * @throws ArgumentError if the model has none, or while adapters are merged.
 */
export function setLoraEnabled(model: Module, enabled: boolean): void {
  const op = 'setLoraEnabled';
  if (typeof enabled !== 'boolean') {
    throw new ArgumentError(op, `enabled is true or false, got ${formatValue(enabled)}`);
  }
  checkModule(op, model);
  const loras = parametrizationsIn(model);
  const sets = adapterSetsIn(model);
  if (loras.length + sets.length === 0) throw noneFound(op, model);
  for (const set of sets) checkUnmerged(op, set);
  for (const switched of [...loras.map(([, lora]) => lora), ...sets]) switched.enabled = enabled;
}

/**
 * Freezes all parameters of a model but those of its `Lora` parametrizations and of its active adapters, which are thawed,
 * with the biases that their configs name. What is frozen loses its gradient, so that optimisers made from
 * `model.parameters()` pass over it; make them after LoRA was added, for they do not find what is added later.
 * @returns The paths of what is frozen now.
 * @throws ArgumentError if the model has no LoRA.
 */
export function markOnlyLoraAsTrainable(model: Module): string[] {
  const trainable = chosen('markOnlyLoraAsTrainable', model, trainedWith);
  trainOnly(model, trainable.values());
  return [...model.namedParameters()].map(([path]) => path).filter((path) => !trainable.has(path));
}

/**
 * The present values of all LoRA of a model, by path: all that has to be saved of a fine-tune. Load it with
 * `model.loadStateDict(state, { strict: false })`, whose result tells what did not find its place; `saveAdapter` writes the
 * files that PEFT reads.
 * @throws ArgumentError if the model has none.
 */
export function loraStateDict(model: Module): StateDict {
  const parameters = allOf('loraStateDict', model);
  return Object.fromEntries([...parameters].map(([path, parameter]) => [path, parameter.detach()]));
}
