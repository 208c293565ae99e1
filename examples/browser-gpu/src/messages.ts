/** What the page and its worker tell each other. */

/** What computes: a technology by which lowrank reaches the GPU, or the CPU. */
export type Choice = 'webgpu' | 'webgl2' | 'cpu';

/** From the page: what to train with. The worker trains once, and then is no more. */
export interface Task {
  readonly device: Choice;
  /** Images per step. */
  readonly batchSize: number;
  readonly steps: number;
}

/** How a step went. */
export interface Step {
  /** From 1. */
  readonly step: number;
  /** The mean cross entropy of the batch. */
  readonly loss: number;
  /** Over the last steps. */
  readonly stepsPerSecond: number;
  /** What tensors hold of the GPU's memory; undefined on the CPU. */
  readonly gpuBytes: number | undefined;
}

/** From the worker. */
export type News =
  | { readonly kind: 'ready'; readonly adapter: string }
  | { readonly kind: 'step'; readonly step: Step }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly message: string };
