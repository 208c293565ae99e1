/** The arithmetic of the two floating-point formats, for formulas whose last bits depend on every single rounding. */

import { fmaFloat32, fmaFloat64 } from './fused-multiply-add.js';

/** The operations of one floating-point format. */
export interface Arithmetic {
  /** The nearest value of the format. */
  readonly round: (x: number) => number;
  /** `a * b + c`, rounded once. */
  readonly fma: (a: number, b: number, c: number) => number;
  /** `x` cut down to so few leading bits that its square is exact. */
  readonly shortened: (x: number) => number;
}

const single = new Float32Array(1);
const singleBits = new Uint32Array(single.buffer);
const double = new Float64Array(1);
const doubleBits = new BigUint64Array(double.buffer);

export const FLOAT32: Arithmetic = {
  round: Math.fround,
  fma: fmaFloat32,
  shortened(x) {
    single[0] = x;
    singleBits[0] = (singleBits[0] as number) & 0xfffff000;
    return single[0];
  },
};

export const FLOAT64: Arithmetic = {
  round: Number,
  fma: fmaFloat64,
  shortened(x) {
    double[0] = x;
    doubleBits[0] = (doubleBits[0] as bigint) & 0xffffffff00000000n;
    return double[0];
  },
};

/** Horner's scheme, the coefficients from the highest power down; `fma` takes each step. */
export function polynomial(
  coefficients: readonly number[],
  { round, fma }: Pick<Arithmetic, 'round' | 'fma'>,
): (x: number) => number {
  const [leading = 0, ...others] = coefficients.map(round);
  return (x) => {
    let sum = leading;
    for (const coefficient of others) sum = fma(sum, x, coefficient);
    return sum;
  };
}
