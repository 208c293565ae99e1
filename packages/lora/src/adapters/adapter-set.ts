/** The adapters of a model: their configs, where they are, and which of them are on. */
import { type Buffer, isParametrized, Module, Parameter } from '@lowrank/nn';
import { ArgumentError, formatValue } from '@lowrank/tensor';
import type { CheckedConfig } from '../config.js';
import type { AdaptedLayer } from './adapted-layer.js';
import { ModulesToSaveWrapper } from './modules-to-save.js';
import { isWithin } from './names.js';
import { type AdapterParts, trainedTensors } from './parts.js';
import type { RowAdapters, Switches } from './switches.js';
import { ownModules } from './targets.js';

/** One for each model to which adapters were added; its layers look at it to see what is on. */
export class AdapterSet implements Switches {
  readonly configs = new Map<string, CheckedConfig>();
  /** The adapted layers by path, in the order in which they were first adapted. */
  readonly layers = new Map<string, AdaptedLayer>();
  /** The modules of which adapters have copies, by path. */
  readonly wrappers = new Map<string, ModulesToSaveWrapper>();
  active: readonly string[] = [];
  enabled = true;
  merged: readonly string[] = [];
  rows: RowAdapters | null = null;

  constructor(readonly model: Module) {}

  names(): readonly string[] {
    return [...this.configs.keys()];
  }

  /** @throws ArgumentError that lists the adapters there are. */
  config(op: string, name: string): CheckedConfig {
    const config = this.configs.get(name);
    if (config !== undefined) return config;
    throw new ArgumentError(
      op,
      `there is no adapter ${formatValue(name)}; there are ${this.names().join(', ') || 'none'}`,
    );
  }

  /** The layers that an adapter adapts, by path. */
  layersOf(name: string): (readonly [path: string, layer: AdaptedLayer])[] {
    return [...this.layers].filter(([, layer]) => layer.hasAdapter(name));
  }

  /** An adapter's copies of modules, by path. */
  copiesOf(name: string): (readonly [path: string, copy: Module])[] {
    return [...this.wrappers].flatMap(([path, { modules_to_save }]) => {
      const copy = modules_to_save.get(name);
      return copy === undefined ? [] : [[path, copy] as const];
    });
  }

  /** The parameters that an adapter brought into the model. */
  parametersOf(name: string): Parameter[] {
    const parts = this.layersOf(name).flatMap(([, layer]) =>
      trainedTensors((field) => layer.part(name, field)),
    );
    const copies = this.copiesOf(name).flatMap(([, copy]) => copy.parameters());
    return [...parts.map(([, parameter]) => parameter), ...copies];
  }
}

/** What stands before every key in PEFT's files. */
const KEY_PREFIX = 'base_model.model.';

/**
 * The tensors of an adapter by the keys that they have in PEFT's files: the model's own, not copies. Next to A, B and
 * DoRA's magnitudes these are the copies of modules that the adapter saves, and the biases that are trained with it.
 * @throws ArgumentError if the model has no such adapter, or for factors that are computed.
 */
export function adapterTensors(
  op: string,
  model: Module,
  name: string,
): ReadonlyMap<string, Parameter | Buffer> {
  const set = adapterSetOf(op, model);
  const config = set.config(op, name);
  const parts = set.layersOf(name).map(([path, layer]) => [path, layer.parts(name)] as const);
  const computed = parts.find(([, { lora_A, lora_B }]) =>
    [lora_A, lora_B].some((factor) => factor && isParametrized(factor)),
  );
  if (computed !== undefined) {
    const way = "Call removeParametrizations(factor, 'weight') first";
    throw new ArgumentError(op, `a factor of ${name} in ${computed[0]} is parametrized. ${way}`);
  }
  return tensorsByKey(set, config, parts, set.copiesOf(name));
}

/**
 * As `adapterTensors`, of an adapter that the model may not have yet.
 * @param parts Its parts in each layer, by path.
 * @param copies Its copies of modules, by path.
 */
export function tensorsByKey(
  set: AdapterSet,
  config: CheckedConfig,
  parts: readonly (readonly [path: string, parts: AdapterParts])[],
  copies: readonly (readonly [path: string, copy: Module])[],
): ReadonlyMap<string, Parameter | Buffer> {
  const named = [
    ...parts.flatMap(([path, ofLayer]) =>
      within(
        path,
        trainedTensors((field) => ofLayer[field]),
      ),
    ),
    ...copies.flatMap(([path, copy]) => within(path, copy.namedState())),
    ...trainedBiases(set, config, new Set(parts.map(([path]) => path))),
  ];
  return new Map(named.map(([path, tensor]) => [`${KEY_PREFIX}${path}`, tensor]));
}

function within<T>(prefix: string, named: Iterable<readonly [path: string, value: T]>): [string, T][] {
  return [...named].map(([path, value]) => [`${prefix}.${path}`, value]);
}

/**
 * The biases of the base model that a config trains, by their paths in the adapted model.
 * @param adapted The paths of the layers that the adapter adapts.
 */
export function trainedBiases(
  { model, layers }: AdapterSet,
  { bias, modulesToSave }: CheckedConfig,
  adapted: ReadonlySet<string>,
): [path: string, bias: Parameter][] {
  if (bias === 'none') return [];
  const all: (readonly [path: string, module: Module])[] = [['', model], ...ownModules(model)];
  return all.flatMap(([path, module]): [string, Parameter][] => {
    const isCopied =
      module instanceof ModulesToSaveWrapper || modulesToSave.some((name) => isWithin(path, name));
    if (isCopied || (bias === 'lora_only' && !adapted.has(path))) return [];
    const own: unknown = Reflect.get(module, 'bias');
    if (!(own instanceof Parameter)) return [];
    const holder = adapted.has(path) || layers.has(path) ? [path, 'base_layer'] : [path];
    return [[[...holder, 'bias'].filter((part) => part !== '').join('.'), own]];
  });
}

/**
 * The config of an adapter, with all defaults filled in.
 * @throws ArgumentError if the model has no such adapter.
 */
export function adapterConfig(op: string, model: Module, name: string): CheckedConfig {
  return adapterSetOf(op, model).config(op, name);
}

/** The adapters of each model that has or had any. */
const SETS = new WeakMap<Module, AdapterSet>();

/** The adapters of a model: those it has, or an empty set that `remember` makes its own. */
export function adapterSetFor(op: string, model: Module): AdapterSet {
  if (!(model instanceof Module)) throw new ArgumentError(op, `takes a module, got ${formatValue(model)}`);
  return SETS.get(model) ?? new AdapterSet(model);
}

/** From now on these are the adapters of their model. */
export function remember(set: AdapterSet): void {
  SETS.set(set.model, set);
}

/** A model without adapters is as if it had never had any. */
export function forget(set: AdapterSet): void {
  SETS.delete(set.model);
}

/** @throws ArgumentError for a model to which no adapter was added. */
export function adapterSetOf(op: string, model: Module): AdapterSet {
  const set = adapterSetFor(op, model);
  if (set.configs.size > 0) return set;
  const inner = adapterSetsIn(model)[0]?.model.typeName;
  const hint = inner === undefined ? 'Add one: addAdapter(model, config)' : `Its ${inner} does: pass that`;
  throw new ArgumentError(op, `this ${model.typeName} has no adapters. ${hint}`);
}

/** The adapters of a model and of all modules within it. */
export function adapterSetsIn(model: Module): AdapterSet[] {
  return model.modules().flatMap((module) => SETS.get(module) ?? []);
}

/** @throws ArgumentError while adapters are merged. */
export function checkUnmerged(op: string, { merged }: AdapterSet): void {
  if (merged.length === 0) return;
  throw new ArgumentError(
    op,
    `is not possible while ${merged.join(', ')} is merged into the weights. Call unmerge(model) first`,
  );
}

/**
 * Only one copy of a module can compute in its place.
 * @throws ArgumentError for adapters that each have a copy of the same module.
 */
export function checkOneCopy(op: string, { wrappers }: AdapterSet, names: readonly string[]): void {
  for (const [path, { modules_to_save }] of wrappers) {
    const rivals = names.filter((name) => modules_to_save.has(name));
    if (rivals.length <= 1) continue;
    throw new ArgumentError(
      op,
      `${rivals.join(' and ')} each have a copy of ${path}; only one can be active`,
    );
  }
}

/**
 * The names that a function was given: one or several, each an adapter's.
 * @throws ArgumentError for a name that is no adapter's, or that comes twice.
 */
export function checkedNames(
  op: string,
  set: AdapterSet,
  names: string | readonly string[],
): readonly string[] {
  const list = typeof names === 'string' ? [names] : names;
  if (!Array.isArray(list)) {
    throw new ArgumentError(op, `takes the name of an adapter or a list of them, got ${formatValue(names)}`);
  }
  for (const name of list) set.config(op, name);
  if (new Set(list).size === list.length) return list;
  throw new ArgumentError(op, `an adapter is listed twice in ${formatValue(list)}`);
}
