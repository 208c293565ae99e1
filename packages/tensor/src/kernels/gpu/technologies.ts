/** How each technology is started, in the order in which they are tried. gpu.js is loaded here, and nowhere else. */
import { platform } from '#platform';
import type { GpuMachine, Technology } from './machine.js';
import type { GpuJs as GlCompiler } from './webgl/translate.js';
import type { Gpu } from './webgpu/api.js';
import type { GpuJs as WgslCompiler } from './webgpu/translate.js';

/** Starts a technology, or tells in a text why it is not to be had here. */
type Open = (gpuJs: WgslCompiler & GlCompiler) => Promise<GpuMachine | string>;

const OPENERS: Readonly<Record<Technology, Open>> = {
  webgpu: async (gpuJs) => {
    const gpu = await webGpu();
    if (typeof gpu === 'string') return gpu;
    const { openWebGpu } = await import('./webgpu/machine.js');
    return openWebGpu(gpu, gpuJs);
  },
  webgl2: async (gpuJs) => {
    const { openWebGl2 } = await import('./webgl/machine.js');
    return openWebGl2(gpuJs);
  },
  'headless-gl': async (gpuJs) => {
    const { openHeadlessGl } = await import('./webgl/machine.js');
    return openHeadlessGl(gpuJs);
  },
};

/** What came of the search for a GPU. */
interface Opened {
  readonly machine?: GpuMachine;
  /** Of each technology that was tried, why it is not to be had. */
  readonly reasons: readonly string[];
}

/** A machine, or what each technology says why there is none. */
export async function openMachine(technology: Technology | undefined): Promise<Opened> {
  const names = technology === undefined ? (Object.keys(OPENERS) as Technology[]) : [technology];
  const reasons: string[] = [];
  try {
    const gpuJs = await loadGpuJs();
    for (const name of names) {
      const outcome = await OPENERS[name](gpuJs).catch((cause: Error) => cause.message);
      if (typeof outcome !== 'string') return { machine: outcome, reasons };
      reasons.push(`${name}: ${outcome}`);
    }
  } catch (cause) {
    reasons.push(`gpu.js cannot be loaded: ${(cause as Error).message}`);
  }
  return { reasons };
}

/** A CommonJS module: its exports are the default of what Node and bundlers make of it. */
async function loadGpuJs(): Promise<WgslCompiler & GlCompiler> {
  const module: { readonly default?: unknown } = await import('gpu.js');
  return (module.default ?? module) as WgslCompiler & GlCompiler;
}

/** The browser's WebGPU, or what the platform has in its place. */
async function webGpu(): Promise<Gpu | string> {
  const own = (globalThis as { readonly navigator?: { readonly gpu?: Gpu } }).navigator?.gpu;
  return own ?? ((await platform.webGpu()) as Gpu | string);
}
