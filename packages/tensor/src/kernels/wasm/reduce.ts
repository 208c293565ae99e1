/** Reductions, positions of extremes, and running sums of float32 in wasm. */
import type { DType, TypedArray } from '../../dtype.js';
import type { Shape } from '../../shape.js';
import type { Lanes } from '../lanes.js';
import type { ReductionName } from '../reference/reduce.js';
import { compute, type Frame } from './frame.js';
import { launchBlocks, launchRows } from './lanes.js';
import { reference } from './reference.js';

/** Those that wasm knows, by the number that it calls them. */
const REDUCTIONS: readonly ReductionName[] = ['sum', 'prod', 'amax', 'amin'];

/** Reduces `axes` of a contiguous `x`, accumulating in double precision. */
export function reduce(
  name: ReductionName,
  x: TypedArray,
  shape: Shape,
  axes: readonly number[],
  dtype: DType,
): TypedArray {
  const reduction = REDUCTIONS.indexOf(name);
  const form = alternating(shape, axes);
  const isSuited = x instanceof Float32Array && dtype === 'float32' && x.length > 0;
  const result =
    isSuited && reduction >= 0 && form !== undefined
      ? compute((frame) => reduceAlternating(frame, reduction, x, form))
      : undefined;
  return result ?? reference.reduce(name, x, shape, axes, dtype);
}

/** x[K2, R2, K1, R1, K0], of which R2 and R1 are reduced. Lengths are 1 where there is no such axis. */
interface Alternating {
  readonly K2: number;
  readonly R2: number;
  readonly K1: number;
  readonly R1: number;
  readonly K0: number;
}

const PATTERN = ['K0', 'R1', 'K1', 'R2', 'K2'] as const;

/** Takes neighbouring axes that are both kept or both reduced as one. `undefined` where more than five axes are left. */
function alternating(shape: Shape, axes: readonly number[]): Alternating | undefined {
  const form = { K2: 1, R2: 1, K1: 1, R1: 1, K0: 1 };
  let at = 0;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] === 1) continue;
    const isReduced = axes.includes(axis);
    if ((PATTERN[at][0] === 'R') !== isReduced) at++;
    if (at === PATTERN.length) return undefined;
    form[PATTERN[at]] *= shape[axis];
  }
  return form;
}

/** How many floats a chunk should read at least: some ten microseconds of work. */
const CHUNK = 2 ** 15;

/** Large reductions to few outputs are cut until there are so many pieces of work, whatever the number of threads. */
const PIECES = 16;

/** Sums side by side stay in the first-level cache. */
const BLOCK_COLUMNS = 1024;

function reduceAlternating(frame: Frame, reduction: number, x: Float32Array, form: Alternating) {
  const { K2, R2, K1, R1, K0 } = form;
  const outputs = K2 * K1 * K0;
  const blocks = K2 * K1 * Math.ceil(K0 / BLOCK_COLUMNS);
  const pieces = Math.min(PIECES, Math.floor(x.length / CHUNK));
  const axis = R2 > 1 ? R2 : R1;
  // Whole vectors, and one slab at least.
  const slabLength =
    blocks >= pieces ? axis : Math.min(axis, 16 * Math.ceil(axis / Math.ceil(pieces / blocks) / 16));
  const slabs = Math.ceil(axis / slabLength);
  const perChunk = Math.ceil((CHUNK * blocks * slabs) / x.length);
  const from = frame.input(x);
  const to = frame.output(outputs);
  const partials = slabs === 1 ? to : frame.room(8 * slabs * outputs);
  const parameters = [from, partials, reduction, K2 * K1, R2, K1, R1, perChunk, slabs, slabLength];
  const chunks = slabs * Math.ceil(blocks / perChunk);
  if (K0 === 1) frame.launch('reduceRows', chunks, parameters);
  else frame.launch('reduceColumns', chunks, [...parameters, K0, BLOCK_COLUMNS]);
  if (slabs > 1) frame.launch('reduceSlabs', 1, [partials, to, reduction, outputs, slabs]);
  return frame.result(to, outputs);
}

/** The position of the first largest (or smallest) value of each lane; NaN counts as the most extreme. */
export function argReduce(name: 'argmax' | 'argmin', x: TypedArray, lanes: Lanes): TypedArray {
  if (!(x instanceof Float32Array) || x.length === 0) return reference.argReduce(name, x, lanes);
  const count = lanes.outer * lanes.inner;
  const positions = compute((frame) => {
    const from = frame.input(x);
    const to = frame.output(count);
    const sign = name === 'argmax' ? 1 : -1;
    if (lanes.inner === 1) launchRows(frame, 'argReduceRows', lanes, [from, to], [sign]);
    else launchBlocks(frame, 'argReduceColumns', lanes, [from, to], sign);
    return frame.result(to, count, 'int32');
  });
  return positions ?? reference.argReduce(name, x, lanes);
}

/** out[k] = x[0] + ... + x[k] along each lane. */
export function cumsum(x: TypedArray, lanes: Lanes, dtype: DType): TypedArray {
  if (!(x instanceof Float32Array) || dtype !== 'float32' || x.length === 0) {
    return reference.cumsum(x, lanes, dtype);
  }
  const sums = compute((frame) => {
    const from = frame.input(x);
    const to = frame.output(x.length);
    if (lanes.inner === 1) launchRows(frame, 'cumsumRows', lanes, [from, to]);
    else launchBlocks(frame, 'cumsumColumns', lanes, [from, to]);
    return frame.result(to, x.length);
  });
  return sums ?? reference.cumsum(x, lanes, dtype);
}
