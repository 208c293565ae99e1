/** How the report writes numbers: always the same way, whatever the reader's locale. */

const THIN_SPACE = '\u202f';
const MINUS = '\u2212';
const NOTHING = '\u2013';

/** The plural of each digit's name, by digit. */
export const DIGIT_NAMES = [
  'zeros',
  'ones',
  'twos',
  'threes',
  'fours',
  'fives',
  'sixes',
  'sevens',
  'eights',
  'nines',
] as const;

/** `10000` as `10,000`. */
export function integer(value: number): string {
  return finite(value, () => value.toLocaleString('en-US', { maximumFractionDigits: 0 }));
}

/** A share, 0 to 1, in percent: `0.979` as `97.90 %`. */
export function percent(share: number, digits = 2): string {
  return finite(share, () => `${(100 * share).toFixed(digits)}${THIN_SPACE}%`);
}

/** A change with its sign: `-60` as `−60`, `0` as `±0`. */
export function signed(value: number): string {
  const sign = value > 0 ? '+' : value < 0 ? MINUS : '±';
  return finite(value, () => sign + integer(Math.abs(value)));
}

/** `plural(1, 'image')` is `1 image`, `plural(2, 'image')` is `2 images`. */
export function plural(count: number, noun: string): string {
  return `${integer(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** Bytes in units of 1,000: `5301` as `5.30 kB`. */
export function bytes(count: number): string {
  if (!(count >= 1000)) return finite(count, () => `${integer(count)}${THIN_SPACE}B`);
  const exponent = Math.min(3, Math.floor(Math.log10(count) / 3));
  return finite(
    count,
    () => `${significant(count / 1000 ** exponent)}${THIN_SPACE}${['kB', 'MB', 'GB'][exponent - 1]}`,
  );
}

/** Seconds as `4.2 s` or `2 min 5 s`. */
export function duration(seconds: number): string {
  if (!(seconds >= 60)) return finite(seconds, () => `${seconds.toFixed(1)}${THIN_SPACE}s`);
  const whole = Math.round(seconds);
  return finite(
    whole,
    () => `${integer(Math.floor(whole / 60))}${THIN_SPACE}min ${whole % 60}${THIN_SPACE}s`,
  );
}

/** Three significant digits: `0.0312`, `455`. */
export function significant(value: number): string {
  return finite(value, () =>
    value.toLocaleString('en-US', { minimumSignificantDigits: 3, maximumSignificantDigits: 3 }),
  );
}

/** A small number as a power of ten: `1.9e-6` as `1.9 × 10⁻⁶`. */
export function scientific(value: number): string {
  if (value === 0) return '0';
  return finite(value, () => {
    const [mantissa, exponent] = value.toExponential(1).split('e');
    const raised = Array.from(
      String(Number(exponent)),
      (character) => SUPERSCRIPTS.get(character) ?? character,
    );
    return `${mantissa} × 10${raised.join('')}`;
  });
}

const SUPERSCRIPTS: ReadonlyMap<string, string> = new Map(
  Array.from('-0123456789', (character, i) => [character, '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'[i] ?? '']),
);

/** A shape as PyTorch prints it: `[32, 1, 3, 3]`. */
export function shape(dimensions: readonly number[] | null): string {
  return dimensions ? `[${dimensions.join(', ')}]` : NOTHING;
}

/** `2026-03-01T09:30:00.000Z` as `2026-03-01 09:30 UTC`; any other text as it is. */
export function moment(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** JSON has no NaN and no infinity: both, and the `null` that it writes for them, are shown as a dash. */
function finite(value: number | null, format: () => string): string {
  return Number.isFinite(value) ? format() : NOTHING;
}
