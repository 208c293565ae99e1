/** The GPU memory of a WebGPU machine: buffers that are used again once they are free, by classes of size. */
import { DeviceError } from '../../../errors.js';
import type { GpuBuffer } from '../machine.js';
import { type GpuDevice, USAGE, type WebGpuBuffer } from './api.js';

/** A buffer of the pool, in use for `length` numbers. */
export interface PooledBuffer extends GpuBuffer {
  readonly raw: WebGpuBuffer;
}

const SMALLEST = 256;

/** Free buffers up to this many bytes are kept, or as many as are in use, if these are more. */
const ALWAYS_KEPT = 128 * 2 ** 20;

/** The sizes of buffers: four to each power of two, so that less than a fifth of a buffer lies idle. */
export function sizeClass(bytes: number): number {
  if (bytes <= SMALLEST) return SMALLEST;
  const step = Math.max(SMALLEST, 2 ** (Math.ceil(Math.log2(bytes)) - 3));
  return Math.ceil(bytes / step) * step;
}

export class Pool {
  readonly #free = new Map<number, WebGpuBuffer[]>();
  readonly #largest: number;
  #usedBytes = 0;
  #freeBytes = 0;

  constructor(private readonly device: GpuDevice) {
    const { maxBufferSize = 0, maxStorageBufferBindingSize = 0 } = device.limits;
    this.#largest = Math.min(maxBufferSize, maxStorageBufferBindingSize);
  }

  /** All bytes that the pool holds. */
  get bytes(): number {
    return this.#usedBytes + this.#freeBytes;
  }

  get freeBuffers(): number {
    return [...this.#free.values()].reduce((sum, list) => sum + list.length, 0);
  }

  /** A buffer of arbitrary contents; whether it is new tells whether queued work may still refer to it. */
  take(length: number): { readonly buffer: PooledBuffer; readonly isNew: boolean } {
    const bytes = sizeClass(4 * length);
    const recycled = this.#free.get(bytes)?.pop();
    const raw = recycled ?? this.#create(bytes);
    this.#usedBytes += bytes;
    if (recycled) this.#freeBytes -= bytes;
    return { buffer: { length, bytes, raw }, isNew: recycled === undefined };
  }

  give({ raw, bytes }: PooledBuffer): void {
    this.#usedBytes -= bytes;
    this.#freeBytes += bytes;
    const list = this.#free.get(bytes);
    if (list) list.push(raw);
    else this.#free.set(bytes, [raw]);
  }

  /** Destroys free buffers while there are too many. No queued work that is not submitted yet may refer to one. */
  trim(): void {
    const kept = Math.max(ALWAYS_KEPT, this.#usedBytes);
    for (const [bytes, list] of this.#free) {
      while (this.#freeBytes > kept && list.length > 0) {
        (list.pop() as WebGpuBuffer).destroy();
        this.#freeBytes -= bytes;
      }
    }
  }

  #create(bytes: number): WebGpuBuffer {
    if (bytes > this.#largest) {
      throw new DeviceError(
        'gpu',
        `a tensor of ${bytes} bytes is more than this GPU holds in one buffer (${this.#largest}). Split it, or compute it on the CPU`,
      );
    }
    return this.device.createBuffer({
      size: bytes,
      usage: USAGE.storage | USAGE.copySource | USAGE.copyTarget,
    });
  }
}
