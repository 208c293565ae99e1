/** Values as Python prints them, for the printed form of layers. */

/** `True` or `False`. */
export function pythonBool(value: boolean): string {
  return value ? 'True' : 'False';
}

/** `(3, 3)`, or `(3,)` for a single one. */
export function pythonTuple(values: readonly number[]): string {
  return values.length === 1 ? `(${values[0]},)` : `(${values.join(', ')})`;
}

/** A float as `repr` gives it, `1e-05`; whole numbers as the integers that Python's users write. */
export function pythonNumber(value: number): string {
  const [digits, exponent] = value.toExponential().split('e') as [string, string];
  const power = Number(exponent);
  if (!Number.isFinite(value) || (power >= -4 && power < 16)) return String(value);
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}
