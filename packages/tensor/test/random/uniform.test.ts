/** Tests of uniform numbers against PyTorch. */

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ArgumentError } from '../../src/errors.js';
import { type FloatArray, fillUniform } from '../../src/random/distributions.js';
import { Generator } from '../../src/random/generator.js';
import { digest } from './digest.js';

function uniform<T extends FloatArray>(out: T, seed: number, from = 0, to = 1): T {
  fillUniform(out, from, to, new Generator(seed));
  return out;
}

describe('fillUniform', () => {
  // torch.manual_seed(seed); torch.rand(3); torch.empty(3).uniform_(-0.3, 0.77)
  it.each([
    [
      0,
      [0.49625658988952637, 0.7682217955589294, 0.08847743272781372],
      [0.23099450767040253, 0.5219972729682922, -0.20532916486263275],
    ],
    [
      42,
      [0.8822692632675171, 0.9150039553642273, 0.38286375999450684],
      [0.6440280675888062, 0.6790541410446167, 0.109664186835289],
    ],
  ])('draws the float32 numbers of PyTorch after seed %i', (seed, unit, bounded) => {
    expect(Array.from(uniform(new Float32Array(3), seed))).toEqual(unit);
    expect(Array.from(uniform(new Float32Array(3), seed, -0.3, 0.77))).toEqual(bounded);
  });

  it('draws the float64 numbers of PyTorch', () => {
    // torch.manual_seed(42); torch.rand(3, dtype=torch.float64)
    const expected = [0.05815448596142969, 0.06291016742457756, 0.12358607277440903];
    expect(Array.from(uniform(new Float64Array(3), 42))).toEqual(expected);
  });

  // torch.manual_seed(seed); torch.rand(65537); torch.empty(65537).uniform_(-0.3, 0.77)
  it.each([
    [0, 'e66d1c984df0a466', '8ba51543d4da2276'],
    [1, 'cbb459cf25f63091', 'f0de4a0d6046a1fa'],
    [42, '0d7a34be58524090', '99db94be95e7f514'],
    [123456789, '9b2df0f2a1df3fd2', '3609357c845376d2'],
  ])('draws 65537 float32 numbers, equal to the last bit, after seed %i', (seed, unit, bounded) => {
    expect(digest(uniform(new Float32Array(65537), seed))).toBe(unit);
    expect(digest(uniform(new Float32Array(65537), seed, -0.3, 0.77))).toBe(bounded);
  });

  // torch.manual_seed(seed); torch.rand(65537, dtype=torch.float64); torch.empty(...).uniform_(-0.3, 0.77)
  it.each([
    [0, '382ae3badc897c3c', 'effd3f9f7709d981'],
    [123456789, 'f8c25ef1e04cb4b3', '9c97614f9ad08902'],
  ])('draws 65537 float64 numbers, equal to the last bit, after seed %i', (seed, unit, bounded) => {
    expect(digest(uniform(new Float64Array(65537), seed))).toBe(unit);
    expect(digest(uniform(new Float64Array(65537), seed, -0.3, 0.77))).toBe(bounded);
  });

  it('initialises a linear layer as PyTorch does', () => {
    // torch.manual_seed(42); layer = torch.nn.Linear(3, 2): weight, then bias, within 1 / sqrt(3)
    const generator = new Generator(42);
    const [weight, bias] = [new Float32Array(6), new Float32Array(2)];
    const bound = 1 / Math.sqrt(3);
    fillUniform(weight, -bound, bound, generator);
    fillUniform(bias, -bound, bound, generator);
    expect(Array.from(weight)).toEqual([
      0.4414065182209015, 0.47920528054237366, -0.1352572739124298, 0.5303604602813721, -0.1264995038509369,
      0.11650390923023224,
    ]);
    expect(Array.from(bias)).toEqual([-0.28108587861061096, 0.3390677869319916]);
  });

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
