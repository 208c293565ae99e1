/** Convolution and its two gradients, as matrix products with the column matrix of im2col. */
import type { TypedArray } from '../../dtype.js';
import type { Conv2dDims } from '../dims.js';
import { gemm } from './gemm.js';
import { type ColumnPlan, col2im, im2col, planColumns, type Slice } from './im2col.js';
import { type MatrixView, rowMajor, transposed } from './matrix-view.js';
import { emptyLike, roundLike } from './storage.js';

/*
 * For one slice (some images, one group of channels), where y and g are [O / groups, images * outH * outW],
 * w is [O / groups, C / groups * KH * KW], and columns is the column matrix of x:
 *
 *   y = w · columns        columns of dx = w^T · g        dw = g · columns^T
 */

/** x [N, C, H, W], w [O, C / groups, KH, KW] and perhaps a bias [O] give y [N, O, outH, outW]. */
export function conv2d(x: TypedArray, w: TypedArray, dims: Conv2dDims, bias?: TypedArray): TypedArray {
  const plan = planColumns(dims);
  const columns = emptyLike(x, plan.depth * plan.width);
  const rows = emptyLike(x, plan.outputs * plan.width);
  const y = emptyLike(x, dims.N * dims.O * plan.pixels);
  for (const slice of plan.slices) {
    im2col(x, columns, slice, plan, dims);
    const weight = weightOf(w, slice, plan);
    gemm(plan.outputs, slice.width, plan.depth, weight, rowMajor(columns, slice.width), rows);
    forEachOutputPlane(slice, plan, dims, (plane, row, output) => {
      for (let i = 0; i < plan.pixels; i++) {
        y[plane + i] = bias === undefined ? rows[row + i] : rows[row + i] + bias[output];
      }
    });
  }
  return y;
}

/** g [N, O, outH, outW] and w [O, C / groups, KH, KW] give the gradient of x, [N, C, H, W]. */
export function conv2dInputGrad(g: TypedArray, w: TypedArray, dims: Conv2dDims): TypedArray {
  const plan = planColumns(dims);
  const columns = new Float64Array(plan.depth * plan.width);
  const rows = emptyLike(g, plan.outputs * plan.width);
  const dx = new Float64Array(dims.N * dims.C * dims.H * dims.W);
  for (const slice of plan.slices) {
    copyOutputs(g, rows, slice, plan, dims);
    const weight = transposed(weightOf(w, slice, plan));
    gemm(plan.depth, slice.width, plan.outputs, weight, rowMajor(rows, slice.width), columns);
    col2im(columns, dx, slice, plan, dims);
  }
  return roundLike(g, dx);
}

/** x [N, C, H, W] and g [N, O, outH, outW] give the gradient of w, [O, C / groups, KH, KW]. */
export function conv2dWeightGrad(x: TypedArray, g: TypedArray, dims: Conv2dDims): TypedArray {
  const plan = planColumns(dims);
  const columns = emptyLike(x, plan.depth * plan.width);
  const rows = emptyLike(g, plan.outputs * plan.width);
  const product = new Float64Array(plan.outputs * plan.depth);
  const dw = new Float64Array(dims.O * plan.depth);
  for (const slice of plan.slices) {
    im2col(x, columns, slice, plan, dims);
    copyOutputs(g, rows, slice, plan, dims);
    const transposedColumns = transposed(rowMajor(columns, slice.width));
    gemm(plan.outputs, plan.depth, slice.width, rowMajor(rows, slice.width), transposedColumns, product);
    const group = slice.group * product.length;
    for (let i = 0; i < product.length; i++) dw[group + i] += product[i];
  }
  return roundLike(x, dw);
}

function weightOf(w: TypedArray, { group }: Slice, { outputs, depth }: ColumnPlan): MatrixView {
  return rowMajor(w, depth, group * outputs * depth);
}

/** Brings a slice of g, [N, O, outH, outW], into the order [O / groups, images * outH * outW]. */
function copyOutputs(
  g: TypedArray,
  rows: TypedArray,
  slice: Slice,
  plan: ColumnPlan,
  dims: Conv2dDims,
): void {
  forEachOutputPlane(slice, plan, dims, (plane, row) => {
    for (let i = 0; i < plan.pixels; i++) rows[row + i] = g[plane + i];
  });
}

/** For each output channel and image of a slice: where its plane is in [N, O, outH, outW] and in the rows, and the channel. */
function forEachOutputPlane(
  { firstImage, images, group }: Slice,
  { outputs, pixels }: ColumnPlan,
  { O }: Conv2dDims,
  visit: (plane: number, row: number, output: number) => void,
): void {
  for (let output = 0; output < outputs; output++) {
    for (let image = 0; image < images; image++) {
      const channel = group * outputs + output;
      const plane = (firstImage + image) * O + channel;
      visit(plane * pixels, (output * images + image) * pixels, channel);
    }
  }
}
