/** How convolutions are cut into chunks and blocks: by their dimensions alone, so that the result has the same bits always. */
import type { Conv2dDims } from '../dims.js';

/** What a convolution is as a matrix product, group by group. */
export interface Product {
  /** Channels and outputs of a group. */
  readonly C: number;
  readonly O: number;
  readonly taps: number;
  /** Rows of the column matrix. */
  readonly K: number;
  /** Output pixels of an image. */
  readonly pixels: number;
}

export function productOf({ C, O, KH, KW, groups, outH, outW }: Conv2dDims): Product {
  const taps = KH * KW;
  return { C: C / groups, O: O / groups, taps, K: (C / groups) * taps, pixels: outH * outW };
}

/** Multiplications that a chunk should have, where there are enough of them: 100 microseconds or more. */
const CHUNK_PRODUCTS = 2 ** 22;

/** Floats of one block of an operand: a quarter of a thread's working memory. */
const BLOCK_FLOATS = 2 ** 16;

export const roundUp = (value: number, step: number) => Math.ceil(value / step) * step;
const between = (least: number, value: number, most: number) => Math.max(least, Math.min(value, most));

/** How many pixels a chunk of the forward product has: few, since they share nothing but the weight. */
export function forwardPixels({ O, K }: Product, NR: number): number {
  // Packing and unpacking cost about as much as so many products.
  const perPixel = O * (K + 20) + 8 * K;
  return NR * Math.max(1, Math.round(CHUNK_PRODUCTS / 4 / perPixel / NR));
}

export interface InputGradPlan {
  readonly images: number;
  /** Rows of the output that are taken at once. */
  readonly band: number;
  readonly channelsPerChunk: number;
  readonly channelsAtOnce: number;
  /** Rows and columns of a phase's plane. */
  readonly rows: number;
  readonly columns: number;
  /** Floats of working memory. */
  readonly room: number;
}

export function planInputGrad(dims: Conv2dDims, MR: number, NR: number): InputGradPlan {
  const product = productOf(dims);
  const { C, O, K, taps, pixels } = product;
  const { N, H, W, KH, KW, outH, outW, strideH, strideW, padTop, padLeft, dilationH, dilationW } = dims;
  // So many channels have rows of the column matrix that fill tiles.
  const channelsAtOnce = Math.min(C, MR / greatestDivisor(MR, taps));
  const rowsAtOnce = roundUp(channelsAtOnce * taps, MR);
  const mostPixels = BLOCK_FLOATS / Math.max(O, rowsAtOnce);
  const fitting = Math.floor(mostPixels / pixels);
  const images =
    fitting < 1 ? 1 : wholeTiles(Math.min(N, fitting), CHUNK_PRODUCTS / (pixels * O * K), pixels, NR);
  const band = fitting < 1 ? between(1, Math.floor(mostPixels / outW), outH) : outH;
  const isWhole = band === outH;
  const products = images * pixels * O * taps;
  const channelsPerChunk = Math.min(C, roundUp(between(1, CHUNK_PRODUCTS / products, C), channelsAtOnce));
  const reach = (kernel: number, dilation: number, stride: number) =>
    Math.floor(((kernel - 1) * dilation) / stride);
  const rows = Math.max(
    band + reach(KH, dilationH, strideH),
    isWhole ? Math.ceil((H + padTop) / strideH) : 0,
  );
  const columns = Math.max(outW + reach(KW, dilationW, strideW), Math.ceil((W + padLeft) / strideW));
  const width = roundUp(images * band * outW, NR);
  const planes = channelsAtOnce * images * strideH * strideW * rows * columns;
  const room = (O + rowsAtOnce) * width + planes + 16;
  return { images, band, channelsPerChunk, channelsAtOnce, rows, columns, room };
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

/** A number of images, about `wanted` and at most `most`, whose pixels leave the least of the last tile empty. */
function wholeTiles(most: number, wanted: number, pixels: number, NR: number): number {
  const least = between(1, Math.round(wanted), most);
  let best = least;
  const fill = (images: number) => (images * pixels) / roundUp(images * pixels, NR);
  for (let images = least; images <= Math.min(most, 2 * least); images++) {
    if (fill(images) > fill(best)) best = images;
  }
  return best;
}

export interface WeightGradPlan {
  readonly slabs: number;
  readonly slabPixels: number;
  readonly partRows: number;
  readonly rowsAtOnce: number;
  readonly pixelsAtOnce: number;
  /** K and O, rounded up to whole tiles. */
  readonly rows: number;
  readonly width: number;
}

/** What parts of the column matrix have multiples of, in rows: all tiles have so many at most, or a part of them. */
const ROWS = 12;

export function planWeightGrad(dims: Conv2dDims, MR: number, NR: number): WeightGradPlan {
  const { O, K, pixels } = productOf(dims);
  const all = dims.N * pixels;
  const width = roundUp(O, NR);
  const slabs = between(1, Math.round(Math.min(all / 384, (all * O * K) / CHUNK_PRODUCTS)), 16);
  const slabPixels = roundUp(Math.ceil(all / slabs), 4);
  const parts = between(1, Math.round((slabPixels * O * K) / CHUNK_PRODUCTS / 2), Math.ceil(K / (8 * ROWS)));
  const partRows = roundUp(Math.ceil(K / parts), ROWS);
  const most = between(16, Math.floor((2 * BLOCK_FLOATS) / width), 400);
  const pixelsAtOnce = roundUp(Math.ceil(slabPixels / Math.ceil(slabPixels / most)), 4);
  const blocks = Math.ceil((partRows * pixelsAtOnce) / (BLOCK_FLOATS / 2));
  const rowsAtOnce = roundUp(Math.ceil(partRows / blocks), ROWS);
  const sizes = { rows: roundUp(K, MR), width };
  return { slabs: Math.ceil(all / slabPixels), slabPixels, partRows, rowsAtOnce, pixelsAtOnce, ...sizes };
}

export interface DepthwisePlan {
  /** Columns of a row of one phase, with what vectors read behind its end. */
  readonly width: number;
  /** Floats of working memory: a padded plane, and a list of the taps. */
  readonly room: number;
  /** Planes of a chunk. */
  readonly perChunk: number;
}

/** For convolutions in which each output sees one channel. */
export function planDepthwise(dims: Conv2dDims): DepthwisePlan {
  const { H, W, KH, KW, outH, outW, strideH, strideW, padTop, padLeft, dilationH, dilationW } = dims;
  const reach = Math.floor(((KW - 1) * dilationW) / strideW);
  const width = Math.max(outW + reach, Math.ceil((W + padLeft) / strideW)) + 3;
  const height = Math.max((outH - 1) * strideH + (KH - 1) * dilationH + 1, H + padTop);
  const perChunk = Math.max(1, Math.round(2 ** 18 / (outH * outW * (KH * KW + 2))));
  return { width, room: KH * KW + height * strideW * width + 16, perChunk };
}
