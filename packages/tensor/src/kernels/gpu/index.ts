/** Finds a GPU, by the first technology that is to be had, and makes a session of it: what `useGpu` loads. */
import { DeviceError } from '../../errors.js';
import { dialectKernels } from './kernels/index.js';
import type { Technology } from './machine.js';
import { GpuSession } from './session.js';
import { openMachine } from './technologies.js';
import { withWgsl } from './wgsl/index.js';

const ADVICE =
  'In Node, install the packages gpu.js and webgpu, and a driver for Vulkan, Metal or Direct3D; in a browser, take one that has ' +
  'WebGPU or WebGL2. Without a GPU everything works on the CPU';

/** @throws DeviceError if there is none, with what was tried and how to get one. */
export async function openGpu(technology: Technology | undefined): Promise<GpuSession> {
  const { machine, reasons } = await openMachine(technology);
  if (machine) return new GpuSession(machine, (calls) => withWgsl(calls, dialectKernels(calls)));
  throw new DeviceError('useGpu', `there is no GPU to be had here. ${reasons.join('. ')}. ${ADVICE}`);
}
