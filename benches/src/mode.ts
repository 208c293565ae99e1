/** How lowrank computes while a contestant has its turn. */
import { type Backend, getBackend, getNumThreads, setBackend, setNumThreads } from 'lowrank';

export interface Mode {
  readonly backend: Backend;
  readonly threads: number;
}

export function currentMode(): Mode {
  return { backend: getBackend(), threads: getNumThreads() };
}

/** Changes only what has to be changed, because other threads mean a new start of the kernels. */
export function enterMode({ backend, threads }: Mode): void {
  if (backend !== getBackend()) setBackend(backend);
  if (threads !== getNumThreads()) setNumThreads(threads);
}
