/** Tests of the element types that a file may have and a tensor has not. */
import { describe, expect, it } from '@jest/globals';
import {
  ArgumentError,
  FormatError,
  parseSafetensors,
  type StoredDTypeName,
  type StoreOptions,
  serializeSafetensors,
  tensor,
} from '../../src/index.js';
import { fileOf, headerOf } from './bytes.js';

/** A file of one tensor `x` with these values. */
function holding(
  dtype: StoredDTypeName,
  values: ArrayBufferView & { readonly length: number },
  shape = [values.length],
) {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return fileOf(JSON.stringify({ x: { dtype, shape, data_offsets: [0, bytes.length] } }), bytes);
}

const read = (file: Uint8Array) => parseSafetensors(file).tensors.x;

describe('reading', () => {
  it.each([
    ['F64', Float64Array.of(0.1, -0), 'float64', [0.1, -0]],
    ['F32', Float32Array.of(1.5, -2), 'float32', [1.5, -2]],
    [
      'F16',
      Uint16Array.of(0x3c00, 0xc100, 1, 0x7c00),
      'float32',
      [1, -2.5, 2 ** -24, Number.POSITIVE_INFINITY],
    ],
    ['BF16', Uint16Array.of(0x3f80, 0xc020, 0xff80), 'float32', [1, -2.5, Number.NEGATIVE_INFINITY]],
    ['I64', BigInt64Array.of(7n, -(2n ** 31n), 2n ** 31n - 1n), 'int32', [7, -(2 ** 31), 2 ** 31 - 1]],
    ['I32', Int32Array.of(7, -(2 ** 31)), 'int32', [7, -(2 ** 31)]],
    ['I16', Int16Array.of(7, -32768, 32767), 'int32', [7, -32768, 32767]],
    ['I8', Int8Array.of(7, -128, 127), 'int32', [7, -128, 127]],
    ['U8', Uint8Array.of(0, 2, 255), 'int32', [0, 2, 255]],
    ['BOOL', Uint8Array.of(0, 1), 'bool', [false, true]],
  ] as const)('%s', (stored, values, dtype, expected) => {
    const x = read(holding(stored, values));
    expect(x.dtype).toBe(dtype);
    expect(x.tolist()).toEqual(expected);
  });

  it('keeps shapes, none at all and those without elements included', () => {
    expect(read(holding('F16', Uint16Array.of(0x3c00), [])).item()).toBe(1);
    expect(read(holding('BF16', new Uint16Array(6), [2, 3])).shape).toEqual([2, 3]);
    expect(read(holding('I64', new BigInt64Array(0), [0, 3])).shape).toEqual([0, 3]);
  });

  it.each([2n ** 31n, -(2n ** 31n) - 1n, 2n ** 63n - 1n, 2n ** 32n])(
    'refuses %s, which int32 does not hold',
    (value) => {
      const file = holding('I64', BigInt64Array.of(1n, value));
      expect(() => parseSafetensors(file)).toThrow(FormatError);
      expect(() => parseSafetensors(file)).toThrow(
        `tensor "x" of I64 has ${value} at 1, which does not fit into int32`,
      );
    },
  );
});

describe('writing', () => {
  const values = { float64: [0.1, -1e300], float32: [0.1, 1e30], int32: [100, -100], bool: [1, 0] } as const;
  const written = (dtype: keyof typeof values, options: StoreOptions) =>
    serializeSafetensors({ x: tensor([...values[dtype]], { dtype }) }, {}, options);

  it.each([
    ['float64', 'F64', [0.1, -1e300]],
    ['float64', 'F32', [Math.fround(0.1), Number.NEGATIVE_INFINITY]],
    ['float64', 'F16', [0.0999755859375, Number.NEGATIVE_INFINITY]],
    ['float32', 'F64', [Math.fround(0.1), Math.fround(1e30)]],
    ['float32', 'F32', [Math.fround(0.1), Math.fround(1e30)]],
    ['float32', 'F16', [0.0999755859375, Number.POSITIVE_INFINITY]],
    ['float32', 'BF16', [0.10009765625, 1.0002555517425873e30]],
    ['int32', 'I64', [100, -100]],
    ['int32', 'I32', [100, -100]],
    ['int32', 'I16', [100, -100]],
    ['int32', 'I8', [100, -100]],
    ['bool', 'BOOL', [true, false]],
  ] as const)('%s as %s', (dtype, stored, expected) => {
    const file = written(dtype, { storeAs: { [dtype]: stored } });
    expect(JSON.parse(headerOf(file)).x.dtype).toBe(stored);
    expect(read(file).tolist()).toEqual(expected);
  });

  it('leaves dtypes alone that are not named', () => {
    const file = serializeSafetensors(
      { a: tensor([1]), b: tensor([2], { dtype: 'int32' }) },
      {},
      { storeAs: { float32: 'BF16' } },
    );
    const header = JSON.parse(headerOf(file));
    expect([header.a.dtype, header.b.dtype]).toEqual(['BF16', 'I32']);
  });

  it('brings back what a file of half types held, bit by bit', () => {
    const halves = Uint16Array.from({ length: 0x7c00 }, (_, i) => i);
    for (const stored of ['F16', 'BF16'] as const) {
      const file = holding(stored, halves);
      const back = serializeSafetensors(parseSafetensors(file).tensors, {}, { storeAs: { float32: stored } });
      expect(back.subarray(-halves.byteLength)).toEqual(file.subarray(-halves.byteLength));
    }
  });

  it('lays tensors out as the reference implementation does, the widest elements first', () => {
    const file = serializeSafetensors(
      {
        flag: tensor([true]),
        half: tensor([1]),
        exact: tensor([1], { dtype: 'float64' }),
        count: tensor([1], { dtype: 'int32' }),
      },
      {},
      { storeAs: { int32: 'I64', float32: 'F16' } },
    );
    expect([...headerOf(file).matchAll(/"dtype":"(\w+)"/g)].map(([, name]) => name)).toEqual([
      'I64',
      'F64',
      'F16',
      'BOOL',
    ]);
  });

  it.each([
    ['I16', 40000, 'has 40000 at 1, which does not fit into I16. Store it as I32'],
    ['I8', -129, 'has -129 at 1'],
    ['U8', -1, 'has -1 at 1'],
    ['U8', 256, 'has 256 at 1'],
  ] as const)('refuses to store as %s what does not fit: %i', (stored, value, message) => {
    const write = () =>
      serializeSafetensors({ x: tensor([1, value], { dtype: 'int32' }) }, {}, { storeAs: { int32: stored } });
    expect(write).toThrow(ArgumentError);
    expect(write).toThrow(message);
  });

  it.each([
    [{ storeAs: { float32: 'I32' } }, 'float32 is stored as F64, F32, BF16, F16, not as "I32"'],
    [{ storeAs: { int32: 'F32' } }, 'int32 is stored as I64, I32, I16, I8, U8, not as "F32"'],
    [{ storeAs: { bool: 'U8' } }, 'bool is stored as BOOL, not as "U8"'],
    [{ storeAs: { float32: 'f16' } }, 'not as "f16"'],
    [{ storeAs: { float16: 'F16' } }, 'storeAs has no dtype "float16"; known: bool, int32, float32, float64'],
    [{ storeAs: 'F16' }, 'takes its options as an object'],
    ['F16', 'takes its options as an object'],
  ])('refuses the options %j', (options, message) => {
    const write = () => serializeSafetensors({}, {}, options as StoreOptions);
    expect(write).toThrow(ArgumentError);
    expect(write).toThrow(`serializeSafetensors: ${message}`.replace('serializeSafetensors: not', 'not'));
  });
});
