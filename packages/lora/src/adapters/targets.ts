/** Which layers of a model a config adapts. */
import type { Module } from '@lowrank/nn';
import { ArgumentError } from '@lowrank/tensor';
import { ALL_LINEAR, type CheckedConfig } from '../config.js';
import { AdaptedLayer } from './adapted-layer.js';
import { ADAPTABLE_KINDS, type AdaptableLayer, isAdaptable, isLinear } from './kinds.js';
import { ModulesToSaveWrapper } from './modules-to-save.js';
import { endsIn, isWithin, layerMatcher, nameMatcher } from './names.js';

/** How many names a message lists. */
const LISTED = 20;

export type Target = AdaptableLayer | AdaptedLayer;

/** The modules of a model by path, apart from itself and from what adapters and parametrizations have brought into it. */
export function* ownModules(model: Module): Generator<[path: string, module: Module]> {
  const opaque: string[] = [];
  for (const [path, module] of model.namedModules()) {
    if (path === '' || opaque.some((prefix) => path.startsWith(prefix))) continue;
    if (isWithin(path, 'parametrizations')) continue;
    if (module instanceof AdaptedLayer || module instanceof ModulesToSaveWrapper) opaque.push(`${path}.`);
    yield [path, module];
  }
}

/**
 * The layers that are adapted, by path.
 * @throws ArgumentError that lists the candidates where there is none, or for one that cannot be adapted.
 */
export function targetsOf(op: string, model: Module, config: CheckedConfig): Map<string, Target> {
  const isMeant = targetMatcher(op, config);
  const targets = new Map<string, Target>();
  for (const [path, module] of ownModules(model)) {
    if (!isMeant(path, module)) continue;
    if (!isAdaptable(module)) throw new ArgumentError(op, notAdaptable(path, module));
    targets.set(path, module);
  }
  if (targets.size === 0) throw new ArgumentError(op, nothingMatches(model, config));
  return targets;
}

function targetMatcher(op: string, config: CheckedConfig): (path: string, module: Module) => boolean {
  const { targetModules, excludeModules, modulesToSave } = config;
  const isAllLinear = targetModules === ALL_LINEAR;
  const isNamed = isAllLinear ? () => true : nameMatcher(op, 'targetModules', targetModules);
  const isExcluded = nameMatcher(op, 'excludeModules', excludeModules);
  const hasNumber = layerMatcher(op, config);
  return (path, module) =>
    isNamed(path) &&
    (!isAllLinear || isLinear(module)) &&
    hasNumber(path) &&
    !isExcluded(path) &&
    !modulesToSave.some((name) => isWithin(path, name));
}

function notAdaptable(path: string, module: Module): string {
  const reason =
    module instanceof ModulesToSaveWrapper
      ? `is saved as a whole by the adapters ${module.adapters.join(', ')}`
      : `is a ${module.typeName}; adapters are for ${ADAPTABLE_KINDS}`;
  return `${path} ${reason}. Leave it out with excludeModules`;
}

function nothingMatches(model: Module, config: CheckedConfig): string {
  const candidates = [...ownModules(model)].flatMap(([path, module]) =>
    isAdaptable(module) ? [`${path} (${module.typeName})`] : [],
  );
  if (candidates.length === 0) {
    return `this ${model.typeName} has no layers within it that can be adapted: ${ADAPTABLE_KINDS}. A layer by itself goes into a Sequential first`;
  }
  const { targetModules, excludeModules, modulesToSave, layersToTransform } = config;
  const narrowed = Object.entries({ excludeModules, modulesToSave, layersToTransform })
    .filter(([, value]) => !Array.isArray(value) || value.length > 0)
    .map(([key]) => key);
  const within = narrowed.length > 0 ? `, with ${narrowed.join(' and ')},` : '';
  const wanted = Array.isArray(targetModules) ? targetModules.join(', ') : String(targetModules);
  return `targetModules ${wanted}${within} fits no layer of this ${model.typeName}; there are ${listed(candidates)}`;
}

function listed(names: readonly string[]): string {
  const rest = names.length - LISTED;
  return names.slice(0, LISTED).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

/**
 * The modules of which an adapter saves a copy, by path.
 * @throws ArgumentError for a name that no module has, or a module in which there are adapters.
 */
export function modulesToSaveOf(op: string, model: Module, names: readonly string[]): Map<string, Module> {
  const all = [...ownModules(model)];
  const stranger = names.find((name) => !all.some(([path]) => endsIn(path, name)));
  if (stranger !== undefined) {
    const paths = all.map(([path]) => path);
    throw new ArgumentError(
      op,
      `modulesToSave has ${stranger}, which is no module; there are ${listed(paths)}`,
    );
  }
  const found = all.filter(([path]) => names.some((name) => endsIn(path, name)));
  const outermost = found.filter(([path]) => !found.some(([other]) => path.startsWith(`${other}.`)));
  for (const [path, module] of outermost) checkSavable(op, path, module);
  return new Map(outermost);
}

function checkSavable(op: string, path: string, module: Module): void {
  if (module instanceof ModulesToSaveWrapper) return;
  if (!module.modules().some((part) => part instanceof AdaptedLayer)) return;
  throw new ArgumentError(op, `modulesToSave has ${path}, in which another adapter has adapted layers`);
}
