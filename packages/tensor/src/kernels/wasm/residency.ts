/**
 * Which arrays have a copy in wasm memory. Results stay there, operands after they were copied in, and weights that come again as
 * packed panels too: the next kernel then need not copy. The copies that were not used for longest make room for new ones, so
 * nothing here can leak.
 *
 * Where results are disposed of by hand they are not even copied out before somebody looks at them (`fetch`), or their copy makes
 * room for another: most are only the next kernel's operands. Where the garbage collector has to find them it must not be kept
 * from it by a copy that is still to be copied out.
 */
import type { TypedArray } from '../../dtype.js';
import type { Heap } from './heap.js';

/**
 * How many bytes of copies are kept: of arrays as they are, which pass by in their hundreds, and of what was prepared from arrays
 * that come again. Each kind only makes room for its own: a training step does not drive out the weights that it needs next time.
 */
export const RESIDENT_BYTES = { passing: 64 * 2 ** 20, recurring: 256 * 2 ** 20 };

/** Copying less than this is cheaper than remembering it. */
export const WORTH_KEEPING = 32 * 2 ** 10;

/** Room that is always there for the short lists of a call. */
export const LIST_BYTES = 4096;

interface Copy {
  readonly kind: Kind;
  readonly address: number;
  readonly bytes: number;
  /** Copies the values out, if they are nowhere else. */
  fetch: (() => void) | undefined;
  /** In use by the running kernel. */
  pinned: boolean;
  /** Used since it was last passed over. */
  recent: boolean;
  /** Whether the memory is still this copy's. */
  alive: boolean;
}

type Kind = keyof typeof RESIDENT_BYTES;

const KINDS: readonly Kind[] = ['passing', 'recurring'];

/** Buffers whose owner may write to them: a copy could be out of date at any time, so of arrays over them there never is one. */
const exposed = new WeakSet<object>();

/** Tells that somebody outside of the library got hold of the array. */
export function expose(array: ArrayBufferView): void {
  if (isWorthKeeping(array)) exposed.add(array.buffer);
}

/** Whether somebody did. */
export const isExposed = (array: ArrayBufferView) => exposed.has(array.buffer);

/** The copies whose values were nowhere else at first, by the buffer of their array. */
const origins = new WeakMap<ArrayBufferLike, Copy>();

/** Sees to it that the array has its values. */
export function fetch(array: ArrayBufferView): void {
  if (isWorthKeeping(array)) origins.get(array.buffer)?.fetch?.();
}

let isDeferring = false;

/** Whether results are left in wasm memory from now on. */
export function setDeferring(on: boolean): void {
  isDeferring = on;
}

/** Of others nothing is remembered at all: a training step of a small network has hundreds of them. */
const isWorthKeeping = (array: ArrayBufferView) => array.byteLength >= WORTH_KEEPING;

/** The layout of an array as it is. Packings have names of their own. */
export const PLAIN = 'plain';

/** The copies, by array and by layout. */
export class Residency {
  /** Oldest first. One that was used since then gets a second chance, which costs less than to keep the order of use. */
  readonly #copies = { passing: new Set<Copy>(), recurring: new Set<Copy>() };
  readonly #bytes = { passing: 0, recurring: 0 };
  readonly #byArray = new WeakMap<ArrayBufferView, Map<string, Copy | 'seen'>>();
  /** The address of `LIST_BYTES` bytes. */
  readonly lists: number;
  /** What the running kernel uses. */
  readonly #pinned: Copy[] = [];

  /** @param read Fills an array with what is at an address. */
  constructor(
    private readonly heap: Heap,
    private readonly read: (address: number, target: TypedArray) => void,
    private readonly limits = RESIDENT_BYTES,
  ) {
    this.lists = heap.allocate(LIST_BYTES) as number;
  }

  /** Bytes that copies take. */
  get bytes(): number {
    return this.#bytes.passing + this.#bytes.recurring;
  }

  /** The address of the array's copy, pinned; `undefined` if there is none. */
  find(array: ArrayBufferView, layout: string): number | undefined {
    const copy = isWorthKeeping(array) ? this.#byArray.get(array)?.get(layout) : undefined;
    if (copy === undefined || copy === 'seen' || !copy.alive) return undefined;
    if (isExposed(array)) {
      this.#drop(copy);
      return undefined;
    }
    copy.recent = true;
    this.#pin(copy);
    return copy.address;
  }

  /** Makes the block at `address` the array's copy. Whether that was worth it: if not, the block stays the caller's. */
  keep(array: ArrayBufferView, layout: string, address: number, bytes: number): boolean {
    const kind = layout === PLAIN ? 'passing' : 'recurring';
    if (!isWorthKeeping(array) || bytes > this.limits[kind] / 2 || isExposed(array)) return false;
    this.#shrink(kind, this.limits[kind] - bytes);
    const copy: Copy = {
      kind,
      address,
      bytes,
      fetch: undefined,
      pinned: false,
      recent: false,
      alive: true,
    };
    this.#layouts(array).set(layout, copy);
    this.#copies[kind].add(copy);
    this.#bytes[kind] += bytes;
    this.#pin(copy);
    return true;
  }

  /**
   * Leaves the values of an array that has a copy as it is there. The copy holds the array, or nobody could copy them out. Whether
   * that may be.
   */
  defer(array: TypedArray): boolean {
    if (!isDeferring) return false;
    const copy = this.#byArray.get(array)?.get(PLAIN) as Copy;
    origins.set(array.buffer, copy);
    copy.fetch = () => {
      copy.fetch = undefined;
      this.read(copy.address, array);
    };
    return true;
  }

  /** Copies out all values that wait. */
  fetchAll(): void {
    for (const { fetch } of this.#copies.passing) fetch?.();
  }

  /** Drops all copies of the array: nobody will ask for them again, nor for its values. */
  forget(array: ArrayBufferView): void {
    for (const copy of this.#byArray.get(array)?.values() ?? []) {
      if (copy === 'seen' || !copy.alive) continue;
      copy.fetch = undefined;
      this.#drop(copy);
    }
    this.#byArray.delete(array);
  }

  /** Whether the array is worth keeping and was asked for in this layout before: what comes twice comes again. */
  isRecurring(array: ArrayBufferView, layout: string): boolean {
    if (!isWorthKeeping(array)) return false;
    const layouts = this.#layouts(array);
    if (layouts.has(layout)) return true;
    layouts.set(layout, 'seen');
    return false;
  }

  /** Room for a kernel, at the cost of old copies. `undefined` if there is not enough memory even so. */
  allocate(bytes: number): number | undefined {
    this.#shrink('passing', this.limits.passing - bytes);
    for (;;) {
      const address = this.heap.allocate(bytes);
      if (address !== undefined || !KINDS.some((kind) => this.#dropOldest(kind))) return address;
    }
  }

  release(address: number): void {
    this.heap.free(address);
  }

  /** Ends the pins of a kernel that has run. */
  unpin(): void {
    for (const copy of this.#pinned) copy.pinned = false;
    this.#pinned.length = 0;
  }

  #pin(copy: Copy): void {
    copy.pinned = true;
    this.#pinned.push(copy);
  }

  #layouts(array: ArrayBufferView): Map<string, Copy | 'seen'> {
    let layouts = this.#byArray.get(array);
    if (layouts === undefined) {
      layouts = new Map();
      this.#byArray.set(array, layouts);
    }
    return layouts;
  }

  #shrink(kind: Kind, bytes: number): void {
    while (this.#bytes[kind] > bytes && this.#dropOldest(kind));
  }

  /** Whether there was one that could go. */
  #dropOldest(kind: Kind): boolean {
    const copies = this.#copies[kind];
    for (let rounds = 2 * copies.size; rounds > 0; rounds--) {
      const oldest = copies.values().next().value as Copy;
      if (!oldest.recent && !oldest.pinned) {
        this.#drop(oldest);
        return true;
      }
      oldest.recent = false;
      copies.delete(oldest);
      copies.add(oldest);
    }
    return false;
  }

  #drop(copy: Copy): void {
    copy.fetch?.();
    copy.alive = false;
    this.#copies[copy.kind].delete(copy);
    this.#bytes[copy.kind] -= copy.bytes;
    this.heap.free(copy.address);
  }
}
