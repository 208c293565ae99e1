/** Merging adapters into the base weights, and undoing it. */
import { type Module, Parameter } from '@lowrank/nn';
import { ArgumentError, DeviceError, isfinite, type Tensor } from '@lowrank/tensor';
import type { AdaptedLayer } from './adapted-layer.js';
import { type AdapterSet, adapterSetOf, checkedNames, checkOneCopy } from './adapter-set.js';
import { replaceModules } from './tree.js';
import { takeOut } from './unload.js';

/**
 * Adds the updates of adapters to the base weights, so that the model computes with them at the cost of the base model.
 * The base weights of before are kept, for `unmerge`. What is merged already stays merged. PEFT's `merge_adapter`
 *
 * @param names One adapter or several. Default: the active ones.
 * @throws ArgumentError, and leaves the model as it is, where a merged weight could not compute what the adapters do: for
 * a convolution with groups, a weight that is parametrized or tied to another layer's, if only some of several active
 * adapters with DoRA were merged, or for an adapter with copies of modules that is not active.
 */
export function merge(model: Module, names?: string | readonly string[]): void {
  const set = adapterSetOf('merge', model);
  const planned = plannedMerge('merge', set, names);
  checkCopiesCompute('merge', set, planned.names);
  applyMerge(set, planned);
}

/**
 * As `merge`, but refuses weights that are not finite.
 * @throws ArgumentError, and leaves the model as it is, if a merged weight had a NaN or an infinity in it.
 * @throws DeviceError on the GPU.
 */
export function safeMerge(model: Module, names?: string | readonly string[]): void {
  const set = adapterSetOf('safeMerge', model);
  const planned = plannedMerge('safeMerge', set, names);
  checkCopiesCompute('safeMerge', set, planned.names);
  for (const { path, value } of planned.weights) {
    if (value.device === 'gpu') {
      throw new DeviceError(
        'safeMerge',
        'looks into the merged weights, which on the GPU would have to be awaited. Merge on the CPU, after await model.cpu(), or call merge',
      );
    }
    if (isfinite(value).all().item()) continue;
    throw new ArgumentError(
      'safeMerge',
      `the merged weight of ${path} would not be finite: ${planned.names.join(', ')} is broken. Nothing was merged`,
    );
  }
  applyMerge(set, planned);
}

interface PlannedMerge {
  readonly names: readonly string[];
  readonly weights: readonly {
    readonly path: string;
    readonly layer: AdaptedLayer;
    readonly value: Tensor;
  }[];
}

/** The merged weights, of which the model has not got any yet. */
function plannedMerge(
  op: string,
  set: AdapterSet,
  given: string | readonly string[] | undefined,
): PlannedMerge {
  const chosen = checkedNames(op, set, given ?? set.active);
  const names = [...new Set([...set.merged, ...chosen])];
  if (names.length === 0) {
    throw new ArgumentError(op, 'no adapter is active. Name those to merge, or call setAdapter first');
  }
  if (!set.enabled) {
    throw new ArgumentError(op, 'the adapters are switched off. Call enableAdapters(model) first');
  }
  checkOneCopy(op, set, names);
  const layers = [...set.layers].filter(([, layer]) => names.some((name) => layer.hasAdapter(name)));
  for (const [path, layer] of layers) checkMergeable(op, set, path, layer, names);
  return {
    names,
    weights: layers.map(([path, layer]) => {
      const own = names.filter((name) => layer.hasAdapter(name));
      return { path, layer, value: layer.mergedWeight(own) };
    }),
  };
}

/** A copy of a module computes while its adapter is active, and merging does not change that. */
function checkCopiesCompute(op: string, set: AdapterSet, names: readonly string[]): void {
  for (const name of names) {
    const [copy] = set.copiesOf(name);
    if (copy === undefined || set.active.includes(name)) continue;
    const way = `Call setAdapter(model, '${name}') first`;
    throw new ArgumentError(
      op,
      `${name} has a copy of ${copy[0]}, which computes only while it is active. ${way}`,
    );
  }
}

function checkMergeable(
  op: string,
  set: AdapterSet,
  path: string,
  layer: AdaptedLayer,
  names: readonly string[],
): void {
  const { weight } = layer;
  if (layer.groups > 1) {
    const reason = `A sees the channels of all ${layer.groups} groups of ${path}, and its weight only those of one`;
    throw new ArgumentError(op, `${reason}. Use it unmerged`);
  }
  checkNotComputed(op, path, weight);
  const holders = set.model.modules().filter((module) => Object.values(module).includes(weight));
  if (holders.length > 1) {
    const others = holders.map(({ typeName }) => typeName).join(' and ');
    throw new ArgumentError(
      op,
      `the weight of ${path} is shared by ${others}, which would all change. Untie it first`,
    );
  }
  const left = set.active.find(
    (name) => !names.includes(name) && layer.hasAdapter(name) && layer.settings(name).useDora,
  );
  if (left !== undefined) {
    const reason = `${left} has DoRA, which scales the base weight of ${path}`;
    throw new ArgumentError(op, `${reason}: merge it too, or make it inactive first`);
  }
}

function checkNotComputed(op: string, path: string, weight: Tensor): void {
  if (weight instanceof Parameter) return;
  const way = "Call removeParametrizations(layer, 'weight') first";
  throw new ArgumentError(op, `the weight of ${path} is parametrized, and computed each time. ${way}`);
}

function applyMerge(set: AdapterSet, { names, weights }: PlannedMerge): void {
  for (const { layer, value } of weights) layer.setMerged(value);
  set.merged = names;
}

/**
 * Puts the base weights back, to the bit as they were before `merge`, whatever happened to the merged ones since; the adapters
 * compute by themselves again.
 * @throws ArgumentError if nothing is merged, or a merged weight has been parametrized since.
 */
export function unmerge(model: Module): void {
  const set = adapterSetOf('unmerge', model);
  if (set.merged.length === 0) throw new ArgumentError('unmerge', 'no adapter is merged');
  for (const [path, { isMerged, weight }] of set.layers)
    if (isMerged) checkNotComputed('unmerge', path, weight);
  for (const layer of set.layers.values()) layer.restore();
  set.merged = [];
}

/**
 * Merges adapters for good and takes all adapters out: what is left is the base model with its own layers, which computes
 * what the adapters did, and the copies that they trained in the place of whole modules. PEFT's `merge_and_unload`
 *
 * @param names Default: the active adapters, and what is merged already.
 * @returns The model.
 * @throws ArgumentError as `merge` does.
 */
export function mergeAndUnload<M extends Module>(model: M, names?: string | readonly string[]): M {
  const set = adapterSetOf('mergeAndUnload', model);
  const planned = plannedMerge('mergeAndUnload', set, names);
  applyMerge(set, planned);
  for (const layer of set.layers.values()) layer.keepMerged();
  const copies = [...set.wrappers.values()].map(
    (wrapper) => [wrapper, wrapper.chosen(planned.names)] as const,
  );
  replaceModules(model, new Map<Module, Module>(copies));
  for (const name of set.names()) takeOut(set, name);
  return model;
}
