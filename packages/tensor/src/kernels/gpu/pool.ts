/** Pieces of the GPU's memory that are used again once they are free: to make and to delete them takes longer than most kernels. */
import { DeviceError } from '../../errors.js';
import type { MachineMemory } from './machine.js';

/** Free pieces up to this many bytes are kept, or as many as are in use, if these are more. */
const ALWAYS_KEPT = 128 * 2 ** 20;

const mebibytes = (bytes: number) => `${Math.ceil(bytes / 2 ** 20)} MiB`;

/** What is said when the system has not so many bytes. */
export function outOfMemory(bytes: number, { reservedBytes }: MachineMemory): DeviceError {
  return new DeviceError(
    'gpu',
    `out of memory: no room for ${mebibytes(bytes)} beside ${mebibytes(reservedBytes)}. ` +
      'Use smaller batches, or dispose of tensors earlier',
  );
}

/** A pool by sizes: pieces of as many bytes can take each other's place. */
export class Pool<Piece extends { readonly bytes: number }> {
  readonly #free = new Map<number, Piece[]>();
  #usedBytes = 0;
  #freeBytes = 0;

  constructor(private readonly destroy: (piece: Piece) => void) {}

  /** A piece of arbitrary contents: a free one, or what `make` makes where there is none. */
  take(bytes: number, make: () => Piece): Piece {
    const recycled = this.#free.get(bytes)?.pop();
    const piece = recycled ?? make();
    if (recycled !== undefined) this.#freeBytes -= bytes;
    this.#usedBytes += bytes;
    return piece;
  }

  /** The piece is free from now on. */
  give(piece: Piece): void {
    const { bytes } = piece;
    this.#usedBytes -= bytes;
    this.#freeBytes += bytes;
    const pieces = this.#free.get(bytes);
    if (pieces === undefined) this.#free.set(bytes, [piece]);
    else pieces.push(piece);
  }

  /** The piece was in use, and will not be used again: it is destroyed. */
  forget(piece: Piece): void {
    this.#usedBytes -= piece.bytes;
    this.destroy(piece);
  }

  /** Destroys free pieces while there are too many of them. */
  trim(): void {
    this.#destroyFree(Math.max(ALWAYS_KEPT, this.#usedBytes));
  }

  /** Destroys all free pieces. */
  clear(): void {
    this.#destroyFree(0);
  }

  memory(): MachineMemory {
    const pooledBuffers = [...this.#free.values()].reduce((count, pieces) => count + pieces.length, 0);
    return { reservedBytes: this.#usedBytes + this.#freeBytes, pooledBuffers };
  }

  /** Destroys free pieces until those that are left have no more than so many bytes. */
  #destroyFree(keptBytes: number): void {
    for (const [bytes, pieces] of this.#free) {
      while (this.#freeBytes > keptBytes && pieces.length > 0) {
        this.destroy(pieces.pop() as Piece);
        this.#freeBytes -= bytes;
      }
    }
  }
}
