/**
 * The net under `dispose`: gives back the memory of storages that no tensor holds any more. The garbage collector knows which
 * these are, but it runs when JavaScript's own memory is short, and knows nothing of a GPU's; so it is told to run.
 */
import type { GpuBuffer } from './machine.js';
import type { GpuStorage } from './storage.js';

export class Reclaimer {
  readonly #registry: FinalizationRegistry<GpuBuffer>;

  constructor(give: (buffer: GpuBuffer) => void) {
    this.#registry = new FinalizationRegistry(give);
  }

  /** Gives the storage's buffer back when nobody can reach the storage any more. */
  watch(storage: GpuStorage): void {
    this.#registry.register(storage, storage.buffer, storage);
  }

  /** Somebody else has given the buffer back. */
  forget(storage: GpuStorage): void {
    this.#registry.unregister(storage);
  }

  /** Lets finalizers run, at a moment when the program waits for the GPU anyhow. */
  async atLeisure(_bytes: number): Promise<void> {}
}
