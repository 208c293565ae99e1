/**
 * The net under `dispose`: gives back the memory of storages that no tensor holds any more. The garbage collector knows which
 * these are, but it runs when JavaScript's own memory is short, and knows nothing of a GPU's; so it is told to run.
 */
import { platform } from '#platform';
import type { GpuBuffer } from './machine.js';
import type { GpuStorage } from './storage.js';

/** The least that it is worth to disturb the garbage collector for, in bytes. */
const FLOOR = 128 * 2 ** 20;

/** By how much what is in use has to grow after a try that has found nothing, before there is another. */
const GROWTH = 1 / 8;

export class Reclaimer {
  readonly #registry: FinalizationRegistry<GpuBuffer>;
  /** Whether finalizers have run since the garbage collector was told to. */
  #hasReclaimed = false;
  /** The garbage collector is left alone below this many bytes. */
  #limit = FLOOR;

  constructor(give: (buffer: GpuBuffer) => void) {
    this.#registry = new FinalizationRegistry((buffer) => {
      this.#hasReclaimed = true;
      give(buffer);
    });
  }

  /** Gives the storage's buffer back when nobody can reach the storage any more. */
  watch(storage: GpuStorage): void {
    this.#registry.register(storage, storage.buffer, storage);
  }

  /** Somebody else has given the buffer back. */
  forget(storage: GpuStorage): void {
    this.#registry.unregister(storage);
  }

  /**
   * Tells the garbage collector to run if twice as much is in use as after it last found something, and lets finalizers run. Called
   * at moments when the program waits for the GPU anyhow: finalizers never run while it does not wait.
   */
  async atLeisure(bytesInUse: () => number): Promise<void> {
    if (bytesInUse() < this.#limit) return;
    this.#hasReclaimed = false;
    platform.collectGarbage();
    await new Promise((resolve) => setTimeout(resolve));
    // Where nothing was found, either all is in use, or it can only be urged and takes some more urging.
    const factor = this.#hasReclaimed ? 2 : 1 + GROWTH;
    this.#limit = Math.max(FLOOR, factor * bytesInUse());
  }
}
