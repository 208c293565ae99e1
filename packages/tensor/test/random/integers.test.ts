/** Random integers, permutations and coin flips: their bounds; `pytorch.test.ts` compares their values. */

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { TypedArray } from '../../src/dtype.js';
import { ArgumentError } from '../../src/errors.js';
import { fillBernoulli, fillRandint, randomPermutation } from '../../src/random/distributions.js';
import { Generator } from '../../src/random/generator.js';

function randint<T extends TypedArray>(out: T, seed: number, low: number, high: number): T {
  fillRandint(out, low, high, new Generator(seed));
  return out;
}

function bernoulli<T extends TypedArray>(out: T, seed: number, p: number): T {
  fillBernoulli(out, p, new Generator(seed));
  return out;
}

describe('fillRandint', () => {
  it('draws the same integers into every dtype', () => {
    const expected = Array.from(randint(new Int32Array(50), 42, -5, 1000));
    expect(Array.from(randint(new Float32Array(50), 42, -5, 1000))).toEqual(expected);
    expect(Array.from(randint(new Float64Array(50), 42, -5, 1000))).toEqual(expected);
  });

  it('stays within its bounds', () => {
    const bound = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
    fc.assert(
      fc.property(fc.nat(), bound, bound, (seed, a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b) + 1];
        for (const value of randint(new Int32Array(50), seed, low, high)) {
          expect(value).toBeGreaterThanOrEqual(low);
          expect(value).toBeLessThan(high);
        }
      }),
    );
  });

  it('reaches every integer of a small interval', () => {
    expect(new Set(randint(new Int32Array(200), 1, -2, 3))).toEqual(new Set([-2, -1, 0, 1, 2]));
    expect(new Set(randint(new Uint8Array(200), 1, 0, 2))).toEqual(new Set([0, 1]));
  });

  it.each([
    [new Int32Array(1), 3, 3, 'int32'],
    [new Int32Array(1), 4, 3, 'int32'],
    [new Int32Array(1), 0, 2.5, 'int32'],
    [new Int32Array(1), Number.NaN, 3, 'int32'],
    [new Int32Array(1), 0, Infinity, 'int32'],
    [new Int32Array(1), 0, 2 ** 31 + 1, 'int32'],
    [new Int32Array(1), -(2 ** 31) - 1, 0, 'int32'],
    [new Uint8Array(1), 0, 3, 'bool'],
    [new Uint8Array(1), -1, 1, 'bool'],
    [new Float32Array(1), 0, 2 ** 24 + 2, 'float32'],
    [new Float64Array(1), -(2 ** 53), 0, 'float64'],
  ])('refuses for %p the interval from %p to %p', (out, low, high, dtype) => {
    expect(() => randint(out, 1, low, high)).toThrow(ArgumentError);
    expect(() => randint(out, 1, low, high)).toThrow(`randint: no ${dtype} lies in [${low}, ${high})`);
  });
});

describe('randomPermutation', () => {
  it('holds every integer once', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(300), (seed, n) => {
        const sorted = randomPermutation(n, new Generator(seed)).sort();
        expect(Array.from(sorted)).toEqual(Array.from({ length: n }, (_, i) => i));
      }),
    );
  });

  it.each([-1, 2.5, Number.NaN, Infinity, 2 ** 31])('refuses %p numbers', (n) => {
    expect(() => randomPermutation(n, new Generator(1))).toThrow(ArgumentError);
    expect(() => randomPermutation(n, new Generator(1))).toThrow(`randperm: cannot permute ${n} numbers`);
  });
});

describe('fillBernoulli', () => {
  it('flips the same coins into every dtype', () => {
    const expected = Array.from(bernoulli(new Uint8Array(50), 42, 0.3));
    for (const out of [new Int32Array(50), new Float32Array(50), new Float64Array(50)]) {
      expect(Array.from(bernoulli(out, 42, 0.3))).toEqual(expected);
    }
  });

  it('knows certainty', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        expect(bernoulli(new Uint8Array(20), seed, 0).every((value) => value === 0)).toBe(true);
        expect(bernoulli(new Uint8Array(20), seed, 1).every((value) => value === 1)).toBe(true);
      }),
    );
  });

  it.each([-0.1, 1.1, Number.NaN, Infinity])('refuses the probability %p', (p) => {
    expect(() => bernoulli(new Uint8Array(1), 1, p)).toThrow(ArgumentError);
    expect(() => bernoulli(new Uint8Array(1), 1, p)).toThrow(`bernoulli: p is ${p}`);
  });
});
