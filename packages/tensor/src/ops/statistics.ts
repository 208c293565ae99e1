/** Mean, variance, norms and the like, composed of sums and elementwise ops. */
import { dispatch } from '../dispatch.js';
import { ArgumentError } from '../errors.js';
import { defineOp } from '../op.js';
import { normalizeAxes, reducedShape } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { abs, add, div, exp, isfinite, log, ne, pow, sqrt, square, sub, where } from './elementwise.js';
import { checkFloat, checkTensor } from './operand.js';
import { type Axes, amax, amin, type ReduceOptions, sum } from './reduce.js';
import { reshape } from './shape.js';

/** How many elements are reduced into one. */
function reducedCount(op: string, x: Tensor, axes: Axes | undefined): number {
  return normalizeAxes(op, axes, x.ndim).reduce((count, axis) => count * (x.shape[axis] ?? 1), 1);
}

/** The mean over `axes`; NaN of nothing. Only for floats. `torch.mean` */
export function mean(x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor {
  checkTensor('mean', x);
  checkFloat('mean', x.dtype);
  return div(sum(x, axes, options), reducedCount('mean', x, axes));
}

export interface VarianceOptions extends ReduceOptions {
  /** Subtracted from the count that is divided by. Default 1 (Bessel's correction); 0 for the biased variance. */
  readonly correction?: number;
}

/** The variance over `axes`. `torch.var` */
export function variance(x: Tensor, axes?: Axes, options: VarianceOptions = {}): Tensor {
  checkTensor('variance', x);
  checkFloat('variance', x.dtype);
  const { correction = 1, keepdim = false } = options;
  const deviation = sub(x, mean(x, axes, { keepdim: true }));
  const freedom = Math.max(0, reducedCount('variance', x, axes) - correction);
  return div(sum(square(deviation), axes, { keepdim }), freedom);
}

/** The standard deviation over `axes`; its gradient is 0 where all values are equal. `torch.std` */
export function std(x: Tensor, axes?: Axes, options: VarianceOptions = {}): Tensor {
  return sqrtWithFlatZero(variance(x, axes, options));
}

/** The square root, with the gradient 0 at 0 where the slope would be infinite. */
function sqrtWithFlatZero(x: Tensor): Tensor {
  const positive = ne(x, 0);
  return where(positive, sqrt(where(positive, x, 1)), 0);
}

export interface NormOptions extends ReduceOptions {
  /** The order: 2 (default), 1, any other positive number, `Infinity` for the largest, `-Infinity` the smallest. */
  readonly p?: number;
}

/**
 * The p-norm over `axes`: (sum |x|^p)^(1/p), 0 counting the non-zeros. The gradient at 0 is 0. `torch.linalg.vector_norm`
 * @throws ArgumentError if p is NaN.
 */
export function norm(x: Tensor, axes?: Axes, options: NormOptions = {}): Tensor {
  checkTensor('norm', x);
  checkFloat('norm', x.dtype);
  const { p = 2, ...reduction } = options;
  if (Number.isNaN(p)) throw new ArgumentError('norm', 'the order p is a number, got NaN');
  if (p === Infinity) return amax(abs(x), axes, reduction);
  if (p === -Infinity) return amin(abs(x), axes, reduction);
  if (p === 0) return sum(ne(x, 0).to(x.dtype), axes, reduction);
  if (p === 1) return sum(abs(x), axes, reduction);
  if (p === 2) return sqrtWithFlatZero(sum(square(x), axes, reduction));
  const total = sum(pow(abs(x), p), axes, reduction);
  const positive = ne(total, 0);
  return where(positive, pow(where(positive, total, 1), 1 / p), p > 0 ? 0 : total);
}

/** log(sum(exp(x))) over `axes`, without overflow. `torch.logsumexp` */
export function logsumexp(x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor {
  checkTensor('logsumexp', x);
  checkFloat('logsumexp', x.dtype);
  const largest = stopGradient(amax(x, axes, { keepdim: true }));
  const shift = where(isfinite(largest), largest, 0);
  const total = log(sum(exp(sub(x, shift)), axes, options));
  return add(total, reshape(shift, reducedShape(x.shape, normalizeAxes('logsumexp', axes, x.ndim), options.keepdim ?? false)));
}

/** The values as a constant: an op that autograd has no rule for, on purpose. */
const stopGradientOp = defineOp<Record<string, never>>({
  name: 'stopGradient',
  infer: ([x]) => x,
  forward: (_, [x]) => x.data,
});

/** The same values, through which no gradient flows; what `detach` is made of. */
export function stopGradient(x: Tensor): Tensor {
  return dispatch(stopGradientOp, [x], {});
}
