/** Everything: tensors, autograd, neural networks, LoRA, and the models that the examples train. */
export * from '@lowrank/autograd';
export * from '@lowrank/lora';
export * from '@lowrank/models';
export * from '@lowrank/nn';
export * from '@lowrank/tensor';
export { renderReport } from './report/render.js';
export type { Evaluation, RunSummary } from './summary.js';
export type { Mark } from './viewer/data.js';
export { toHtml, type ViewerOptions } from './viewer/render.js';
