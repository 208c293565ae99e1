/** Tests of the heap over wasm memory: against a model, and of what happens at the limit of memory. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Heap } from '../../../src/kernels/wasm/heap.js';

/** A heap over `size` bytes from `start` on, which can become `limit` bytes large. */
function heapOf(size: number, limit: number, start = 0) {
  const grown: number[] = [];
  const heap = new Heap(start, size, (end) => {
    if (end > limit) return undefined;
    grown.push(end);
    return end;
  });
  return { heap, grown };
}

const cannotGrow = () => undefined;

interface Block {
  readonly address: number;
  readonly bytes: number;
}

function overlap(a: Block, b: Block): boolean {
  return a.address < b.address + b.bytes && b.address < a.address + a.bytes;
}

describe('the heap', () => {
  const START = 100;
  const LIMIT = 20_000;
  /** A request for bytes, or the release of one of the blocks that are held, by its place among them. */
  const action = fc.oneof(
    fc.record({ bytes: fc.integer({ min: 0, max: 3000 }) }),
    fc.record({ release: fc.nat(50) }),
  );

  it('hands out blocks that are aligned, within memory, and never overlap', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 80 }), (actions) => {
        const { heap } = heapOf(4096, LIMIT, START);
        const held: Block[] = [];
        for (const step of actions) {
          if ('release' in step) {
            const [block] = held.splice(step.release % Math.max(1, held.length), 1);
            if (block !== undefined) heap.free(block.address);
            continue;
          }
          const address = heap.allocate(step.bytes);
          if (address === undefined) continue;
          const block = { address, bytes: Math.max(1, step.bytes) };
          expect(address % 64).toBe(0);
          expect(address).toBeGreaterThanOrEqual(START);
          expect(address + block.bytes).toBeLessThanOrEqual(LIMIT);
          expect(held.filter((other) => overlap(block, other))).toEqual([]);
          held.push(block);
        }
        expect(heap.used).toBe(held.reduce((sum, { bytes }) => sum + Math.ceil(bytes / 64) * 64, 0));
      }),
    );
  });

  it('is one piece again when all is freed, in whatever order', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 640 }), { minLength: 1, maxLength: 12 });
    const order = fc.array(fc.nat(), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(sizes, order, (bytes, priorities) => {
        const heap = new Heap(0, 64 * 120, cannotGrow);
        const held = bytes.map((size, i) => ({
          address: heap.allocate(size) as number,
          when: priorities[i],
        }));
        for (const { address } of held.toSorted((a, b) => a.when - b.when)) heap.free(address);
        expect(heap.used).toBe(0);
        expect(heap.allocate(64 * 120)).toBe(0);
      }),
    );
  });

  it('fills the first gap that is large enough', () => {
    const heap = new Heap(0, 64 * 10, cannotGrow);
    const [a, b, c, d] = [64, 128, 64, 128].map((bytes) => heap.allocate(bytes) as number);
    heap.free(a);
    heap.free(c);
    heap.free(b);
    expect(heap.allocate(65)).toBe(a);
    expect(heap.allocate(128)).toBe(b + 64);
    expect(d).toBe(256);
  });

  it('asks for no more memory than it lacks, counting what is free at the end', () => {
    const { heap, grown } = heapOf(256, 1024);
    heap.allocate(128);
    expect(heap.allocate(320)).toBe(128);
    expect(grown).toEqual([448]);
  });

  it('uses all that it was given where memory grew by more than was asked for', () => {
    const heap = new Heap(0, 64, (end) => (end <= 640 ? 640 : undefined));
    expect(heap.allocate(128)).toBe(0);
    expect(heap.allocate(512)).toBe(128);
    expect(heap.allocate(1)).toBeUndefined();
  });

  it('says so when memory is at its limit, and goes on working', () => {
    const { heap } = heapOf(256, 256);
    const block = heap.allocate(200) as number;
    expect(heap.allocate(1)).toBeUndefined();
    expect(heap.used).toBe(256);
    heap.free(block);
    expect(heap.allocate(256)).toBe(block);
  });

  it('gives even an empty block an address of its own', () => {
    const heap = new Heap(0, 256, cannotGrow);
    expect(heap.allocate(0)).not.toBe(heap.allocate(0));
  });

  it('refuses to free what it did not hand out, and what was freed already', () => {
    const heap = new Heap(0, 256, cannotGrow);
    const block = heap.allocate(10) as number;
    expect(() => heap.free(block + 64)).toThrow(RangeError);
    heap.free(block);
    expect(() => heap.free(block)).toThrow(`there is no block at ${block}`);
  });
});
