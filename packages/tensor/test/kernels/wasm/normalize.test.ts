/** Softmax, layer normalisation and the cross entropy in wasm against the reference kernels. */
import { describe, expect, it } from '@jest/globals';
import type { Lanes } from '../../../src/kernels/lanes.js';
import * as referenceLoss from '../../../src/kernels/reference/cross-entropy.js';
import * as reference from '../../../src/kernels/reference/normalize.js';
import { crossEntropy, crossEntropyGrad } from '../../../src/kernels/wasm/cross-entropy.js';
import { theMachine } from '../../../src/kernels/wasm/machine.js';
import * as wasm from '../../../src/kernels/wasm/normalize.js';
import { fractions } from '../values.js';

const ULP = 2 ** -23;

/**
 * exp is right to 2 ulp, but of x - max, which float32 rounds: for distances up to 20, by up to 2^-20, and that is the relative
 * error of the exponential, 8 ulp. The factor and the product round once each.
 */
const EXPONENTIAL = 12 * ULP;
/** Computed in double precision and rounded once: the same float or a neighbour. */
const ROUNDED = ULP;

function floats(length: number, seed = 1): Float32Array {
  return fractions(Float32Array, length, seed) as Float32Array;
}

/** @param absolute What may be added to the relative tolerance, where terms cancel. */
function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  about: unknown,
  relative: number,
  absolute = 0,
): void {
  const differences = Array.from(expected, (value, i) => [i, actual[i]!, value] as const).filter(
    ([, a, b]) => !(Object.is(a, b) || Math.abs(a - b) <= relative * Math.abs(b) + absolute),
  );
  expect({ about, length: actual.length, differences }).toEqual({
    about,
    length: expected.length,
    differences: [],
  });
}

function sizeOfLanes({ outer, length, inner }: Lanes): number {
  return outer * length * inner;
}

const LENGTHS = [1, 2, 3, 4, 5, 7, 8, 9, 11, 16, 17, 257, 10_007];

const ROWS: readonly Lanes[] = LENGTHS.flatMap((length) => [
  { outer: 1, length, inner: 1 },
  { outer: 5, length, inner: 1 },
]).concat([
  { outer: 20_000, length: 3, inner: 1 },
  { outer: 0, length: 3, inner: 1 },
  { outer: 3, length: 0, inner: 1 },
]);

const LANES: readonly Lanes[] = ROWS.concat(
  LENGTHS.flatMap((length) => [
    { outer: 3, length, inner: 5 },
    { outer: 2, length, inner: 8 },
  ]),
  [
    { outer: 2, length: 3, inner: 1025 },
    { outer: 5000, length: 3, inner: 2 },
    { outer: 3, length: 2, inner: 0 },
  ],
);

/** Sets of values that stand in for some of a lane. */
const SPECIALS = [[NaN], [Infinity], [-Infinity], [Infinity, -Infinity], [NaN, Infinity], [1e38, -1e38]];

describe.each([
  ['softmax', wasm.softmax, reference.softmax],
  // Close to 0, a logarithm is the sum of the exponentials of the others, and as precise as they are.
  ['logSoftmax', wasm.logSoftmax, reference.logSoftmax],
] as const)('%s in wasm', (_, inWasm, inReference) => {
  it.each(LANES)('is that of the reference, in %j', (lanes) => {
    const x = floats(sizeOfLanes(lanes)).map((value) => 10 * value);
    expectClose(inWasm(x, lanes), inReference(x, lanes), lanes, EXPONENTIAL);
  });

  it.each(SPECIALS)('takes %f as the reference does, wherever it stands', (...special) => {
    for (const lanes of [
      { outer: 2, length: 23, inner: 1 },
      { outer: 1, length: 23, inner: 6 },
    ]) {
      for (let at = 0; at < 23; at++) {
        const x = floats(sizeOfLanes(lanes));
        special.forEach((value, i) => {
          x[((at + 7 * i) % 23) * lanes.inner] = value;
        });
        expectClose(inWasm(x, lanes), inReference(x, lanes), { lanes, special, at }, EXPONENTIAL);
      }
    }
  });

  it('gives NaN for lanes of -Infinity alone', () => {
    for (const lanes of [
      { outer: 1, length: 5, inner: 1 },
      { outer: 1, length: 5, inner: 3 },
    ]) {
      const x = new Float32Array(sizeOfLanes(lanes)).fill(-Infinity);
      expect([...inWasm(x, lanes)].every(Number.isNaN)).toBe(true);
    }
  });

  it('does not overflow where logits are large', () => {
    const x = Float32Array.of(1000, 1001, -1000);
    const lanes = { outer: 1, length: 3, inner: 1 };
    expectClose(inWasm(x, lanes), inReference(x, lanes), 'large', EXPONENTIAL);
  });

  it('is made there', () => {
    const result = inWasm(floats(30_000), { outer: 100, length: 300, inner: 1 });
    expect(theMachine()?.residency.find(result, 'plain')).toBeDefined();
    theMachine()?.residency.unpin();
  });

  it('leaves float64 to the reference', () => {
    const x = Float64Array.of(1, 2, 4);
    const lanes = { outer: 1, length: 3, inner: 1 };
    expect(inWasm(x, lanes)).toEqual(inReference(x, lanes));
  });
});

describe('layerNorm in wasm', () => {
  it.each(ROWS)('is that of the reference, in %j', (lanes) => {
    for (const mean of [0, 1000]) {
      const x = floats(sizeOfLanes(lanes)).map((value) => mean + value);
      // The smallest values are differences of nearly equal numbers, of which doubles still hold 1e-9.
      expectClose(wasm.layerNorm(x, lanes, 1e-5), reference.layerNorm(x, lanes, 1e-5), lanes, ROUNDED, 1e-9);
    }
  });

  it.each(ROWS)('has the gradient of the reference, in %j', (lanes) => {
    const [g, x] = [floats(sizeOfLanes(lanes), 2), floats(sizeOfLanes(lanes), 3)];
    const expected = reference.layerNormGrad(g, x, lanes, 1e-5);
    expectClose(wasm.layerNormGrad(g, x, lanes, 1e-5), expected, lanes, ROUNDED, 1e-9);
  });

  it('normalises next to a mean that float32 cannot hold', () => {
    const lanes = { outer: 1, length: 6, inner: 1 };
    const x = new Float32Array(6).map((_, i) => 16777216 + 2 * (i % 2));
    expect([...wasm.layerNorm(x, lanes, 0)]).toEqual([-1, 1, -1, 1, -1, 1]);
  });

  it('spreads NaN and infinity over their row only', () => {
    const lanes = { outer: 2, length: 9, inner: 1 };
    for (const value of [NaN, Infinity, -Infinity]) {
      for (let at = 0; at < 9; at++) {
        const x = floats(18);
        x[at] = value;
        expect([...wasm.layerNorm(x, lanes, 1e-5)].map(Number.isNaN)).toEqual(
          Array.from({ length: 18 }, (_, i) => i < 9),
        );
        expect([...wasm.layerNormGrad(floats(18), x, lanes, 1e-5)].map(Number.isNaN)).toEqual(
          Array.from({ length: 18 }, (_, i) => i < 9),
        );
      }
    }
  });

  it('leaves lanes whose values alternate, and float64, to the reference', () => {
    const lanes = { outer: 1, length: 3, inner: 2 };
    const x = floats(6);
    expect(wasm.layerNorm(x, lanes, 1e-5)).toEqual(reference.layerNorm(x, lanes, 1e-5));
    const doubles = Float64Array.from(x);
    const rows = { outer: 2, length: 3, inner: 1 };
    expect(wasm.layerNorm(doubles, rows, 1e-5)).toEqual(reference.layerNorm(doubles, rows, 1e-5));
    expect(wasm.layerNormGrad(doubles, doubles, rows, 1e-5)).toEqual(
      reference.layerNormGrad(doubles, doubles, rows, 1e-5),
    );
  });
});

describe('squared deviations in wasm', () => {
  it.each(ROWS)('are those of the reference, in %j', (lanes) => {
    for (const mean of [0, 1000]) {
      const x = floats(sizeOfLanes(lanes)).map((value) => mean + value);
      const expected = reference.squaredDeviations(x, lanes);
      expectClose(wasm.squaredDeviations(x, lanes), expected, { lanes, mean }, ROUNDED, 1e-9);
    }
  });

  it('leave float64 to the reference', () => {
    const lanes = { outer: 1, length: 2, inner: 2 };
    expect(wasm.squaredDeviations(Float64Array.of(1, 2, 3, 6), lanes)).toEqual(Float64Array.of(2, 8));
  });
});

describe('the cross entropy in wasm', () => {
  const PROBLEMS = [
    ...LENGTHS.flatMap((C) => [[1, C] as const, [5, C] as const]),
    [20_000, 3],
    [0, 3],
    [3, 50_257],
  ] as const;

  function problem(N: number, C: number) {
    const x = floats(N * C).map((value) => 10 * value);
    const classes = Int32Array.from({ length: N }, (_, i) => (i * 7919) % C);
    return { x, classes, g: floats(N, 2) };
  }

  it.each(PROBLEMS)('is that of the reference, for [%i, %i]', (N, C) => {
    const { x, classes } = problem(N, C);
    // The logarithm of the sum and the distance of the class from the largest are added: where the class is the largest itself,
    // what is left is as precise as the sum, of which one part is exactly 1.
    expectClose(
      crossEntropy(x, classes, C),
      referenceLoss.crossEntropy(x, classes, C),
      { N, C },
      ROUNDED,
      EXPONENTIAL,
    );
  });

  it.each(PROBLEMS)('has the gradient of the reference, for [%i, %i]', (N, C) => {
    const { x, classes, g } = problem(N, C);
    expectClose(
      crossEntropyGrad(g, x, classes, C),
      referenceLoss.crossEntropyGrad(g, x, classes, C),
      { N, C },
      EXPONENTIAL,
      // p - 1 of a class with p close to 1.
      2 ** -40,
    );
  });

  it.each(SPECIALS)('takes %f as the reference does, in the right class and elsewhere', (...special) => {
    const C = 23;
    for (let at = 0; at < C; at++) {
      for (const right of [at, (at + 1) % C]) {
        const x = floats(2 * C);
        special.forEach((value, i) => {
          x[(at + 7 * i) % C] = value;
        });
        const classes = Int32Array.of(right, 0);
        const g = Float32Array.of(1, -2);
        const about = { special, at, right };
        expectClose(
          crossEntropy(x, classes, C),
          referenceLoss.crossEntropy(x, classes, C),
          about,
          EXPONENTIAL,
        );
        expectClose(
          crossEntropyGrad(g, x, classes, C),
          referenceLoss.crossEntropyGrad(g, x, classes, C),
          about,
          EXPONENTIAL,
          2 ** -40,
        );
      }
    }
  });

  it('keeps the small loss of a class that is nearly certain', () => {
    const [loss] = crossEntropy(Float32Array.of(0, 30, 2), Int32Array.of(1), 3);
    expect(loss! / (Math.exp(-30) + Math.exp(-28))).toBeCloseTo(1, 2);
  });

  it('leaves float64 to the reference', () => {
    const [x, classes, g] = [Float64Array.of(1, 2, 4), Int32Array.of(1), Float64Array.of(2)];
    expect(crossEntropy(x, classes, 3)).toEqual(referenceLoss.crossEntropy(x, classes, 3));
    expect(crossEntropyGrad(g, x, classes, 3)).toEqual(referenceLoss.crossEntropyGrad(g, x, classes, 3));
  });
});
