/** Adding an adapter in two steps: everything is checked and made ready, and only then the model is changed. */
import { type Buffer, type Module, ModuleDict, type Parameter } from '@lowrank/nn';
import { ArgumentError, formatValue } from '@lowrank/tensor';
import { type CheckedConfig, checkConfig, type LoraConfig } from '../config.js';
import { AdaptedLayer } from './adapted-layer.js';
import { type AdapterSet, adapterSetFor, remember, tensorsByKey } from './adapter-set.js';
import { acceptRowAdapters } from './forward-option.js';
import { adaptedLayerFor } from './kinds.js';
import { ModulesToSaveWrapper } from './modules-to-save.js';
import { newParts, settingsFor } from './new-parts.js';
import type { AdapterParts, LayerSettings } from './parts.js';
import { modulesToSaveOf, targetsOf } from './targets.js';
import { trainActive } from './trainability.js';
import { checkReplaceable, replaceModules } from './tree.js';

/** An adapter that fits a model, which has not got it yet. */
export interface AdapterPlan {
  readonly config: CheckedConfig;
  /** What the adapter consists of, by PEFT's keys: the tensors that the model will have. */
  readonly tensors: ReadonlyMap<string, Parameter | Buffer>;
  /** Adds the adapter to the model. The first one is active at once, later ones after `setAdapter`. */
  commit(): void;
}

interface PlannedLayer {
  readonly path: string;
  /** What stands there now. */
  readonly present: Module;
  readonly layer: AdaptedLayer;
  readonly parts: AdapterParts;
  readonly settings: LayerSettings;
}

interface PlannedCopy {
  readonly path: string;
  readonly present: Module;
  readonly wrapper: ModulesToSaveWrapper;
  readonly copy: Module;
}

/**
 * Checks that a model can have an adapter, and makes its parts.
 * @param op What error messages call the function that was handed the config.
 * @throws ArgumentError for a config that is wrong or does not suit the model, and for a name that is taken or cannot be one.
 */
export function planAdapter(op: string, model: Module, config: LoraConfig, name: string): AdapterPlan {
  const set = adapterSetFor(op, model);
  const checked = checkConfig(op, config);
  checkNewName(op, set, name);
  checkBiases(op, set, checked);
  checkOwn(op, set, [['', model]]);
  const targets = targetsOf(op, model, checked);
  const saved = modulesToSaveOf(op, model, checked.modulesToSave);
  checkOwn(op, set, [...targets, ...saved]);
  checkReplaceable(op, model, new Set<Module>([...targets.values(), ...saved.values()]));
  const layers = [...targets].map(([path, target]) => plannedLayer(op, set, checked, path, target));
  const copies = [...saved].map(([path, module]) => plannedCopy(set, path, module));
  return {
    config: checked,
    tensors: tensorsByKey(
      set,
      checked,
      layers.map(({ path, parts }) => [path, parts]),
      copies.map(({ path, copy }) => [path, copy]),
    ),
    commit: () => commit(set, checked, name, layers, copies),
  };
}

function checkNewName(op: string, set: AdapterSet, name: string): void {
  if (set.configs.has(name)) {
    throw new ArgumentError(
      op,
      `there is already an adapter ${name}. Call deleteAdapter(model, '${name}') first`,
    );
  }
  if (new ModuleDict().allows(name)) return;
  throw new ArgumentError(
    op,
    `the name of an adapter is not empty, has no dot and is none that modules use themselves, got ${formatValue(name)}`,
  );
}

/** The biases are the base model's own, so that only one adapter can train them. */
function checkBiases(op: string, set: AdapterSet, { bias }: CheckedConfig): void {
  const other = [...set.configs].find(([, config]) => config.bias !== 'none');
  if (bias === 'none' || other === undefined) return;
  throw new ArgumentError(
    op,
    `bias '${bias}' is not possible: adapter ${other[0]} trains the biases of the base model already, and there is one of each`,
  );
}

/** What is adapted obeys the switches of one model; adapters of another would never be on. */
function checkOwn(
  op: string,
  set: AdapterSet,
  modules: readonly (readonly [path: string, module: Module])[],
): void {
  for (const [path, module] of modules) {
    const isAdapted = module instanceof AdaptedLayer || module instanceof ModulesToSaveWrapper;
    if (!isAdapted || module.obeys(set)) continue;
    throw new ArgumentError(
      op,
      `${path === '' ? `this ${module.typeName}` : path} has adapters that were added to another model, around or within ` +
        `this ${set.model.typeName}. Add this one there too, or take those out first: unload(model)`,
    );
  }
}

function plannedLayer(
  op: string,
  set: AdapterSet,
  config: CheckedConfig,
  path: string,
  present: Module,
): PlannedLayer {
  const layer = present instanceof AdaptedLayer ? present : (adaptedLayerFor(present, set) as AdaptedLayer);
  const settings = settingsFor(op, path, layer, config);
  return { path, present, layer, settings, parts: newParts(op, path, layer, settings, config.init) };
}

function plannedCopy(set: AdapterSet, path: string, present: Module): PlannedCopy {
  const wrapper = present instanceof ModulesToSaveWrapper ? present : new ModulesToSaveWrapper(present, set);
  return { path, present, wrapper, copy: wrapper.freshCopy() };
}

function commit(
  set: AdapterSet,
  config: CheckedConfig,
  name: string,
  layers: readonly PlannedLayer[],
  copies: readonly PlannedCopy[],
): void {
  const replacements = [
    ...layers.map(({ present, layer }) => [present, layer] as const),
    ...copies.map(({ present, wrapper }) => [present, wrapper] as const),
  ];
  replaceModules(set.model, new Map<Module, Module>(replacements.filter(([from, to]) => from !== to)));
  for (const { path, layer, parts, settings } of layers) {
    layer.attach(name, parts, settings);
    set.layers.set(path, layer);
  }
  for (const { path, wrapper, copy } of copies) {
    wrapper.attach(name, copy);
    set.wrappers.set(path, wrapper);
  }
  const isFirst = set.configs.size === 0;
  set.configs.set(name, config);
  if (isFirst) {
    set.active = [name];
    remember(set);
    acceptRowAdapters(set);
  }
  trainActive(set);
}
