/** Tests of the bytes that serializeSafetensors writes. */
import { describe, expect, it } from '@jest/globals';
import {
  ArgumentError,
  parseSafetensors,
  serializeSafetensors,
  Tensor,
  tensor,
  zeros,
} from '../../src/index.js';
import { headerOf } from './bytes.js';

const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');

describe('a file', () => {
  it('is the length of the header, the header padded with spaces, and little-endian values', () => {
    const file = serializeSafetensors({ ab: tensor([1, -2.5]) });
    const json = '{"ab":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}';
    expect(json).toHaveLength(55);
    expect(hex(file.subarray(0, 8))).toBe('38 00 00 00 00 00 00 00');
    expect(headerOf(file)).toBe(`${json} `);
    expect(hex(file.subarray(8 + 56))).toBe('00 00 80 3f 00 00 20 c0');
  });

  it('can hold nothing', () => {
    expect(hex(serializeSafetensors({}))).toBe('08 00 00 00 00 00 00 00 7b 7d 20 20 20 20 20 20');
  });

  it('begins with the metadata, if there are any', () => {
    const file = serializeSafetensors({ a: zeros([0]) }, { format: 'pt', note: 'ä"\n' });
    expect(headerOf(file).trimEnd()).toBe(
      '{"__metadata__":{"format":"pt","note":"ä\\"\\n"},"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}',
    );
    expect(headerOf(serializeSafetensors({}, {})).trimEnd()).toBe('{}');
  });

  it.each([
    ['float64', 'F64', [1.5], '00 00 00 00 00 00 f8 3f'],
    ['float32', 'F32', [1.5], '00 00 c0 3f'],
    ['int32', 'I32', [-2], 'fe ff ff ff'],
    ['bool', 'BOOL', [1], '01'],
  ] as const)('holds %s as %s', (dtype, name, values, bytes) => {
    const file = serializeSafetensors({ x: tensor([...values], { dtype }) });
    expect(JSON.parse(headerOf(file)).x.dtype).toBe(name);
    expect(hex(file).endsWith(bytes)).toBe(true);
  });

  it('is the same in whatever order the tensors are given: wide elements first, then by name', () => {
    const tensors = {
      flags: tensor([true, false, true]),
      b: tensor([1, 2]),
      '10': tensor([3]),
      '9': tensor([4]),
      count: tensor(7, { dtype: 'int32' }),
      exact: tensor([5], { dtype: 'float64' }),
    };
    const file = serializeSafetensors(tensors);
    const places = [
      ...headerOf(file).matchAll(/"(\w+)":\{"dtype":"(\w+)".*?"data_offsets":\[(\d+),(\d+)\]/g),
    ];
    expect(places.map(([, ...place]) => place.join(' '))).toEqual([
      'exact F64 0 8',
      '10 F32 8 12',
      '9 F32 12 16',
      'b F32 16 24',
      'count I32 24 28',
      'flags BOOL 28 31',
    ]);
    const reversed = Object.fromEntries(Object.entries(tensors).reverse());
    expect(serializeSafetensors(reversed)).toEqual(file);
  });

  it('has every tensor at a multiple of the size of its elements', () => {
    for (let length = 1; length < 20; length++) {
      const file = serializeSafetensors({
        ['n'.repeat(length)]: tensor([true]),
        m: tensor([1], { dtype: 'float64' }),
        f: tensor([1, 2, 3]),
      });
      const start = 8 + Number(new DataView(file.buffer).getBigUint64(0, true));
      expect(start % 8).toBe(0);
      for (const { dtype, data_offsets } of Object.values(JSON.parse(headerOf(file))) as Place[]) {
        expect((start + data_offsets[0]) % { F64: 8, F32: 4, BOOL: 1 }[dtype]).toBe(0);
      }
    }
  });

  it('holds what a reshaped tensor shows, and only the part that a tensor has of a larger buffer', () => {
    const part = new Tensor(new Float32Array([9, 1, 2, 9]).subarray(1, 3), [2], 'float32');
    const { tensors } = parseSafetensors(
      serializeSafetensors({ part, square: tensor([1, 2, 3, 4]).reshape([2, 2]) }),
    );
    expect(tensors.part.tolist()).toEqual([1, 2]);
    expect(tensors.square.tolist()).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });
});

interface Place {
  readonly dtype: 'F64' | 'F32' | 'BOOL';
  readonly data_offsets: readonly [number, number];
}

describe('what the format cannot hold', () => {
  const one = tensor([1]);

  it.each([
    ['no tensors', undefined, {}, 'takes tensors by name, { name: tensor }, got undefined'],
    ['a single tensor', one, {}, 'takes tensors by name, { name: tensor }, got a Tensor'],
    ['a map', new Map([['a', one]]), {}, 'takes tensors by name, { name: tensor }, got a Map'],
    ['a list', [one], {}, 'takes tensors by name, { name: tensor }, got'],
    ['an array for a tensor', { a: one, b: [1, 2] }, {}, '"b" is no tensor, got [1, 2]'],
    ['null for a tensor', { a: null }, {}, '"a" is no tensor, got null'],
    [
      'a tensor named as the metadata',
      { __metadata__: one },
      {},
      'the format keeps the name __metadata__ for itself',
    ],
    ['a name of half a character', { '\ud800': one }, {}, 'a name, "\ud800", is not Unicode'],
    ['numbers for metadata', { a: one }, { epoch: 3 }, 'the metadata "epoch" is a text, got 3'],
    ['half a character in the metadata', {}, { a: 'x\udc00' }, 'the metadata "a", "x\udc00", is not Unicode'],
    ['no metadata', {}, null, 'metadata are texts by name, { name: text }, got null'],
    ['a list of metadata', {}, ['a'], 'metadata are texts by name, { name: text }, got ["a"]'],
    ['a map of metadata', {}, new Map([['a', 'b']]), 'metadata are texts by name, { name: text }, got a Map'],
  ])('(%s) is refused', (_, tensors, metadata, message) => {
    const write = () => serializeSafetensors(tensors as never, metadata as never);
    expect(write).toThrow(ArgumentError);
    // Half characters are written as escapes in messages.
    const expected = message.replace(/[\ud800-\udfff]/, (half) => `\\u${half.charCodeAt(0).toString(16)}`);
    expect(write).toThrow(`serializeSafetensors: ${expected}`);
  });

  it('includes a header larger than readers take', () => {
    // Only once, since 100 MB take a second.
    expect(() => serializeSafetensors({}, { text: 'x'.repeat(100_000_000) })).toThrow(
      'serializeSafetensors: names and metadata take 100000032 bytes; the most is 100000000',
    );
  });
});
