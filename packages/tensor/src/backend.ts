/** Backends: which kernels run the ops of which device. */
import type { Device } from './device.js';
import { referenceKernels } from './kernels/reference/index.js';
import { wasmKernels } from './kernels/wasm/index.js';
import { settings } from './kernels/wasm/settings.js';

/**
 * The kernels that a backend provides. They are pure functions over flat arrays and dimensions; the reference
 * backend's are their definition.
 */
export type Kernels = typeof referenceKernels;

const CPU: Readonly<Record<typeof settings.backend, Kernels>> = {
  wasm: wasmKernels,
  reference: referenceKernels,
};

const BACKENDS: Readonly<Record<Device, () => Kernels>> = { cpu: () => CPU[settings.backend] };

export function backendOf(device: Device): Kernels {
  return BACKENDS[device]();
}
