/** Cutting regions out of a tensor, and setting a tensor into a larger one. */
import { onesLike } from '../creation.js';
import { dispatch } from '../dispatch.js';
import { ArgumentError, formatValue, ShapeError } from '../errors.js';
import { defineOp } from '../op.js';
import { checkOptions } from '../options.js';
import {
  axisIn,
  checkInteger,
  checkList,
  checkShape,
  formatShape,
  range,
  type Shape,
  sizeOf,
  stridesOf,
} from '../shape.js';
import { toElement } from '../storage.js';
import type { Tensor } from '../tensor.js';
import { where } from './elementwise.js';
import { checkTensor } from './operand.js';
import { squeeze } from './shape.js';

type SliceAttrs = {
  readonly starts: readonly number[];
  /** How many elements are taken along each axis. */
  readonly lengths: readonly number[];
  readonly steps: readonly number[];
};

/** Where the elements of a slice lie in a contiguous tensor of `shape`. */
function regionOf(shape: Shape, { starts, steps }: Pick<SliceAttrs, 'starts' | 'steps'>) {
  const strides = stridesOf(shape);
  return {
    offset: strides.reduce((sum, stride, axis) => sum + stride * (starts[axis] as number), 0),
    strides: strides.map((stride, axis) => stride * (steps[axis] as number)),
  };
}

const sliceOp = defineOp<SliceAttrs>({
  name: 'slice',
  infer: ([x], { lengths }) => ({ shape: lengths, dtype: x.dtype }),
  forward: (kernels, [x], attrs, { shape, dtype }) =>
    kernels.stridedRead(x.data, shape, dtype, regionOf(x.shape, attrs)),
});

type EmbedAttrs = SliceAttrs & { readonly shape: Shape; readonly fill: number };

const embedOp = defineOp<EmbedAttrs>({
  name: 'embed',
  infer: ([x], { shape }) => ({ shape, dtype: x.dtype }),
  forward: (kernels, [x], attrs, { shape, dtype }) =>
    kernels.stridedWrite(x.data, x.shape, dtype, regionOf(shape, attrs), sizeOf(shape), attrs.fill),
});

/** @internal Slices by attributes that are known to be right. Its gradient is `embed`. */
export function sliceRegion(x: Tensor, attrs: SliceAttrs): Tensor {
  return dispatch(sliceOp, [x], attrs);
}

/** @internal A tensor of `shape` that holds x in a region and `fill` elsewhere. Its gradient is the slice. */
export function embed(x: Tensor, attrs: EmbedAttrs): Tensor {
  return dispatch(embedOp, [x], attrs);
}

/**
 * What to take along one axis: an index (the axis disappears), `[start, end]` or `[start, end, step]` with Python's
 * meaning (negative counts from the end, `end` is not included, `null` is the rest), or `null` for everything.
 */
export type Range = number | readonly [start: number | null, end?: number | null, step?: number] | null;

/**
 * A region of x, copied. Axes without a range are taken whole. Python's `x[1:3, :, -1]` is
 * `x.slice([[1, 3], null, -1])`.
 *
 * @throws ShapeError for an index that does not exist or too many ranges; ranges are clipped, as in Python.
 * @throws ArgumentError for a step below 1: use `flip` to go backwards.
 */
export function slice(x: Tensor, ranges: readonly Range[]): Tensor {
  checkTensor('slice', x);
  checkList('slice', 'the ranges', ranges);
  if (ranges.length > x.ndim) {
    throw new ShapeError(
      'slice',
      `${ranges.length} ranges for the ${x.ndim} axes of ${formatShape(x.shape)}`,
    );
  }
  const parts = x.shape.map((length, axis) => resolveRange(ranges[axis] ?? null, length, axis));
  const region = sliceRegion(x, {
    starts: parts.map((part) => part.start),
    lengths: parts.map((part) => part.length),
    steps: parts.map((part) => part.step),
  });
  const dropped = range(x.ndim).filter((axis) => typeof ranges[axis] === 'number');
  return dropped.length === 0 ? region : squeeze(region, dropped);
}

function resolveRange(part: Range, length: number, axis: number) {
  if (typeof part === 'number') {
    checkIndex('slice', part, length, axis);
    return { start: part < 0 ? part + length : part, length: 1, step: 1 };
  }
  if (part !== null && (!Array.isArray(part) || part.length > 3)) {
    throw new ArgumentError(
      'slice',
      `a range is an index, [start, end, step] or null, got ${formatValue(part)}`,
    );
  }
  const [from, to, step = 1] = part ?? [null];
  if (!Number.isInteger(step) || step < 1) {
    throw new ArgumentError(
      'slice',
      `a step is a whole number of at least 1, got ${formatValue(step)}. Use flip to go backwards`,
    );
  }
  const start = clip(from ?? 0, length);
  const end = clip(to ?? length, length);
  return { start, length: Math.max(0, Math.ceil((end - start) / step)), step };
}

/** A bound as Python reads it: negative from the end, and never outside. */
function clip(bound: number, length: number): number {
  checkInteger('slice', 'a bound', bound);
  return Math.min(length, Math.max(0, bound < 0 ? bound + length : bound));
}

/** The region that reaches over all of x but along `axis`. */
function sliceAlong(x: Tensor, axis: number, part: Range): Tensor {
  return slice(x, [...range(axis).map(() => null), part]);
}

/**
 * `length` elements along `axis` from `start` (negative: counted from the end). `torch.narrow`
 * @throws ShapeError if they are not all there.
 */
export function narrow(x: Tensor, axis: number, start: number, length: number): Tensor {
  checkTensor('narrow', x);
  const at = axisIn('narrow', axis, x.shape);
  checkInteger('narrow', 'the start', start);
  checkInteger('narrow', 'the length', length, 0);
  const available = x.shape[at]!;
  const first = start < 0 ? start + available : start;
  if (first < 0 || first + length > available) {
    throw new ShapeError(
      'narrow',
      `from ${start}, length ${length} is outside of axis ${axis} of ${formatShape(x.shape)}`,
    );
  }
  return sliceAlong(x, at, [first, first + length]);
}

/**
 * The part at `index` (negative: counted from the end) along `axis`, without that axis. `torch.select`
 * @throws ShapeError if there is no such index.
 */
export function select(x: Tensor, axis: number, index: number): Tensor {
  checkTensor('select', x);
  const at = axisIn('select', axis, x.shape);
  checkIndex('select', index, x.shape[at]!, at);
  return sliceAlong(x, at, index);
}

/** @throws ShapeError unless the index exists, counted from the start or the end. */
function checkIndex(op: string, index: number, length: number, axis: number): void {
  checkInteger(op, 'an index', index);
  if (index < -length || index >= length) {
    throw new ShapeError(op, `index ${index} is out of range for axis ${axis} of length ${length}`);
  }
}

/**
 * Pieces along `axis` (default 0): of `size` elements each, the last one smaller if it does not come out even, or of
 * the sizes listed. `torch.split`
 * @throws ShapeError if listed sizes do not add up to the length of the axis.
 */
export function split(x: Tensor, size: number | readonly number[], axis = 0): Tensor[] {
  checkTensor('split', x);
  const at = axisIn('split', axis, x.shape);
  const total = x.shape[at]!;
  const sizes = typeof size === 'number' ? evenSizes(size, total) : size;
  checkList('split', 'the sizes', sizes);
  for (const length of sizes) checkInteger('split', 'a size', length, 0);
  if (sizes.reduce((sum, length) => sum + length, 0) !== total) {
    throw new ShapeError(
      'split',
      `sizes ${formatShape(sizes)} do not add up to axis ${axis} of ${formatShape(x.shape)}`,
    );
  }
  let start = 0;
  return sizes.map((length) => {
    start += length;
    return sliceAlong(x, at, [start - length, start]);
  });
}

function evenSizes(size: number, total: number): number[] {
  checkInteger('split', 'a size', size, 1);
  return range(Math.max(1, Math.ceil(total / size))).map((i) => Math.min(size, total - i * size));
}

export interface PadOptions {
  /** What the border is made of; converted to x's dtype. Default 0. */
  readonly value?: number | boolean;
}

/**
 * A border of `value` (default 0) around x. `padding` lists [before, after] for the last axes, the last axis first,
 * as `torch.nn.functional.pad` does: `[left, right, top, bottom]`. Negative amounts cut.
 *
 * @throws ShapeError for too many amounts, or if they cut more than there is.
 */
export function pad(x: Tensor, padding: readonly number[], options: PadOptions = {}): Tensor {
  checkTensor('pad', x);
  checkOptions('pad', options, ['value']);
  const fill = toElement('pad', options.value ?? 0, x.dtype);
  checkList('pad', 'the padding', padding);
  for (const amount of padding) checkInteger('pad', 'an amount', amount);
  if (padding.length % 2 !== 0 || padding.length > 2 * x.ndim) {
    throw new ShapeError(
      'pad',
      `takes [before, after] for up to ${x.ndim} axes, last axis first, got ${formatShape(padding)}`,
    );
  }
  const border = x.shape.map((_, axis) => {
    const at = 2 * (x.ndim - 1 - axis);
    return { before: padding[at] ?? 0, after: padding[at + 1] ?? 0 };
  });
  const starts = border.map(({ before }) => Math.max(0, -before));
  const ends = border.map(({ after }, axis) => x.shape[axis]! + Math.min(0, after));
  if (starts.some((start, axis) => start > ends[axis]!)) {
    throw new ShapeError(
      'pad',
      `${formatShape(padding)} cuts more from ${formatShape(x.shape)} than there is`,
    );
  }
  const shape = border.map(({ before, after }, axis) => x.shape[axis]! + before + after);
  checkShape('pad', shape);
  const kept = slice(
    x,
    starts.map((start, axis) => [start, ends[axis]!]),
  );
  const region = {
    shape,
    starts: border.map(({ before }) => Math.max(0, before)),
    lengths: kept.shape,
    steps: shape.map(() => 1),
  };
  if (isJsonNumber(fill)) return embed(kept, { ...region, fill });
  const inside = embed(onesLike(kept, { dtype: 'bool' }), { ...region, fill: 0 });
  return where(inside, embed(kept, { ...region, fill: 0 }), fill);
}

/** Attributes are plain JSON, which has no NaN, no infinities and no -0. */
function isJsonNumber(value: number): boolean {
  return Number.isFinite(value) && !Object.is(value, -0);
}
