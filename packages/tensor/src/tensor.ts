/** The one type of lowrank: an immutable, contiguous, row-major array of numbers with a shape and a dtype. */
import type { Device } from './device.js';
import { type DType, dtypeOf, type TypedArray } from './dtype.js';
import {
  ArgumentError,
  DeviceError,
  DTypeError,
  formatValue,
  type LowrankError,
  ShapeError,
} from './errors.js';
import { GpuStorage, type Storage } from './kernels/gpu/storage.js';
import { expose, fetch } from './kernels/wasm/residency.js';
import { drop as dropArray, hold as holdArray } from './kernels/wasm/results.js';
import { assigning } from './life-cycle.js';
import { formatAbsent, formatTensor } from './print.js';
import { adopt } from './scope.js';
import { checkShape, formatShape, type Shape, sameShape, sizeOf } from './shape.js';

/** What `tolist()` gives: numbers (or booleans) nested as deep as the tensor has dimensions. */
export type NestedArray<T> = T | readonly NestedArray<T>[];

/** What a package on top (autograd) hangs onto a tensor. The tensor itself knows nothing of what is in it. */
export interface Attachment {
  /** What the tensor's printed form says of the attachment, such as `requires_grad=True`; empty for nothing. */
  describe(): string;
}

/** What a tensor is, apart from its values. */
export interface TensorSpec {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** What a tensor is made with. Packages on top add options of their own by declaration merging. */
export interface TensorOptions {
  /** Default: float32 for numbers, bool for booleans, and what it already is for a typed array. */
  readonly dtype?: DType;
  /** Default: that of `setDefaultDevice`, which is `cpu` at first. */
  readonly device?: Device;
}

/**
 * A tensor. Make one with `tensor()`, `zeros()` and the like; the constructor is for code that already holds a
 * storage of the right type and length, which is the tensor's from then on: kernels may have a copy of it.
 */
export class Tensor implements TensorSpec {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly device: Device;
  /** @internal The slot in which autograd keeps what it knows of this tensor. */
  attachment: Attachment | undefined = undefined;
  #storage: Storage | undefined;
  #version = 0;

  constructor(storage: Storage, shape: Shape, dtype: DType) {
    checkShape('Tensor', shape);
    const isOnGpu = storage instanceof GpuStorage;
    if ((isOnGpu ? storage.dtype : dtypeOf(storage)) !== dtype) {
      throw new DTypeError(
        'Tensor',
        `${formatValue(storage)} cannot hold ${formatValue(dtype)}. Make one with tensor(...)`,
      );
    }
    if (storage.length !== sizeOf(shape)) {
      throw new ShapeError(
        'Tensor',
        `a storage of ${storage.length} elements does not fill ${formatShape(shape)}`,
      );
    }
    this.shape = Object.isFrozen(shape) ? shape : Object.freeze([...shape]);
    this.dtype = dtype;
    this.device = isOnGpu ? 'gpu' : 'cpu';
    this.#storage = storage;
    hold(storage);
    adopt(this);
  }

  /** @internal The values as they lie in memory. Read with `data()`, `item()` or `tolist()` instead. */
  get storage(): Storage {
    const { operand } = this;
    if (!(operand instanceof GpuStorage)) fetch(operand);
    return operand;
  }

  /** @internal The storage as kernels take it, to which values that are in wasm memory may not have been copied yet. */
  get operand(): Storage {
    if (this.#storage !== undefined) return this.#storage;
    throw new DeviceError(
      'Tensor',
      `this tensor of shape ${formatShape(this.shape)} was disposed of. Read it before dispose(), or return it from its scope()`,
    );
  }

  /** Whether `dispose()` was called, or the `scope()` that the tensor was made in has ended. */
  get isDisposed(): boolean {
    return this.#storage === undefined;
  }

  /** How often `assign` has replaced the value. */
  get version(): number {
    return this.#version;
  }

  /** The number of dimensions. */
  get ndim(): number {
    return this.shape.length;
  }

  /** The number of elements. */
  numel(): number {
    return sizeOf(this.shape);
  }

  /**
   * The values, row-major. On the CPU the array is the tensor's own: copy it before you change it. Works on every device.
   * @throws DeviceError (rejects) if the GPU was lost, or work that was queued for it has failed.
   */
  async data(): Promise<TypedArray> {
    const { storage } = this;
    return storage instanceof GpuStorage ? storage.read() : this.dataSync();
  }

  /**
   * As `data()`, at once.
   * @throws DeviceError on the GPU, whose values must be awaited.
   */
  dataSync(): TypedArray {
    const storage = valuesOf('dataSync', this);
    expose(storage);
    return storage;
  }

  /**
   * The tensor on the CPU, as a constant: no gradient flows back. Itself where it is on the CPU. `torch.Tensor.cpu`
   * @throws DeviceError (rejects) as `data()`.
   */
  async cpu(): Promise<Tensor> {
    return this.device === 'cpu' ? this : tensorOf(await this.data(), this);
  }

  /**
   * Gives back the memory of the values, for results to come, unless another tensor shares them or `data()` has given them out.
   * The tensor must not be used any more. Nothing has to be disposed of: the garbage collector does the same, later.
   */
  dispose(): void {
    drop(this.#storage);
    this.#storage = undefined;
  }

  /**
   * The only value of a tensor of one element, as a number (true is 1 and false is 0).
   * @throws ShapeError if there is not exactly one element, DeviceError on the GPU.
   */
  item(): number {
    const storage = valuesOf('item', this);
    if (storage.length !== 1) {
      throw new ShapeError(
        'item',
        `a tensor of shape ${formatShape(this.shape)} has ${storage.length} elements, not one. Use tolist() or data()`,
      );
    }
    return storage[0] as number;
  }

  /**
   * The values as nested arrays; a scalar gives the plain value.
   * @throws DeviceError on the GPU.
   */
  tolist(): NestedArray<number | boolean> {
    const storage = valuesOf('tolist', this);
    const nest = (axis: number, offset: number, step: number): NestedArray<number | boolean> => {
      if (axis === this.ndim)
        return this.dtype === 'bool' ? storage[offset] !== 0 : (storage[offset] as number);
      const length = this.shape[axis] as number;
      const inner = length === 0 ? 0 : step / length;
      return Array.from({ length }, (_, i) => nest(axis + 1, offset + i * inner, inner));
    };
    return nest(0, 0, storage.length);
  }

  /**
   * Replaces the value in place, which is how optimisers move parameters. The new storage is shared with `value`, not
   * copied. A backward pass through a graph that was recorded before and still needs the old value will refuse.
   * @throws ShapeError, DTypeError or DeviceError if shape, dtype or device differ.
   */
  assign(value: Tensor): this {
    if (!isTensor(value)) {
      throw new ArgumentError(
        'assign',
        `takes a tensor, got ${formatValue(value)}. Make one with tensor(...)`,
      );
    }
    if (!sameShape(value.shape, this.shape)) {
      throw new ShapeError(
        'assign',
        `a tensor of shape ${formatShape(this.shape)} cannot take a value of shape ${formatShape(value.shape)}. ` +
          'Make a new tensor, or reshape the value',
      );
    }
    if (value.dtype !== this.dtype) {
      throw new DTypeError(
        'assign',
        `a tensor of ${this.dtype} cannot take a value of ${value.dtype}. Convert with to('${this.dtype}')`,
      );
    }
    if (value.device !== this.device) {
      throw new DeviceError(
        'assign',
        `a tensor on ${this.device} cannot take a value on ${value.device}. ` +
          (this.device === 'gpu' ? "Move it with to('gpu')" : 'Read it with await value.cpu()'),
      );
    }
    assigning(this);
    const { operand } = value;
    hold(operand);
    drop(this.#storage);
    this.#storage = operand;
    this.#version++;
    return this;
  }

  /** The printed form, PyTorch's: `tensor([[1., 2.], [3., 4.]])`; without values where they are not on the CPU. */
  toString(): string {
    const suffix = this.attachment?.describe() ?? '';
    if (this.isDisposed) return formatAbsent('disposed', this.shape, this.dtype, suffix);
    const { storage } = this;
    return storage instanceof GpuStorage
      ? formatAbsent("device='gpu'", this.shape, this.dtype, suffix)
      : formatTensor(storage, this.shape, this.dtype, { suffix });
  }

  /** Node's `console.log` prints tensors as `toString` does. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

// Apart from the class: one that mentions itself gets another name in a bundle, which messages would show.

function hold(storage: Storage): void {
  if (storage instanceof GpuStorage) storage.hold();
  else holdArray(storage);
}

function drop(storage: Storage | undefined): void {
  if (storage instanceof GpuStorage) storage.drop();
  else if (storage !== undefined) dropArray(storage);
}

function isTensor(value: unknown): value is Tensor {
  return value instanceof Tensor;
}

function tensorOf(values: TypedArray, { shape, dtype }: TensorSpec): Tensor {
  return new Tensor(values, shape, dtype);
}

/** The values of a tensor on the CPU. @throws DeviceError on the GPU, with the call that reads them there. */
export function valuesOf(op: string, x: Tensor): TypedArray {
  const { storage } = x;
  if (!(storage instanceof GpuStorage)) return storage;
  throw new DeviceError(
    op,
    'the values are on the GPU, and come only when they are awaited: use await x.data(), or (await x.cpu()) for a tensor',
  );
}

/**
 * The values of a tensor where they are to be had at once: on the CPU, and of integers on the GPU that were made on the CPU;
 * `undefined` for others. What checks indices and classes.
 */
export function knownValues({ storage }: Tensor): TypedArray | undefined {
  return storage instanceof GpuStorage ? storage.host : storage;
}

/** A tensor whose shape and dtype are known and whose values are not to be had: reading them throws `reason()`. */
export class HollowTensor extends Tensor {
  readonly #reason: () => LowrankError;

  constructor(
    { shape, dtype, device = 'cpu' }: TensorSpec & { readonly device?: Device },
    reason: () => LowrankError,
  ) {
    super(EMPTY[dtype], [0], dtype);
    Object.defineProperties(this, { shape: { value: shape }, device: { value: device } });
    this.#reason = reason;
  }

  override get operand(): Storage {
    throw this.#reason();
  }
}

const EMPTY: Readonly<Record<DType, TypedArray>> = {
  bool: new Uint8Array(0),
  int32: new Int32Array(0),
  float32: new Float32Array(0),
  float64: new Float64Array(0),
};
