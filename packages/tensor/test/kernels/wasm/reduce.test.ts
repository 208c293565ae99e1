/** The reductions in wasm against the reference kernels. */
import { describe, expect, it } from '@jest/globals';
import type { Lanes } from '../../../src/kernels/lanes.js';
import type { ReductionName } from '../../../src/kernels/reference/reduce.js';
import * as reference from '../../../src/kernels/reference/reduce.js';
import { theMachine } from '../../../src/kernels/wasm/machine.js';
import * as wasm from '../../../src/kernels/wasm/reduce.js';
import { type Shape, sizeOf } from '../../../src/shape.js';
import { fractions } from '../values.js';

/** Both add in double precision and round once, at the end: the results are the same float or neighbours. */
const TOLERANCE = 2 ** -23;

function floats(length: number, seed = 1): Float32Array {
  return fractions(Float32Array, length, seed) as Float32Array;
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, about: unknown): void {
  const differences = Array.from(expected, (value, i) => [i, actual[i]!, value] as const).filter(
    ([, a, b]) => !(Object.is(a, b) || Math.abs(a - b) <= TOLERANCE * Math.abs(b)),
  );
  expect({ about, length: actual.length, differences }).toEqual({
    about,
    length: expected.length,
    differences: [],
  });
}

/** Reduced to nothing, to one, by rows, by columns, in between, with several slabs; 0, 1, primes, one past a vector or a block. */
const REDUCTIONS: readonly (readonly [shape: Shape, axes: readonly number[]])[] = [
  [[], []],
  [[1], [0]],
  [[0], [0]],
  [[0, 3], [0]],
  [[3, 0], [0]],
  [[7], []],
  ...[2, 3, 4, 5, 15, 16, 17, 31, 1009].map((length) => [[length], [0]] as const),
  [[131_071], [0]],
  [[200_003], [0]],
  [[5, 7], [0]],
  [[5, 7], [1]],
  [
    [5, 1, 7],
    [1, 2],
  ],
  [[1000, 3], [1]],
  [[3, 1025], [0]],
  [[70_001, 3], [0]],
  [[3, 70_001], [1]],
  [[257, 1025], [0]],
  [[4097, 17], [0]],
  [[3, 5, 7], [1]],
  [
    [3, 5, 7],
    [0, 2],
  ],
  [
    [16, 5, 14, 14],
    [0, 2, 3],
  ],
  [
    [301, 3, 301],
    [0, 2],
  ],
  [
    [2, 3, 70_001],
    [0, 2],
  ],
  [
    [3, 4, 5, 6],
    [0, 2],
  ],
  [
    [3, 4, 5, 6],
    [1, 3],
  ],
  [
    [2, 3, 4, 5, 6],
    [1, 3],
  ],
  [
    [2, 3, 4, 5, 6],
    [0, 2, 4],
  ],
  [
    [2, 3, 2, 3, 2, 3],
    [1, 3, 5],
  ],
  [
    [2, 3, 2, 3, 2, 3],
    [0, 2, 4],
  ],
  [
    [150, 2, 301, 3],
    [0, 2],
  ],
];

const NAMES: readonly ReductionName[] = ['sum', 'prod', 'amax', 'amin', 'any', 'all'];

describe.each(NAMES)('%s in wasm', (name) => {
  const dtype = name === 'any' || name === 'all' ? 'bool' : 'float32';

  it.each(REDUCTIONS)('of shape %j over %j is what the reference gives', (shape, axes) => {
    // Products of many numbers below 1 would be 0, so they stay close to 1.
    const x = floats(sizeOf(shape)).map((value) => (name === 'prod' ? 1 + value / 1000 : value));
    const expected = reference.reduce(name, x, shape, axes, dtype);
    const actual = wasm.reduce(name, x, shape, axes, dtype);
    expectClose(actual, expected, { shape, axes });
  });

  it('takes NaN and infinities as the reference does, wherever they stand', () => {
    for (const [shape, axis] of [
      [[3, 37], 1],
      [[37, 3], 0],
      [[41, 19], 0],
    ] as const) {
      for (const special of [[NaN], [Infinity], [-Infinity], [Infinity, -Infinity], [0], [-0]]) {
        for (let at = 0; at < 37; at += 5) {
          const x = floats(sizeOf(shape)).map(Math.fround);
          special.forEach((value, i) => {
            x[(at + 11 * i) * (axis === 0 ? shape[1] : 1)] = value;
          });
          const expected = reference.reduce(name, x, shape, [axis], dtype);
          expectClose(wasm.reduce(name, x, shape, [axis], dtype), expected, { shape, special, at });
        }
      }
    }
  });
});

describe('sums in wasm', () => {
  it('are made there', () => {
    const sums = wasm.reduce('sum', floats(60_000), [30_000, 2], [1], 'float32');
    expect(theMachine()?.residency.find(sums, 'plain')).toBeDefined();
    theMachine()?.residency.unpin();
  });

  it('are added up in double precision', () => {
    const x = new Float32Array(100_000).fill(1);
    x[0] = 2 ** 26;
    expect([...wasm.reduce('sum', x, [100_000], [0], 'float32')]).toEqual([Math.fround(2 ** 26 + 99_999)]);
  });

  it('leave other dtypes to the reference', () => {
    const x = Int32Array.of(2 ** 31 - 1, 1);
    expect(wasm.reduce('sum', x, [2], [0], 'int32')).toEqual(Int32Array.of(-(2 ** 31)));
    expect(wasm.cumsum(x, { outer: 1, length: 2, inner: 1 }, 'int32')).toEqual(
      Int32Array.of(2 ** 31 - 1, -(2 ** 31)),
    );
  });
});

const LANES: readonly Lanes[] = [1, 2, 3, 4, 5, 7, 8, 9, 17, 257, 10_007]
  .flatMap((length) => [
    { outer: 1, length, inner: 1 },
    { outer: 5, length, inner: 1 },
    { outer: 3, length, inner: 5 },
    { outer: 2, length, inner: 8 },
  ])
  .concat([
    { outer: 2, length: 3, inner: 1025 },
    { outer: 5000, length: 3, inner: 2 },
    { outer: 20_000, length: 3, inner: 1 },
    { outer: 0, length: 3, inner: 1 },
    { outer: 3, length: 2, inner: 0 },
  ]);

describe('along lanes in wasm', () => {
  it.each(LANES)('argmax and argmin find the same place, in %j', (lanes) => {
    const { outer, length, inner } = lanes;
    // Few different values, so that the first of several has to be found.
    const x = floats(outer * length * inner).map((value) => Math.round(8 * value));
    for (const name of ['argmax', 'argmin'] as const) {
      const expected = reference.argReduce(name, x, lanes);
      const actual = wasm.argReduce(name, x, lanes);
      expect(actual).toBeInstanceOf(Int32Array);
      expectClose(actual, expected, { name, lanes });
    }
  });

  it.each(LANES)('running sums are those of the reference, in %j', (lanes) => {
    const { outer, length, inner } = lanes;
    // Positive, as a sum that is close to 0 by cancellation has no relative precision.
    const x = floats(outer * length * inner).map(Math.abs);
    const expected = reference.cumsum(x, lanes, 'float32');
    expectClose(wasm.cumsum(x, lanes, 'float32'), expected, lanes);
  });

  it('NaN and infinities count as in the reference, wherever they stand', () => {
    for (const lanes of [
      { outer: 2, length: 23, inner: 1 },
      { outer: 1, length: 23, inner: 6 },
    ]) {
      for (const special of [[NaN], [NaN, NaN], [Infinity], [-Infinity, Infinity], [-0, 0]]) {
        for (let at = 0; at < 23; at++) {
          const x = floats(2 * 23 * 6).subarray(0, lanes.outer * lanes.length * lanes.inner);
          special.forEach((value, i) => {
            x[((at + 7 * i) % 23) * lanes.inner] = value;
          });
          for (const name of ['argmax', 'argmin'] as const) {
            expect(wasm.argReduce(name, x, lanes)).toEqual(reference.argReduce(name, x, lanes));
          }
          const expected = reference.cumsum(x, lanes, 'float32');
          expect([...wasm.cumsum(x, lanes, 'float32')].map(kind)).toEqual([...expected].map(kind));
        }
      }
    }
  });

  it('lanes of nothing but infinities have their first place as the extreme', () => {
    for (const value of [Infinity, -Infinity]) {
      const x = new Float32Array(11).fill(value);
      const lanes = { outer: 1, length: 11, inner: 1 };
      expect([...wasm.argReduce('argmax', x, lanes)]).toEqual([0]);
      expect([...wasm.argReduce('argmin', x, lanes)]).toEqual([0]);
    }
  });
});

/** What a number is, apart from its size. */
function kind(value: number): string {
  return Number.isFinite(value) ? 'finite' : String(value);
}
