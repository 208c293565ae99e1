/** Tests of the optimisers' steps in wasm: against the reference kernels, for sets of parameters of all sizes. */
import { describe, expect, it } from '@jest/globals';
import * as reference from '../../../src/kernels/reference/optimizer.js';
import type { AdamStepOptions, SgdStepOptions } from '../../../src/kernels/steps.js';
import { adamStep, sgdStep } from '../../../src/kernels/wasm/optimizer.js';
import { type ArrayType, fractions } from '../values.js';

/** Nothing, one, around what is done at a time and around a chunk, and dozens of small ones with a large one between. */
const SETS: readonly (readonly number[])[] = [
  [],
  [0],
  [1],
  [0, 7, 8, 9],
  [16383, 16384, 16385],
  [20001],
  [...Array.from({ length: 40 }, (_, i) => 64 * (i % 5) + i), 20000, 3],
];

const ADAM: AdamStepOptions = {
  step: 3,
  lr: 0.01,
  betas: [0.9, 0.999],
  eps: 1e-8,
  weightDecay: 0.1,
  decoupled: false,
  amsgrad: false,
  maximize: false,
};

const SGD: SgdStepOptions = {
  lr: 0.1,
  momentum: 0,
  dampening: 0,
  weightDecay: 0,
  nesterov: false,
  maximize: false,
};

/** One row per parameter: three arrays of either sign, and two of squares. */
function rowsFor(lengths: readonly number[], type: ArrayType = Float32Array): reference.Row[] {
  return lengths.map((length, i) =>
    Array.from({ length: 5 }, (_, k) => {
      const values = fractions(type, length, 1 + 5 * i + k);
      return k < 3 ? values : values.map((x) => x * x);
    }),
  );
}

/** The first arrays of each row. */
function first(count: number, rows: readonly reference.Row[]): reference.Row[] {
  return rows.map((row) => row.slice(0, count));
}

const SAMPLES = SETS.map((lengths) => [lengths.length, rowsFor(lengths)] as const);

/** The largest distance, in units of the last place of 1 or of the number itself if it is larger. */
function distance(actual: readonly reference.Row[], expected: readonly reference.Row[]): number {
  expect(actual.map((row) => row.map(({ length }) => length))).toEqual(
    expected.map((row) => row.map(({ length }) => length)),
  );
  let worst = 0;
  expected.forEach((row, i) => {
    row.forEach((array, k) => {
      for (let j = 0; j < array.length; j++) {
        const error = Math.abs(actual[i][k][j] - array[j]) / Math.max(1, Math.abs(array[j]));
        if (!(error <= worst)) worst = error;
      }
    });
  });
  return worst * 2 ** 23;
}

describe.each<[string, Partial<AdamStepOptions>]>([
  ['plain', { weightDecay: 0 }],
  ['with a penalty', {}],
  ['with decoupled decay', { decoupled: true }],
  ['with the largest mean square', { amsgrad: true }],
  ['uphill, from the first step', { maximize: true, step: 1, amsgrad: true }],
])('Adam %s', (_, some) => {
  const options = { ...ADAM, ...some };
  // Rounding after each operation, against once: the quotient has magnitude up to 1 / lr.
  it.each(SAMPLES)(
    'moves %i parameters as the reference does, to a few units of the last place',
    (_, sample) => {
      const rows = first(options.amsgrad ? 5 : 4, sample);
      expect(distance(adamStep(rows, options), reference.adamStep(rows, options))).toBeLessThanOrEqual(3);
    },
  );
});

describe.each<[string, Partial<SgdStepOptions>, number]>([
  ['plain', {}, 2],
  ['with a penalty, uphill', { weightDecay: 0.1, maximize: true }, 2],
  ['as momentum begins', { momentum: 0.9, dampening: 0.5 }, 2],
  ['as momentum goes on', { momentum: 0.9, dampening: 0.5 }, 3],
  ['with a look ahead that begins', { momentum: 0.9, nesterov: true, weightDecay: 0.1 }, 2],
  ['with a look ahead that goes on', { momentum: 0.9, nesterov: true, weightDecay: 0.1 }, 3],
])('gradient descent %s', (_, some, width) => {
  const options = { ...SGD, ...some };
  it.each(SAMPLES)(
    'moves %i parameters as the reference does, to a few units of the last place',
    (_, sample) => {
      const rows = first(width, sample);
      expect(distance(sgdStep(rows, options), reference.sgdStep(rows, options))).toBeLessThanOrEqual(2);
    },
  );
});

describe('a step', () => {
  it('leaves what it reads as it was', () => {
    const rows = rowsFor([5, 2000]);
    const before = rows.map((row) => row.map((array) => [...array]));
    const options = { ...ADAM, amsgrad: true };
    adamStep(rows, options);
    adamStep(rows, options);
    expect(rows.map((row) => row.map((array) => [...array]))).toEqual(before);
  });

  it('gives the same for results of the step before as for copies of them', () => {
    const [row] = first(4, rowsFor([10000]));
    const [[value, mean, square]] = adamStep([row], ADAM);
    const resident = adamStep([[value, row[1], mean, square]], ADAM);
    const copied = adamStep([[value.slice(), row[1], mean.slice(), square.slice()]], ADAM);
    expect(resident).toEqual(copied);
  });

  it('lets NaN and infinities through where PyTorch does', () => {
    const gradient = Float32Array.of(Number.NaN, Infinity, -Infinity, 0, 1);
    const [parameter, zeros] = [new Float32Array(5).fill(1), new Float32Array(5)];
    const options = { ...ADAM, step: 1, weightDecay: 0, amsgrad: true };
    const rows = [[parameter, gradient, zeros, zeros, zeros]];
    const [value, mean, square, largest] = adamStep(rows, options)[0];
    expect([...value].map(Number.isNaN)).toEqual([true, true, true, false, false]);
    expect([...mean].slice(1, 4)).toEqual([Infinity, -Infinity, 0]);
    expect([...square].slice(1, 4)).toEqual([Infinity, Infinity, 0]);
    expect([...largest].map(Number.isNaN)).toEqual([true, false, false, false, false]);
    // An infinite parameter must not reach the gradient by way of a penalty of 0.
    const infinite = [[Float32Array.of(Infinity), Float32Array.of(1)]];
    expect([...sgdStep(infinite, { ...SGD, momentum: 0.9 })[0][1]]).toEqual([1]);
  });

  it('moves doubles, and floats beside them, with the reference kernel', () => {
    const rows = first(4, rowsFor([3, 9], Float64Array));
    expect(adamStep(rows, ADAM)).toEqual(reference.adamStep(rows, ADAM));
    const mixed = [...rows, ...first(4, rowsFor([4]))];
    expect(adamStep(mixed, ADAM)).toEqual(reference.adamStep(mixed, ADAM));
  });
});
