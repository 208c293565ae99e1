/** Layers, losses, initialisation, optimisers, parametrizations and data loading. */
export { copyModule } from './copy-module.js';
export { DataLoader, type DataLoaderOptions } from './data/data-loader.js';
export { type Dataset, Subset, TensorDataset } from './data/dataset.js';
export * from './init.js';
export { GELU, ReLU, Sigmoid, SiLU, Tanh } from './layers/activation.js';
export { Conv2d, type Conv2dLayerOptions } from './layers/conv2d.js';
export { Dropout, type DropoutOptions } from './layers/dropout.js';
export { Embedding, type EmbeddingOptions } from './layers/embedding.js';
export { Flatten } from './layers/flatten.js';
export { Identity } from './layers/identity.js';
export { LayerNorm, type LayerNormLayerOptions } from './layers/layer-norm.js';
export { Linear, type LinearOptions } from './layers/linear.js';
export { ModuleDict } from './layers/module-dict.js';
export { NamedFields } from './layers/named-fields.js';
export { ParameterDict } from './layers/parameter-dict.js';
export { AvgPool2d, MaxPool2d } from './layers/pool2d.js';
export { Sequential } from './layers/sequential.js';
export * from './losses.js';
export { type Layer, Module, type StateDict } from './module.js';
export { Adam, type AdamOptions, AdamW } from './optim/adam.js';
export { type ClipNormOptions, clipGradNorm, clipGradValue } from './optim/clip.js';
export type { Group, ParameterGroup, Trainable } from './optim/groups.js';
export { LRScheduler, type Rate, type Scheduled, type ScheduleState } from './optim/lr-scheduler.js';
export type { Move, Update } from './optim/moves.js';
export { Optimizer, type OptimizerDefinition, type OptimizerOptions } from './optim/optimizer.js';
export {
  fillOptions,
  flag,
  nonNegative,
  type OptionRule,
  type OptionRules,
  optionOutOfRange,
  unknownOption,
} from './optim/options.js';
export type { OptimizerState, ParameterState, SavedGroup } from './optim/saved-state.js';
export * from './optim/schedules.js';
export { SGD, type SgdOptions } from './optim/sgd.js';
export { Buffer, Parameter } from './parameter.js';
export {
  isParametrized,
  ParametrizationList,
  parametrizationsOf,
  registerParametrization,
  removeParametrizations,
} from './parametrize.js';
export type { LoadOptions, LoadResult } from './state-dict.js';
