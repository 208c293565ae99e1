/** Losses: one number that says how wrong a prediction is. */
import {
  ArgumentError,
  broadcastShapes,
  crossEntropyRows,
  DTypeError,
  formatShape,
  formatValue,
  gather,
  isFloat,
  knownValues,
  logSoftmax,
  maximum,
  mul,
  neg,
  type Operand,
  type Shape,
  ShapeError,
  sameShape,
  square,
  sub,
  Tensor,
  where,
} from '@lowrank/tensor';
import { checkOptions, checkTensor } from './checks.js';

/** How the losses of the elements become one: their mean (default), their sum, or not at all. */
export type Reduction = 'mean' | 'sum' | 'none';

export interface LossOptions {
  /** Default `'mean'`. */
  readonly reduction?: Reduction;
}

/** @param total What the mean divides by, where it is not the number of losses. */
function reduce(
  op: string,
  losses: Tensor,
  { reduction = 'mean' }: LossOptions,
  total?: Tensor | null,
): Tensor {
  switch (reduction) {
    case 'mean':
      return total ? losses.sum().div(total) : losses.mean();
    case 'sum':
      return losses.sum();
    case 'none':
      return losses;
    default:
      throw new ArgumentError(op, `a reduction is 'mean', 'sum' or 'none', got ${formatValue(reduction)}`);
  }
}

/** @throws ArgumentError for what is no tensor or no options object, DTypeError for a prediction that is no float. */
function checkLoss(op: string, input: Tensor, target: Tensor, options: object): void {
  checkTensor(op, 'the input', input);
  checkTensor(op, 'the target', target);
  checkOptions(op, options);
  if (!isFloat(input.dtype)) {
    throw new DTypeError(op, `the input is a float, got ${input.dtype}. Convert with to('float32')`);
  }
}

/** @throws ShapeError where broadcasting would hide that prediction and target do not belong together. */
function checkAlike(op: string, input: Tensor, target: Tensor): void {
  if (sameShape(input.shape, target.shape)) return;
  throw new ShapeError(
    op,
    `input ${formatShape(input.shape)} and target ${formatShape(target.shape)} must have one shape. Reshape one of them`,
  );
}

/**
 * The squared difference. `torch.nn.functional.mse_loss`
 * @param target Of the input's shape.
 * @throws ShapeError for another shape, DTypeError for an input that holds no floats.
 */
export function mseLoss(input: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  checkLoss('mseLoss', input, target, options);
  checkAlike('mseLoss', input, target);
  return reduce('mseLoss', square(sub(input, target)), options);
}

/**
 * The absolute difference. `torch.nn.functional.l1_loss`
 * @param target Of the input's shape.
 * @throws ShapeError for another shape, DTypeError for an input that holds no floats.
 */
export function l1Loss(input: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  checkLoss('l1Loss', input, target, options);
  checkAlike('l1Loss', input, target);
  return reduce('l1Loss', sub(input, target).abs(), options);
}

export interface BceOptions extends LossOptions {
  /** Multiplies each element's loss; stretched to the input's shape. Default 1. */
  readonly weight?: Operand;
  /** Multiplies the loss of the positive answers, per class; stretched to the input's shape. Default 1. */
  readonly posWeight?: Operand;
}

/** @throws ShapeError unless the factor can be stretched to `shape`. */
function checkFactor(op: string, name: string, factor: Operand, shape: Shape): void {
  const own = factor instanceof Tensor ? factor.shape : [];
  if (sameShape(broadcastShapes(op, [own, shape]), shape)) return;
  throw new ShapeError(
    op,
    `${name} ${formatShape(own)} cannot be stretched to the input's shape ${formatShape(shape)}`,
  );
}

/**
 * Binary cross entropy of logits (before the sigmoid) against targets from 0 to 1, without overflow:
 * (1 - y) x + (1 + (posWeight - 1) y) log(1 + e^-x). `torch.nn.functional.binary_cross_entropy_with_logits`
 * @param target Of the input's shape.
 * @throws ShapeError for another shape, DTypeError for an input that holds no floats.
 */
export function bceWithLogits(input: Tensor, target: Tensor, options: BceOptions = {}): Tensor {
  checkLoss('bceWithLogits', input, target, options);
  checkAlike('bceWithLogits', input, target);
  const { weight = 1, posWeight = 1 } = options;
  for (const [name, factor] of Object.entries({ weight, posWeight })) {
    checkFactor('bceWithLogits', name, factor, input.shape);
  }
  // log(1 + e^-x) = max(-x, 0) + log(1 + e^-|x|)
  const tail = maximum(neg(input), 0).add(neg(input.abs()).exp().log1p());
  const factor = posWeight === 1 ? 1 : mul(sub(posWeight, 1), target).add(1);
  const losses = sub(1, target).mul(input).add(tail.mul(factor));
  return reduce('bceWithLogits', weight === 1 ? losses : losses.mul(weight), options);
}

export interface ClassLossOptions extends LossOptions {
  /** [C], a factor for each class; `'mean'` then divides by the sum of the factors. Default 1. */
  readonly weight?: Tensor | null;
  /** A target that is not counted. Default -100. */
  readonly ignoreIndex?: number;
}

/** The axis of the classes in [N, C, ...], or in [C] for one example. */
function classAxis(op: string, { shape }: Tensor): 0 | 1 {
  if (shape.length === 0) throw new ShapeError(op, 'takes [N, C, ...] or [C], got a scalar');
  return shape.length > 1 ? 1 : 0;
}

/** A target of classes, made ready. */
interface Classes {
  readonly axis: number;
  /** int32, of the target's shape; 0 where the target is not counted. */
  readonly index: Tensor;
  /** Where the target is counted, bool; `null` if all of it is. */
  readonly counted: Tensor | null;
  /** The weight of each place's class; `null` if each is 1. */
  readonly factors: Tensor | null;
  /** What the mean divides by, where it is not the number of places. */
  readonly total: Tensor | null;
}

function readClasses(op: string, input: Tensor, target: Tensor, options: ClassLossOptions): Classes {
  const { weight = null, ignoreIndex = -100 } = options;
  const axis = classAxis(op, input);
  const count = input.shape[axis]!;
  const expected = input.shape.toSpliced(axis, 1);
  if (!sameShape(expected, target.shape)) {
    throw new ShapeError(
      op,
      `input ${formatShape(input.shape)} is [N, C, ...] and needs a target ${formatShape(expected)} of classes, got ${formatShape(target.shape)}`,
    );
  }
  const values = knownValues(target);
  const stranger = values?.find((value) => value !== ignoreIndex && !(value >= 0 && value < count));
  if (stranger !== undefined) {
    throw new ShapeError(op, `there is no class ${stranger} among ${count}, 0 to ${count - 1}`);
  }
  const mayBeIgnored = values === undefined || values.some((value) => value === ignoreIndex);
  const counted = mayBeIgnored ? target.ne(ignoreIndex) : null;
  const index = counted === null ? target : target.mul(counted);
  if (weight === null) {
    const total = counted === null ? null : counted.to(input.dtype).sum();
    return { axis, index, counted, factors: null, total };
  }
  checkClassWeight(op, weight, count);
  const factors = weight
    .indexSelect(0, index.reshape([index.numel()]))
    .reshape(index.shape)
    .to(input.dtype);
  return { axis, index, counted, factors, total: onlyCounted(factors, counted).sum() };
}

/** 0 where the target is not counted, and so are the gradients there, whatever arrives. */
function onlyCounted(values: Tensor, counted: Tensor | null): Tensor {
  return counted === null ? values : where(counted, values, 0);
}

function checkClassWeight(op: string, weight: Tensor, count: number): void {
  checkTensor(op, 'the weight', weight);
  if (sameShape(weight.shape, [count])) return;
  const got = formatShape(weight.shape);
  throw new ShapeError(op, `there are ${count} classes, so the weight must be [${count}], got ${got}`);
}

/** The negatives of the log probabilities of the right classes. */
function negatives(input: Tensor, { axis, index }: Classes): Tensor {
  return neg(gather(input, axis, index.unsqueeze(axis)).squeeze(axis));
}

/** One loss of those of all places. */
function reduceCounted(op: string, losses: Tensor, classes: Classes, options: LossOptions): Tensor {
  const { counted, factors, total } = classes;
  const own = factors === null ? losses : losses.mul(factors);
  return reduce(op, onlyCounted(own, counted), options, total);
}

/**
 * The negative of the log probability of the right class. `torch.nn.functional.nll_loss`
 *
 * @param input Log probabilities [N, C] or [N, C, d1, ...] (or [C] for one).
 * @param target int32 classes [N] or [N, d1, ...] (or a scalar).
 * @throws ShapeError if the shapes do not fit or a class does not exist, DTypeError for classes that are not int32.
 */
export function nllLoss(input: Tensor, target: Tensor, options: ClassLossOptions = {}): Tensor {
  checkLoss('nllLoss', input, target, options);
  if (target.dtype !== 'int32') {
    throw new DTypeError('nllLoss', `classes are int32, got ${target.dtype}. Convert with to('int32')`);
  }
  const classes = readClasses('nllLoss', input, target, options);
  return reduceCounted('nllLoss', negatives(input, classes), classes, options);
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
 * @throws ShapeError if the shapes do not fit or a class does not exist; DTypeError for classes that are not int32.
 */
export function crossEntropy(input: Tensor, target: Tensor, options: CrossEntropyOptions = {}): Tensor {
  checkLoss('crossEntropy', input, target, options);
  const { labelSmoothing = 0 } = options;
  if (!(typeof labelSmoothing === 'number' && labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw new ArgumentError(
      'crossEntropy',
      `labelSmoothing is from 0 to 1, got ${formatValue(labelSmoothing)}`,
    );
  }
  const axis = classAxis('crossEntropy', input);
  if (target.dtype !== 'int32') return softCrossEntropy(logSoftmax(input, axis), target, options);
  const classes = readClasses('crossEntropy', input, target, options);
  if (labelSmoothing === 0 && input.ndim <= 2) {
    const losses = rowLosses(input, classes);
    return reduceCounted('crossEntropy', losses, classes, options);
  }
  const logProbabilities = logSoftmax(input, axis);
  const hard = reduceCounted('crossEntropy', negatives(logProbabilities, classes), classes, options);
  if (labelSmoothing === 0) return hard;
  const spread = neg(weighted(logProbabilities, axis, options).sum(axis)).div(input.shape[axis]!);
  const smooth = reduce('crossEntropy', onlyCounted(spread, classes.counted), options, classes.total);
  return hard.mul(1 - labelSmoothing).add(smooth.mul(labelSmoothing));
}

/** The losses of [N, C] logits, or [C] for one, without a log probability for every class. */
function rowLosses(input: Tensor, { index }: Classes): Tensor {
  if (input.ndim === 2) return crossEntropyRows(input, index);
  return crossEntropyRows(input.unsqueeze(0), index.unsqueeze(0)).squeeze(0);
}

/** The cross entropy of log probabilities against probabilities. */
function softCrossEntropy(input: Tensor, target: Tensor, options: CrossEntropyOptions): Tensor {
  const { labelSmoothing = 0, ignoreIndex = -100 } = options;
  checkProbabilities(input, target);
  if (ignoreIndex >= 0) {
    throw new ArgumentError(
      'crossEntropy',
      `ignoreIndex ${ignoreIndex} is for targets of classes, these are probabilities`,
    );
  }
  const axis = classAxis('crossEntropy', input);
  const smoothed = target.mul(1 - labelSmoothing).add(labelSmoothing / input.shape[axis]!);
  return reduce('crossEntropy', neg(weighted(input, axis, options).mul(smoothed).sum(axis)), options);
}

/** The log probabilities, each times the weight of its class. */
function weighted(input: Tensor, axis: number, { weight = null }: ClassLossOptions): Tensor {
  if (weight === null) return input;
  checkClassWeight('crossEntropy', weight, input.shape[axis]!);
  return input.mul(weight.reshape([-1, ...input.shape.slice(axis + 1).map(() => 1)]));
}

/** @throws DTypeError where the target looks like classes of the wrong dtype, ShapeError where it is something else. */
function checkProbabilities(input: Tensor, target: Tensor): void {
  const classesShape = input.shape.toSpliced(classAxis('crossEntropy', input), 1);
  if (!isFloat(target.dtype) || sameShape(target.shape, classesShape)) {
    throw new DTypeError('crossEntropy', `classes are int32, got ${target.dtype}. Convert with to('int32')`);
  }
  if (sameShape(target.shape, input.shape)) return;
  throw new ShapeError(
    'crossEntropy',
    `input ${formatShape(input.shape)} needs int32 classes ${formatShape(classesShape)} or probabilities ` +
      `${formatShape(input.shape)}, got ${formatShape(target.shape)}`,
  );
}
