/** The storage of a tensor on the GPU, and what both devices' storages have in common. */
import type { DType, TypedArray } from '../../dtype.js';
import { DeviceError } from '../../errors.js';
import type { GpuBuffer } from './machine.js';

/** What holds the values of a tensor: a typed array on the CPU, a `GpuStorage` on the GPU. */
export type Storage = TypedArray | GpuStorage;

/** What a GPU in use does for its storages. */
export interface GpuOwner {
  /** No tensor holds the storage any more. */
  release(storage: GpuStorage): void;
  /** The values, once all that was queued before is done. @throws DeviceError (rejects) if the device is lost. */
  read(storage: GpuStorage): Promise<TypedArray>;
}

/**
 * Values on the GPU: all dtypes are held as float32, bools as 0 and 1. Several tensors may share a storage; it is given back
 * when the last of them is disposed of or, if one never is, when the garbage collector finds that none is left.
 */
export class GpuStorage {
  #buffer: GpuBuffer | undefined;
  #holders = 0;

  constructor(
    readonly owner: GpuOwner,
    buffer: GpuBuffer,
    readonly dtype: DType,
    /** A copy of the values on the CPU, of integers that were uploaded: what indices are checked by. */
    readonly host?: TypedArray,
  ) {
    this.#buffer = buffer;
  }

  get length(): number {
    return this.buffer.length;
  }

  /** @throws DeviceError if it was given back. */
  get buffer(): GpuBuffer {
    if (this.#buffer !== undefined) return this.#buffer;
    throw new DeviceError('gpu', 'the values were given back to the GPU. Read them before dispose()');
  }

  /** A copy of the values on the CPU, in an array of their dtype. @throws DeviceError (rejects) if the device is lost. */
  read(): Promise<TypedArray> {
    return this.owner.read(this);
  }

  /** A tensor begins to hold it. */
  hold(): void {
    this.#holders++;
  }

  /** A tensor holds it no more. */
  drop(): void {
    if (--this.#holders === 0) this.release();
  }

  /** Gives the memory back, whoever holds the storage. */
  release(): void {
    if (this.#buffer === undefined) return;
    this.owner.release(this);
    this.#buffer = undefined;
  }
}
