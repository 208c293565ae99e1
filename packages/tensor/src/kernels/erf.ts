/** The error function in double precision. */

/**
 * erf(x) = 2 / sqrt(pi) * integral from 0 to x of exp(-t^2) dt, within a few ulp of double precision.
 *
 * Below 2 by the series of Abramowitz and Stegun 7.1.6, whose terms are all positive and so cancel nothing; above by
 * the continued fraction 7.1.14 of erfc, evaluated from the tail.
 */
export function erf(x: number): number {
  const z = Math.abs(x);
  if (z > 6) return Math.sign(x);
  if (!(z > 2)) return x * TWO_OVER_SQRT_PI * Math.exp(-x * x) * series(x * x);
  return Math.sign(x) * (1 - (Math.exp(-z * z) / SQRT_PI) * continuedFraction(z));
}

const SQRT_PI = Math.sqrt(Math.PI);
const TWO_OVER_SQRT_PI = 2 / SQRT_PI;

/** sum of (2 z)^n / (1 * 3 * ... * (2 n + 1)) with z = x^2, until a term no longer counts. */
function series(xx: number): number {
  let term = 1;
  let sum = 1;
  for (let n = 1; term > 1e-17 * sum; n++) {
    term *= (2 * xx) / (2 * n + 1);
    sum += term;
  }
  return sum;
}

/** 1 / (z + (1/2) / (z + 1 / (z + (3/2) / (z + ...)))); 40 levels are enough for z above 2. */
function continuedFraction(z: number): number {
  let tail = z;
  for (let n = 40; n > 0; n--) tail = z + n / 2 / tail;
  return 1 / tail;
}
