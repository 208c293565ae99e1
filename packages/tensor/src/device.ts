/** The places where tensors live and ops run. */
import { DeviceError, formatValue } from './errors.js';

/** `cpu` is everywhere and the default; `gpu` is there once `useGpu()` has found one. */
export type Device = 'cpu' | 'gpu';

export const DEVICES: readonly Device[] = ['cpu', 'gpu'];

let defaultDevice: Device = 'cpu';

/** @throws DeviceError unless `device` names one. */
export function checkDevice(op: string, device: unknown): asserts device is Device {
  if (!DEVICES.includes(device as Device)) {
    throw new DeviceError(
      op,
      `there is no device ${formatValue(device)}; known devices: ${DEVICES.join(', ')}`,
    );
  }
}

/**
 * Where tensors are made when no device is named, from now on. Tensors that there are stay where they are.
 * `torch.set_default_device`
 * @throws DeviceError for what is no device. That there is a GPU shows when a tensor is made.
 */
export function setDefaultDevice(device: Device): void {
  checkDevice('setDefaultDevice', device);
  defaultDevice = device;
}

/** Where tensors are made when no device is named. Default `cpu`. */
export function getDefaultDevice(): Device {
  return defaultDevice;
}
