/** Tests of normal numbers against PyTorch. */

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ArgumentError } from '../../src/errors.js';
import {
  type FloatArray,
  fillNormal,
  fillRandint,
  fillUniform,
  randomPermutation,
} from '../../src/random/distributions.js';
import { Generator } from '../../src/random/generator.js';
import { digest } from './digest.js';

function normal<T extends FloatArray>(out: T, generator: Generator, mean = 0, std = 1): T {
  fillNormal(out, mean, std, generator);
  return out;
}

/** Where `Math.log` and `Math.cos` take part, the last bits depend on the JavaScript engine. */
function expectClose(actual: FloatArray, expected: readonly number[], digits: number): void {
  expect(actual).toHaveLength(expected.length);
  expected.forEach((value, i) => {
    expect(actual[i]).toBeCloseTo(value, digits);
  });
}

describe('fillNormal of fewer than 16 numbers', () => {
  // torch.manual_seed(seed); torch.randn(3); then the same with dtype=torch.float64
  it.each([
    [0, [1.5409961082440433, -0.2934289057609464, -2.1787893820745574]],
    [1, [0.6613521715704522, 0.2669240982925188, 0.061677258237348306]],
    [42, [0.33669035438385886, 0.1288094051365897, 0.23446236336153173]],
    [123456789, [0.11027837135924265, 2.2007697357432714, -0.8969969383847309]],
  ])('draws the numbers of PyTorch after seed %i', (seed, expected) => {
    expectClose(normal(new Float32Array(3), new Generator(seed)), expected, 6);
    expectClose(normal(new Float64Array(3), new Generator(seed)), expected, 13);
  });

  it('keeps the spare number of a pair for the next call', () => {
    const [split, whole] = [new Generator(3), new Generator(3)];
    const parts = [1, 2, 3, 9].map((length) => normal(new Float32Array(length), split));
    expect(parts.flatMap((part) => Array.from(part))).toEqual(
      Array.from(normal(new Float32Array(15), whole)),
    );
  });

  it('leaves the spare number alone in all other draws, as PyTorch does', () => {
    // torch.manual_seed(42)
    const generator = new Generator(42);
    // torch.randn(3)
    const first = normal(new Float32Array(3), generator);
    expectClose(first, [0.33669036626815796, 0.12880940735340118, 0.23446236550807953], 6);
    // torch.randn(3)
    const second = normal(new Float32Array(3), generator);
    expectClose(second, [0.23033303022384644, -1.1228563785552979, -0.18632829189300537], 6);
    // torch.rand(2)
    const uniforms = new Float32Array(2);
    fillUniform(uniforms, 0, 1, generator);
    expect(Array.from(uniforms)).toEqual([0.8694044351577759, 0.5677152872085571]);
    // torch.randn(2, dtype=torch.float64)
    expectClose(normal(new Float64Array(2), generator), [0.376549125452592, -0.18080879875073785], 13);
    // torch.randint(0, 10, (3,))
    const integers = new Int32Array(3);
    fillRandint(integers, 0, 10, generator);
    expect(Array.from(integers)).toEqual([7, 6, 9]);
    // torch.randn(17)[-2:]
    const block = normal(new Float32Array(17), generator).subarray(-2);
    expect(Array.from(block)).toEqual([1.1789509057998657, -0.43445441126823425]);
    // torch.randn(1)
    expectClose(normal(new Float32Array(1), generator), [0.4527653157711029], 6);
    // torch.randperm(4)
    expect(Array.from(randomPermutation(4, generator))).toEqual([2, 1, 0, 3]);
    // torch.randn(2)
    expectClose(normal(new Float32Array(2), generator), [0.6410111784934998, -0.17354050278663635], 6);
  });
});

describe('fillNormal of 16 numbers and more', () => {
  it('draws the float32 numbers of PyTorch', () => {
    // torch.manual_seed(42); torch.randn(17)
    expect(Array.from(normal(new Float32Array(17), new Generator(42)))).toEqual([
      1.9269152879714966, -0.1595974713563919, -0.4973975419998169, 0.439589262008667, -0.7581311464309692,
      1.078317642211914, 0.8008005619049072, 1.680620551109314, 0.3558599054813385, 1.2964228391647339,
      0.610466480255127, 1.334737777709961, -0.2316243201494217, 0.041759490966796875, -0.2515752911567688,
      0.859858512878418, -0.3097267746925354,
    ]);
  });

  // torch.manual_seed(seed); torch.randn(n) for these n
  it.each([
    [0, { 16: '7648137a31024642', 17: '6d2169852e19b6d1', 31: 'cc1d58695e923901', 1000: '43678415636bbad8' }],
    [1, { 16: '978a88ebb9e4ed7a', 17: '9e976497df1a5075', 31: 'f631e15751bd9cc9', 1000: '5107d171dce8fcf8' }],
    [
      42,
      { 16: 'fc34b516db1204ac', 17: '2ae700cddb7c7bef', 31: '7f2252163c2b02a8', 1000: '13b35fb427f5f8d7' },
    ],
    [123456789, { 16: '379b037272bd3a64', 31: '23fb33ee3c93f31f', 1000: 'a86106da506cb602' }],
  ])('equals PyTorch to the last bit in float32 after seed %i', (seed, expected) => {
    for (const [length, hash] of Object.entries(expected)) {
      expect(digest(normal(new Float32Array(Number(length)), new Generator(seed)))).toBe(hash);
    }
  });

  // torch.manual_seed(seed); torch.randn(65537); torch.empty(65537).normal_(0.5, 0.02)
  it.each([
    [0, 'bc92206b52d4f366', 'a594bccb89ebe6a3'],
    [1, 'e3ed7f743323a88a', '520e21021025b687'],
    [42, '4be05e8c4ac3cf18', '8fd2e90516d2b9ba'],
    [123456789, 'db24e7ea6ed6fdc8', '72b8a62e7e477e86'],
  ])('draws 65537 float32 numbers, equal to the last bit, after seed %i', (seed, standard, scaled) => {
    expect(digest(normal(new Float32Array(65537), new Generator(seed)))).toBe(standard);
    expect(digest(normal(new Float32Array(65537), new Generator(seed), 0.5, 0.02))).toBe(scaled);
  });

  it('draws the float64 numbers of PyTorch', () => {
    // torch.manual_seed(42); torch.randn(17, dtype=torch.float64)
    expectClose(
      normal(new Float64Array(17), new Generator(42)),
      [
        0.2995562877502637, 1.504572275678796, 1.2715909667771088, 0.618669993885617, -0.03720300727052493,
        1.0352472972512925, -0.010085521702337353, 0.08948016046560357, 0.038435238263354446,
        0.3900034836035703, -0.5798414554742108, 0.875893884648022, 0.39238484373268534, 1.108461181451433,
        0.8651734647119074, 0.855215961472287, 0.2494118796915765,
      ],
      13,
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
