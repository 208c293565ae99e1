/** Taking adapters out of a model again. */
import type { Module } from '@lowrank/nn';
import { type AdapterSet, adapterSetOf, checkUnmerged, forget } from './adapter-set.js';
import { refuseRowAdapters } from './forward-option.js';
import { biasesOf, setTrained } from './trainability.js';
import { replaceModules } from './tree.js';

/** Takes an adapter out; layers and modules of which no other adapter has a part are put back in their places. */
export function takeOut(set: AdapterSet, name: string): void {
  for (const bias of biasesOf(set, name)) setTrained(bias, false);
  for (const layer of set.layers.values()) layer.detachAdapter(name);
  for (const { modules_to_save } of set.wrappers.values()) modules_to_save.delete(name);
  set.configs.delete(name);
  set.active = set.active.filter((other) => other !== name);
  const bare = [...set.layers].filter(([, { adapters }]) => adapters.length === 0);
  const unused = [...set.wrappers].filter(([, { adapters }]) => adapters.length === 0);
  replaceModules(
    set.model,
    new Map<Module, Module>([
      ...bare.map(([, layer]) => [layer, layer.base_layer] as const),
      ...unused.map(([, wrapper]) => [wrapper, wrapper.original_module] as const),
    ]),
  );
  for (const [path] of bare) set.layers.delete(path);
  for (const [path] of unused) set.wrappers.delete(path);
  if (set.configs.size > 0) return;
  refuseRowAdapters(set);
  forget(set);
}

/**
 * Takes all adapters out: the model is what it was before it had any, to the bit. What was frozen stays frozen:
 * `model.requiresGrad_()` thaws it. PEFT's `unload`
 * @throws ArgumentError while adapters are merged; `mergeAndUnload` keeps what they learned.
 */
export function unload<M extends Module>(model: M): M {
  const set = adapterSetOf('unload', model);
  checkUnmerged('unload', set);
  for (const name of set.names()) takeOut(set, name);
  return model;
}
