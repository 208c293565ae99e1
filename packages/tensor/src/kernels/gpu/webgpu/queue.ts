/** The work that is queued for a WebGPU device: dispatches go there in batches, since each transfer costs. */
import {
  type CommandEncoder,
  type ComputePass,
  type GpuDevice,
  MAP_READ,
  USAGE,
  type WebGpuBuffer,
} from './api.js';
import type { Pipeline } from './pipelines.js';

/** Uniforms begin at multiples of this, on every device. */
const UNIFORM_SLOT = 256;

/** So many slots make a batch: enough to make its transfer cheap, and few enough to give the GPU something to do early. */
const SLOTS = 64;

interface Batch {
  readonly encoder: CommandEncoder;
  readonly pass: ComputePass;
}

export class Queue {
  readonly #uniforms: WebGpuBuffer;
  /** What the uniforms of the batch will be. */
  readonly #mirror = new Uint8Array(SLOTS * UNIFORM_SLOT);
  #usedSlots = 0;
  #batch: Batch | undefined;

  constructor(private readonly device: GpuDevice) {
    this.#uniforms = device.createBuffer({
      size: SLOTS * UNIFORM_SLOT,
      usage: USAGE.uniform | USAGE.copyTarget,
    });
  }

  /** Queues a dispatch over `buffers` (the inputs, then the output). */
  dispatch(
    { pipeline, layout }: Pipeline,
    buffers: readonly WebGpuBuffer[],
    uniform: ArrayBuffer,
    workgroups: readonly [number, number, number],
  ): void {
    const slots = Math.ceil(uniform.byteLength / UNIFORM_SLOT);
    if (this.#usedSlots + slots > SLOTS) this.submit();
    const offset = this.#usedSlots * UNIFORM_SLOT;
    this.#mirror.set(new Uint8Array(uniform), offset);
    this.#usedSlots += slots;
    this.#batch ??= this.#open();
    const { pass } = this.#batch;
    const entries = [
      { binding: 0, resource: { buffer: this.#uniforms, size: slots * UNIFORM_SLOT } },
      ...buffers.map((buffer, i) => ({ binding: i + 1, resource: { buffer } })),
    ];
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, this.device.createBindGroup({ layout, entries }), [offset]);
    pass.dispatchWorkgroups(...workgroups);
  }

  /** Sends what is queued to the GPU. */
  submit(): void {
    if (this.#batch === undefined) return;
    const { encoder, pass } = this.#batch;
    this.#batch = undefined;
    pass.end();
    // Arrives before the batch is run, and after the batch before it was.
    this.device.queue.writeBuffer(this.#uniforms, 0, this.#mirror, 0, this.#usedSlots * UNIFORM_SLOT);
    this.#usedSlots = 0;
    this.device.queue.submit([encoder.finish()]);
  }

  /** Writes numbers into a buffer, before all that is queued later; `isNew` if nothing that is queued knows the buffer. */
  write(buffer: WebGpuBuffer, values: Float32Array, isNew: boolean): void {
    if (!isNew) this.submit();
    this.device.queue.writeBuffer(buffer, 0, values);
  }

  /** The first `bytes` of a buffer once all that is queued is done. */
  async read(buffer: WebGpuBuffer, bytes: number): Promise<ArrayBuffer> {
    this.submit();
    const staging = this.device.createBuffer({ size: bytes, usage: USAGE.mapRead | USAGE.copyTarget });
    const encoder = this.device.createCommandEncoder();
    encoder.copyBufferToBuffer(buffer, 0, staging, 0, bytes);
    this.device.queue.submit([encoder.finish()]);
    try {
      await staging.mapAsync(MAP_READ);
      return staging.getMappedRange().slice(0);
    } finally {
      staging.destroy();
    }
  }

  #open(): Batch {
    const encoder = this.device.createCommandEncoder();
    return { encoder, pass: encoder.beginComputePass() };
  }
}
