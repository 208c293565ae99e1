/** The CPU's kernels in a few words. */
import type { CpuInfo } from '@lowrank/tensor';

/** Such as `wasm, relaxed SIMD, wide pass, 2 threads`. */
export function describeKernels({ backend, simd, wide, threads }: CpuInfo): string {
  return [
    backend,
    ...(simd === 'none' ? [] : [`${simd} SIMD`]),
    ...(wide ? ['wide pass'] : []),
    `${threads} ${threads === 1 ? 'thread' : 'threads'}`,
  ].join(', ');
}
