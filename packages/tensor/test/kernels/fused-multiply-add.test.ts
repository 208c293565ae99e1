/** Tests of multiplication and addition with a single rounding, against exact arithmetic. */

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fmaFloat32, fmaFloat64 } from '../../src/kernels/fused-multiply-add.js';

/** `value * 2^252`, exactly: no bit of the values in these tests stands for less than 2^-252. */
function fixed(value: number): bigint {
  return BigInt(value * 2 ** 252);
}

/** The distance of `candidate` from `a * b + c`, exactly, in units of 2^-504. */
function distance(candidate: number, a: number, b: number, c: number): bigint {
  const difference = ((fixed(candidate) - fixed(c)) << 252n) - fixed(a) * fixed(b);
  return difference < 0n ? -difference : difference;
}

/** Whether neither neighbour, `ulp` away, is nearer, and no tie is broken to an odd significand. */
function isNearest(result: number, ulp: number, a: number, b: number, c: number): boolean {
  const own = distance(result, a, b, c);
  return [result - ulp, result + ulp].every((other) => {
    const theirs = distance(other, a, b, c);
    return own < theirs || (own === theirs && (result / ulp) % 2 === 0);
  });
}

/** The distance of the numbers around `x` in a format with that many significant bits. */
function ulpOf(x: number, bits: number): number {
  return 2 ** (Math.floor(Math.log2(Math.abs(x))) + 1 - bits);
}

/** Integers of the full width over a power of two: their products and sums are inexact, and close to ties. */
function significands(bits: number): fc.Arbitrary<number> {
  const integer = fc.bigInt({ min: -(2n ** BigInt(bits)) + 1n, max: 2n ** BigInt(bits) - 1n });
  return fc.tuple(integer, fc.integer({ min: -40, max: 10 })).map(([n, e]) => Number(n) * 2 ** (e - bits));
}

describe('fmaFloat32', () => {
  it('rounds the exact result once', () => {
    const value = significands(24);
    fc.assert(
      fc.property(value, value, value, (a, b, c) => {
        const result = fmaFloat32(a, b, c);
        expect(Math.fround(result)).toBe(result);
        fc.pre(result !== 0);
        // Below a power of two the neighbours are nearer; the lower ulp serves for both sides there.
        expect(isNearest(result, ulpOf(result, 24), a, b, c)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('breaks a tie by what the intermediate rounding lost', () => {
    const ulp = 2 ** -23;
    // The product is half an ulp of 1, less 2^-70. With 1 + ulp, float64 sees the middle between two float32 values.
    const [a, b] = [2 ** -24 * (1 + ulp), 1 - ulp];
    expect(Math.fround(a * b + 1 + ulp)).toBe(1 + 2 * ulp);
    expect(fmaFloat32(a, b, 1 + ulp)).toBe(1 + ulp);
    expect(Math.fround(-a * b + (1 + ulp))).toBe(1);
    expect(fmaFloat32(-a, b, 1 + ulp)).toBe(1 + ulp);
  });

  it('rounds an exact tie to even', () => {
    const ulp = 2 ** -23;
    expect(fmaFloat32(0.5, ulp, 1)).toBe(1);
    expect(fmaFloat32(0.5, ulp, 1 + ulp)).toBe(1 + 2 * ulp);
  });
});

describe('fmaFloat64', () => {
  it('rounds the exact result once', () => {
    const value = significands(53);
    fc.assert(
      fc.property(value, value, value, (a, b, c) => {
        const result = fmaFloat64(a, b, c);
        fc.pre(result !== 0);
        expect(isNearest(result, ulpOf(result, 53), a, b, c)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('sees what a rounded product loses', () => {
    const x = 1 + 2 ** -52;
    expect(fmaFloat64(x, x, -(x * x))).toBe(2 ** -104);
  });
});
