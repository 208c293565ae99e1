/** Normal numbers: their distribution and what is kept of a pair; `pytorch.test.ts` compares their values. */

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ArgumentError } from '../../src/errors.js';
import { type FloatArray, fillNormal } from '../../src/random/distributions.js';
import { Generator } from '../../src/random/generator.js';

function normal<T extends FloatArray>(out: T, generator: Generator, mean = 0, std = 1): T {
  fillNormal(out, mean, std, generator);
  return out;
}

describe('fillNormal of fewer than 16 numbers', () => {
  it('keeps the spare number of a pair for the next call', () => {
    const [split, whole] = [new Generator(3), new Generator(3)];
    const parts = [1, 2, 3, 9].map((length) => normal(new Float32Array(length), split));
    expect(parts.flatMap((part) => Array.from(part))).toEqual(
      Array.from(normal(new Float32Array(15), whole)),
    );
  });
});

describe('fillNormal', () => {
  it('has the mean and the standard deviation asked for', () => {
    for (const out of [new Float32Array(50_000), new Float64Array(50_000)]) {
      const values = Array.from(normal(out, new Generator(7), 3, 0.5));
      const mean = values.reduce((sum, value) => sum + value) / values.length;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
      expect(mean).toBeCloseTo(3, 1);
      expect(Math.sqrt(variance)).toBeCloseTo(0.5, 2);
    }
  });

  it('is finite, and constant if the standard deviation is 0', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(40), fc.boolean(), (seed, length, isWide) => {
        const out = isWide ? new Float64Array(length) : new Float32Array(length);
        expect(normal(out, new Generator(seed)).every(Number.isFinite)).toBe(true);
        expect(normal(out, new Generator(seed), 0.25, 0).every((value) => value === 0.25)).toBe(true);
      }),
    );
  });

  it.each([
    [0, -1],
    [0, Number.NaN],
    [0, Infinity],
    [Number.NaN, 1],
    [-Infinity, 1],
  ])('refuses mean %p with standard deviation %p', (mean, std) => {
    const out = Float32Array.of(7);
    expect(() => normal(out, new Generator(1), mean, std)).toThrow(ArgumentError);
    expect(() => normal(out, new Generator(1), mean, std)).toThrow(
      `has mean = ${mean} and std = ${std}. Pass finite`,
    );
    expect(out[0]).toBe(7);
  });
});
