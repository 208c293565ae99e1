// The natural logarithm of one number in double precision, for sums of exponentials.

const SQRT2: f64 = 1.4142135623730951;
const LN2: f64 = 0.6931471805599453;

/**
 * log(x) of a normal number, of 0, of infinity or of NaN. With x = 2^k m, sqrt(1/2) <= m < sqrt(2) and f = (m - 1) / (m + 1) it is
 * k log(2) + 2 (f + f^3 / 3 + f^5 / 5 + ...), and as |f| is at most 0.1716, the terms up to f^21 / 21 are enough.
 */
export function logarithm(x: f64): f64 {
  if (!(x > 0 && x < Infinity)) return x == 0 ? -Infinity : x + 0;
  const bits = reinterpret<u64>(x);
  let k = <i32>(bits >> 52) - 1023;
  let m = reinterpret<f64>((bits & 0x000fffffffffffff) | 0x3ff0000000000000);
  if (m >= SQRT2) {
    m *= 0.5;
    k++;
  }
  const f = (m - 1) / (m + 1);
  const square = f * f;
  let series: f64 = 0;
  for (let n = 21; n >= 3; n -= 2) series = (series + 1 / <f64>n) * square;
  return <f64>k * LN2 + 2 * (f + f * series);
}
