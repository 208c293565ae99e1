/** Element types: what holds them, and which one the result of mixed operands has. */
import { describe, expect, it } from '@jest/globals';
import {
  allocate,
  convert,
  DTYPES,
  type DType,
  dtypeOf,
  isDType,
  isFloat,
  type Promotable,
  resultType,
} from '../src/dtype.js';
import { add, tensor } from '../src/index.js';

const LETTERS: Readonly<Record<string, DType>> = { b: 'bool', i: 'int32', f: 'float32', d: 'float64' };

const ofKind = (kind: Promotable['kind'], letters: string): Promotable[] =>
  [...letters].map((letter) => ({ dtype: LETTERS[letter]!, kind }));

describe('the dtype of mixed operands', () => {
  // Rows and columns: lists and 0-d tensors of bool, int32, float32 and float64, and the numbers True, 1 and 1.5.
  const operands = [
    ...ofKind('tensor', 'bifd'),
    ...ofKind('scalar tensor', 'bifd'),
    ...ofKind('number', 'bif'),
  ];
  const table = [
    'bifd bifd bif',
    'iifd iifd iif',
    'fffd ffff fff',
    'dddd dddd ddd',

    'bifd bifd bif',
    'iifd iifd iif',
    'fffd fffd fff',
    'ddfd dddd ddd',

    'bifd bifd bif',
    'iifd iifd iif',
    'fffd fffd fff',
  ];

  it.each(operands.map((operand, row) => ({ ...operand, row })))(
    'is that of torch.result_type for a $kind of $dtype and everything else',
    ({ row }) => {
      const found = operands.map((other) => resultType([operands[row]!, other])[0]);
      const expected = [...table[row]!.replaceAll(' ', '')].map((letter) => LETTERS[letter]![0]);
      expect(found).toEqual(expected);
    },
  );

  it('does not depend on the order of three', () => {
    // int32 and float32 lists outweigh a float64 scalar, since they hold fractions already.
    const three = [operands[1]!, operands[7]!, operands[2]!];
    expect([resultType(three), resultType(three.toReversed())]).toEqual(['float32', 'float32']);
  });

  it('is float32 for nothing', () => {
    expect(resultType([])).toBe('float32');
  });

  it('is what ops give', () => {
    const results = [
      add(tensor([1], { dtype: 'int32' }), tensor(0.5, { dtype: 'float64' })),
      add(tensor([1]), tensor(0.5, { dtype: 'float64' })),
      add(tensor([1]), tensor([0.5], { dtype: 'float64' })),
      add(tensor([true]), 0.5),
    ];
    expect(results.map((result) => result.dtype)).toEqual(['float64', 'float32', 'float64', 'float32']);
  });
});

describe('storage', () => {
  it.each([
    ['bool', Uint8Array, false],
    ['int32', Int32Array, false],
    ['float32', Float32Array, true],
    ['float64', Float64Array, true],
  ] as const)('of %s', (dtype, ArrayType, holdsFractions) => {
    expect(allocate(dtype, 2)).toEqual(new ArrayType(2));
    expect([isDType(dtype), isFloat(dtype), dtypeOf(new ArrayType(1))]).toEqual([
      true,
      holdsFractions,
      dtype,
    ]);
  });

  it('is listed from the narrowest to the widest', () => {
    expect(DTYPES).toEqual(['bool', 'int32', 'float32', 'float64']);
  });

  it('has no place for other names and arrays', () => {
    expect([isDType('float16'), isDType('toString'), isDType(undefined)]).toEqual([false, false, false]);
    expect([dtypeOf(new Int8Array(1)), dtypeOf(new DataView(new ArrayBuffer(1)))]).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('is converted by cutting fractions off, wrapping integers, and taking everything but 0 for true', () => {
    const values = [-1.9, 0, -0, 0.5, 2 ** 32 + 1, NaN];
    expect([...convert(values, 'int32')]).toEqual([-1, 0, 0, 0, 1, 0]);
    expect([...convert(values, 'bool')]).toEqual([1, 0, 0, 1, 1, 1]);
    expect([...convert(values, 'float32')]).toEqual([Math.fround(-1.9), 0, -0, 0.5, 2 ** 32, NaN]);
    expect([...convert(values, 'float64')]).toEqual(values);
  });
});
