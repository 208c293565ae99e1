/** The steps of optimisers: each one op that moves a whole set of parameters. They have no gradients. */
import { dispatchAll } from '../dispatch.js';
import { ArgumentError, DTypeError, formatValue, ShapeError } from '../errors.js';
import type { Storage } from '../kernels/gpu/storage.js';
import type { Kernels } from '../kernels/kernels.js';
import type { Row } from '../kernels/reference/optimizer.js';
import type { AdamStepOptions, SgdStepOptions } from '../kernels/steps.js';
import { type Attrs, defineMultiOp } from '../op.js';
import { checkOptions } from '../options.js';
import { checkInteger, checkList, formatShape, sameShape } from '../shape.js';
import { Tensor, type TensorSpec } from '../tensor.js';
import { checkFloat } from './operand.js';

export type { AdamStepOptions, SgdStepOptions };

/** A parameter before a step of Adam: all tensors of its shape and dtype. */
export interface AdamMove {
  readonly parameter: Tensor;
  readonly gradient: Tensor;
  /** The running mean of the gradient; zeros before the first step. */
  readonly expAvg: Tensor;
  /** The running mean of the gradient's square; zeros before the first step. */
  readonly expAvgSq: Tensor;
  /** The largest of these so far, for AMSGrad; zeros before the first step. */
  readonly maxExpAvgSq?: Tensor;
}

/** A parameter after a step of Adam. */
export interface AdamMoved extends Pick<AdamMove, 'expAvg' | 'expAvgSq' | 'maxExpAvgSq'> {
  readonly value: Tensor;
}

/** A parameter before a step of gradient descent. */
export interface SgdMove {
  readonly parameter: Tensor;
  readonly gradient: Tensor;
  /** What goes on of the steps so far; not there, for all parameters alike, where the momentum begins with this step. */
  readonly momentumBuffer?: Tensor;
}

/** A parameter after a step of gradient descent. */
export interface SgdMoved {
  readonly value: Tensor;
  /** There where there is momentum. */
  readonly momentumBuffer?: Tensor;
}

/** @throws ArgumentError unless all of these options are finite numbers. */
function checkNumbers<T extends object>(op: string, options: T, names: readonly (keyof T & string)[]): void {
  for (const name of names) {
    if (Number.isFinite(options[name])) continue;
    throw new ArgumentError(op, `${name} is a finite number, got ${formatValue(options[name])}`);
  }
}

/** @throws ArgumentError unless there are two decays from 0 up to 1. */
function checkBetas(op: string, betas: unknown): void {
  const isDecay = (beta: unknown) => typeof beta === 'number' && beta >= 0 && beta < 1;
  if (Array.isArray(betas) && betas.length === 2 && betas.every(isDecay)) return;
  throw new ArgumentError(op, `betas are two numbers from 0 up to 1, got ${formatValue(betas)}`);
}

/** What a step reads of each parameter, and what it gives; `parameter` comes in first, and `value` goes out. */
interface Names {
  readonly reads: readonly string[];
  readonly gives: readonly string[];
}

type NamedTensors = Readonly<Record<string, unknown>>;

/** An op that takes all tensors of all parameters, one parameter after the other, as a function of named tensors. */
function defineStep<A extends Attrs>(
  name: string,
  namesFor: (attrs: A) => Names,
  forward: (kernels: Kernels<Storage>, rows: readonly Row<Storage>[], attrs: A) => readonly Row<Storage>[],
): (moves: readonly object[], attrs: A) => Record<string, Tensor>[] {
  const op = defineMultiOp<A>({
    name,
    infer: (inputs, attrs) => {
      const { reads, gives } = namesFor(attrs);
      return rowsOf(inputs, reads.length).flatMap(([parameter, ...rest]) => {
        checkRow(name, parameter as TensorSpec, rest);
        return gives.map(() => parameter as TensorSpec);
      });
    },
    forward: (kernels, inputs, attrs) => {
      const arrays = inputs.map(({ data }) => data);
      return forward(kernels, rowsOf(arrays, namesFor(attrs).reads.length), attrs).flat();
    },
  });
  return (moves, attrs) => {
    const { reads, gives } = namesFor(attrs);
    const inputs = moves.flatMap((move, i) => reads.map((read) => tensorOf(name, move, read, i)));
    return rowsOf(dispatchAll(op, inputs, attrs), gives.length).map((row) =>
      Object.fromEntries(row.map((tensor, i) => [gives[i] as string, tensor])),
    );
  };
}

function tensorOf(op: string, move: object, name: string, i: number): Tensor {
  const tensor = (move as NamedTensors)?.[name];
  if (tensor instanceof Tensor) return tensor;
  throw new ArgumentError(op, `${name} of parameter ${i} is a tensor, got ${formatValue(tensor)}`);
}

/** A list as rows of `width` entries. */
function rowsOf<T>(list: readonly T[], width: number): T[][] {
  return Array.from({ length: list.length / width }, (_, i) => list.slice(i * width, (i + 1) * width));
}

/** @throws ShapeError or DTypeError unless all that belongs to a parameter has its shape and dtype, that of floats. */
function checkRow(op: string, { shape, dtype }: TensorSpec, rest: readonly TensorSpec[]): void {
  checkFloat(op, dtype);
  for (const other of rest) {
    if (!sameShape(other.shape, shape)) {
      throw new ShapeError(
        op,
        `gradient and state have the parameter's shape ${formatShape(shape)}, got ${formatShape(other.shape)}`,
      );
    }
    if (other.dtype !== dtype) {
      throw new DTypeError(
        op,
        `gradient and state are ${dtype} like the parameter, got ${other.dtype}. Convert with to('${dtype}')`,
      );
    }
  }
}

const dispatchAdam = defineStep<AdamStepOptions>(
  'adamStep',
  ({ amsgrad }) => {
    const moments = ['expAvg', 'expAvgSq', ...(amsgrad ? ['maxExpAvgSq'] : [])];
    return { reads: ['parameter', 'gradient', ...moments], gives: ['value', ...moments] };
  },
  (kernels, rows, attrs) => kernels.adamStep(rows, attrs),
);

/**
 * One step of Adam or AdamW for all parameters. It has no gradient rule: call it under `noGrad`.
 * Kingma and Ba (2015), Loshchilov and Hutter (2019), Reddi et al. (2018); `torch.optim.Adam`, `torch.optim.AdamW`
 * @param moves Each parameter with its gradient and moments, all after equally many steps.
 * @returns New values and moments, in the same order.
 * @throws ShapeError or DTypeError unless gradients and moments have the shape and dtype of their parameter;
 * ArgumentError if one is missing, or an option is none that Adam can have.
 */
export function adamStep(moves: readonly AdamMove[], options: AdamStepOptions): AdamMoved[] {
  checkOptions('adamStep', options);
  checkList('adamStep', 'what is moved', moves);
  checkInteger('adamStep', 'step', options.step, 1);
  checkNumbers('adamStep', options, ['lr', 'eps', 'weightDecay']);
  checkBetas('adamStep', options.betas);
  return dispatchAdam(moves, options) as unknown as AdamMoved[];
}

type SgdAttrs = SgdStepOptions & {
  /** Whether there is a momentum from earlier steps. */
  readonly goesOn: boolean;
};

const dispatchSgd = defineStep<SgdAttrs>(
  'sgdStep',
  ({ momentum, goesOn }) => ({
    reads: ['parameter', 'gradient', ...(goesOn ? ['momentumBuffer'] : [])],
    gives: ['value', ...(momentum === 0 ? [] : ['momentumBuffer'])],
  }),
  (kernels, rows, attrs) => kernels.sgdStep(rows, attrs),
);

/**
 * One step of gradient descent for all parameters. It has no gradient rule: call it under `noGrad`. `torch.optim.SGD`
 * @param moves Each parameter with its gradient, and with its momentum buffer unless the momentum is 0 or begins.
 * @returns New values, and new buffers if there is momentum, in the same order.
 * @throws ShapeError or DTypeError unless gradients and buffers have the shape and dtype of their parameter;
 * ArgumentError if one is missing, or an option is no number.
 */
export function sgdStep(moves: readonly SgdMove[], options: SgdStepOptions): SgdMoved[] {
  checkOptions('sgdStep', options);
  checkList('sgdStep', 'what is moved', moves);
  checkNumbers('sgdStep', options, ['lr', 'momentum', 'dampening', 'weightDecay']);
  const goesOn = options.momentum !== 0 && moves.some((move) => move?.momentumBuffer !== undefined);
  return dispatchSgd(moves, { ...options, goesOn }) as unknown as SgdMoved[];
}
