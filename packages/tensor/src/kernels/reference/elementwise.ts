/** Elementwise kernels, all derived from the table of scalar functions. */
import { allocate, convert, type DType, isFloat, type TypedArray } from '../../dtype.js';
import { type Shape, sizeOf, stridesOf } from '../../shape.js';
import { SCALARS, type ScalarFunction, type ScalarName, type ScalarOp } from '../scalars.js';
import { forEachRow, planWalk, type Strided } from '../walk.js';
import { HOT_ROWS, type Row } from './hot-rows.js';

/** out[i] = f(inputs[0][i], inputs[1][i], ...) for every i of `shape`, each input walked by its own strides. */
export function elementwise(
  name: ScalarName,
  inputs: readonly Strided[],
  shape: Shape,
  dtype: DType,
): TypedArray {
  const out = allocate(dtype, sizeOf(shape));
  const arrays = [out, ...inputs.map((input) => input.data)];
  const walk = planWalk(shape, [stridesOf(shape), ...inputs.map((input) => input.strides)]);
  const steps = walk.strides.map((strides) => strides[strides.length - 1]);
  const count = walk.shape[walk.shape.length - 1];
  const row = rowOf(name, dtype);
  forEachRow(walk, (starts) => row(arrays, starts, steps, count));
  // The sum of two truths is 2 and stays true; nothing else leaves 0 and 1.
  if (name === 'add' && dtype === 'bool') for (let i = 0; i < out.length; i++) out[i] = out[i] === 0 ? 0 : 1;
  return out;
}

/** The loop for one row of the output. */
function rowOf(name: ScalarName, dtype: DType): Row {
  const { rule, f, int32 }: ScalarOp = SCALARS[name];
  const roundsOnce = isFloat(dtype) || rule === 'comparison';
  const hot = roundsOnce ? HOT_ROWS[name] : undefined;
  return hot ?? derivedRow(dtype === 'int32' && int32 !== undefined ? int32 : f);
}

/** Typed arrays take booleans too, as 0 and 1; the compiler does not know. */
function derivedRow(scalar: ScalarFunction): Row {
  const f = scalar as (...x: number[]) => number;
  return (arrays, starts, steps, count) => ROWS[arrays.length - 2](f, arrays, starts, steps, count);
}

type RowOf = (f: (...x: number[]) => number, ...row: Parameters<Row>) => void;

/** By the number of inputs. */
const ROWS: readonly RowOf[] = [
  (f, [out, a], [o, i], [, di], count) => {
    for (let k = 0; k < count; k++, i += di) out[o + k] = f(a[i]);
  },
  (f, [out, a, b], [o, i, j], [, di, dj], count) => {
    for (let k = 0; k < count; k++, i += di, j += dj) out[o + k] = f(a[i], b[j]);
  },
  (f, [out, a, b, c], [o, i, j, l], [, di, dj, dl], count) => {
    for (let k = 0; k < count; k++, i += di, j += dj, l += dl) out[o + k] = f(a[i], b[j], c[l]);
  },
];

/** The same values in another dtype: fractions are cut towards zero, and everything but 0 is true. */
export function cast(x: TypedArray, dtype: DType): TypedArray {
  return convert(x, dtype);
}
