/** Entering a mode: the settings of lowrank in this worker, and why a mode cannot be had. */
import { type CpuInfo, cpuInfo, setBackend, setNumThreads, setRelaxedSimd, useGpu } from 'lowrank';
import type { Mode } from './contestants.js';
import type { Limits } from './workload.js';

export type Entered =
  | {
      readonly isThere: true;
      /** What computes, in a few words. */
      readonly note: string;
      readonly limits: Limits;
    }
  | { readonly isThere: false; readonly reason: string };

const NONE: Limits = { matmul: Number.POSITIVE_INFINITY, step: Number.POSITIVE_INFINITY };

/** Has this worker compute in this mode from now on. */
export async function enter(mode: Mode): Promise<Entered> {
  if (mode.kind === 'loops') {
    setBackend('reference');
    return { isThere: true, note: 'JavaScript, 1 thread', limits: { ...NONE, matmul: 512 } };
  }
  return mode.kind === 'gpu' ? enterGpu() : enterWasm(mode);
}

type WasmMode = Mode & { readonly kind: 'wasm' };

function enterWasm(mode: WasmMode): Entered {
  setRelaxedSimd(mode.relaxed);
  if (mode.threads !== null) setNumThreads(mode.threads);
  const info = cpuInfo();
  const reason = reasonAgainstWasm(mode, info);
  if (reason !== null) return { isThere: false, reason };
  const count = `${info.threads} thread${info.threads === 1 ? '' : 's'}`;
  return { isThere: true, note: `${info.simd} SIMD, tile ${info.tile}, ${count}`, limits: NONE };
}

/** Why this mode is not what has been entered; `null` if it is. */
function reasonAgainstWasm(mode: WasmMode, { simd, threads, reasons }: CpuInfo): string | null {
  if (simd === 'none') return reasons.wasm ?? 'there is no WebAssembly SIMD';
  // With all threads, the best instructions that there are will do.
  if (mode.threads === null) return threads > 1 ? null : (reasons.threads ?? 'there is one thread only');
  return mode.relaxed && simd !== 'relaxed' ? (reasons.relaxed ?? 'there is plain SIMD only') : null;
}

/** What stands in for a graphics card where there is none. */
const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;

async function enterGpu(): Promise<Entered> {
  try {
    const { technology, adapter, description } = await useGpu();
    const note = `${technology}, ${adapter}`;
    if (!SOFTWARE.test(`${adapter} ${description}`)) return { isThere: true, note, limits: NONE };
    return { isThere: true, note: `${note}: software, on the CPU`, limits: { matmul: 256, step: 0 } };
  } catch (error) {
    return { isThere: false, reason: error instanceof Error ? error.message : String(error) };
  }
}
