/** The inverse of the error function, step by step as PyTorch's `erfinv` computes it in float32 and in float64. */

import { erf } from '../kernels/erf.js';
import { fmaFloat32, fmaFloat64 } from './fused-multiply-add.js';

/** The operations of one floating-point format. */
export interface Arithmetic {
  /** The nearest value of the format. */
  readonly round: (x: number) => number;
  /** `a * b + c`, rounded once. */
  readonly fma: (a: number, b: number, c: number) => number;
}

export const FLOAT32: Arithmetic = { round: Math.fround, fma: fmaFloat32 };
export const FLOAT64: Arithmetic = { round: (x) => x, fma: fmaFloat64 };

// The rational approximations of Pavlis (1996), from the highest power down.
const CENTRAL_NUMERATOR = [-0.140543331, 0.914624893, -1.645349621, 0.886226899];
const CENTRAL_DENOMINATOR = [0.012229801, -0.329097515, 1.442710462, -2.118377725, 1];
const TAIL_NUMERATOR = [1.641345311, 3.429567803, -1.624906493, -1.970840454];
const TAIL_DENOMINATOR = [1.6370678, 3.5438892, 1];
const CENTRAL_RANGE = 0.7;

/** The x with erf(x) = y: a rational approximation, then two steps of Newton's method. NaN where |y| > 1. */
export function inverseErf(y: number, arithmetic: Arithmetic): number {
  if (Math.abs(y) === 1) return y * Infinity;
  const guess = approximation(y, arithmetic);
  return newtonStep(newtonStep(guess, y, arithmetic), y, arithmetic);
}

function approximation(y: number, arithmetic: Arithmetic): number {
  const { round } = arithmetic;
  if (Math.abs(y) <= round(CENTRAL_RANGE)) {
    const z = round(y * y);
    const numerator = polynomial(CENTRAL_NUMERATOR, z, arithmetic);
    return round(round(y * numerator) / polynomial(CENTRAL_DENOMINATOR, z, arithmetic));
  }
  const z = round(Math.sqrt(-round(Math.log(round(1 - Math.abs(y)) / 2))));
  const numerator = polynomial(TAIL_NUMERATOR, z, arithmetic);
  return Math.sign(y) * round(numerator / polynomial(TAIL_DENOMINATOR, z, arithmetic));
}

/** x - (erf(x) - y) / erf'(x). */
function newtonStep(x: number, y: number, { round }: Arithmetic): number {
  const slope = round(round(2 / round(Math.sqrt(Math.PI))) * round(Math.exp(-round(x * x))));
  return round(x - round(round(round(erf(x)) - y) / slope));
}

/** Horner's scheme, one fused step per coefficient. */
function polynomial(coefficients: readonly number[], z: number, { round, fma }: Arithmetic): number {
  return coefficients.map(round).reduce((sum, coefficient) => fma(sum, z, coefficient));
}
