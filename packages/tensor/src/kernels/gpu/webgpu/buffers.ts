/** The buffers of a WebGPU machine: their sizes, how they are made, and what is said when there is no room for one. */
import { DeviceError } from '../../../errors.js';
import type { GpuBuffer, MachineMemory } from '../machine.js';
import { outOfMemory, Pool } from '../pool.js';
import { type GpuDevice, USAGE, type WebGpuBuffer } from './api.js';

/** A buffer of the pool, in use for `length` numbers. */
export interface PooledBuffer extends GpuBuffer {
  readonly raw: WebGpuBuffer;
}

const SMALLEST = 256;

/** The sizes of buffers: four to each power of two, so that less than a fifth of a buffer lies idle. */
export function sizeClass(bytes: number): number {
  if (bytes <= SMALLEST) return SMALLEST;
  const step = Math.max(SMALLEST, 2 ** (Math.ceil(Math.log2(bytes)) - 3));
  return Math.ceil(bytes / step) * step;
}

export class Buffers {
  readonly #pool = new Pool<PooledBuffer>(({ raw }) => raw.destroy());
  readonly #largest: number;
  /** Buffers that there was no room for. */
  readonly #void = new WeakSet<WebGpuBuffer>();

  constructor(
    private readonly device: GpuDevice,
    /** Hears whether there was room for a buffer. */
    private readonly began: (outcome: Promise<DeviceError | undefined>) => void,
  ) {
    const { maxBufferSize = 0, maxStorageBufferBindingSize = 0 } = device.limits;
    this.#largest = Math.min(maxBufferSize, maxStorageBufferBindingSize);
  }

  /** A buffer of arbitrary contents; whether it is new tells whether queued work may still refer to it. */
  take(length: number): { readonly buffer: PooledBuffer; readonly isNew: boolean } {
    const bytes = sizeClass(4 * length);
    let isNew = false;
    const piece = this.#pool.take(bytes, () => {
      isNew = true;
      return { length, bytes, raw: this.#create(bytes) };
    });
    const { raw } = piece;
    if (!this.#void.has(raw)) return { buffer: { length, bytes, raw }, isNew };
    // It was given back before that was known.
    this.#pool.forget(piece);
    return this.take(length);
  }

  give(buffer: PooledBuffer): void {
    if (this.#void.has(buffer.raw)) this.#pool.forget(buffer);
    else this.#pool.give(buffer);
  }

  /** Destroys free buffers while there are too many. No queued work that is not submitted yet may refer to one. */
  trim(): void {
    this.#pool.trim();
  }

  /** Destroys all free buffers, under the same condition. */
  clear(): void {
    this.#pool.clear();
  }

  memory(): MachineMemory {
    return this.#pool.memory();
  }

  #create(bytes: number): WebGpuBuffer {
    if (bytes > this.#largest) {
      throw new DeviceError(
        'gpu',
        `a tensor of ${bytes} bytes is more than this GPU holds in one buffer (${this.#largest}). Split it, or compute it on the CPU`,
      );
    }
    this.device.pushErrorScope('out-of-memory');
    const raw = this.device.createBuffer({
      size: bytes,
      usage: USAGE.storage | USAGE.copySource | USAGE.copyTarget,
    });
    this.began(this.#outcome(raw, bytes));
    return raw;
  }

  async #outcome(raw: WebGpuBuffer, bytes: number): Promise<DeviceError | undefined> {
    const beside = this.memory();
    if (!(await this.device.popErrorScope())) return undefined;
    this.#void.add(raw);
    return outOfMemory(bytes, beside);
  }
}
