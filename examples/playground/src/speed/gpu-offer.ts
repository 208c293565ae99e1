/** Whether this browser has a GPU to offer. */
import type { GpuOffer } from './offers.js';

/** The part of WebGPU that is asked here. */
interface Gpu {
  requestAdapter(): Promise<{
    readonly info?: { readonly vendor: string; readonly architecture: string; readonly description: string };
  } | null>;
}

/** Asks for WebGPU's adapter; nothing is computed. */
export async function gpuOffer(): Promise<GpuOffer> {
  const { gpu } = navigator as { readonly gpu?: Gpu };
  if (gpu === undefined) {
    const reason = isSecureContext
      ? 'this browser has no WebGPU, or has it switched off'
      : 'WebGPU is for pages that come by https, or from this machine';
    return { isThere: false, reason };
  }
  const adapter = await gpu.requestAdapter();
  if (adapter === null) return { isThere: false, reason: 'the browser has WebGPU, but offers no adapter' };
  const { vendor = '', architecture = '', description = '' } = adapter.info ?? {};
  const name = description || [vendor, architecture].filter((part) => part !== '').join(' ');
  return { isThere: true, adapter: name || 'an adapter that does not say its name' };
}
