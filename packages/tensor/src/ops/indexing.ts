/** Reading and writing by index: gather, scatterAdd, indexSelect, indexAdd. */
import { dispatch } from '../dispatch.js';
import type { TypedArray } from '../dtype.js';
import { DTypeError, ShapeError } from '../errors.js';
import { lanesAlong } from '../kernels/lanes.js';
import { defineOp } from '../op.js';
import { axisIn, formatShape, normalizeAxis, type Shape, sameShape } from '../shape.js';
import { knownValues, type Tensor, type TensorSpec } from '../tensor.js';
import { checkTensor } from './operand.js';

type AxisAttrs = { readonly axis: number };

/**
 * @internal @throws DTypeError unless int32, ShapeError unless every index is from 0 to `length - 1`. Of indices on the GPU only
 * those are looked at that came from the CPU: at others that there are not, its kernels read NaN.
 */
export function checkIndices(op: string, index: Tensor, length: number): void {
  checkTensor(op, index);
  if (index.dtype !== 'int32') {
    throw new DTypeError(op, `an index is int32, got ${index.dtype}. Convert with to('int32')`);
  }
  const values = knownValues(index);
  const wrong = values && firstOutside(values, length);
  if (wrong !== undefined) {
    throw new ShapeError(op, `index ${wrong} is out of range: it must be at least 0 and less than ${length}`);
  }
}

/** The first of the values that is not from 0 to `length - 1`. A loop: `find` takes several times as long. */
function firstOutside(values: TypedArray, length: number): number | undefined {
  for (let i = 0; i < values.length; i++) if (values[i]! < 0 || values[i]! >= length) return values[i];
  return undefined;
}

/** @throws ShapeError unless the index fits into `shape`; with an axis, it may be longer along that one. */
function checkIndexShape(op: string, index: Shape, shape: Shape, axis?: number): void {
  const fits = index.length === shape.length && index.every((length, i) => i === axis || length <= shape[i]!);
  if (fits) return;
  const where = axis === undefined ? '' : ` along the axes other than ${axis}`;
  throw new ShapeError(
    op,
    `an index of shape ${formatShape(index)} does not fit into ${formatShape(shape)}${where}. ` +
      'It has as many axes, none of them longer',
  );
}

const gatherOp = defineOp<AxisAttrs>({
  name: 'gather',
  infer: ([x, index], { axis }) => {
    checkIndexShape('gather', index.shape, x.shape, axis);
    return { shape: index.shape, dtype: x.dtype };
  },
  forward: (kernels, [x, index], { axis }) => kernels.gather(x.data, x.shape, index.data, index.shape, axis),
});

/**
 * out[i][j] = x[index[i][j]][j] for axis 0, and so on for the others: the index takes the place of the position along
 * `axis`. `torch.gather`
 * @param index int32, with as many axes as x and nowhere longer than x but along `axis`.
 * @throws ShapeError for an index that does not fit or points outside of x, DTypeError unless it is int32.
 */
export function gather(x: Tensor, axis: number, index: Tensor): Tensor {
  checkTensor('gather', x);
  const at = normalizeAxis('gather', axis, x.ndim);
  checkIndices('gather', index, x.shape[at] ?? 1);
  return dispatch(gatherOp, [x, index], { axis: at });
}

const scatterAddOp = defineOp<AxisAttrs>({
  name: 'scatterAdd',
  infer: ([x, index, source], { axis }) => {
    checkIndexShape('scatterAdd', index.shape, x.shape, axis);
    checkIndexShape('scatterAdd', index.shape, source.shape);
    checkAddable('scatterAdd', x, source);
    return x;
  },
  forward: (kernels, [x, index, source], { axis }) =>
    kernels.scatterAdd(x.data, x.shape, index.data, index.shape, source.data, source.shape, axis),
});

/** @throws DTypeError unless both have one dtype, of numbers. */
function checkAddable(op: string, x: TensorSpec, source: TensorSpec): void {
  if (x.dtype === 'bool') throw new DTypeError(op, "is not defined for bool. Convert with to('int32') first");
  if (x.dtype !== source.dtype) {
    throw new DTypeError(
      op,
      `the source is ${source.dtype}, but what it is added to ${x.dtype}. Convert with to('${x.dtype}')`,
    );
  }
}

/**
 * x, with source[i][j] added at [index[i][j]][j] for axis 0, and so on; places named several times get all of it.
 * `torch.scatter_add`
 * @param index int32, nowhere longer than `source`, nor than x but along `axis`.
 * @throws ShapeError for an index that does not fit or points outside of x.
 * @throws DTypeError unless the index is int32, and x and the source have one dtype other than bool.
 */
export function scatterAdd(x: Tensor, axis: number, index: Tensor, source: Tensor): Tensor {
  for (const input of [x, source]) checkTensor('scatterAdd', input);
  const at = normalizeAxis('scatterAdd', axis, x.ndim);
  checkIndices('scatterAdd', index, x.shape[at] ?? 1);
  return dispatch(scatterAddOp, [x, index, source], { axis: at });
}

/** @throws ShapeError unless the index is a list. */
function checkIndexList(op: string, index: TensorSpec): void {
  if (index.shape.length > 1) {
    throw new ShapeError(
      op,
      `an index is a list, got shape ${formatShape(index.shape)}. Flatten it, or use gather`,
    );
  }
}

const indexSelectOp = defineOp<AxisAttrs>({
  name: 'indexSelect',
  infer: ([x, index], { axis }) => {
    checkIndexList('indexSelect', index);
    return { shape: x.shape.with(axis, index.shape[0] ?? 1), dtype: x.dtype };
  },
  forward: (kernels, [x, index], { axis }) =>
    kernels.indexSelect(x.data, index.data, lanesAlong(x.shape, axis)),
});

/**
 * The parts of x at the positions `index` (int32, a list) along `axis`. `torch.index_select`
 * @throws ShapeError for an index that is no list or points outside of x, DTypeError unless it is int32.
 */
export function indexSelect(x: Tensor, axis: number, index: Tensor): Tensor {
  checkTensor('indexSelect', x);
  const at = axisIn('indexSelect', axis, x.shape);
  checkIndices('indexSelect', index, x.shape[at]!);
  return dispatch(indexSelectOp, [x, index], { axis: at });
}

const indexAddOp = defineOp<AxisAttrs>({
  name: 'indexAdd',
  infer: ([x, index, source], { axis }) => {
    checkIndexList('indexAdd', index);
    const expected = x.shape.with(axis, index.shape[0] ?? 1);
    if (!sameShape(expected, source.shape)) {
      throw new ShapeError(
        'indexAdd',
        `the source must have shape ${formatShape(expected)} to be added to ${formatShape(x.shape)}, got ${formatShape(source.shape)}`,
      );
    }
    checkAddable('indexAdd', x, source);
    return x;
  },
  forward: (kernels, [x, index, source], { axis }) =>
    kernels.indexAdd(x.data, index.data, source.data, lanesAlong(x.shape, axis)),
});

/**
 * x, with part k of `source` along `axis` added at position `index[k]`. `torch.index_add`
 * @throws ShapeError for an index that is no list or points outside of x, or if the source does not match it.
 * @throws DTypeError unless the index is int32, and x and the source have one dtype other than bool.
 */
export function indexAdd(x: Tensor, axis: number, index: Tensor, source: Tensor): Tensor {
  for (const input of [x, source]) checkTensor('indexAdd', input);
  const at = axisIn('indexAdd', axis, x.shape);
  checkIndices('indexAdd', index, x.shape[at]!);
  return dispatch(indexAddOp, [x, index, source], { axis: at });
}
