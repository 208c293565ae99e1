/** Hands out blocks of wasm memory: first fit, with neighbouring free blocks merged. */

/** A cache line: no two blocks share one. */
const ALIGNMENT = 64;

interface Gap {
  start: number;
  end: number;
}

/** A heap over the addresses from `start` on. It knows nothing of the memory itself, which `grow` makes larger. */
export class Heap {
  /** By address, never touching one another. */
  readonly #gaps: Gap[] = [];
  /**
   * The blocks that are handed out, by address, and their sizes. Not a map: one whose entries come and go leaves tables behind in
   * V8's old generation, kilobytes for each training step.
   */
  readonly #addresses: number[] = [];
  readonly #sizes: number[] = [];
  #end: number;
  #used = 0;

  /** @param grow Makes the memory reach up to at least an address; returns how far it reaches then, or `undefined` if it cannot. */
  constructor(
    start: number,
    end: number,
    private readonly grow: (end: number) => number | undefined,
  ) {
    const first = Math.ceil(start / ALIGNMENT) * ALIGNMENT;
    this.#end = first;
    this.#extend(end);
  }

  /** Bytes that are handed out. */
  get used(): number {
    return this.#used;
  }

  /** The address of `bytes` bytes that belong to the caller until `free`; `undefined` if memory is at its limit. */
  allocate(bytes: number): number | undefined {
    const size = Math.max(1, Math.ceil(bytes / ALIGNMENT)) * ALIGNMENT;
    const at = this.#take(size);
    if (at !== undefined) return at;
    const last = this.#gaps.at(-1);
    const open = last !== undefined && last.end === this.#end ? last.end - last.start : 0;
    const end = this.grow(this.#end + size - open);
    if (end === undefined) return undefined;
    this.#extend(end);
    return this.#take(size);
  }

  free(address: number): void {
    const i = this.#place(address);
    if (this.#addresses[i] !== address) throw new RangeError(`there is no block at ${address}`);
    const size = this.#sizes[i];
    this.#addresses.splice(i, 1);
    this.#sizes.splice(i, 1);
    this.#used -= size;
    this.#release(address, address + size);
  }

  #take(size: number): number | undefined {
    const gaps = this.#gaps;
    let i = 0;
    while (i < gaps.length && gaps[i].end - gaps[i].start < size) i++;
    if (i === gaps.length) return undefined;
    const gap = gaps[i];
    const address = gap.start;
    gap.start += size;
    if (gap.start === gap.end) this.#gaps.splice(i, 1);
    const place = this.#place(address);
    this.#addresses.splice(place, 0, address);
    this.#sizes.splice(place, 0, size);
    this.#used += size;
    return address;
  }

  /** How many blocks have smaller addresses. */
  #place(address: number): number {
    const addresses = this.#addresses;
    let [low, high] = [0, addresses.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (addresses[middle] < address) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #extend(end: number): void {
    const whole = Math.floor(end / ALIGNMENT) * ALIGNMENT;
    if (whole > this.#end) this.#release(this.#end, whole);
    this.#end = whole;
  }

  #release(start: number, end: number): void {
    let i = this.#gaps.length;
    while (i > 0 && this.#gaps[i - 1].start >= end) i--;
    const before = this.#gaps[i - 1];
    const after = this.#gaps[i];
    if (before !== undefined && before.end === start) {
      before.end = end;
      if (after !== undefined && after.start === end) {
        before.end = after.end;
        this.#gaps.splice(i, 1);
      }
    } else if (after !== undefined && after.start === end) {
      after.start = start;
    } else {
      this.#gaps.splice(i, 0, { start, end });
    }
  }
}
