/** Which layers can be adapted, and by what. */
import { Conv2d, Embedding, Linear, type Module } from '@lowrank/nn';
import { AdaptedLayer } from './adapted-layer.js';
import { LoraConv2d } from './lora-conv2d.js';
import { LoraEmbedding } from './lora-embedding.js';
import { LoraLinear } from './lora-linear.js';
import type { Switches } from './switches.js';

/** A layer of a kind that can be adapted. */
export type AdaptableLayer = Linear | Conv2d | Embedding;

/** The names of the kinds, for messages. */
export const ADAPTABLE_KINDS = 'Linear, Conv2d and Embedding';

/** A new adapted layer without adapters, or `undefined` for a module that cannot be adapted. */
export function adaptedLayerFor(module: Module, switches: Switches): AdaptedLayer | undefined {
  if (module instanceof Linear) return new LoraLinear(module, switches);
  if (module instanceof Conv2d) return new LoraConv2d(module, switches);
  if (module instanceof Embedding) return new LoraEmbedding(module, switches);
  return undefined;
}

/** Whether a module is a layer that can be adapted, or already is. */
export function isAdaptable(module: Module): module is AdaptableLayer | AdaptedLayer {
  return [Linear, Conv2d, Embedding, AdaptedLayer].some((kind) => module instanceof kind);
}

/** Whether a module is a Linear, adapted or not. */
export function isLinear(module: Module): boolean {
  return module instanceof Linear || module instanceof LoraLinear;
}
