/** The places where tensors live and ops run. */
import { DeviceError, formatValue } from './errors.js';

/** `cpu` is everywhere and the default. */
export type Device = 'cpu';

export const DEVICES: readonly Device[] = ['cpu'];

/** @throws DeviceError unless `device` names one that this build has. */
export function checkDevice(op: string, device: unknown): asserts device is Device {
  if (!DEVICES.includes(device as Device)) {
    throw new DeviceError(
      op,
      `there is no device ${formatValue(device)}; known devices: ${DEVICES.join(', ')}`,
    );
  }
}
