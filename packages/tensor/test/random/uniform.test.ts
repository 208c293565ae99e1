/** Uniform numbers: their bounds; `pytorch.test.ts` compares their values. */

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ArgumentError } from '../../src/errors.js';
import { type FloatArray, fillUniform } from '../../src/random/distributions.js';
import { Generator } from '../../src/random/generator.js';

function uniform<T extends FloatArray>(out: T, seed: number, from = 0, to = 1): T {
  fillUniform(out, from, to, new Generator(seed));
  return out;
}

describe('fillUniform', () => {
  it('stays within its bounds', () => {
    const bound = fc.float({ noNaN: true, min: Math.fround(-1e30), max: Math.fround(1e30) });
    fc.assert(
      fc.property(fc.nat(), bound, bound, fc.boolean(), (seed, a, b, isWide) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        const out = isWide ? new Float64Array(50) : new Float32Array(50);
        for (const value of uniform(out, seed, from, to)) {
          expect(value).toBeGreaterThanOrEqual(from);
          expect(value).toBeLessThanOrEqual(to);
        }
      }),
    );
  });

  it('fills nothing without drawing', () => {
    const generator = new Generator(1);
    fillUniform(new Float32Array(0), 0, 1, generator);
    expect(generator.random()).toBe(new Generator(1).random());
  });

  it.each([
    [1, 0],
    [Number.NaN, 1],
    [0, Number.NaN],
    [-Infinity, 0],
    [0, Infinity],
    [Infinity, Infinity],
    [-3e38, 3e38],
  ])('refuses the interval from %p to %p', (from, to) => {
    const out = Float32Array.of(7);
    expect(() => uniform(out, 1, from, to)).toThrow(ArgumentError);
    expect(() => uniform(out, 1, from, to)).toThrow(
      `uniform: no interval of float32 goes from ${from} to ${to}`,
    );
    expect(out[0]).toBe(7);
  });

  it('accepts in float64 an interval that is too wide for float32', () => {
    expect(Number.isFinite(uniform(new Float64Array(1), 1, -3e38, 3e38)[0])).toBe(true);
  });
});
