/** Tests of 16-bit floats against values from IEEE 754 and PyTorch. */
import { describe, expect, it } from '@jest/globals';
import { narrowToBF16, narrowToF16, widenBF16, widenF16 } from '../../src/safetensors/half.js';

const all = Uint16Array.from({ length: 2 ** 16 }, (_, i) => i);
const f16 = (value: number) => narrowToF16(Float32Array.of(value))[0];
const bf16 = (value: number) => narrowToBF16(Float32Array.of(value))[0];

/** A half as its definition says: sign, exponent, fraction. */
function defined(half: number, exponentBits: number): number {
  const fractionBits = 15 - exponentBits;
  const sign = half >> 15 ? -1 : 1;
  const exponent = (half >> fractionBits) & (2 ** exponentBits - 1);
  const fraction = (half & (2 ** fractionBits - 1)) / 2 ** fractionBits;
  const bias = 2 ** (exponentBits - 1) - 1;
  if (exponent === 2 ** exponentBits - 1)
    return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** (1 - bias);
  return sign * (1 + fraction) * 2 ** (exponent - bias);
}

describe.each([
  ['F16', widenF16, narrowToF16, 5],
  ['BF16', widenBF16, narrowToBF16, 8],
] as const)('%s', (_, widen, narrow, exponentBits) => {
  const wide = widen(all);

  it('is widened to the value that its bits are defined as, for all 65536 of them', () => {
    expect(Object.is(wide[0x8000], -0)).toBe(true);
    const wrong = all.filter((half) => !Object.is(wide[half], Math.fround(defined(half, exponentBits))));
    expect([...wrong]).toEqual([]);
  });

  it('comes back from float32 with the same bits, but that NaN becomes quiet', () => {
    const back = narrow(wide);
    const changed = all.filter((half) => back[half] !== half);
    expect(changed.every((half) => Number.isNaN(wide[half]))).toBe(true);
    expect(
      back.every((half, i) => Number.isNaN(widen(Uint16Array.of(half))[0]) === Number.isNaN(wide[i])),
    ).toBe(true);
  });

  it('is the nearest one, and at a tie the one whose last bit is 0', () => {
    const positive = [...all.subarray(0, 0x7fff)].filter((half) => Number.isFinite(wide[half + 1] as number));
    const wrong = positive.filter((half) => {
      const [low, high] = [wide[half] as number, wide[half + 1] as number];
      const middle = Float32Array.of((low + high) / 2);
      const bits = new Uint32Array(middle.buffer)[0] as number;
      const around = new Float32Array(Uint32Array.of(bits - 1, bits, bits + 1).buffer);
      const [below, tie, above] = narrow(around);
      return below !== half || tie !== half + (half & 1) || above !== half + 1;
    });
    expect(wrong).toEqual([]);
  });
});

describe('the edges', () => {
  it('of F16: 65520 is the first that is infinite, 2^-25 the last that is 0', () => {
    expect(f16(65504)).toBe(0x7bff);
    expect(f16(65519.996)).toBe(0x7bff);
    expect(f16(65520)).toBe(0x7c00);
    expect(f16(-1e30)).toBe(0xfc00);
    expect(f16(2 ** -25)).toBe(0);
    expect(f16(2 ** -25 * 1.0001)).toBe(1);
    expect(f16(-(2 ** -26))).toBe(0x8000);
    expect(f16(6.0975552e-5)).toBe(0x3ff);
    expect(f16(6.103e-5)).toBe(0x400);
  });

  it('of BF16: what rounds above the largest is infinite', () => {
    expect(bf16(3.3895314e38)).toBe(0x7f7f);
    expect(bf16(3.4028235e38)).toBe(0x7f80);
    expect(bf16(1e-45)).toBe(0);
  });

  it('NaN is quiet, and infinities stay infinite', () => {
    expect([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map(f16)).toEqual([
      0x7e00, 0x7c00, 0xfc00,
    ]);
    expect([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map(bf16)).toEqual([
      0x7fc0, 0x7f80, 0xff80,
    ]);
  });

  it('a NaN of which only low bits are set stays one', () => {
    const almostInfinite = new Float32Array(Uint32Array.of(0x7f800001).buffer);
    expect(narrowToF16(almostInfinite)[0]).toBe(0x7e00);
    expect(narrowToBF16(almostInfinite)[0]).toBe(0x7fc0);
  });
});
