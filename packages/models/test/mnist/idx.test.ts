/** What the IDX parser accepts, and how it refuses what it does not. */

import { describe, expect, it } from '@jest/globals';
import { FormatError } from '@lowrank/tensor';
import fc from 'fast-check';
import { parseIdx } from '../../src/mnist/idx.js';

/** The bytes of a well-formed file whose elements count up from 0. */
function idx(shape: readonly number[], { type = 0x08, rank = shape.length } = {}): Uint8Array {
  const size = shape.reduce((product, length) => product * length, 1);
  const bytes = new Uint8Array(4 + 4 * shape.length + size);
  const view = new DataView(bytes.buffer);
  view.setUint8(2, type);
  view.setUint8(3, rank);
  shape.forEach((length, axis) => {
    view.setUint32(4 + 4 * axis, length);
  });
  for (let i = 0; i < size; i++) bytes[4 + 4 * shape.length + i] = i;
  return bytes;
}

function messageOf(bytes: Uint8Array, wanted?: readonly (number | null)[]): string {
  try {
    parseIdx(bytes, { name: 'some-file', expect: wanted });
  } catch (error) {
    expect(error).toBeInstanceOf(FormatError);
    return (error as Error).message;
  }
  throw new Error('parseIdx accepted the bytes');
}

describe('parseIdx', () => {
  it('reads the dimensions and the elements of an image file', () => {
    const { shape, data } = parseIdx(idx([2, 3, 4]), { name: 'images', expect: [null, 3, 4] });
    expect(shape).toEqual([2, 3, 4]);
    expect(Array.from(data)).toEqual(Array.from({ length: 24 }, (_, i) => i));
  });

  it('reads the dimensions as big-endian', () => {
    expect(parseIdx(idx([258]), { name: 'labels' }).shape).toEqual([258]);
  });

  it('accepts an empty array', () => {
    expect(parseIdx(idx([0, 28, 28]), { name: 'images' })).toEqual({
      shape: [0, 28, 28],
      data: new Uint8Array(),
    });
  });

  it('shares memory with the bytes it was given, also when these are a view themselves', () => {
    const file = idx([3]);
    const padded = new Uint8Array(file.length + 7);
    padded.set(file, 5);
    const view = padded.subarray(5, 5 + file.length);
    const { data } = parseIdx(view, { name: 'labels' });
    expect(Array.from(data)).toEqual([0, 1, 2]);
    padded[5 + file.length - 1] = 77;
    expect(data[2]).toBe(77);
  });

  it('refuses a truncated file, in the header or in the data, and says how long it should be', () => {
    const file = idx([2, 3, 4]);
    expect(messageOf(file.subarray(0, 0))).toMatch(
      /some-file: truncated: found 0 bytes.*at least a magic number/,
    );
    expect(messageOf(file.subarray(0, 1))).toMatch(/found 1 byte,/);
    expect(messageOf(file.subarray(0, 3), [null, 3, 4])).toMatch(/and 3 lengths of 4 bytes/);
    expect(messageOf(file.subarray(0, 15))).toMatch(
      /found 15 bytes, expected 16 bytes for a header of 3 dimensions/,
    );
    expect(messageOf(file.subarray(0, 39))).toMatch(/truncated: found 23 bytes.*expected 24 .*\[2, 3, 4\]/);
  });

  it('refuses trailing bytes', () => {
    const longer = new Uint8Array([...idx([2, 3, 4]), 0, 0]);
    expect(messageOf(longer)).toMatch(/2 trailing bytes: found 26 bytes after the header, expected 24/);
  });

  it('refuses a wrong magic number and names both', () => {
    const noZeros = idx([3]);
    noZeros[0] = 0x50;
    expect(messageOf(noZeros, [null])).toMatch(
      /wrong magic number 0x50000801, expected 0x00000801 .*not an IDX file/,
    );
    expect(messageOf(idx([3]), [null, 28, 28])).toMatch(
      /0x00000801, expected 0x00000803 .*it has 1 dimension\./,
    );
    expect(messageOf(idx([2, 3, 4]), [null])).toMatch(
      /0x00000803, expected 0x00000801 .*it has 3 dimensions\./,
    );
    expect(messageOf(idx([], { rank: 0 }))).toMatch(/0x00000800, expected 0x000008DD .*it has 0 dimensions/);
  });

  it('refuses other element types by name', () => {
    expect(messageOf(idx([3], { type: 0x0d }))).toMatch(/0x00000d01.*of type 0x0d \(32-bit float\)/);
    expect(messageOf(idx([3], { type: 0x42 }))).toMatch(/of type 0x42 \(unknown\)/);
  });

  it('refuses other dimensions than it was told to expect', () => {
    expect(messageOf(idx([2, 3, 4]), [null, 28, 28])).toMatch(
      /some-file: wrong dimensions \[2, 3, 4\], expected \[\*, 28, 28\]/,
    );
  });

  it('refuses dimensions whose product no file could hold', () => {
    const file = idx([1, 1, 1]);
    file.fill(0xff, 4, 16);
    expect(messageOf(file)).toMatch(/expected 79228162458924105385300197375 for dimensions/);
  });

  it('recognises a compressed file and says what to do', () => {
    expect(messageOf(new Uint8Array([0x1f, 0x8b, 0x08, 0x00]))).toMatch(/compressed with gzip.*gunzip/);
  });

  it.each([undefined, null, [0, 0, 8, 1], 'bytes'])('refuses %p, which are no bytes', (bytes) => {
    expect(() => parseIdx(bytes as unknown as Uint8Array, { name: 'labels' })).toThrow(
      /^parseIdx: labels: expected a Uint8Array, got (undefined|null|Array|String)$/,
    );
  });

  it.each([undefined, null, 'labels'])('refuses %p in the place of the options', (options) => {
    expect(() => parseIdx(idx([1]), options as never)).toThrow(
      expect.objectContaining({ name: 'ArgumentError', op: 'parseIdx' }),
    );
  });

  it('returns a consistent array or throws a FormatError, whatever happened to the bytes', () => {
    const shapes = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 4 });
    const edits = fc.array(fc.tuple(fc.nat(40), fc.integer({ min: 0, max: 255 })), { maxLength: 3 });
    let parsed = 0;
    fc.assert(
      fc.property(shapes, edits, fc.integer({ min: -3, max: 3 }), (shape, changes, growth) => {
        const file = idx(shape);
        const bytes = new Uint8Array(Math.max(0, file.length + growth));
        bytes.set(file.subarray(0, bytes.length));
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        try {
          const result = parseIdx(bytes, { name: 'fuzzed' });
          const size = result.shape.reduce((product, length) => product * length, 1);
          expect(result.data.length).toBe(size);
          expect(4 + 4 * result.shape.length + size).toBe(bytes.length);
          expect(Array.from(bytes.subarray(0, 4))).toEqual([0, 0, 8, result.shape.length]);
          parsed++;
        } catch (error) {
          if (!(error instanceof FormatError)) throw error;
        }
      }),
      { numRuns: 500 },
    );
    expect(parsed).toBeGreaterThan(0);
  });
});
