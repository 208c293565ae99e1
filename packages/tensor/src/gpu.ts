/** The device `gpu`: taking a GPU into use, and what can be asked of it. */
import { currentGpu, gpuInUse, setGpu } from './backend.js';
import { ArgumentError, formatValue } from './errors.js';
import type { MachineInfo, Technology } from './kernels/gpu/machine.js';
import type { GpuMemory } from './kernels/gpu/session.js';
import { checkOptions } from './options.js';

export type { GpuMemory, Technology as GpuTechnology };

/** Which GPU computes, and by which technology. */
export type GpuInfo = MachineInfo;

export interface UseGpuOptions {
  /**
   * Take this technology and no other. Default: what is in use, else the first of WebGPU, WebGL2 and
   * headless GL that is to be had. Tensors that another technology holds are lost.
   */
  readonly technology?: Technology;
}

const TECHNOLOGIES: readonly Technology[] = ['webgpu', 'webgl2', 'headless-gl'];

/**
 * Takes a GPU into use as the device `gpu`: by WebGPU where there is an adapter, else by WebGL2 or headless GL. The first call
 * loads the kernels and gpu.js; later ones change nothing while the GPU is there. It is never replaced by the CPU.
 *
 * @example
 * await useGpu();
 * const x = randn([512, 512], { device: 'gpu' });
 * console.log(await x.matmul(x).sum().data());
 * @throws DeviceError (rejects) if there is none, with what was tried and how to get one.
 */
export async function useGpu(options: UseGpuOptions = {}): Promise<GpuInfo> {
  checkOptions('useGpu', options, ['technology']);
  const { technology } = options;
  if (technology !== undefined && !TECHNOLOGIES.includes(technology)) {
    throw new ArgumentError(
      'useGpu',
      `a technology is one of ${TECHNOLOGIES.join(', ')}, got ${formatValue(technology)}`,
    );
  }
  const info = opening.then(() => open(technology));
  opening = info.catch(() => undefined);
  return info;
}

/** The last call, which the next one waits for. */
let opening: Promise<unknown> = Promise.resolve();

async function open(technology: Technology | undefined): Promise<GpuInfo> {
  const present = currentGpu();
  if (present?.isAlive) {
    const { info } = present.machine;
    if (technology === undefined || technology === info.technology) return info;
  }
  const { openGpu } = await import('./kernels/gpu/index.js');
  const session = await openGpu(technology);
  present?.end('useGpu took another one');
  setGpu(session);
  return session.machine.info;
}

/** Which GPU is in use. @throws DeviceError if there is none: call `useGpu()` first. */
export function gpuInfo(): GpuInfo {
  return gpuInUse('gpuInfo').machine.info;
}

/** What of the GPU's memory is in use. @throws DeviceError if there is no GPU in use. */
export function gpuMemory(): GpuMemory {
  return gpuInUse('gpuMemory').memory();
}
