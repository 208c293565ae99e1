/** Numbers as decimal text, rounded the way Python's `format` and C's `printf` round: exactly, ties to even. */

/**
 * `value` with exactly `digits` decimals, like Python's `f'{value:.{digits}f}'`.
 *
 * `Number.prototype.toFixed` will not do: it rounds ties away from zero (0.03125 with 4 decimals is
 * 0.0312 to Python and 0.0313 to JavaScript), drops the sign of -0 and gives up at 1e21.
 */
export function formatFixed(value: number, digits: number): string {
  if (!Number.isFinite(value)) return formatNonFinite(value);
  const scaled = timesPowerOfTen(Math.abs(value), digits)
    .toString()
    .padStart(digits + 1, '0');
  const point = scaled.length - digits;
  return signOf(value) + joinDecimals(scaled.slice(0, point), scaled.slice(point));
}

/** `value` in scientific notation with `digits` decimals, like Python's `f'{value:.{digits}e}'`. */
export function formatScientific(value: number, digits: number): string {
  if (!Number.isFinite(value)) return formatNonFinite(value);
  const magnitude = Math.abs(value);
  // Of toExponential only the exponent is safe to use. Ties to even agree with it even where rounding
  // carries into a new digit, because 99...9 is odd.
  const exponent = Number(magnitude.toExponential(digits).split('e')[1]);
  const scaled = timesPowerOfTen(magnitude, digits - exponent)
    .toString()
    .padEnd(digits + 1, '0');
  const exponentText = `${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  return `${signOf(value)}${joinDecimals(scaled.slice(0, 1), scaled.slice(1))}e${exponentText}`;
}

function formatNonFinite(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  return value > 0 ? 'inf' : '-inf';
}

function signOf(value: number): string {
  return value < 0 || Object.is(value, -0) ? '-' : '';
}

function joinDecimals(whole: string, decimals: string): string {
  return decimals === '' ? whole : `${whole}.${decimals}`;
}

/** `magnitude * 10^power` as the nearest whole number, computed exactly; ties go to the even one. */
function timesPowerOfTen(magnitude: number, power: number): bigint {
  const { numerator, denominator } = toFraction(magnitude);
  const ten = 10n ** BigInt(Math.abs(power));
  return power >= 0
    ? divideHalfEven(numerator * ten, denominator)
    : divideHalfEven(numerator, denominator * ten);
}

/** A finite double is a whole number over a power of two; doubling it until it is whole loses nothing. */
function toFraction(magnitude: number): { numerator: bigint; denominator: bigint } {
  let whole = magnitude;
  let doublings = 0n;
  while (!Number.isInteger(whole)) {
    whole *= 2;
    doublings += 1n;
  }
  return { numerator: BigInt(whole), denominator: 2n ** doublings };
}

function divideHalfEven(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const twiceRemainder = 2n * (numerator % denominator);
  const isTie = twiceRemainder === denominator;
  const roundsUp = isTie ? quotient % 2n === 1n : twiceRemainder > denominator;
  return roundsUp ? quotient + 1n : quotient;
}
