/** Tests of which arrays keep a copy in wasm memory, and which copies make room for others. */
import { describe, expect, it } from '@jest/globals';
import type { TypedArray } from '../../../src/index.js';
import { Heap } from '../../../src/kernels/wasm/heap.js';
import { expose, fetch, Residency, setDeferring } from '../../../src/kernels/wasm/residency.js';

/** The size of the arrays here: four of each kind fit. */
const BYTES = 2 ** 16;
const LIMIT = 4 * BYTES;

function residencyOf(memory = 100 * BYTES) {
  const heap = new Heap(0, memory, () => undefined);
  /** What is in this memory: everywhere the address itself. */
  const read = (address: number, target: TypedArray) => void target.fill(address);
  const residency = new Residency(heap, read, { passing: LIMIT, recurring: LIMIT });
  /** Bytes of the heap that are not the residency's own. */
  const own = heap.used;
  return { residency, used: () => heap.used - own };
}

const array = (bytes = BYTES) => new Float32Array(bytes / 4);

/** Puts a copy of the array into memory, as a kernel call does. */
function place(residency: Residency, values: Float32Array, layout = 'plain'): number {
  const address = residency.allocate(values.byteLength) as number;
  if (!residency.keep(values, layout, address, values.byteLength)) residency.release(address);
  residency.unpin();
  return address;
}

describe('residency', () => {
  it('finds what was kept, by array and by layout', () => {
    const { residency } = residencyOf();
    const [x, y] = [array(), array()];
    const at = place(residency, x);
    const packedAt = place(residency, x, 'packed');
    expect(residency.find(x, 'plain')).toBe(at);
    expect(residency.find(x, 'packed')).toBe(packedAt);
    expect(residency.find(x, 'other')).toBeUndefined();
    expect(residency.find(y, 'plain')).toBeUndefined();
    expect(residency.bytes).toBe(2 * BYTES);
  });

  it('lets the copies that are not used go first', () => {
    const { residency } = residencyOf();
    const arrays = [array(), array(), array(), array()];
    for (const each of arrays) place(residency, each);
    residency.find(arrays[0], 'plain');
    residency.unpin();
    place(residency, array());
    expect(arrays.map((each) => residency.find(each, 'plain') !== undefined)).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });

  it('never holds more than its limit, and gives back what it lets go', () => {
    const { residency, used } = residencyOf();
    for (let i = 0; i < 50; i++) {
      place(residency, array());
      expect(residency.bytes).toBeLessThanOrEqual(LIMIT);
      expect(used()).toBe(residency.bytes);
    }
  });

  it('lets what passes by drive out nothing that was prepared, nor the other way round', () => {
    const { residency, used } = residencyOf();
    const [weight, activation] = [array(), array()];
    place(residency, weight, 'packed');
    for (let i = 0; i < 50; i++) place(residency, array());
    expect(residency.find(weight, 'packed')).toBeDefined();
    place(residency, activation);
    for (let i = 0; i < 50; i++) place(residency, array(), 'packed');
    expect(residency.find(weight, 'packed')).toBeUndefined();
    expect(residency.find(activation, 'plain')).toBeDefined();
    expect(used()).toBeLessThanOrEqual(2 * LIMIT);
  });

  it('gives up what was prepared too where a kernel finds no other room', () => {
    const { residency } = residencyOf(6 * BYTES);
    place(residency, array(), 'packed');
    place(residency, array());
    expect(residency.allocate(5 * BYTES)).toBeDefined();
    expect(residency.bytes).toBe(0);
  });

  it('lets nothing go that the running kernel uses', () => {
    const { residency } = residencyOf(6 * BYTES);
    const arrays = [array(), array(), array()];
    for (const each of arrays) place(residency, each);
    const addresses = arrays.map((each) => residency.find(each, 'plain'));
    expect(residency.allocate(5 * BYTES)).toBeUndefined();
    expect(arrays.map((each) => residency.find(each, 'plain'))).toEqual(addresses);
    residency.unpin();
    expect(residency.allocate(5 * BYTES)).toBeDefined();
    expect(arrays.map((each) => residency.find(each, 'plain'))).toEqual([undefined, undefined, undefined]);
  });

  it('keeps neither what is small nor what would take more than half of the room', () => {
    const { residency, used } = residencyOf();
    place(residency, array(1024));
    place(residency, array(2 * BYTES + 4));
    expect([residency.bytes, used()]).toEqual([0, 0]);
    place(residency, array());
    expect(residency.bytes).toBe(BYTES);
  });

  it('never keeps a copy of an array that was handed out, in whatever layout', () => {
    const { residency, used } = residencyOf();
    const x = array();
    expose(x);
    place(residency, x);
    place(residency, x, 'packed');
    expect(residency.find(x, 'plain')).toBeUndefined();
    expect(residency.find(x, 'packed')).toBeUndefined();
    expect(used()).toBe(0);
  });

  it('drops the copies of an array that is handed out later', () => {
    const { residency, used } = residencyOf();
    const x = array();
    place(residency, x);
    place(residency, x, 'packed');
    expose(x);
    expect(residency.find(x, 'plain')).toBeUndefined();
    expect(residency.find(x, 'packed')).toBeUndefined();
    expect([residency.bytes, used()]).toEqual([0, 0]);
  });

  it('knows what is asked for again in the same layout', () => {
    const { residency } = residencyOf();
    const x = array();
    expect(residency.isRecurring(x, 'packed')).toBe(false);
    expect(residency.isRecurring(x, 'packed')).toBe(true);
    expect(residency.isRecurring(x, 'other')).toBe(false);
    expect(residency.isRecurring(array(), 'packed')).toBe(false);
  });

  it('still knows what comes again after its copy made room for others', () => {
    const { residency } = residencyOf();
    const x = array();
    residency.isRecurring(x, 'packed');
    place(residency, x, 'packed');
    for (let i = 0; i < 8; i++) place(residency, array(), 'packed');
    expect(residency.find(x, 'packed')).toBeUndefined();
    expect(residency.isRecurring(x, 'packed')).toBe(true);
  });

  it('has room for the short lists of a call that no block overlaps', () => {
    const { residency } = residencyOf();
    const { lists } = residency;
    for (let i = 0; i < 10; i++) {
      const address = residency.allocate(BYTES) as number;
      expect(address >= lists + 4096 || address + BYTES <= lists).toBe(true);
    }
  });

  it('keeps no copy of an array whose buffer was handed out as another array', () => {
    const { residency } = residencyOf();
    const values = array();
    place(residency, values);
    expose(values.subarray(0, values.length));
    expect(residency.find(values, 'plain')).toBeUndefined();
  });
});

describe('values that wait in wasm memory', () => {
  it('do so only where results are disposed of by hand', () => {
    const { residency } = residencyOf();
    const values = array();
    place(residency, values);
    expect(residency.defer(values)).toBe(false);
  });

  /** An array whose values wait. */
  function placeDeferred(residency: Residency): { values: Float32Array; address: number } {
    const values = array();
    const address = place(residency, values);
    setDeferring(true);
    expect(residency.defer(values)).toBe(true);
    setDeferring(false);
    return { values, address };
  }

  it('are copied out when the array is fetched, once', () => {
    const { residency } = residencyOf();
    const { values, address } = placeDeferred(residency);
    expect(values[5]).toBe(0);
    fetch(values.subarray(1));
    expect(values[5]).toBe(address);
    values[5] = 42;
    fetch(values);
    expect(values[5]).toBe(42);
    expect(residency.find(values, 'plain')).toBe(address);
  });

  it('are copied out when their copy makes room for another', () => {
    const { residency } = residencyOf();
    const { values, address } = placeDeferred(residency);
    for (let i = 0; i < 4; i++) place(residency, array());
    expect(residency.find(values, 'plain')).toBeUndefined();
    expect(values[5]).toBe(address);
  });

  it('are all copied out before the memory is gone', () => {
    const { residency } = residencyOf();
    const all = [placeDeferred(residency), placeDeferred(residency)];
    residency.fetchAll();
    expect(all.map(({ values }) => values[5])).toEqual(all.map(({ address }) => address));
  });

  it('are lost with an array that nobody holds', () => {
    const { residency } = residencyOf();
    const { values } = placeDeferred(residency);
    residency.forget(values);
    fetch(values);
    expect(values[5]).toBe(0);
    expect(residency.bytes).toBe(0);
  });
});
