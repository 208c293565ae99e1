/** One kernel call: brings operands into wasm memory, gives room for results, and tidies up after itself. */
import type { DType } from '../../dtype.js';
import { type Machine, refuseWide, theMachine } from './machine.js';
import { LIST_BYTES, PLAIN } from './residency.js';
import { newResult } from './results.js';
import { BrokenKernel, ensureSound } from './self-check.js';

/** What a kernel can work on. */
export type Operand = Float32Array | Int32Array | Uint8Array;

const OUT_OF_MEMORY = Symbol('out of wasm memory');

export class Frame {
  readonly #rooms: number[] = [];
  /** Bytes of short lists so far. */
  #listed = 0;

  constructor(private readonly machine: Machine) {}

  /** Whether tiles are to be those for the wide pass. */
  get wide(): boolean {
    return this.machine.wide;
  }

  /** The address of the array's values. */
  input(array: Operand): number {
    const { residency } = this.machine;
    const resident = residency.find(array, PLAIN);
    if (resident !== undefined) return resident;
    const address = this.room(array.byteLength);
    this.machine.write(address, array);
    this.#keep(array, PLAIN, address, array.byteLength);
    return address;
  }

  /**
   * The address of what `prepare` makes of the array. From the second time on that the same array is asked for in this
   * layout, it is kept.
   */
  prepared(array: Operand, layout: string, bytes: number, prepare: (address: number) => void): number {
    const { residency } = this.machine;
    const resident = residency.find(array, layout);
    if (resident !== undefined) return resident;
    const isRecurring = residency.isRecurring(array, layout);
    const address = this.room(bytes);
    prepare(address);
    if (isRecurring) this.#keep(array, layout, address, bytes);
    return address;
  }

  /** Room for `length` floats. */
  output(length: number): number {
    return this.room(4 * length);
  }

  /** Room for the time of this call. */
  room(bytes: number): number {
    // The widest load may reach past the last value.
    const address = this.machine.residency.allocate(bytes + 64);
    if (address === undefined) throw OUT_OF_MEMORY;
    this.#rooms.push(address);
    return address;
  }

  /** A list of whole numbers, for kernels to read. */
  list(values: readonly number[]): number {
    const { residency } = this.machine;
    const list = Int32Array.from(values);
    const isShort = this.#listed + list.byteLength <= LIST_BYTES;
    const address = isShort ? residency.lists + this.#listed : this.room(list.byteLength);
    if (isShort) this.#listed += list.byteLength;
    this.machine.write(address, list);
    return address;
  }

  /** Runs all chunks of a kernel. */
  launch(kernel: string, chunks: number, parameters: readonly number[]): void {
    if (this.machine.wide) ensureSound(this.machine, kernel);
    this.machine.launch(kernel, chunks, parameters);
  }

  /** An array of the values at an address that `room` or `output` gave, to be read after `fetch`. */
  result(address: number, length: number): Float32Array;
  result(address: number, length: number, dtype: DType): Operand;
  result(address: number, length: number, dtype: DType = 'float32'): Operand {
    const values = newResult(dtype, length) as Operand;
    const isKept = this.#keep(values, PLAIN, address, values.byteLength);
    if (!isKept || !this.machine.residency.defer(values)) this.machine.read(address, values);
    return values;
  }

  /** Gives all room back. */
  end(): void {
    const { residency } = this.machine;
    for (const address of this.#rooms) residency.release(address);
    residency.unpin();
  }

  #keep(array: Operand, layout: string, address: number, bytes: number): boolean {
    const isKept = this.machine.residency.keep(array, layout, address, bytes);
    if (isKept) this.#rooms.splice(this.#rooms.indexOf(address), 1);
    return isKept;
  }
}

/** Runs `work` in a frame. `undefined` where there is no wasm, or too little memory for it: the reference kernels then do it. */
export function compute<T>(work: (frame: Frame) => T): T | undefined {
  const machine = theMachine();
  if (machine === undefined) return undefined;
  const frame = new Frame(machine);
  try {
    return work(frame);
  } catch (error) {
    if (error === OUT_OF_MEMORY) return undefined;
    if (!(error instanceof BrokenKernel)) throw error;
    refuseWide(error.reason);
  } finally {
    frame.end();
  }
  return compute(work);
}
