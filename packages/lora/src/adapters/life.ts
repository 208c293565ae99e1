/** The life of an adapter: added, switched, scaled, listed, deleted. */
import type { Module } from '@lowrank/nn';
import { ArgumentError, formatValue } from '@lowrank/tensor';
import type { CheckedConfig, LoraConfig } from '../config.js';
import {
  type AdapterSet,
  adapterSetFor,
  adapterSetOf,
  checkedNames,
  checkOneCopy,
  checkUnmerged,
} from './adapter-set.js';
import type { Adapted } from './forward-option.js';
import { settingsFor } from './new-parts.js';
import { planAdapter } from './plan.js';
import { synchronous } from './synchronous.js';
import { setTrained, trainActive } from './trainability.js';
import { takeOut } from './unload.js';

/**
 * Adds an adapter to a model: each layer that the config names is replaced by one that computes
 * base(x) + scale * B(A(dropout(x))). The layer itself stays within it as `base_layer`. Everything but the active adapters
 * is frozen. The first adapter is active at once, later ones after `setAdapter`. PEFT's `get_peft_model`, `add_adapter`
 *
 * @param name What the adapter is called. Default `'default'`.
 * @returns The model, whose `forward` now takes `{ adapters }` behind its inputs.
 * @throws ArgumentError, and leaves the model as it is, for a config that is wrong or does not suit the model: a target that
 * matches nothing (the message lists the candidates), a rank above that of a weight, a name that is taken, ...
 * @example
 * addAdapter(model, { r: 8, targetModules: ['query', 'value'] });
 */
export function addAdapter<M extends Module>(model: M, config: LoraConfig, name = 'default'): Adapted<M> {
  planAdapter('addAdapter', model, config, name).commit();
  return model as Adapted<M>;
}

/**
 * Makes an adapter, or several, whose updates add up, the active ones; none with `[]`. They are trained from now on, the
 * others frozen. Nothing is copied: a switch takes microseconds, whatever the size of the model.
 * @throws ArgumentError for a name that is no adapter's, for two that have copies of the same module, or while adapters are
 * merged.
 */
export function setAdapter(model: Module, names: string | readonly string[]): void {
  const set = adapterSetOf('setAdapter', model);
  const next = checkedNames('setAdapter', set, names);
  checkUnmerged('setAdapter', set);
  checkOneCopy('setAdapter', set, next);
  const previous = set.active;
  set.active = [...next];
  if ([...set.configs.values()].some(({ bias }) => bias !== 'none')) trainActive(set);
  else for (const name of new Set([...previous, ...next])) setAllTrained(set, name);
}

function setAllTrained(set: AdapterSet, name: string): void {
  const isActive = set.active.includes(name);
  for (const parameter of set.parametersOf(name)) setTrained(parameter, isActive);
}

/** Lets the active adapters of a model compute again. */
export function enableAdapters(model: Module): void {
  adapterSetOf('enableAdapters', model).enabled = true;
}

/**
 * Lets the base model compute alone, to the bit as before it had adapters, unless its biases were trained with one.
 * @throws ArgumentError while adapters are merged.
 */
export function disableAdapters(model: Module): void {
  const set = adapterSetOf('disableAdapters', model);
  checkUnmerged('disableAdapters', set);
  set.enabled = false;
}

/**
 * What `f` gives while the base model computes alone, such as the reference of a preference loss. PEFT's `disable_adapter`
 * @param f A synchronous function.
 * @throws ArgumentError while adapters are merged.
 * @example
 * const reference = withAdaptersDisabled(model, () => model.forward(x));
 */
export function withAdaptersDisabled<T>(model: Module, f: () => T): T {
  const op = 'withAdaptersDisabled';
  const set = adapterSetOf(op, model);
  checkUnmerged(op, set);
  if (typeof f !== 'function') throw new ArgumentError(op, `takes a function, got ${formatValue(f)}`);
  const { enabled } = set;
  set.enabled = false;
  try {
    return synchronous(
      op,
      f(),
      'takes a synchronous function: the adapters would be on again while it waits. Wrap the parts between the awaits',
    );
  } finally {
    set.enabled = enabled;
  }
}

/**
 * Multiplies the update of an adapter by a factor from now on, relative to what its config says: 1 is as configured, 0.5 is
 * half, and calls do not add up. With DoRA the factor is that of B A within the direction, as in PEFT's `set_scale`.
 * @throws ArgumentError for a name that is no adapter's, a factor that is no finite number, or while adapters are merged.
 */
export function scaleAdapter(model: Module, name: string, factor: number): void {
  const set = adapterSetOf('scaleAdapter', model);
  const config = set.config('scaleAdapter', name);
  if (!Number.isFinite(factor)) {
    throw new ArgumentError('scaleAdapter', `the factor is a finite number, got ${formatValue(factor)}`);
  }
  checkUnmerged('scaleAdapter', set);
  for (const [path, layer] of set.layersOf(name)) {
    layer.rescale(name, factor * settingsFor('scaleAdapter', path, layer, config).scale);
  }
}

/** What `listAdapters` tells of an adapter. */
export interface AdapterInfo {
  readonly name: string;
  readonly isActive: boolean;
  readonly isMerged: boolean;
  /** With all defaults filled in. */
  readonly config: CheckedConfig;
  /** The paths of the layers that it adapts. */
  readonly layers: readonly string[];
  /** The paths of the modules of which it has copies. */
  readonly copies: readonly string[];
}

/** The adapters of a model in the order in which they were added; none for a model that has none. */
export function listAdapters(model: Module): AdapterInfo[] {
  const set = adapterSetFor('listAdapters', model);
  return [...set.configs].map(([name, config]) => ({
    name,
    isActive: set.active.includes(name),
    isMerged: set.merged.includes(name),
    config,
    layers: set.layersOf(name).map(([path]) => path),
    copies: set.copiesOf(name).map(([path]) => path),
  }));
}

/**
 * Takes an adapter out of a model. Layers without any other are the base layers again; if it was the only active one, the
 * base model computes alone. What was frozen stays frozen, and biases that were trained with it are frozen as they are:
 * `model.requiresGrad_()` thaws all.
 * @throws ArgumentError for a name that is no adapter's, or while adapters are merged.
 */
export function deleteAdapter(model: Module, name: string): void {
  const set = adapterSetOf('deleteAdapter', model);
  set.config('deleteAdapter', name);
  checkUnmerged('deleteAdapter', set);
  takeOut(set, name);
}
