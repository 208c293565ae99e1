/** The few elementwise ops that training spends its time in, with their loops written out. */
import type { TypedArray } from '../../dtype.js';
import type { ScalarName } from '../scalars.js';

/**
 * out[o + k] = f(a[i + k * di], b[j + k * dj], ...) for each k below `count`. `arrays`, `starts` and `steps` each hold one
 * entry for the output, and then one per input; the output's step is 1.
 */
export type Row = (
  arrays: readonly TypedArray[],
  starts: readonly number[],
  steps: readonly number[],
  count: number,
) => void;

/*
 * A call through the table of scalar functions cannot be inlined, since its target is another one for every op, and so
 * each number that goes in or comes out is boxed: 25 ns an element, ten times what the loops below take.
 */
export const HOT_ROWS: Readonly<Partial<Record<ScalarName, Row>>> = {
  add: ([out, a, b], [o, i, j], [, di, dj], count) => {
    for (let k = 0; k < count; k++, i += di, j += dj) out[o + k] = a[i] + b[j];
  },
  sub: ([out, a, b], [o, i, j], [, di, dj], count) => {
    for (let k = 0; k < count; k++, i += di, j += dj) out[o + k] = a[i] - b[j];
  },
  mul: ([out, a, b], [o, i, j], [, di, dj], count) => {
    for (let k = 0; k < count; k++, i += di, j += dj) out[o + k] = a[i] * b[j];
  },
  div: ([out, a, b], [o, i, j], [, di, dj], count) => {
    for (let k = 0; k < count; k++, i += di, j += dj) out[o + k] = a[i] / b[j];
  },
  gt: ([out, a, b], [o, i, j], [, di, dj], count) => {
    for (let k = 0; k < count; k++, i += di, j += dj) out[o + k] = Number(a[i] > b[j]);
  },
  relu: ([out, x], [o, i], [, di], count) => {
    for (let k = 0; k < count; k++, i += di) out[o + k] = Math.max(x[i], 0);
  },
  sqrt: ([out, x], [o, i], [, di], count) => {
    for (let k = 0; k < count; k++, i += di) out[o + k] = Math.sqrt(x[i]);
  },
  square: ([out, x], [o, i], [, di], count) => {
    for (let k = 0; k < count; k++, i += di) out[o + k] = x[i] * x[i];
  },
  where: ([out, condition, a, b], [o, c, i, j], [, dc, di, dj], count) => {
    for (let k = 0; k < count; k++, c += dc, i += di, j += dj) out[o + k] = condition[c] !== 0 ? a[i] : b[j];
  },
};
