/** Mean, variance, norms and the like, composed of sums and elementwise ops. */
import { dispatch } from '../dispatch.js';
import { ArgumentError, formatValue } from '../errors.js';
import { lanesOver } from '../kernels/lanes.js';
import { defineOp } from '../op.js';
import { checkOptions } from '../options.js';
import { checkNotEmpty, normalizeAxes, range, reducedShape, sameShape } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { cast } from './cast.js';
import { abs, add, div, eq, exp, isfinite, log, ne, pow, sqrt, square, sub, where } from './elementwise.js';
import { checkFloat, checkTensor, floatDType } from './operand.js';
import { type Axes, amax, amin, type ReduceOptions, sum } from './reduce.js';
import { permute, reshape } from './shape.js';

/** The axes of a statistic of floats, checked in its name; `more` are its options besides `keepdim`. */
function checkedAxes(
  op: string,
  x: Tensor,
  axes: Axes | undefined,
  options: ReduceOptions,
  more: readonly string[] = [],
): number[] {
  checkTensor(op, x);
  checkOptions(op, options, ['keepdim', ...more]);
  checkFloat(op, x.dtype);
  return normalizeAxes(op, axes, x.ndim);
}

/** How many elements are reduced into one. */
function reducedCount(x: Tensor, axes: readonly number[]): number {
  return axes.reduce((count, axis) => count * (x.shape[axis] as number), 1);
}

/** The mean over `axes`; NaN of nothing. Only for floats. `torch.mean` */
export function mean(x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor {
  const reduced = checkedAxes('mean', x, axes, options);
  return div(sum(x, reduced, options), reducedCount(x, reduced));
}

export interface VarianceOptions extends ReduceOptions {
  /** Subtracted from the count that is divided by. Default 1 (Bessel's correction); 0 for the biased variance. */
  readonly correction?: number;
}

/**
 * The variance over `axes`: the squared distances from the mean, added up and divided by max(0, count - correction). Only
 * for floats. `torch.var`
 * @throws ArgumentError if the correction is not finite.
 */
export function variance(x: Tensor, axes?: Axes, options: VarianceOptions = {}): Tensor {
  return varianceFor('variance', x, axes, options);
}

/** The standard deviation over `axes`; its gradient is 0 where all values are equal. Only for floats. `torch.std` */
export function std(x: Tensor, axes?: Axes, options: VarianceOptions = {}): Tensor {
  return sqrtWithFlatZero(varianceFor('std', x, axes, options));
}

function varianceFor(op: string, x: Tensor, axes: Axes | undefined, options: VarianceOptions): Tensor {
  const reduced = checkedAxes(op, x, axes, options, ['correction']);
  const { correction = 1, keepdim = false } = options;
  if (!Number.isFinite(correction))
    throw new ArgumentError(op, `the correction is a finite number, got ${formatValue(correction)}`);
  const freedom = Math.max(0, reducedCount(x, reduced) - correction);
  const total = squaredDeviations(lanesLast(x, reduced), reduced.length);
  return div(reshape(total, reducedShape(x.shape, reduced, keepdim)), freedom);
}

/** The tensor with the axes that are reduced behind the others. */
function lanesLast(x: Tensor, reduced: readonly number[]): Tensor {
  const axes = range(x.ndim);
  const order = [...axes.filter((axis) => !reduced.includes(axis)), ...reduced];
  return sameShape(order, axes) ? x : permute(x, order);
}

const squaredDeviationsOp = defineOp<{ readonly axes: number }>({
  name: 'squaredDeviations',
  infer: ([x], { axes }) => ({ shape: x.shape.slice(0, x.shape.length - axes), dtype: x.dtype }),
  forward: (kernels, [x], { axes }) => kernels.squaredDeviations(x.data, lanesOver(x.shape, axes)),
});

/** The squared distances from the mean over the last `axes` axes, added up. */
function squaredDeviations(x: Tensor, axes: number): Tensor {
  return dispatch(squaredDeviationsOp, [x], { axes });
}

/** The square root, with the gradient 0 at 0 where the slope would be infinite. */
function sqrtWithFlatZero(x: Tensor): Tensor {
  const positive = ne(x, 0);
  return where(positive, sqrt(where(positive, x, 1)), 0);
}

export interface NormOptions extends ReduceOptions {
  /** The order: 2 (default), any other number, `Infinity` for the largest magnitude, `-Infinity` for the smallest. */
  readonly p?: number;
}

/**
 * The p-norm over `axes`: (sum |x|^p)^(1/p), 0 counting the non-zeros. The gradient at 0 is 0. Only for floats.
 * `torch.linalg.vector_norm`
 * @throws ArgumentError if p is NaN; ShapeError for an infinite or negative order of nothing.
 */
export function norm(x: Tensor, axes?: Axes, options: NormOptions = {}): Tensor {
  const reduced = checkedAxes('norm', x, axes, options, ['p']);
  const { p = 2, ...reduction } = options;
  if (typeof p !== 'number' || Number.isNaN(p))
    throw new ArgumentError('norm', `the order p is a number, got ${formatValue(p)}`);
  if (p < 0 || p === Infinity) checkNotEmpty('norm', x.shape, reduced);
  if (p === Infinity) return amax(abs(x), reduced, reduction);
  if (p === -Infinity) return amin(abs(x), reduced, reduction);
  if (p === 0) return sum(cast(ne(x, 0), x.dtype), reduced, reduction);
  if (p === 1) return sum(abs(x), reduced, reduction);
  if (p === 2) return sqrtWithFlatZero(sum(square(x), reduced, reduction));
  // Apart at 0, where the slope of |x|^p is infinite for p below 1 and PyTorch takes 0 for it.
  const zero = eq(x, 0);
  const total = sum(where(zero, 0 ** p, pow(where(zero, 1, abs(x)), p)), reduced, reduction);
  const positive = ne(total, 0);
  return where(positive, pow(where(positive, total, 1), 1 / p), p > 0 ? 0 : Infinity);
}

/** log(sum(exp(x))) over `axes`, without overflow; -Infinity of nothing. `torch.logsumexp` */
export function logsumexp(x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor {
  checkTensor('logsumexp', x);
  checkOptions('logsumexp', options, ['keepdim']);
  const reduced = normalizeAxes('logsumexp', axes, x.ndim);
  const real = cast(x, floatDType(x.dtype));
  if (reducedCount(x, reduced) === 0) return log(sum(exp(real), reduced, options));
  const largest = stopGradient(amax(real, reduced, { keepdim: true }));
  const shift = where(isfinite(largest), largest, 0);
  const total = log(sum(exp(sub(real, shift)), reduced, options));
  return add(total, reshape(shift, total.shape));
}

/** The values as a constant: an op that autograd has no rule for, on purpose. */
const stopGradientOp = defineOp<Record<string, never>>({
  name: 'stopGradient',
  infer: ([x]) => x,
  forward: (_, [x]) => x.data,
});

/** The same values, through which no gradient flows; what `detach` is made of. */
export function stopGradient(x: Tensor): Tensor {
  checkTensor('stopGradient', x);
  return dispatch(stopGradientOp, [x], {});
}
