/** The column matrix, which turns a convolution into a matrix product; from an image to it, and back. */
import type { TypedArray } from '../../dtype.js';
import type { Conv2dDims } from '../dims.js';

/*
 * The column matrix of some images is [C / groups * KH * KW, images * outH * outW]. Its column for an output
 * pixel holds all that the pixel sees, channel by channel, tap by tap; a tap is a position in the kernel.
 * (Chellapilla, Puri and Simard, "High Performance Convolutional Neural Networks for Document Processing",
 * 2006; Caffe's im2col.)
 */

/** Output pixels in a row that see, through one tap, `count` pixels of the input, strideW apart. */
interface Run {
  readonly tap: number;
  /** Where the run begins in a plane of the output. */
  readonly output: number;
  /** Where the run begins in a plane of the input. */
  readonly input: number;
  readonly count: number;
}

/** Some images, and one of the groups of channels: what one column matrix covers. */
export interface Slice {
  readonly firstImage: number;
  readonly images: number;
  readonly group: number;
  /** Columns: images * outH * outW. */
  readonly width: number;
}

/** How a convolution is cut into column matrices. */
export interface ColumnPlan {
  /** Rows of the column matrix: C / groups * KH * KW. */
  readonly depth: number;
  /** Output channels of a group. */
  readonly outputs: number;
  /** Output pixels of an image: outH * outW. */
  readonly pixels: number;
  /** Columns of the widest slice. */
  readonly width: number;
  readonly slices: readonly Slice[];
  /** What is not padding, in every plane alike. */
  readonly runs: readonly Run[];
}

/** The most elements in a column matrix, unless one image needs more. It should stay in the level-2 cache. */
const COLUMNS_LIMIT = 2 ** 17;

/** Cuts a convolution into slices, of as many images as COLUMNS_LIMIT allows. */
export function planColumns(dims: Conv2dDims): ColumnPlan {
  const { N, C, O, KH, KW, outH, outW, groups } = dims;
  const depth = (C / groups) * KH * KW;
  const pixels = outH * outW;
  const most = Math.max(1, Math.min(N, Math.floor(COLUMNS_LIMIT / Math.max(1, depth * pixels))));
  const slices: Slice[] = [];
  for (let firstImage = 0; firstImage < N; firstImage += most) {
    const images = Math.min(most, N - firstImage);
    for (let group = 0; group < groups; group++) {
      slices.push({ firstImage, images, group, width: images * pixels });
    }
  }
  return { depth, outputs: O / groups, pixels, width: most * pixels, slices, runs: planRuns(dims) };
}

function planRuns(dims: Conv2dDims): Run[] {
  const { KH, KW, H, W, outH, outW, strideH, strideW, padTop, padLeft, dilationH, dilationW } = dims;
  const runs: Run[] = [];
  for (let kh = 0; kh < KH; kh++) {
    for (let kw = 0; kw < KW; kw++) {
      // Output column x sees input column x * strideW + shift, which must lie from 0 to W - 1.
      const shift = kw * dilationW - padLeft;
      const first = Math.max(0, Math.ceil(-shift / strideW));
      const last = Math.min(outW - 1, Math.floor((W - 1 - shift) / strideW));
      for (let y = 0; y < outH && first <= last; y++) {
        const row = y * strideH + kh * dilationH - padTop;
        if (row < 0 || row >= H) continue;
        runs.push({
          tap: kh * KW + kw,
          output: y * outW + first,
          input: row * W + first * strideW + shift,
          count: last - first + 1,
        });
      }
    }
  }
  return runs;
}

/** Fills the column matrix of a slice of x, [N, C, H, W]. */
export function im2col(
  x: TypedArray,
  columns: TypedArray,
  slice: Slice,
  plan: ColumnPlan,
  dims: Conv2dDims,
): void {
  const { strideW } = dims;
  columns.fill(0);
  forEachPlane(slice, plan, dims, (plane, block) => {
    for (const { tap, output, input, count } of plan.runs) {
      const to = block + tap * slice.width + output;
      for (let i = 0, from = plane + input; i < count; i++, from += strideW) columns[to + i] = x[from];
    }
  });
}

/** The transpose of im2col: adds each element of the column matrix to the element of x that it stands for. */
export function col2im(
  columns: TypedArray,
  x: Float64Array,
  slice: Slice,
  plan: ColumnPlan,
  dims: Conv2dDims,
): void {
  const { strideW } = dims;
  forEachPlane(slice, plan, dims, (plane, block) => {
    for (const { tap, output, input, count } of plan.runs) {
      const from = block + tap * slice.width + output;
      for (let i = 0, to = plane + input; i < count; i++, to += strideW) x[to] += columns[from + i];
    }
  });
}

/** For each image and channel of the slice, where its plane begins in x, and where its columns begin. */
function forEachPlane(
  { firstImage, images, group, width }: Slice,
  { pixels }: ColumnPlan,
  { C, H, W, KH, KW, groups }: Conv2dDims,
  visit: (plane: number, block: number) => void,
): void {
  const channels = C / groups;
  for (let channel = 0; channel < channels; channel++) {
    for (let image = 0; image < images; image++) {
      const plane = ((firstImage + image) * C + group * channels + channel) * H * W;
      visit(plane, channel * KH * KW * width + image * pixels);
    }
  }
}
