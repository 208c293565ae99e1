/** Tests of a kernel call's frame: what it brings into wasm memory, what stays there, and what it gives back. */
import { describe, expect, it } from '@jest/globals';
import { compute, Frame } from '../../../src/kernels/wasm/frame.js';
import { type Machine, theMachine } from '../../../src/kernels/wasm/machine.js';
import { expose } from '../../../src/kernels/wasm/residency.js';
import { fractions } from '../values.js';

const machine = theMachine() as Machine;

/** Large enough to be worth keeping in wasm memory. */
const LENGTH = 2 ** 14;

const values = (seed: number) => fractions(Float32Array, LENGTH, seed) as Float32Array;

/** What one call makes of an array. */
function call<T>(work: (frame: Frame) => T): T {
  const result = compute(work);
  if (result === undefined) throw new Error('there should be enough memory');
  return result;
}

/** The first address that is free for a block of this size. */
function nextFree(bytes: number): number {
  const address = machine.residency.allocate(bytes) as number;
  machine.residency.release(address);
  return address;
}

describe('a frame', () => {
  it('brings an array into wasm memory', () => {
    const x = values(1);
    expect(call((frame) => machine.read(frame.input(x), new Float32Array(LENGTH)))).toEqual(x);
  });

  it('finds an array again that it brought there before', () => {
    const x = values(2);
    const first = call((frame) => frame.input(x));
    expect(call((frame) => frame.input(x))).toBe(first);
  });

  it('brings only the part of a buffer that an array views', () => {
    const x = values(3);
    const part = x.subarray(5, 9);
    expect(call((frame) => machine.read(frame.input(part), new Float32Array(4)))).toEqual(x.slice(5, 9));
  });

  it('brings an array that was handed out anew each time', () => {
    const x = values(4);
    call((frame) => frame.input(x));
    expose(x);
    x[7] = 42;
    expect(call((frame) => machine.read(frame.input(x), new Float32Array(LENGTH))[7])).toBe(42);
    x[7] = 43;
    expect(call((frame) => machine.read(frame.input(x), new Float32Array(LENGTH))[7])).toBe(43);
  });

  it('prepares an array twice, and from then on finds what was prepared', () => {
    const x = values(5);
    let times = 0;
    const prepared = (layout: string) =>
      call((frame) =>
        frame.prepared(x, layout, 4 * LENGTH, (address) => {
          times++;
          machine.write(address, x);
        }),
      );
    prepared('packed');
    expect(times).toBe(1);
    const second = prepared('packed');
    expect(times).toBe(2);
    expect(prepared('packed')).toBe(second);
    expect(times).toBe(2);
    prepared('packed otherwise');
    expect(times).toBe(3);
  });

  it('gives a result of its own, and finds it again as an operand', () => {
    const x = values(6);
    const { address, result } = call((frame) => {
      const address = frame.output(LENGTH);
      machine.write(address, x);
      return { address, result: frame.result(address, LENGTH) };
    });
    expect(result).toEqual(x);
    expect(result.buffer.byteLength).toBe(4 * LENGTH);
    expect(call((frame) => frame.input(result))).toBe(address);
  });

  it('keeps the short lists of a call apart, and the long ones too', () => {
    const lists = [[1, 2, 3], [4], Array.from({ length: 3000 }, (_, i) => i), [5, 6]];
    const read = call((frame) => {
      const addresses = lists.map((list) => frame.list(list));
      return lists.map((list, i) => machine.read(addresses[i], new Int32Array(list.length)));
    });
    expect(read.map((list) => Array.from(list))).toEqual(lists);
  });

  it('gives back all room that it took', () => {
    const before = nextFree(LENGTH);
    call((frame) => {
      frame.room(LENGTH);
      frame.output(LENGTH);
      expect(nextFree(LENGTH)).not.toBe(before);
      return true;
    });
    expect(nextFree(LENGTH)).toBe(before);
  });

  it('leaves room behind each block for a load that reaches past its end', () => {
    const frame = new Frame(machine);
    const [a, b] = [frame.room(128), frame.room(128)];
    frame.end();
    expect(Math.abs(a - b)).toBeGreaterThanOrEqual(128 + 64);
  });
});

describe('a call for which there is too little memory', () => {
  const TOO_MUCH = 2 ** 33;

  it('gives undefined, and gives back what it had taken', () => {
    // All copies of earlier calls make room first.
    compute((frame) => frame.room(TOO_MUCH));
    const before = nextFree(LENGTH);
    const result = compute((frame) => {
      frame.room(LENGTH);
      frame.room(TOO_MUCH);
      return 'not reached';
    });
    expect(result).toBeUndefined();
    expect(nextFree(LENGTH)).toBe(before);
  });

  it('leaves the next call all it needs', () => {
    compute((frame) => frame.room(TOO_MUCH));
    const x = values(7);
    expect(call((frame) => machine.read(frame.input(x), new Float32Array(LENGTH)))).toEqual(x);
  });
});

it('passes on an error of another kind, and gives back the room even so', () => {
  const before = nextFree(LENGTH);
  expect(() =>
    compute((frame) => {
      frame.room(LENGTH);
      throw new TypeError('of another kind');
    }),
  ).toThrow(new TypeError('of another kind'));
  expect(nextFree(LENGTH)).toBe(before);
});
