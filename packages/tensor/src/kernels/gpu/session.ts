/** A GPU in use: its kernels, the way of values there and back, and the memory of its tensors. */
import { convert, type DType, dtypeOf, type TypedArray } from '../../dtype.js';
import { DeviceError, DTypeError } from '../../errors.js';
import type { Kernels } from '../kernels.js';
import type { GpuBuffer, GpuKernel, GpuMachine, KernelCall, WgslCall, WgslKernel } from './machine.js';
import { Reclaimer } from './reclaim.js';
import { type GpuOwner, GpuStorage } from './storage.js';

/** From here on float32, which holds all dtypes on the GPU, skips whole numbers. */
const EXACT_INTEGERS = 2 ** 24;

/** How many plain numbers are kept for the next op that is called with them. */
const KEPT_SCALARS = 256;

/** What of the GPU's memory is in use. */
export interface GpuMemory {
  /** Buffers that tensors hold, or that wait for the garbage collector to find that none does. */
  readonly buffers: number;
  /** Bytes of these buffers. */
  readonly bytes: number;
  /** The most bytes that there were at a time. */
  readonly peakBytes: number;
  /** Bytes that are taken from the system, those included that are kept for the next tensors. */
  readonly reservedBytes: number;
}

/** What kernels compute with: calls of a machine over storages. */
export interface GpuCalls {
  /** Runs a kernel in gpu.js's dialect, on inputs that may be empty only where the output is. */
  run(kernel: GpuKernel, call: KernelCall<GpuStorage>, dtype: DType): GpuStorage;
  /** Uploads plain numbers. */
  put(values: ArrayLike<number>, dtype: DType): GpuStorage;
  /** Runs a kernel in WGSL; not there on other technologies. */
  readonly runWgsl?: (kernel: WgslKernel, call: WgslCall<GpuStorage>, dtype: DType) => GpuStorage;
  readonly machine: GpuMachine;
}

export class GpuSession implements GpuOwner, GpuCalls {
  readonly kernels: Kernels<GpuStorage>;
  readonly runWgsl: GpuCalls['runWgsl'];
  readonly #reclaimer: Reclaimer;
  /** Plain numbers that ops were called with, the oldest first. */
  readonly #scalars = new Map<string, GpuStorage>();
  #lossReason: string | undefined;
  #bytes = 0;
  #buffers = 0;
  #peakBytes = 0;

  constructor(
    readonly machine: GpuMachine,
    kernelsOf: (calls: GpuCalls) => Kernels<GpuStorage>,
  ) {
    this.#reclaimer = new Reclaimer((buffer) => this.#give(buffer));
    this.runWgsl = machine.runWgsl && ((kernel, call, dtype) => this.#runWgsl(kernel, call, dtype));
    this.kernels = kernelsOf(this);
    machine.lost.then((reason) => {
      this.#lossReason = reason;
    });
  }

  get isAlive(): boolean {
    return this.#lossReason === undefined;
  }

  /** Why it is alive no more. */
  get lossReason(): string {
    return this.#lossReason ?? '';
  }

  /** @throws DTypeError for float64, and for integers that float32 would round. */
  upload(op: string, values: TypedArray): GpuStorage {
    const dtype = dtypeOf(values) as DType;
    if (dtype === 'float64') {
      throw new DTypeError(
        op,
        "the GPU computes in float32, not in float64. Convert with to('float32') first, or stay on the CPU",
      );
    }
    const isInteger = dtype === 'int32';
    if (isInteger) checkExact(op, values as Int32Array);
    return this.#put(values, dtype, isInteger ? values.slice() : undefined);
  }

  /** As `upload` for a single number; those that come again and again are kept. */
  scalar(op: string, value: TypedArray): GpuStorage {
    const key = `${dtypeOf(value)} ${Object.is(value[0], -0) ? '-0' : value[0]}`;
    const known = this.#scalars.get(key);
    if (known !== undefined) return known;
    const storage = this.upload(op, value);
    storage.hold();
    this.#scalars.set(key, storage);
    if (this.#scalars.size > KEPT_SCALARS) {
      const [oldest, dropped] = this.#scalars.entries().next().value as [string, GpuStorage];
      this.#scalars.delete(oldest);
      dropped.drop();
    }
    return storage;
  }

  put(values: ArrayLike<number>, dtype: DType): GpuStorage {
    return this.#put(values, dtype);
  }

  run(kernel: GpuKernel, call: KernelCall<GpuStorage>, dtype: DType): GpuStorage {
    if (call.length === 0) return this.put([], dtype);
    const inputs = call.inputs.map((input) => this.#bufferOf(kernel.name, input));
    return this.#wrap(this.machine.run(kernel, { ...call, inputs }), dtype);
  }

  async read(storage: GpuStorage): Promise<TypedArray> {
    const buffer = this.#bufferOf('data', storage);
    const values = await this.machine.read(buffer);
    await this.#reclaimer.atLeisure(() => this.#bytes);
    return storage.dtype === 'float32' ? values : convert(values, storage.dtype);
  }

  release(storage: GpuStorage): void {
    this.#reclaimer.forget(storage);
    this.#give(storage.buffer);
  }

  memory(): GpuMemory {
    const { reservedBytes } = this.machine.memory();
    return { buffers: this.#buffers, bytes: this.#bytes, peakBytes: this.#peakBytes, reservedBytes };
  }

  /** Ends the use of the GPU: tensors on it can no longer be read. */
  end(reason: string): void {
    this.#lossReason ??= reason;
    this.machine.destroy();
  }

  #put(values: ArrayLike<number>, dtype: DType, host?: TypedArray): GpuStorage {
    const floats = values instanceof Float32Array ? values : Float32Array.from(values);
    return this.#wrap(this.machine.upload(floats), dtype, host);
  }

  #runWgsl(kernel: WgslKernel, call: WgslCall<GpuStorage>, dtype: DType): GpuStorage {
    const inputs = call.inputs.map((input) => this.#bufferOf(kernel.name, input));
    const output = this.machine.runWgsl?.(kernel, { ...call, inputs });
    return this.#wrap(output as GpuBuffer, dtype);
  }

  /** @throws DeviceError if the GPU is lost, or the storage is of one that was. */
  #bufferOf(op: string, storage: GpuStorage): GpuBuffer {
    if (this.isAlive && storage.owner === this) return storage.buffer;
    throw new DeviceError(
      op,
      'the values were on a GPU that is lost. Make the tensor anew, on the GPU of a new useGpu() or on the CPU',
    );
  }

  #wrap(buffer: GpuBuffer, dtype: DType, host?: TypedArray): GpuStorage {
    this.#bytes += buffer.bytes;
    this.#buffers++;
    this.#peakBytes = Math.max(this.#peakBytes, this.#bytes);
    const storage = new GpuStorage(this, buffer, dtype, host);
    this.#reclaimer.watch(storage);
    return storage;
  }

  #give(buffer: GpuBuffer): void {
    this.#bytes -= buffer.bytes;
    this.#buffers--;
    if (this.isAlive) this.machine.free(buffer);
  }
}

function checkExact(op: string, values: Int32Array): void {
  const wrong = values.find((value) => Math.abs(value) > EXACT_INTEGERS);
  if (wrong === undefined) return;
  throw new DTypeError(
    op,
    `the GPU holds integers as float32, which is exact up to ${EXACT_INTEGERS}: ${wrong} is beyond. Keep them on the CPU`,
  );
}
