/** Tests of random integers, permutations and coin flips against PyTorch. */

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { TypedArray } from '../../src/dtype.js';
import { ArgumentError } from '../../src/errors.js';
import { fillBernoulli, fillRandint, randomPermutation } from '../../src/random/distributions.js';
import { Generator } from '../../src/random/generator.js';
import { digest } from './digest.js';

function randint<T extends TypedArray>(out: T, seed: number, low: number, high: number): T {
  fillRandint(out, low, high, new Generator(seed));
  return out;
}

function bernoulli<T extends TypedArray>(out: T, seed: number, p: number): T {
  fillBernoulli(out, p, new Generator(seed));
  return out;
}

describe('fillRandint', () => {
  it('draws the integers of PyTorch into every dtype', () => {
    // torch.manual_seed(42); torch.randint(-5, 1000, (7,), dtype=dtype)
    const expected = [367, 537, 11, 779, 781, 900, 485];
    for (const out of [new Int32Array(7), new Float32Array(7), new Float64Array(7)]) {
      expect(Array.from(randint(out, 42, -5, 1000))).toEqual(expected);
    }
  });

  // torch.manual_seed(seed); torch.randint(-5, 1000, (65537,), dtype=torch.int32), then from -2**31 to 2**31
  it.each([
    [0, '955b237d0a5e432e', '54fa96c6becaa729'],
    [1, 'fe6d34de72966a8c', '1a2dcabf3876c6d8'],
    [42, 'ceae98c84f3d35d8', '69b1a1874dd33f71'],
    [123456789, 'fa1cb0a596cb8a30', '28bb390e7516741c'],
  ])('draws 65537 integers of PyTorch after seed %i', (seed, narrow, full) => {
    expect(digest(randint(new Int32Array(65537), seed, -5, 1000))).toBe(narrow);
    expect(digest(randint(new Int32Array(65537), seed, -(2 ** 31), 2 ** 31))).toBe(full);
  });

  // torch.manual_seed(seed); torch.randint(1 - 2**53, 2**53, (1000,), dtype=torch.float64)
  it.each([
    [0, 'b3a572a0bfd6843b'],
    [42, '97b513fd89d85c30'],
  ])('draws wide integers from 64 bits after seed %i', (seed, expected) => {
    expect(digest(randint(new Float64Array(1000), seed, 1 - 2 ** 53, 2 ** 53))).toBe(expected);
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
  // torch.manual_seed(seed); torch.randperm(7); torch.randperm(65537, dtype=torch.int32) after the same seed
  it.each([
    [0, [4, 0, 5, 3, 2, 6, 1], '514480b2e512ddce'],
    [1, [0, 6, 1, 3, 5, 2, 4], 'bff26dd004b8a70d'],
    [42, [1, 6, 3, 5, 4, 0, 2], '3b73bcb5ce1915a9'],
    [123456789, [5, 0, 2, 4, 3, 6, 1], '9bdc76c32a41c2e5'],
  ])('is that of PyTorch after seed %i', (seed, short, long) => {
    expect(Array.from(randomPermutation(7, new Generator(seed)))).toEqual(short);
    expect(digest(randomPermutation(65537, new Generator(seed)))).toBe(long);
  });

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
  it('flips the coins of PyTorch into every dtype', () => {
    // torch.manual_seed(42); torch.empty(16, dtype=dtype).bernoulli_(0.3)
    const expected = [1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0];
    for (const out of [new Uint8Array(16), new Int32Array(16), new Float32Array(16), new Float64Array(16)]) {
      expect(Array.from(bernoulli(out, 42, 0.3))).toEqual(expected);
    }
  });

  // torch.manual_seed(seed); torch.empty(65537, dtype=torch.bool).bernoulli_(0.3)
  it.each([
    [0, '4a7fdaf71aded6f1'],
    [1, '6140c9a6080df4b3'],
    [42, 'f42b847859f0ab8d'],
    [123456789, '7ab2ac2d75f60bbf'],
  ])('flips 65537 coins of PyTorch after seed %i', (seed, expected) => {
    expect(digest(bernoulli(new Uint8Array(65537), seed, 0.3))).toBe(expected);
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
