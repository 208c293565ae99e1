/** Tests of truncated normal numbers against PyTorch. */

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ArgumentError } from '../../src/errors.js';
import { erf } from '../../src/kernels/erf.js';
import { type FloatArray, fillTruncNormal } from '../../src/random/distributions.js';
import { Generator } from '../../src/random/generator.js';
import { inverseErfFloat32, inverseErfFloat64 } from '../../src/random/inverse-erf.js';

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
  // torch.manual_seed(seed); torch.nn.init.trunc_normal_(torch.empty(5))
  it.each([
    [
      0,
      [
        -0.008956512436270714, 0.6935495734214783, -1.2415472269058228, -1.0417094230651855,
        -0.4783933460712433,
      ],
    ],
    [
      42,
      [1.1024912595748901, 1.259755253791809, -0.2840305268764496, 1.5415384769439697, -0.265186607837677],
    ],
  ])('draws the float32 numbers of PyTorch, but for rounding, after seed %i', (seed, expected) => {
    const values = truncNormal(new Float32Array(5), seed, 0, 1, -2, 2);
    expected.forEach((value, i) => {
      expect(values[i]).toBeCloseTo(value, 6);
    });
  });

  // torch.manual_seed(seed); torch.nn.init.trunc_normal_(torch.empty(5, dtype=torch.float64), 1, 0.5, 0, 1.2)
  it.each([
    [
      1,
      [0.22834094373698322, 0.5125791473815827, 0.5248010336523659, 0.44799819359007587, 0.8400981932764575],
    ],
    [
      42,
      [0.22068852607156875, 0.2331494797263035, 0.361891842798735, 0.20543759680692752, 0.8149367955669642],
    ],
  ])('draws the float64 numbers of PyTorch, but for rounding, after seed %i', (seed, expected) => {
    const values = truncNormal(new Float64Array(5), seed, 1, 0.5, 0, 1.2);
    expected.forEach((value, i) => {
      expect(values[i]).toBeCloseTo(value, 12);
    });
  });

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
