/** Convolution and its gradients in wasm. */
import type { TypedArray } from '../../dtype.js';
import type { Conv2dDims } from '../dims.js';
import {
  type DepthwisePlan,
  forwardPixels,
  planDepthwise,
  planInputGrad,
  planWeightGrad,
  productOf,
} from './conv2d-plan.js';
import { compute, type Frame } from './frame.js';
import { SCRATCH_BYTES } from './machine.js';
import { reference } from './reference.js';
import { tileOf } from './tile.js';

const SCRATCH_FLOATS = SCRATCH_BYTES / 4;

/** x [N, C, H, W], w [O, C / groups, KH, KW] and perhaps a bias [O] give y [N, O, outH, outW]. */
export function conv2d(x: TypedArray, w: TypedArray, dims: Conv2dDims, bias?: TypedArray): TypedArray {
  const isFast = x instanceof Float32Array && w instanceof Float32Array;
  const hasFastBias = bias === undefined || bias instanceof Float32Array;
  return (
    (isFast && hasFastBias && forward(x, w, asFewRows(dims), bias)) || reference.conv2d(x, w, dims, bias)
  );
}

/** g [N, O, outH, outW] and w [O, C / groups, KH, KW] give the gradient of x, [N, C, H, W]. */
export function conv2dInputGrad(g: TypedArray, w: TypedArray, dims: Conv2dDims): TypedArray {
  const isFast = g instanceof Float32Array && w instanceof Float32Array;
  return (isFast && inputGrad(g, w, asFewRows(dims))) || reference.conv2dInputGrad(g, w, dims);
}

/** x [N, C, H, W] and g [N, O, outH, outW] give the gradient of w, [O, C / groups, KH, KW]. */
export function conv2dWeightGrad(x: TypedArray, g: TypedArray, dims: Conv2dDims): TypedArray {
  const isFast = x instanceof Float32Array && g instanceof Float32Array;
  return (isFast && weightGrad(x, g, asFewRows(dims))) || reference.conv2dWeightGrad(x, g, dims);
}

/** A 1 x 1 kernel that sees every pixel once takes an image for one long row. */
function asFewRows(dims: Conv2dDims): Conv2dDims {
  const { H, W, KH, KW, outH, outW, padTop, padLeft, strideH, strideW } = dims;
  const isPointwise = KH * KW === 1 && outH === H && outW === W && padTop + padLeft === 0;
  if (!isPointwise || strideH * strideW !== 1) return dims;
  return { ...dims, H: 1, W: H * W, outH: 1, outW: H * W };
}

/** Whether each output sees one channel, so that there is no matrix product to speak of. */
const isDepthwise = ({ C, groups }: Conv2dDims) => C === groups && groups > 1;

const isEmpty = ({ N, C, O }: Conv2dDims) => N * C * O === 0;

function forward(x: Float32Array, w: Float32Array, dims: Conv2dDims, bias?: Float32Array) {
  const product = productOf(dims);
  const { O, K, pixels } = product;
  // A column of the product has to fit, next to a panel of the column matrix.
  if (isEmpty(dims) || (O + 400) * 16 > SCRATCH_FLOATS) return undefined;
  return compute((frame) => {
    const { MR, NR } = tileOf(frame.wide);
    const length = dims.N * dims.O * pixels;
    const y = frame.output(length);
    const shift = bias === undefined ? 0 : frame.input(bias);
    const depthwise = planDepthwise(dims);
    if (isDepthwise(dims) && depthwise.room <= SCRATCH_FLOATS) {
      const parameters = geometry(frame, frame.input(x), frame.input(w), y, dims);
      parameters.push(depthwise.perChunk, depthwise.width, shift);
      frame.launch('depthwise', Math.ceil((dims.N * dims.O) / depthwise.perChunk), parameters);
      return frame.result(y, length);
    }
    const panels = packWeight(frame, w, dims.groups, { K, L: O, strideK: 1, strideL: K }, MR);
    const perChunk = forwardPixels(product, NR);
    const parameters = geometry(frame, frame.input(x), panels, y, dims);
    parameters.push(perChunk, shift);
    frame.launch('conv2d', dims.groups * Math.ceil((dims.N * pixels) / perChunk), parameters);
    return frame.result(y, length);
  });
}

function inputGrad(g: Float32Array, w: Float32Array, dims: Conv2dDims) {
  if (isEmpty(dims)) return undefined;
  return compute((frame) => {
    const { MR, NR } = tileOf(frame.wide);
    const depthwise = planDepthwise(dims);
    if (isDepthwise(dims) && depthwise.room <= SCRATCH_FLOATS)
      return depthwiseInputGrad(frame, g, w, dims, depthwise);
    const plan = planInputGrad(dims, MR, NR);
    if (plan.room > SCRATCH_FLOATS) return undefined;
    const { C, O, K } = productOf(dims);
    const length = dims.N * dims.C * dims.H * dims.W;
    const dx = frame.output(length);
    const panels = packWeight(frame, w, dims.groups, { K: O, L: K, strideK: K, strideL: 1 }, MR);
    const parameters = geometry(frame, dx, panels, frame.input(g), dims);
    parameters.push(
      plan.images,
      plan.band,
      plan.channelsPerChunk,
      plan.channelsAtOnce,
      plan.rows,
      plan.columns,
    );
    const parts = Math.ceil(C / plan.channelsPerChunk);
    frame.launch('conv2dInputGrad', Math.ceil(dims.N / plan.images) * dims.groups * parts, parameters);
    return frame.result(dx, length);
  });
}

function weightGrad(x: Float32Array, g: Float32Array, dims: Conv2dDims) {
  if (isEmpty(dims)) return undefined;
  return compute((frame) => {
    const { MR, NR } = tileOf(frame.wide);
    const depthwise = planDepthwise(dims);
    if (isDepthwise(dims) && depthwise.room <= SCRATCH_FLOATS)
      return depthwiseWeightGrad(frame, x, g, dims, depthwise);
    const { slabs, slabPixels, partRows, rowsAtOnce, pixelsAtOnce, rows, width } = planWeightGrad(
      dims,
      MR,
      NR,
    );
    if ((width + rowsAtOnce) * pixelsAtOnce > SCRATCH_FLOATS) return undefined;
    const { groups } = dims;
    const { O, K } = productOf(dims);
    const length = groups * O * K;
    const dw = frame.output(length);
    const products = frame.output(slabs * groups * rows * width);
    const parameters = geometry(frame, frame.input(x), products, frame.input(g), dims);
    parameters.push(slabPixels, partRows, rowsAtOnce, pixelsAtOnce, rows, width);
    frame.launch('conv2dWeightSlabs', slabs * groups * Math.ceil(K / partRows), parameters);
    const perChunk = 4 * Math.max(1, Math.round(2 ** 14 / (slabs * width)));
    const sum = [dw, products, slabs, K, O, groups, rows, width, perChunk];
    frame.launch('conv2dWeightSum', groups * Math.ceil(K / perChunk), sum);
    return frame.result(dw, length);
  });
}

function depthwiseInputGrad(
  frame: Frame,
  g: Float32Array,
  w: Float32Array,
  dims: Conv2dDims,
  { perChunk, width }: DepthwisePlan,
): Float32Array {
  const planes = dims.N * dims.C;
  const length = planes * dims.H * dims.W;
  const dx = frame.output(length);
  const parameters = geometry(frame, dx, frame.input(w), frame.input(g), dims);
  frame.launch('depthwiseInputGrad', Math.ceil(planes / perChunk), [...parameters, perChunk, width]);
  return frame.result(dx, length);
}

function depthwiseWeightGrad(
  frame: Frame,
  x: Float32Array,
  g: Float32Array,
  dims: Conv2dDims,
  { width }: DepthwisePlan,
): Float32Array {
  const length = dims.O * dims.KH * dims.KW;
  const dw = frame.output(length);
  const parameters = geometry(frame, frame.input(x), dw, frame.input(g), dims);
  frame.launch('depthwiseWeightGrad', dims.O, [...parameters, 1, width]);
  return frame.result(dw, length);
}

/** What all kernels of convolution are told. */
function geometry(frame: Frame, x: number, packed: number, y: number, dims: Conv2dDims): number[] {
  const { N, H, W, KH, KW, outH, outW, groups, strideH, strideW, padTop, padLeft, dilationH, dilationW } =
    dims;
  const shape = [dims.C / groups, dims.O / groups, groups, N, H, W, KH, KW, outH, outW];
  const movement = [strideH, strideW, padTop, padLeft, dilationH, dilationW];
  return [x, packed, y, ...shape, ...movement, Number(tileOf(frame.wide).isWide)];
}

/** A weight [L, K] or [K, L] of each group. */
interface Weight {
  readonly K: number;
  readonly L: number;
  readonly strideK: number;
  readonly strideL: number;
}

/** The weights of all groups as panels [K][width]. */
function packWeight(frame: Frame, w: Float32Array, groups: number, weight: Weight, width: number): number {
  const { K, L, strideK, strideL } = weight;
  const panels = Math.ceil(L / width);
  const layout = `conv2d:${groups}:${width}:${K}:${L}:${strideK}`;
  return frame.prepared(w, layout, 4 * groups * panels * width * K, (target) => {
    const source = frame.input(w);
    const perChunk = Math.max(1, Math.ceil(2 ** 15 / (width * K)));
    const chunks = Math.ceil(panels / perChunk);
    const sources = frame.list(Array.from({ length: groups }, (_, group) => source + 4 * group * K * L));
    frame.launch('packPanels', groups * chunks, [
      sources,
      target,
      K,
      L,
      width,
      strideK,
      strideL,
      perChunk,
      chunks,
    ]);
  });
}
