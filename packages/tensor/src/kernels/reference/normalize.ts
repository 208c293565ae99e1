/** Softmax, its logarithm, and layer normalisation: kernels that look at a whole lane to place each value in it. */
import type { TypedArray } from '../../dtype.js';
import type { Lanes } from '../lanes.js';
import { emptyLike } from './storage.js';

/** exp(x - max) / sum(exp(x - max)) along each lane; subtracting the maximum keeps exp from overflowing. */
export function softmax(x: TypedArray, lanes: Lanes): TypedArray {
  return mapLanes(x, lanes, (lane, out) => {
    const max = lane.reduce((a, b) => Math.max(a, b), -Infinity);
    let sum = 0;
    for (let k = 0; k < lane.length; k++) sum += out[k] = Math.exp(lane[k] - max);
    for (let k = 0; k < lane.length; k++) out[k] /= sum;
  });
}

/** (x - max) - log(sum(exp(x - max))) along each lane, in this order: max may be so large that log(sum) drowns in it. */
export function logSoftmax(x: TypedArray, lanes: Lanes): TypedArray {
  return mapLanes(x, lanes, (lane, out) => {
    const max = lane.reduce((a, b) => Math.max(a, b), -Infinity);
    let sum = 0;
    for (let k = 0; k < lane.length; k++) sum += Math.exp(lane[k] - max);
    const logSum = Math.log(sum);
    for (let k = 0; k < lane.length; k++) out[k] = lane[k] - max - logSum;
  });
}

/** (x - mean) / sqrt(variance + eps) along each lane, with the biased variance; Ba et al. (2016). */
export function layerNorm(x: TypedArray, lanes: Lanes, eps: number): TypedArray {
  return mapLanes(x, lanes, (lane, out) => {
    let sum = 0;
    for (let k = 0; k < lane.length; k++) sum += lane[k];
    const mean = sum / lane.length;
    let squares = 0;
    for (let k = 0; k < lane.length; k++) squares += (lane[k] - mean) ** 2;
    const scale = 1 / Math.sqrt(squares / lane.length + eps);
    for (let k = 0; k < lane.length; k++) out[k] = (lane[k] - mean) * scale;
  });
}

/**
 * The gradient of `layerNorm` with respect to x, for the gradient `g` of its output: the mean and the component along the
 * normalised values y drop out, (g - mean(g) - y mean(g y)) / sqrt(variance + eps); Ba et al. (2016).
 */
export function layerNormGrad(g: TypedArray, x: TypedArray, lanes: Lanes, eps: number): TypedArray {
  const { outer, length, inner } = lanes;
  const out = emptyLike(x, x.length);
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const start = o * length * inner + i;
      const end = start + length * inner;
      let sum = 0;
      let sumG = 0;
      for (let at = start; at < end; at += inner) {
        sum += x[at];
        sumG += g[at];
      }
      const mean = sum / length;
      const meanG = sumG / length;
      let squares = 0;
      let products = 0;
      for (let at = start; at < end; at += inner) {
        squares += (x[at] - mean) ** 2;
        products += (x[at] - mean) * g[at];
      }
      const variance = squares / length + eps;
      const scale = 1 / Math.sqrt(variance);
      const along = products / length / variance;
      for (let at = start; at < end; at += inner) out[at] = (g[at] - meanG - (x[at] - mean) * along) * scale;
    }
  }
  return out;
}

/** The sum of the squared distances from the mean of each lane. */
export function squaredDeviations(x: TypedArray, { outer, length, inner }: Lanes): TypedArray {
  const out = emptyLike(x, outer * inner);
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const start = o * length * inner + i;
      const end = start + length * inner;
      let sum = 0;
      for (let at = start; at < end; at += inner) sum += x[at];
      const mean = sum / length;
      let squares = 0;
      let rest = 0;
      for (let at = start; at < end; at += inner) {
        squares += (x[at] - mean) ** 2;
        rest += x[at] - mean;
      }
      // Without the rounding of the mean: next to a large one it would count more than the deviations.
      out[o * inner + i] = length === 0 ? 0 : squares - (rest * rest) / length;
    }
  }
  return out;
}

/** Hands each lane to `f` in double precision, and collects what it writes. */
function mapLanes<T extends TypedArray>(
  x: T,
  lanes: Lanes,
  f: (lane: Float64Array, out: Float64Array) => void,
): T {
  const { outer, length, inner } = lanes;
  const result = x.slice() as T;
  const lane = new Float64Array(length);
  const out = new Float64Array(length);
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const start = o * length * inner + i;
      for (let k = 0; k < length; k++) lane[k] = x[start + k * inner];
      f(lane, out);
      for (let k = 0; k < length; k++) result[start + k * inner] = out[k];
    }
  }
  return result;
}
