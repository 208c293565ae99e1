/** Low-rank adaptation. */
export { AdaptedLayer } from './adapters/adapted-layer.js';
export { type CombineMethod, type CombineOptions, combineAdapters } from './adapters/combine.js';
export type { Adapted } from './adapters/forward-option.js';
export {
  type AdapterInfo,
  addAdapter,
  deleteAdapter,
  disableAdapters,
  enableAdapters,
  listAdapters,
  scaleAdapter,
  setAdapter,
  withAdaptersDisabled,
} from './adapters/life.js';
export { LoraConv2d } from './adapters/lora-conv2d.js';
export { LoraEmbedding } from './adapters/lora-embedding.js';
export { LoraLinear } from './adapters/lora-linear.js';
export { merge, mergeAndUnload, safeMerge, unmerge } from './adapters/merge.js';
export { ModulesToSaveWrapper } from './adapters/modules-to-save.js';
export type { MixedBatch, RowAdapters } from './adapters/switches.js';
export { ParameterCount, trainableParameters } from './adapters/trainable-parameters.js';
export { unload } from './adapters/unload.js';
export {
  type ExtractedModule,
  type Extraction,
  type ExtractLoraOptions,
  extractLora,
} from './analysis/extract-lora.js';
export { type Factorization, type FactorizeOptions, factorize } from './analysis/factorize.js';
export { effectiveRank, type ModuleSpectrum, spectrum } from './analysis/spectrum.js';
export type { CheckedConfig, Init, LoraConfig, ModuleNames, TrainedBiases } from './config.js';
export {
  type AdapterFiles,
  deserializeAdapter,
  type SaveAdapterOptions,
  serializeAdapter,
} from './files/adapter-files.js';
export { loadAdapter, saveAdapter } from './files/adapter-folder.js';
export { Lora, type LoraInit, type LoraOptions } from './lora.js';
export { loraParameters, loraStateDict, markOnlyLoraAsTrainable, setLoraEnabled } from './model.js';
