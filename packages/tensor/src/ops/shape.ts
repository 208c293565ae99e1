/** Rearranging values: reshape, permute, expand, flip, slice, pad, concat, and what is composed of them. */
import { dispatch } from '../dispatch.js';
import { ArgumentError, ShapeError } from '../errors.js';
import { defineOp } from '../op.js';
import {
  broadcastStrides,
  checkInteger,
  checkList,
  checkShape,
  formatShape,
  listAxes,
  normalizeAxis,
  range,
  type Shape,
  sameShape,
  sizeOf,
  stridesOf,
} from '../shape.js';
import type { Tensor } from '../tensor.js';
import { cast } from './cast.js';
import { checkTensor, commonDType } from './operand.js';

type ShapeAttrs = { readonly shape: Shape };

const reshapeOp = defineOp<ShapeAttrs>({
  name: 'reshape',
  infer: ([x], { shape }) => ({ shape, dtype: x.dtype }),
  forward: (_, [x]) => x.data,
});

/**
 * The same values under another shape; shares the storage. One length may be -1 and is worked out. `torch.reshape`
 * @throws ShapeError unless the number of elements stays the same.
 */
export function reshape(x: Tensor, shape: Shape): Tensor {
  checkTensor('reshape', x);
  const target = inferLength('reshape', shape, x);
  return dispatch(reshapeOp, [x], { shape: target });
}

function inferLength(op: string, shape: Shape, x: Tensor): number[] {
  checkShape(op, shape, -1);
  const unknown = shape.indexOf(-1);
  if (shape.lastIndexOf(-1) > unknown)
    throw new ShapeError(op, `only one length may be -1, got ${formatShape(shape)}`);
  const rest = sizeOf(shape.filter((_, axis) => axis !== unknown));
  const target = unknown < 0 ? [...shape] : shape.with(unknown, rest === 0 ? 0 : x.numel() / rest);
  const fits =
    target.every(Number.isInteger) && sizeOf(target) === x.numel() && !(unknown >= 0 && rest === 0);
  if (!fits) {
    throw new ShapeError(
      op,
      `${x.numel()} elements of shape ${formatShape(x.shape)} do not fill ${formatShape(shape)}. ` +
        'The product of the lengths must stay the same; one of them may be -1',
    );
  }
  return target;
}

/**
 * All axes from `start` to `end` (inclusive) as one. Defaults: all of them. `torch.flatten`
 * @throws ShapeError for axes that do not exist or come in the wrong order.
 */
export function flatten(x: Tensor, start = 0, end = -1): Tensor {
  checkTensor('flatten', x);
  const first = normalizeAxis('flatten', start, x.ndim);
  const last = normalizeAxis('flatten', end, x.ndim);
  if (first > last)
    throw new ShapeError('flatten', `the first axis ${start} comes after the last axis ${end}`);
  const merged = sizeOf(x.shape.slice(first, last + 1));
  return reshape(x, [...x.shape.slice(0, first), merged, ...x.shape.slice(last + 1)]);
}

/** Without the axes of length 1; given `axes`, only without those of them that have length 1. `torch.squeeze` */
export function squeeze(x: Tensor, axes?: number | readonly number[]): Tensor {
  checkTensor('squeeze', x);
  const dropped = axes === undefined ? range(x.ndim) : listAxes('squeeze', axes, x.ndim);
  return reshape(
    x,
    x.shape.filter((length, axis) => length !== 1 || !dropped.includes(axis)),
  );
}

/** With a new axis of length 1 before `axis` (negative: counted from the end of the result). `torch.unsqueeze` */
export function unsqueeze(x: Tensor, axis: number): Tensor {
  checkTensor('unsqueeze', x);
  const at = normalizeAxis('unsqueeze', axis, x.ndim + 1);
  return reshape(x, x.shape.toSpliced(at, 0, 1));
}

type PermuteAttrs = { readonly axes: readonly number[] };

const permuteOp = defineOp<PermuteAttrs>({
  name: 'permute',
  infer: ([x], { axes }) => ({ shape: axes.map((axis) => x.shape[axis] as number), dtype: x.dtype }),
  forward: (kernels, [x], { axes }, { shape, dtype }) => {
    const strides = stridesOf(x.shape);
    return kernels.stridedRead(x.data, shape, dtype, {
      offset: 0,
      strides: axes.map((axis) => strides[axis] as number),
    });
  },
});

/**
 * The axes in another order: axis i of the result is axis `axes[i]` of x. `torch.permute`
 * @throws ShapeError unless every axis is named exactly once.
 */
export function permute(x: Tensor, axes: readonly number[]): Tensor {
  checkTensor('permute', x);
  checkList('permute', 'the order of axes', axes);
  const order = axes.map((axis) => normalizeAxis('permute', axis, x.ndim));
  if (order.length !== x.ndim || new Set(order).size !== x.ndim) {
    throw new ShapeError(
      'permute',
      `${formatShape(axes)} must name each of the ${x.ndim} axes of ${formatShape(x.shape)} once`,
    );
  }
  return dispatch(permuteOp, [x], { axes: order });
}

/** Two axes exchanged; by default the last two. `torch.transpose` */
export function transpose(x: Tensor, a = -2, b = -1): Tensor {
  checkTensor('transpose', x);
  const [p, q] = [normalizeAxis('transpose', a, x.ndim), normalizeAxis('transpose', b, x.ndim)];
  return permute(
    x,
    range(x.ndim).map((axis) => (axis === p ? q : axis === q ? p : axis)),
  );
}

const expandOp = defineOp<ShapeAttrs>({
  name: 'expand',
  broadcasts: true,
  infer: ([x], { shape }) => ({ shape, dtype: x.dtype }),
  forward: (kernels, [x], _, { shape, dtype }) =>
    kernels.stridedRead(x.data, shape, dtype, { offset: 0, strides: broadcastStrides(x.shape, shape) }),
});

/**
 * Axes of length 1 repeated to the lengths of `shape`; -1 keeps a length. Ops broadcast by themselves, so this is
 * seldom needed. `torch.expand`
 */
export function expand(x: Tensor, shape: Shape): Tensor {
  checkTensor('expand', x);
  checkShape('expand', shape, -1);
  const lead = shape.length - x.ndim;
  const target = shape.map((length, axis) =>
    length === -1 && axis >= lead ? (x.shape[axis - lead] as number) : length,
  );
  checkShape('expand', target);
  if (!stretches(x.shape, target)) {
    throw new ShapeError(
      'expand',
      `${formatShape(x.shape)} cannot be stretched to ${formatShape(shape)}. ` +
        'Counted from the last axis, every length must stay the same or be 1 before',
    );
  }
  return dispatch(expandOp, [x], { shape: target });
}

/** Whether broadcasting turns `shape` into `to`. */
function stretches(shape: Shape, to: Shape): boolean {
  const lead = to.length - shape.length;
  return lead >= 0 && shape.every((length, axis) => length === 1 || length === to[lead + axis]);
}

const flipOp = defineOp<PermuteAttrs>({
  name: 'flip',
  infer: ([x]) => x,
  forward: (kernels, [x], { axes }, { shape, dtype }) => {
    const own = stridesOf(shape);
    const strides = own.map((stride, axis) => (axes.includes(axis) ? -stride : stride));
    const offset = axes.reduce((sum, axis) => sum + (own[axis] as number) * ((shape[axis] as number) - 1), 0);
    return kernels.stridedRead(x.data, shape, dtype, { offset, strides });
  },
});

/** The order along one axis, or several, reversed. `torch.flip` */
export function flip(x: Tensor, axes: number | readonly number[]): Tensor {
  checkTensor('flip', x);
  return dispatch(flipOp, [x], { axes: listAxes('flip', axes, x.ndim) });
}

type ConcatAttrs = { readonly axis: number };

const concatOp = defineOp<ConcatAttrs>({
  name: 'concat',
  infer: (inputs, { axis }) => {
    const [first] = inputs;
    const stranger = inputs.find(({ shape }) => !sameShape(shape.with(axis, 0), first.shape.with(axis, 0)));
    if (stranger) {
      throw new ShapeError(
        'concat',
        `${formatShape(first.shape)} and ${formatShape(stranger.shape)} differ outside of axis ${axis}`,
      );
    }
    const length = inputs.reduce((sum, { shape }) => sum + (shape[axis] as number), 0);
    return { shape: first.shape.with(axis, length), dtype: first.dtype };
  },
  forward: (kernels, inputs, { axis }, { shape, dtype }) =>
    kernels.concat(
      inputs.map((input) => input.data),
      sizeOf(shape.slice(0, axis)),
      inputs.map((input) => sizeOf(input.shape.slice(axis))),
      dtype,
    ),
});

/** @throws ArgumentError unless there is at least one tensor, which is returned, and nothing else. */
function checkTensors(op: string, tensors: readonly Tensor[]): Tensor {
  checkList(op, 'what is joined', tensors);
  const [first] = tensors;
  if (first === undefined) throw new ArgumentError(op, 'needs at least one tensor, got an empty list');
  for (const tensor of tensors) checkTensor(op, tensor);
  return first;
}

/**
 * The tensors one after the other along `axis` (default 0). `torch.cat`
 * @throws ShapeError if there are none, or they differ along another axis.
 */
export function concat(tensors: readonly Tensor[], axis = 0): Tensor {
  const first = checkTensors('concat', tensors);
  const ranks = new Set(tensors.map((tensor) => tensor.ndim));
  if (ranks.size > 1 || first.ndim === 0) {
    const shapes = tensors.map((tensor) => formatShape(tensor.shape)).join(', ');
    throw new ShapeError(
      'concat',
      `takes tensors with the same number of axes and at least one, got ${shapes}. Use stack for scalars`,
    );
  }
  const dtype = commonDType(tensors);
  return dispatch(
    concatOp,
    tensors.map((tensor) => cast(tensor, dtype)),
    { axis: normalizeAxis('concat', axis, first.ndim) },
  );
}

/** Tensors of one shape side by side along a new axis (default 0). `torch.stack` */
export function stack(tensors: readonly Tensor[], axis = 0): Tensor {
  const first = checkTensors('stack', tensors);
  const stranger = tensors.find((tensor) => !sameShape(tensor.shape, first.shape));
  if (stranger) {
    throw new ShapeError(
      'stack',
      `all shapes must be equal, got ${formatShape(first.shape)} and ${formatShape(stranger.shape)}`,
    );
  }
  const at = normalizeAxis('stack', axis, first.ndim + 1);
  return concat(
    tensors.map((tensor) => unsqueeze(tensor, at)),
    at,
  );
}

/** x repeated `repeats[i]` times along axis i; missing leading axes are added. `torch.tile` */
export function tile(x: Tensor, repeats: readonly number[]): Tensor {
  checkTensor('tile', x);
  checkList('tile', 'how often each axis is repeated', repeats);
  for (const count of repeats) checkInteger('tile', 'a number of repeats', count, 0);
  const rank = Math.max(x.ndim, repeats.length);
  const shape = [...new Array<number>(rank - x.ndim).fill(1), ...x.shape];
  const times = [...new Array<number>(rank - repeats.length).fill(1), ...repeats];
  const interleave = (outer: (axis: number) => number) =>
    shape.flatMap((length, axis) => [outer(axis), length]);
  const apart = reshape(
    x,
    interleave(() => 1),
  );
  const repeated = expand(
    apart,
    interleave((axis) => times[axis] as number),
  );
  return reshape(
    repeated,
    shape.map((length, axis) => length * (times[axis] as number)),
  );
}
