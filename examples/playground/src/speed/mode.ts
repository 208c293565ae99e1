/** Entering a mode: the settings of lowrank in this worker, and why a mode cannot be had. */
import { cpuInfo, setBackend, setNumThreads, setRelaxedSimd, useGpu } from 'lowrank';
import type { Mode } from './contestants.js';

export type Entered =
  | {
      readonly isThere: true;
      /** What computes, in a few words. */
      readonly note: string;
      /** Whether large work takes it seconds. */
      readonly isSlow: boolean;
    }
  | { readonly isThere: false; readonly reason: string };

/** Has this worker compute in this mode from now on. */
export async function enter(mode: Mode): Promise<Entered> {
  if (mode.kind === 'loops') {
    setBackend('reference');
    return { isThere: true, note: 'JavaScript, 1 thread', isSlow: true };
  }
  return mode.kind === 'gpu' ? enterGpu() : enterWasm(mode);
}

function enterWasm({ relaxed, threads }: Mode & { readonly kind: 'wasm' }): Entered {
  setRelaxedSimd(relaxed);
  if (threads !== null) setNumThreads(threads);
  const info = cpuInfo();
  const { reasons } = info;
  // With all threads, the best instructions that there are will do.
  const reason =
    info.simd === 'none'
      ? reasons.wasm
      : threads === null
        ? info.threads === 1 && (reasons.threads ?? 'there is one only')
        : relaxed && info.simd !== 'relaxed' && reasons.relaxed;
  if (reason) return { isThere: false, reason };
  const count = `${info.threads} thread${info.threads === 1 ? '' : 's'}`;
  return { isThere: true, note: `${info.simd} SIMD, tile ${info.tile}, ${count}`, isSlow: false };
}

/** What stands in for a graphics card where there is none. */
const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;

async function enterGpu(): Promise<Entered> {
  try {
    const { technology, adapter, description } = await useGpu();
    const isSlow = SOFTWARE.test(`${adapter} ${description}`);
    const remark = isSlow ? ': software, on the CPU' : '';
    return { isThere: true, note: `${technology}, ${adapter}${remark}`, isSlow };
  } catch (error) {
    return { isThere: false, reason: error instanceof Error ? error.message : String(error) };
  }
}
