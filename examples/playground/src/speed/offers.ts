/** What a browser has to compute with, and why something is not there. */
import type { CpuInfo } from 'lowrank';

/** A GPU behind WebGPU, or why there is none. */
export type GpuOffer =
  | { readonly isThere: true; readonly adapter: string }
  | { readonly isThere: false; readonly reason: string };

/** Something that computes faster, if it is there. */
export interface Offer {
  readonly name: string;
  readonly isThere: boolean;
  /** What it is, or why it is not there. */
  readonly detail: string;
}

/** The offers of a browser in the order in which they matter. */
export function offersOf(cpu: CpuInfo, gpu: GpuOffer, isIsolated: boolean): readonly Offer[] {
  const { simd, threads, wide, reasons } = cpu;
  const offer = (name: string, isThere: boolean, detail: string, reason: string | undefined): Offer => {
    return { name, isThere, detail: isThere ? detail : (reason ?? 'not here') };
  };
  return [
    offer('WebAssembly SIMD', simd !== 'none', '128-bit vectors', reasons.wasm),
    offer('Relaxed SIMD', simd === 'relaxed', 'fused multiply-add', reasons.relaxed),
    offer('Threads', threads > 1, `${threads} at once`, reasons.threads),
    offer(
      'Cross-origin isolation',
      isIsolated,
      'workers may share memory',
      'the server does not send its two headers, so workers share no memory',
    ),
    offer('Wide pass of V8', wide, '256-bit vectors', reasons.wide),
    offer('WebGPU', gpu.isThere, gpu.isThere ? gpu.adapter : '', gpu.isThere ? undefined : gpu.reason),
  ];
}
