/** Losses: one number that says how wrong a prediction is. */
import {
  ArgumentError,
  formatShape,
  gather,
  logSoftmax,
  maximum,
  mul,
  neg,
  type Operand,
  ShapeError,
  sameShape,
  square,
  sub,
  type Tensor,
} from '@lowrank/tensor';

/** How the losses of the elements become one: their mean (default), their sum, or not at all. */
export type Reduction = 'mean' | 'sum' | 'none';

export interface LossOptions {
  /** Default `'mean'`. */
  readonly reduction?: Reduction;
}

function reduce(op: string, losses: Tensor, { reduction = 'mean' }: LossOptions): Tensor {
  switch (reduction) {
    case 'mean':
      return losses.mean();
    case 'sum':
      return losses.sum();
    case 'none':
      return losses;
    default:
      throw new ArgumentError(op, `a reduction is 'mean', 'sum' or 'none', got ${JSON.stringify(reduction)}`);
  }
}

/** @throws ShapeError where broadcasting would hide that prediction and target do not belong together. */
function checkAlike(op: string, input: Tensor, target: Tensor): void {
  if (!sameShape(input.shape, target.shape)) {
    throw new ShapeError(
      op,
      `input ${formatShape(input.shape)} and target ${formatShape(target.shape)} must have one shape. Reshape one of them`,
    );
  }
}

/** The squared difference. `torch.nn.functional.mse_loss` */
export function mseLoss(input: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  checkAlike('mseLoss', input, target);
  return reduce('mseLoss', square(sub(input, target)), options);
}

/** The absolute difference. `torch.nn.functional.l1_loss` */
export function l1Loss(input: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  checkAlike('l1Loss', input, target);
  return reduce('l1Loss', sub(input, target).abs(), options);
}

export interface BceOptions extends LossOptions {
  /** Multiplies each element's loss; broadcast. Default 1. */
  readonly weight?: Operand;
  /** Multiplies the loss of the positive answers, per class; broadcast. Default 1. */
  readonly posWeight?: Operand;
}

/**
 * Binary cross entropy of logits (before the sigmoid) against targets from 0 to 1, without overflow:
 * (1 - y) x + (1 + (posWeight - 1) y) log(1 + e^-x). `torch.nn.functional.binary_cross_entropy_with_logits`
 */
export function bceWithLogits(input: Tensor, target: Tensor, options: BceOptions = {}): Tensor {
  checkAlike('bceWithLogits', input, target);
  const { weight, posWeight } = options;
  // log(1 + e^-x) = max(-x, 0) + log(1 + e^-|x|)
  const tail = maximum(neg(input), 0).add(neg(input.abs()).exp().log1p());
  const factor = posWeight === undefined ? 1 : mul(sub(posWeight, 1), target).add(1);
  const losses = sub(1, target).mul(input).add(tail.mul(factor));
  return reduce('bceWithLogits', weight === undefined ? losses : losses.mul(weight), options);
}

export interface ClassLossOptions extends LossOptions {
  /** [C], a factor for each class; `'mean'` then divides by the sum of the factors. Default 1. */
  readonly weight?: Tensor | null;
  /** A target that is not counted. Default -100. */
  readonly ignoreIndex?: number;
}

/**
 * The negative of the log probability of the right class. `torch.nn.functional.nll_loss`
 *
 * @param input Log probabilities [N, C] or [N, C, d1, ...] (or [C] for one).
 * @param target int32 classes [N] or [N, d1, ...] (or a scalar).
 * @throws ShapeError if the shapes do not fit or a class does not exist.
 */
export function nllLoss(input: Tensor, target: Tensor, options: ClassLossOptions = {}): Tensor {
  return classLoss('nllLoss', input, target, options);
}

function classLoss(op: string, input: Tensor, target: Tensor, options: ClassLossOptions): Tensor {
  const axis = input.ndim > 1 ? 1 : 0;
  const expected = input.shape.filter((_, i) => i !== axis);
  if (input.ndim === 0 || !sameShape(expected, target.shape)) {
    throw new ShapeError(
      op,
      `input ${formatShape(input.shape)} is [N, C, ...] and needs a target ${formatShape(expected)}, got ${formatShape(target.shape)}`,
    );
  }
  const { weight = null, ignoreIndex = -100, reduction = 'mean' } = options;
  const counted = target.ne(ignoreIndex);
  const isAllCounted = counted.all().item() === 1;
  const classes = isAllCounted ? target : counted.to('int32').mul(target);
  const picked = neg(gather(input, axis, classes.unsqueeze(axis)).squeeze(axis));
  if (isAllCounted && weight === null) return reduce(op, picked, { reduction });
  const factors = (weight === null ? counted : weightOf(op, weight, classes, input.shape[axis]!).mul(counted)).to(input.dtype);
  const losses = picked.mul(factors);
  return reduction === 'mean' ? losses.sum().div(factors.sum()) : reduce(op, losses, { reduction });
}

function weightOf(op: string, weight: Tensor, classes: Tensor, count: number): Tensor {
  if (!sameShape(weight.shape, [count])) {
    throw new ShapeError(op, `there are ${count} classes, so the weight must be [${count}], got ${formatShape(weight.shape)}`);
  }
  return weight.indexSelect(0, classes.reshape([-1])).reshape(classes.shape);
}

export interface CrossEntropyOptions extends ClassLossOptions {
  /** How much of the target is spread evenly over all classes, from 0 to 1. Default 0. */
  readonly labelSmoothing?: number;
}

/**
 * The cross entropy of logits against classes, or against probabilities. `torch.nn.functional.cross_entropy`
 *
 * @param input Logits [N, C] or [N, C, d1, ...] (or [C] for one).
 * @param target int32 classes as in `nllLoss`, or float probabilities of the input's shape.
 * @throws ShapeError if the shapes do not fit or a class does not exist.
 */
export function crossEntropy(input: Tensor, target: Tensor, options: CrossEntropyOptions = {}): Tensor {
  const { labelSmoothing = 0, weight = null, ignoreIndex = -100, reduction = 'mean' } = options;
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw new ArgumentError('crossEntropy', `labelSmoothing is from 0 to 1, got ${labelSmoothing}`);
  }
  const axis = input.ndim > 1 ? 1 : 0;
  const logProbabilities = logSoftmax(input, axis);
  const count = input.shape[axis] ?? 1;
  const perClass = weight === null ? null : weight.reshape([-1, ...input.shape.slice(axis + 1).map(() => 1)]);
  if (target.dtype !== 'int32') {
    checkAlike('crossEntropy', input, target);
    const smoothed = target.mul(1 - labelSmoothing).add(labelSmoothing / count);
    const weighted = perClass === null ? logProbabilities : logProbabilities.mul(perClass);
    const losses = neg(weighted.mul(smoothed)).sum(axis);
    return reduction === 'mean' ? losses.sum().div(losses.numel()) : reduce('crossEntropy', losses, { reduction });
  }
  const hard = classLoss('crossEntropy', logProbabilities, target, { weight, ignoreIndex, reduction });
  if (labelSmoothing === 0) return hard;
  const counted = target.ne(ignoreIndex).to(input.dtype);
  const weighted = perClass === null ? logProbabilities : logProbabilities.mul(perClass);
  const spread = neg(weighted.sum(axis)).mul(counted).div(count);
  const safe = counted.to('int32').mul(target);
  const total = weight === null ? counted : weightOf('crossEntropy', weight, safe, count).mul(counted);
  const even = reduction === 'mean' ? spread.sum().div(total.sum()) : reduce('crossEntropy', spread, { reduction });
  return hard.mul(1 - labelSmoothing).add(even.mul(labelSmoothing));
}
