/** Two-dimensional pooling over planes. */
import type { TypedArray } from '../../dtype.js';
import type { AvgPoolDims, PoolDims } from '../dims.js';
import { emptyLike, roundLike } from './storage.js';

/**
 * Where the largest element under each window lies, as an index into its plane's H * W: [planes, outH, outW].
 * The first of equal ones; NaN counts as the largest, and of several the last. PyTorch's `max_pool2d`.
 */
export function maxPool2dIndices(x: TypedArray, dims: PoolDims): Int32Array {
  const { W, dilationH, dilationW } = dims;
  const out = new Int32Array(dims.planes * dims.outH * dims.outW);
  forEachWindow(dims, (window, plane, rows, columns) => {
    let largest = -Infinity;
    let index = rows.first * W + columns.first;
    for (let y = rows.first; y < rows.end; y += dilationH) {
      for (let at = y * W + columns.first; at < y * W + columns.end; at += dilationW) {
        const value = x[plane + at];
        if (value > largest || value !== value) {
          largest = value;
          index = at;
        }
      }
    }
    out[window] = index;
  });
  return out;
}

/**
 * The gradient of the input of max pooling, [planes, H, W], from that of its output, [planes, outH, outW], and from where the
 * largest elements lie; PyTorch's `max_pool2d_with_indices_backward`, which rounds each sum to the type of g, too.
 */
export function maxPool2dGrad(g: TypedArray, indices: TypedArray, dims: PoolDims): TypedArray {
  const [plane, windows] = [dims.H * dims.W, dims.outH * dims.outW];
  const dx = emptyLike(g, dims.planes * plane);
  for (let p = 0; p < dims.planes; p++) {
    for (let i = p * windows; i < (p + 1) * windows; i++) dx[p * plane + indices[i]] += g[i];
  }
  return dx;
}

/** The mean of each window, [planes, outH, outW]; PyTorch's `avg_pool2d`. */
export function avgPool2d(x: TypedArray, dims: AvgPoolDims): TypedArray {
  const { W, dilationH, dilationW } = dims;
  const out = emptyLike(x, dims.planes * dims.outH * dims.outW);
  forEachWindow(dims, (window, plane, rows, columns) => {
    let sum = 0;
    for (let y = rows.first; y < rows.end; y += dilationH) {
      for (let at = y * W + columns.first; at < y * W + columns.end; at += dilationW) sum += x[plane + at];
    }
    out[window] = sum / divisor(rows, columns, dims);
  });
  return out;
}

/** The gradient of the input of avgPool2d, [planes, H, W], from that of its output, [planes, outH, outW]. */
export function avgPool2dGrad(g: TypedArray, dims: AvgPoolDims): TypedArray {
  const { H, W, dilationH, dilationW } = dims;
  const dx = new Float64Array(dims.planes * H * W);
  forEachWindow(dims, (window, plane, rows, columns) => {
    const share = g[window] / divisor(rows, columns, dims);
    for (let y = rows.first; y < rows.end; y += dilationH) {
      for (let at = y * W + columns.first; at < y * W + columns.end; at += dilationW) dx[plane + at] += share;
    }
  });
  return roundLike(g, dx);
}

function divisor(rows: Span, columns: Span, { countIncludePad, divisorOverride }: AvgPoolDims): number {
  if (divisorOverride !== null) return divisorOverride;
  return countIncludePad ? rows.padded * columns.padded : rows.inside * columns.inside;
}

/** The rows, or the columns, under a window: first, first + dilation, ... before `end`. */
interface Span {
  readonly first: number;
  readonly end: number;
  /** How many lie in the plane. */
  readonly inside: number;
  /** How many lie in the plane or in its padding, which is as wide behind it as before it. */
  readonly padded: number;
}

/** Visits each window: its place in the output, where its plane begins in the input, what it covers there. */
function forEachWindow(
  dims: PoolDims,
  visit: (window: number, plane: number, rows: Span, columns: Span) => void,
): void {
  const {
    planes,
    H,
    W,
    outH,
    outW,
    kernelH,
    kernelW,
    strideH,
    strideW,
    padTop,
    padLeft,
    dilationH,
    dilationW,
  } = dims;
  const rowSpans = Array.from({ length: outH }, (_, y) =>
    span(y * strideH - padTop, kernelH, dilationH, H, padTop),
  );
  const columnSpans = Array.from({ length: outW }, (_, x) =>
    span(x * strideW - padLeft, kernelW, dilationW, W, padLeft),
  );
  let window = 0;
  for (let plane = 0; plane < planes; plane++) {
    for (const rows of rowSpans) {
      for (const columns of columnSpans) visit(window++, plane * H * W, rows, columns);
    }
  }
}

function span(start: number, kernel: number, dilation: number, length: number, padding: number): Span {
  // The number of taps at positions start, start + dilation, ... that lie before `limit`.
  const tapsBefore = (limit: number) => Math.min(kernel, Math.max(0, Math.ceil((limit - start) / dilation)));
  const skipped = tapsBefore(0);
  const inside = tapsBefore(length) - skipped;
  const first = start + skipped * dilation;
  return { first, end: first + inside * dilation, inside, padded: tapsBefore(length + padding) };
}
