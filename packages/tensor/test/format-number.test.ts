/** Numbers as text, compared with what Python's `format` writes. */
import { describe, expect, it } from '@jest/globals';
import { formatFixed, formatScientific } from '../src/format-number.js';

describe('numbers round exactly, ties to even, as in Python', () => {
  it.each<[number, number, string]>([
    [0.5, 0, '0'],
    [1.5, 0, '2'],
    [-0.03125, 4, '-0.0312'],
    [1e23, 0, '99999999999999991611392'],
    [-1e-7, 2, '-0.00'],
    [5e-324, 3, '0.000'],
    [12, 2, '12.00'],
  ])('formatFixed(%d, %d) is %s', (value, digits, text) => {
    expect(formatFixed(value, digits)).toBe(text);
  });

  it.each<[number, number, string]>([
    [0, 4, '0.0000e+00'],
    [2.5, 0, '2e+00'],
    [9.5, 0, '1e+01'],
    [1e23, 20, '9.99999999999999916114e+22'],
    [9.99995, 4, '1.0000e+01'],
    [9.9999999, 4, '1.0000e+01'],
    [-5e-324, 2, '-4.94e-324'],
    [1.5e-7, 1, '1.5e-07'],
  ])('formatScientific(%d, %d) is %s', (value, digits, text) => {
    expect(formatScientific(value, digits)).toBe(text);
  });
});
