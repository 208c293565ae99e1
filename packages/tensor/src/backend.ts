/** Backends: which kernels run the ops of which device. */
import type { Device } from './device.js';
import type { TypedArray } from './dtype.js';
import { DeviceError } from './errors.js';
import type { GpuSession } from './kernels/gpu/session.js';
import type { Storage } from './kernels/gpu/storage.js';
import type { Kernels } from './kernels/kernels.js';
import { wasmKernels } from './kernels/wasm/index.js';
import { reference } from './kernels/wasm/reference.js';
import { settings } from './kernels/wasm/settings.js';

const CPU: Readonly<Record<typeof settings.backend, Kernels<TypedArray>>> = {
  wasm: wasmKernels,
  reference,
};

let gpu: GpuSession | undefined;

/** The GPU that was last in use, if any. */
export function currentGpu(): GpuSession | undefined {
  return gpu;
}

/** Puts a GPU in the place of the one before, if there was any. */
export function setGpu(next: GpuSession): void {
  gpu = next;
}

/** The GPU in use. @throws DeviceError if there is none. */
export function gpuInUse(op: string): GpuSession {
  if (gpu?.isAlive) return gpu;
  const state = gpu === undefined ? 'no GPU is in use' : `the GPU is lost (${gpu.lossReason})`;
  throw new DeviceError(op, `${state}. Call await useGpu() first, or stay on the CPU`);
}

/** The kernels of a device: all operands of a call are storages of that device. */
export function backendOf(op: string, device: Device): Kernels<Storage> {
  return device === 'gpu' ? gpuInUse(op).kernels : CPU[settings.backend];
}

/** One number as a storage of the device. @throws DeviceError if there is no GPU in use. */
export function placeScalar(op: string, value: TypedArray, device: Device): Storage {
  return device === 'gpu' ? gpuInUse(op).scalar(op, value) : value;
}

/** The values as a storage of the device: on the CPU the array itself. @throws DeviceError, DTypeError for what the GPU cannot hold. */
export function place(op: string, values: TypedArray, device: Device): Storage {
  return device === 'gpu' ? gpuInUse(op).upload(op, values) : values;
}
