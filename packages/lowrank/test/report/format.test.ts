/** How numbers are written in the report. */

import { describe, expect, it } from '@jest/globals';
import * as format from '../../src/report/format.js';

/** Thin spaces are hard to tell from others in a test. */
const spaced = (text: string) => text.replaceAll('\u202f', ' ');

describe('numbers in the report', () => {
  it.each([
    [format.integer(92_672), '92,672'],
    [format.percent(0.979), '97.90 %'],
    [format.percent(0.011_838, 3), '1.184 %'],
    [format.signed(-1_060), '−1,060'],
    [format.signed(3), '+3'],
    [format.signed(0), '±0'],
    [format.plural(1, 'image'), '1 image'],
    [format.plural(10_000, 'image'), '10,000 images'],
    [format.bytes(0), '0 B'],
    [format.bytes(999), '999 B'],
    [format.bytes(1_000), '1.00 kB'],
    [format.bytes(454_792), '455 kB'],
    [format.bytes(47_040_016), '47.0 MB'],
    [format.bytes(5e12), '5,000 GB'],
    [format.duration(0.31), '0.3 s'],
    [format.duration(59.9), '59.9 s'],
    [format.duration(60), '1 min 0 s'],
    [format.duration(119.7), '2 min 0 s'],
    [format.duration(7_384), '123 min 4 s'],
    [format.significant(0.031_24), '0.0312'],
    [format.scientific(1.907e-6), '1.9 × 10⁻⁶'],
    [format.scientific(12_345), '1.2 × 10⁴'],
    [format.scientific(0), '0'],
    [format.shape([32, 1, 3, 3]), '[32, 1, 3, 3]'],
    [format.shape(null), '–'],
    [format.moment('2026-01-02T03:04:05.678Z'), '2026-01-02 03:04 UTC'],
    [format.moment('not a time'), 'not a time'],
  ])('%p is written %p', (written, expected) => {
    expect(spaced(written)).toBe(expected);
  });

  it('writes what is not a number as a dash, also when it went through JSON', () => {
    const gone = JSON.parse(JSON.stringify(Number.NaN)) as number;
    for (const write of [format.integer, format.percent, format.signed, format.bytes, format.duration]) {
      expect([write(Number.NaN), write(Number.POSITIVE_INFINITY), write(gone)]).toEqual(['–', '–', '–']);
    }
    expect([format.significant(gone), format.scientific(Number.NaN), format.scientific(gone)]).toEqual([
      '–',
      '–',
      '–',
    ]);
  });
});
