/** The inverse of the error function, step by step as PyTorch's `erfinv` computes it in float32 and in float64. */

import { type Arithmetic, FLOAT32, FLOAT64, polynomial } from '../kernels/arithmetic.js';
import { erf, erfFloat32 } from '../kernels/erf.js';

// The rational approximations of Pavlis (1996), from the highest power down.
const CENTRAL_NUMERATOR = [-0.140543331, 0.914624893, -1.645349621, 0.886226899];
const CENTRAL_DENOMINATOR = [0.012229801, -0.329097515, 1.442710462, -2.118377725, 1];
const TAIL_NUMERATOR = [1.641345311, 3.429567803, -1.624906493, -1.970840454];
const TAIL_DENOMINATOR = [1.6370678, 3.5438892, 1];
const CENTRAL_RANGE = 0.7;

/** The float32 x with erf(x) = y, NaN where |y| > 1. */
export const inverseErfFloat32 = inverseErf(FLOAT32, erfFloat32);

/** The float64 x with erf(x) = y, NaN where |y| > 1. */
export const inverseErfFloat64 = inverseErf(FLOAT64, erf);

/** Builds the function: a rational approximation, then two steps of Newton's method. */
function inverseErf(arithmetic: Arithmetic, erf: (x: number) => number): (y: number) => number {
  const { round } = arithmetic;
  const centralRange = round(CENTRAL_RANGE);
  const central = quotient(CENTRAL_NUMERATOR, CENTRAL_DENOMINATOR, arithmetic);
  const tail = quotient(TAIL_NUMERATOR, TAIL_DENOMINATOR, arithmetic);
  const slopeAtZero = round(2 / round(Math.sqrt(Math.PI)));

  const approximation = (y: number) => {
    if (Math.abs(y) <= centralRange) return central(round(y * y), y);
    const z = round(Math.sqrt(-round(Math.log(round(1 - Math.abs(y)) / 2))));
    return tail(z, Math.sign(y));
  };
  const newtonStep = (x: number, y: number) => {
    const slope = round(slopeAtZero * round(Math.exp(-round(x * x))));
    return round(x - round(round(erf(x) - y) / slope));
  };
  return (y) => (Math.abs(y) === 1 ? y * Infinity : newtonStep(newtonStep(approximation(y), y), y));
}

/** `factor * numerator(z) / denominator(z)` as a function of `z` and `factor`. */
function quotient(numerator: readonly number[], denominator: readonly number[], arithmetic: Arithmetic) {
  const { round } = arithmetic;
  const top = polynomial(numerator, arithmetic);
  const bottom = polynomial(denominator, arithmetic);
  return (z: number, factor: number) => round(round(factor * top(z)) / bottom(z));
}
