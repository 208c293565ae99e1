/** Sorting along an axis: the order is an op, and the values are gathered by it. */
import { dispatch } from '../dispatch.js';
import { ShapeError } from '../errors.js';
import { lanesAlong } from '../kernels/lanes.js';
import { defineOp } from '../op.js';
import { checkOptions } from '../options.js';
import { checkInteger, formatShape, normalizeAxis, range } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { gather } from './indexing.js';
import { checkTensor } from './operand.js';
import type { ValuesAndIndices } from './reduce.js';
import { slice } from './slice.js';

type SortAttrs = { readonly axis: number; readonly descending: boolean };

const argsortOp = defineOp<SortAttrs>({
  name: 'argsort',
  infer: ([x]) => ({ shape: x.shape, dtype: 'int32' }),
  forward: (kernels, [x], { axis, descending }) =>
    kernels.argsort(x.data, lanesAlong(x.shape, axis), descending),
});

export interface SortOptions {
  /** The largest first. Default false. */
  readonly descending?: boolean;
}

/** The int32 order that sorts x along `axis` (default the last). Stable; NaN counts as largest. `torch.argsort` */
export function argsort(x: Tensor, axis = -1, options: SortOptions = {}): Tensor {
  checkTensor('argsort', x);
  checkOptions('argsort', options, ['descending']);
  return dispatch(argsortOp, [x], {
    axis: normalizeAxis('argsort', axis, x.ndim),
    descending: options.descending ?? false,
  });
}

/** x sorted along `axis` (default the last), and where each value stood. Stable; NaN counts as largest. `torch.sort` */
export function sort(x: Tensor, axis = -1, options: SortOptions = {}): ValuesAndIndices {
  checkTensor('sort', x);
  checkOptions('sort', options, ['descending']);
  const indices = argsort(x, normalizeAxis('sort', axis, x.ndim), options);
  return { values: x.ndim === 0 ? x : gather(x, axis, indices), indices };
}

export interface TopkOptions {
  /** Default: the last axis. */
  readonly axis?: number;
  /** The largest (default) or, with `false`, the smallest. */
  readonly largest?: boolean;
}

/**
 * The k largest values along an axis in descending order, or the k smallest in ascending order, and where they stood;
 * of equal ones the first. NaN counts as largest. `torch.topk`
 * @throws ShapeError if k is more than the length of the axis.
 */
export function topk(x: Tensor, k: number, options: TopkOptions = {}): ValuesAndIndices {
  checkTensor('topk', x);
  checkOptions('topk', options, ['axis', 'largest']);
  const { axis = -1, largest = true } = options;
  const at = normalizeAxis('topk', axis, x.ndim);
  const length = x.shape[at] ?? 1;
  checkInteger('topk', 'k', k, 0);
  if (k > length) {
    throw new ShapeError(
      'topk',
      `k is ${k}, but axis ${axis} of ${formatShape(x.shape)} has only ${length} elements`,
    );
  }
  if (x.ndim === 0) return { values: x, indices: argsort(x) };
  const indices = slice(argsort(x, at, { descending: largest }), [...range(at).map(() => null), [0, k]]);
  return { values: gather(x, at, indices), indices };
}
