/** The error function against values computed with 40 digits by mpmath. */
import { describe, expect, it } from '@jest/globals';
import { erf } from '../../src/kernels/erf.js';

/** x and mpmath.erf(x): small, in each of the ranges that have an approximation of their own, and in the tail. */
const VALUES: readonly (readonly [x: number, erf: number])[] = [
  [1e-300, 1.1283791670955126e-300],
  [1e-8, 1.1283791670955126e-8],
  [0.1, 0.1124629160182849],
  [0.5, 0.5204998778130465],
  [0.9, 0.7969082124228322],
  [1, 0.8427007929497149],
  [1.3, 0.9340079449406524],
  [1.65, 0.9803755850233603],
  [1.8322383801918478, 0.9904351541335834],
  [1.99, 0.995111413199617],
  [2, 0.9953222650189527],
  [2.0000001, 0.9953222670856509],
  [2.5, 0.999593047982555],
  [3, 0.9999779095030014],
  [4, 0.9999999845827421],
  [5.5, 0.9999999999999927],
  [6, 1],
  [100, 1],
];

describe('erf', () => {
  it.each(VALUES)('of %d is %d with a relative error below 3e-16', (x, value) => {
    expect(Math.abs(erf(x) / value - 1)).toBeLessThan(3e-16);
  });

  it('is odd', () => {
    for (const [x] of VALUES) expect(erf(-x)).toBe(-erf(x));
    expect([erf(0), erf(-0)]).toEqual([0, -0]);
  });

  it('has the limits -1 and 1, and keeps NaN', () => {
    expect([erf(-Infinity), erf(Infinity), erf(NaN)]).toEqual([-1, 1, NaN]);
  });

  it('never falls', () => {
    const steps = Array.from({ length: 700 }, (_, i) => erf(i / 100));
    for (let i = 1; i < steps.length; i++) expect(steps[i]).toBeGreaterThanOrEqual(steps[i - 1]!);
  });
});
