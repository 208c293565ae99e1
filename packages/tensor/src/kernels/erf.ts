/** The error function in double precision. */

/**
 * erf(x) = 2 / sqrt(pi) * integral from 0 to x of exp(-t^2) dt, with a relative error below 6e-16 (5 ulp).
 *
 * Below 2 by the series of Abramowitz and Stegun 7.1.6, whose terms are all positive and so cancel nothing; above by
 * the continued fraction 7.1.14 of erfc. Both are evaluated from the tail, which keeps rounding errors from piling up.
 */
export function erf(x: number): number {
  const z = Math.abs(x);
  if (z > 6) return Math.sign(x);
  if (!(z > 2)) return x * TWO_OVER_SQRT_PI * Math.exp(-x * x) * series(2 * x * x);
  return Math.sign(x) * (1 - (Math.exp(-z * z) / SQRT_PI) * continuedFraction(z));
}

const SQRT_PI = Math.sqrt(Math.PI);
const TWO_OVER_SQRT_PI = 2 / SQRT_PI;

/** The sum of t^n / (1 * 3 * ... * (2 n + 1)); 10 terms and 4 more for each unit of t are enough up to t = 8. */
function series(t: number): number {
  let sum = 1;
  for (let n = Math.ceil(10 + 4 * t); n > 0; n--) sum = 1 + (sum * t) / (2 * n + 1);
  return sum;
}

/** 1 / (z + (1/2) / (z + 1 / (z + (3/2) / (z + ...)))); 40 levels are enough for z above 2. */
function continuedFraction(z: number): number {
  let tail = z;
  for (let n = 40; n > 0; n--) tail = z + n / 2 / tail;
  return 1 / tail;
}
