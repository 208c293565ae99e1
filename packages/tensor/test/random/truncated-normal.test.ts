/** Truncated normal numbers and the error functions that they are made of; `pytorch.test.ts` compares their values. */

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ArgumentError } from '../../src/errors.js';
import { erf, erfFloat32 } from '../../src/kernels/erf.js';
import { type FloatArray, fillTruncNormal } from '../../src/random/distributions.js';
import { Generator } from '../../src/random/generator.js';
import { inverseErfFloat32, inverseErfFloat64 } from '../../src/random/inverse-erf.js';
import { ulpOf } from './fixture.js';

function truncNormal<T extends FloatArray>(
  out: T,
  seed: number,
  mean: number,
  std: number,
  a: number,
  b: number,
): T {
  fillTruncNormal(out, mean, std, a, b, new Generator(seed));
  return out;
}

describe('fillTruncNormal', () => {
  it('stays within its bounds', () => {
    const bound = fc.double({ noNaN: true, min: -5, max: 5 });
    const std = fc.double({ noNaN: true, min: 0.01, max: 10 });
    fc.assert(
      fc.property(fc.nat(), bound, std, bound, bound, fc.boolean(), (seed, mean, scale, c, d, isWide) => {
        const round = isWide ? Number : Math.fround;
        const [a, b] = [round(Math.min(c, d)), round(Math.max(c, d))];
        const out = isWide ? new Float64Array(20) : new Float32Array(20);
        for (const value of truncNormal(out, seed, mean, scale, a, b)) {
          expect(value).toBeGreaterThanOrEqual(a);
          expect(value).toBeLessThanOrEqual(b);
        }
      }),
    );
  });

  it('may be open at one end', () => {
    const values = truncNormal(new Float64Array(500), 1, 0, 1, 0, Infinity);
    expect(values.every((value) => value >= 0 && value < 6)).toBe(true);
    expect(Math.max(...values)).toBeGreaterThan(2);
  });

  it.each([
    [0, 0, -2, 2],
    [0, -1, -2, 2],
    [0, 1, 2, -2],
    [0, 1, Number.NaN, 2],
    [0, 1, -2, Number.NaN],
    [Number.NaN, 1, -2, 2],
    [0, Infinity, -2, 2],
  ])('refuses mean %p, std %p, a %p, b %p', (mean, std, a, b) => {
    const out = Float32Array.of(7);
    expect(() => truncNormal(out, 1, mean, std, a, b)).toThrow(ArgumentError);
    expect(() => truncNormal(out, 1, mean, std, a, b)).toThrow(
      `mean = ${mean}, std = ${std}, a = ${a} and b = ${b}`,
    );
    expect(out[0]).toBe(7);
  });
});

describe('the error function of the C library', () => {
  it.each([
    [0, 0],
    [Infinity, 1],
    [-Infinity, -1],
    [6, 1],
    [Number.NaN, Number.NaN],
  ])('takes %p to %p', (x, y) => {
    expect(erfFloat32(x)).toBe(y);
    expect(erf(x)).toBe(y);
  });

  it('is within 2 units in the last place of the one in float64, from end to end', () => {
    for (let x = -6.5; x < 6.5; x += 0.0037) {
      const narrow = Math.abs(erfFloat32(Math.fround(x)) - erf(Math.fround(x))) / ulpOf(erf(x), 24);
      expect(narrow).toBeLessThanOrEqual(2);
    }
  });

  // erff(x) of glibc 2.36; the float32 that is nearest to erf(x) is a neighbour.
  it.each([
    [0.26358938217163086, 0.2906816005706787],
    [0.7871500253677368, 0.7343766689300537],
    [1.2103136777877808, 0.9130373001098633],
    [1.2138071060180664, 0.9139445424079895],
    [1.2750235795974731, 0.9286361932754517],
    [1.3915094137191772, 0.950919508934021],
  ])('gives for %p the last bit of glibc', (x, y) => {
    expect(Math.fround(erf(x))).not.toBe(y);
    expect(erfFloat32(x)).toBe(y);
    expect(erfFloat32(-x)).toBe(-y);
  });
});

describe('the inverse error function', () => {
  it('undoes the error function', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -2.5, max: 2.5 }), (x) => {
        expect(inverseErfFloat64(erf(x))).toBeCloseTo(x, 11);
      }),
    );
    fc.assert(
      fc.property(fc.float({ noNaN: true, min: Math.fround(-0.99), max: Math.fround(0.99) }), (y) => {
        expect(erf(inverseErfFloat32(y))).toBeCloseTo(y, 6);
      }),
    );
  });

  it.each([
    [0, 0],
    [1, Infinity],
    [-1, -Infinity],
    [1.5, Number.NaN],
    [-2, Number.NaN],
  ])('takes %p to %p', (y, x) => {
    expect(inverseErfFloat32(y)).toBe(x);
    expect(inverseErfFloat64(y)).toBe(x);
  });
});
