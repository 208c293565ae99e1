/** Tests of the elementwise kernels of wasm against the reference kernels: all ops, all ways to stretch operands, all lengths. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { allocate, type DType, type TypedArray } from '../../../src/dtype.js';
import * as reference from '../../../src/kernels/reference/elementwise.js';
import { SCALARS, type ScalarName, type ScalarOp } from '../../../src/kernels/scalars.js';
import * as wasm from '../../../src/kernels/wasm/elementwise.js';
import { Machine, withMachine } from '../../../src/kernels/wasm/machine.js';
import { broadcastStrides, type Shape, sizeOf } from '../../../src/shape.js';
import { fractions } from '../values.js';

const NAMES = Object.keys(SCALARS) as ScalarName[];

/** Ops whose kernels need not give the last bit. */
const APPROXIMATE: ReadonlySet<string> = new Set([
  ...['exp', 'expm1', 'log', 'log1p', 'rsqrt', 'pow', 'sin', 'cos', 'tan', 'tanh', 'erf'],
  ...['sigmoid', 'silu', 'softplus', 'gelu', 'geluTanh', 'tanhGrad', 'sigmoidGrad', 'siluGrad', 'geluGrad'],
]);

/** 4 ulp (math.test.ts has the exact bounds), relative to 1 for functions that have zeros. */
const TOLERANCE = 4 * 2 ** -23;

/** Put among other values; where functions lose digits is not the matter here. */
const CORNERS = [0, -0, 1, -1, 0.5, -2.5, 3, NaN, Infinity, -Infinity];

function operand(name: ScalarName, i: number, own: Shape, shape: Shape) {
  const { rule }: ScalarOp = SCALARS[name];
  const values = fractions(Float32Array, sizeOf(own), i + 1).map((x, k) =>
    k % 11 === 3 + i ? CORNERS[k % CORNERS.length]! : rule === 'comparison' ? Math.round(3 * x) : 3 * x,
  ) as Float32Array;
  const isTruth = rule === 'logical' || (rule === 'choice' && i === 0);
  const data = isTruth ? Uint8Array.from(values, (x) => Number(x > 0)) : values;
  return { data, strides: broadcastStrides(own, shape) };
}

const outputDType = (name: ScalarName): DType => {
  const { rule }: ScalarOp = SCALARS[name];
  return rule === 'comparison' || rule === 'logical' ? 'bool' : 'float32';
};

function expectSame(name: ScalarName, shapes: readonly Shape[], shape: Shape): void {
  const inputs = shapes.map((own, i) => operand(name, i, own, shape));
  const [actual, expected] = [wasm, reference].map((kernels) =>
    kernels.elementwise(name, inputs, shape, outputDType(name)),
  ) as [TypedArray, TypedArray];
  const isRight = APPROXIMATE.has(name) ? isClose : Object.is;
  expect(actual.length).toBe(expected.length);
  const wrong = actual.findIndex((value, i) => !isRight(value, expected[i]!));
  expect(wrong < 0 ? [] : [wrong, actual[wrong], expected[wrong]]).toEqual([]);
}

function isClose(value: number, expected: number): boolean {
  return (
    Object.is(value, expected) || Math.abs(value - expected) <= TOLERANCE * Math.max(1, Math.abs(expected))
  );
}

/** Operands of these shapes, as many as the op takes, starting with each of them in turn. */
function rotations<T>(count: number, all: readonly T[]): T[][] {
  return all.map((_, turn) => Array.from({ length: count }, (_, i) => all[(i + turn) % all.length]!));
}

/** Shapes of a result, with some that can be stretched to them. */
const STRETCHED: readonly (readonly [shape: Shape, ...operands: Shape[]])[] = [
  [[263], [263], [1], []],
  [[40, 9], [40, 9], [9], [40, 1], []],
  [[3, 700], [3, 700], [700], [3, 1], [1, 1]],
  [[4, 5, 33], [4, 5, 33], [5, 1], [4, 1, 33], [33]],
  [[2, 3, 4, 5, 6], [2, 3, 4, 5, 6], [3, 1, 5, 1], [2, 1, 4, 1, 6], [6]],
];

/** Results of several chunks: whole rows, stretches of rows, and rows that are put together. */
const LARGE: typeof STRETCHED = [
  [[70_001], [70_001], [1]],
  [[3, 40_003], [3, 40_003], [40_003], [3, 1]],
  [[30_000, 3], [30_000, 3], [3], [30_000, 1]],
  [[300, 301], [300, 301], [301], [300, 1]],
];

describe.each(NAMES)('%s in wasm', (name) => {
  const count = SCALARS[name].f.length;

  it('gives what the reference gives for any number of values', () => {
    for (const length of [1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 255, 256, 257, 258, 259, 260, 1009])
      expectSame(name, Array(count).fill([length]), [length]);
  });

  it.each(STRETCHED)('gives what the reference gives for a result of %j', (shape, ...operands) => {
    for (const shapes of rotations(count, operands)) expectSame(name, shapes, shape);
  });
});

describe.each(['add', 'where', 'clamp', 'gt', 'logicalAnd', 'tanh', 'softplus'] as const)(
  '%s in chunks',
  (name) => {
    it.each(LARGE)('gives what the reference gives for a result of %j', (shape, ...operands) => {
      for (const shapes of rotations(SCALARS[name].f.length, operands)) expectSame(name, shapes, shape);
    });
  },
);

describe('results', () => {
  it('do not depend on how many values there are, or on where a value stands', () => {
    const x = fractions(Float32Array, 1003, 5).map((value) => 20 * value) as Float32Array;
    for (const name of APPROXIMATE as ReadonlySet<ScalarName>) {
      const of = (data: Float32Array) =>
        wasm.elementwise(
          name,
          Array.from({ length: SCALARS[name].f.length }, () => ({ data, strides: [1] })),
          [data.length],
          'float32',
        );
      const all = of(x);
      for (const i of [0, 1, 6, 500, 997, 1002]) expect(of(x.slice(i, i + 1))).toEqual(all.slice(i, i + 1));
      expect(of(x.slice(3))).toEqual(all.slice(3));
    }
  });

  it('are the same bits on one and on three threads', () => {
    const x = fractions(Float32Array, 200_003, 6) as Float32Array;
    const on = (threads: number) =>
      withMachine(new Machine('plain', false, threads), () =>
        wasm.elementwise('gelu', [{ data: x, strides: [1] }], [x.length], 'float32'),
      );
    expect(on(3)).toEqual(on(1));
  });

  it('are those of the reference for other dtypes, and for operands that are walked in large steps', () => {
    const doubles = fractions(Float64Array, 300, 1);
    const strided = { data: fractions(Float32Array, 600, 2), strides: [2] };
    for (const [input, dtype] of [
      [{ data: doubles, strides: [1] }, 'float64'],
      [strided, 'float32'],
    ] as const) {
      const results = [wasm, reference].map((kernels) => kernels.elementwise('exp', [input], [300], dtype));
      expect(results[0]).toEqual(results[1]);
    }
  });

  it('of nothing are nothing', () => {
    const nothing = { data: new Float32Array(0), strides: [3, 1] };
    expect(wasm.elementwise('exp', [nothing], [0, 3], 'float32')).toEqual(new Float32Array(0));
  });
});

describe('cast in wasm', () => {
  const EXTREMES = [
    ...[0, -0, 0.5, -0.5, 1, -1, 1.9, -1.9, 1e-45, NaN, Infinity, -Infinity],
    ...[2147483520, 2147483648, -2147483648, -2147483904, 4294967296, 4294967808, 1e10, -1e10],
    ...[2 ** 31 + 2 ** 8, 2 ** 55, 2 ** 55 + 2 ** 32, 2 ** 56, 2 ** 63, -(2 ** 63), 2 ** 64, 3.4028235e38],
  ];
  const floats = Float32Array.from({ length: 1003 }, (_, i) =>
    i % 5 === 0 ? EXTREMES[(i / 5) % EXTREMES.length]! : (i - 500) * 0.37,
  );
  const ints = Int32Array.from({ length: 1003 }, (_, i) => Math.imul(i, 123456789));
  const truths = Uint8Array.from({ length: 1003 }, (_, i) => Number(i % 3 === 0));
  const PAIRS: readonly [string, TypedArray, DType][] = [
    ['float32 to bool', floats, 'bool'],
    ['float32 to int32', floats, 'int32'],
    ['int32 to float32', ints, 'float32'],
    ['bool to float32', truths, 'float32'],
    ['float32 to float64', floats, 'float64'],
    ['int32 to bool', ints, 'bool'],
    ['float64 to float32', Float64Array.from(floats), 'float32'],
  ];

  it.each(PAIRS)('gives what the reference gives, %s', (_, x, dtype) => {
    for (const length of [0, 1, 255, 256, 261, 1003]) {
      const part = x.slice(0, length);
      expect(wasm.cast(part, dtype)).toEqual(reference.cast(part, dtype));
    }
  });

  it('goes back and forth between all whole numbers that floats hold', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -(2 ** 24), max: 2 ** 24 }), { minLength: 256 }), (values) => {
        const x = allocate('int32', values.length);
        x.set(values);
        expect(wasm.cast(wasm.cast(x, 'float32'), 'int32')).toEqual(x);
      }),
    );
  });
});
