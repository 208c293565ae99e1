/** Softmax, its logarithm, layer normalisation, and squared deviations of float32 in wasm. */
import type { TypedArray } from '../../dtype.js';
import type { Lanes } from '../lanes.js';
import { compute } from './frame.js';
import { launchBlocks, launchRows } from './lanes.js';
import { reference } from './reference.js';

/** exp(x - max) / sum(exp(x - max)) along each lane. */
export function softmax(x: TypedArray, lanes: Lanes): TypedArray {
  return softmaxOf(x, lanes, 'softmaxRows', 0) ?? reference.softmax(x, lanes);
}

/** (x - max) - log(sum(exp(x - max))) along each lane. */
export function logSoftmax(x: TypedArray, lanes: Lanes): TypedArray {
  return softmaxOf(x, lanes, 'logSoftmaxRows', 1) ?? reference.logSoftmax(x, lanes);
}

function softmaxOf(x: TypedArray, lanes: Lanes, rows: string, isLog: number): TypedArray | undefined {
  if (!(x instanceof Float32Array) || x.length === 0) return undefined;
  return compute((frame) => {
    const from = frame.input(x);
    const to = frame.output(x.length);
    if (lanes.inner === 1) launchRows(frame, rows, lanes, [from, to]);
    else launchBlocks(frame, 'softmaxColumns', lanes, [from, to], isLog);
    return frame.result(to, x.length);
  });
}

/** (x - mean) / sqrt(variance + eps) along each lane, with the biased variance. */
export function layerNorm(x: TypedArray, lanes: Lanes, eps: number): TypedArray {
  const isSuited = x instanceof Float32Array && lanes.inner === 1 && x.length > 0;
  const result = isSuited
    ? compute((frame) => {
        const from = frame.input(x);
        const to = frame.output(x.length);
        launchRows(frame, 'layerNormRows', lanes, [from, to], [eps]);
        return frame.result(to, x.length);
      })
    : undefined;
  return result ?? reference.layerNorm(x, lanes, eps);
}

/** The gradient of `layerNorm` with respect to x, for the gradient `g` of its output. */
export function layerNormGrad(g: TypedArray, x: TypedArray, lanes: Lanes, eps: number): TypedArray {
  const isSuited =
    g instanceof Float32Array && x instanceof Float32Array && lanes.inner === 1 && x.length > 0;
  const result = isSuited
    ? compute((frame) => {
        const [from, gradient] = [frame.input(x), frame.input(g)];
        const to = frame.output(x.length);
        launchRows(frame, 'layerNormGradRows', lanes, [from, to], [eps, gradient]);
        return frame.result(to, x.length);
      })
    : undefined;
  return result ?? reference.layerNormGrad(g, x, lanes, eps);
}

/** The sum of the squared distances from the mean of each lane. */
export function squaredDeviations(x: TypedArray, lanes: Lanes): TypedArray {
  const isSuited = x instanceof Float32Array && lanes.inner === 1 && x.length > 0;
  const result = isSuited
    ? compute((frame) => {
        const from = frame.input(x);
        const to = frame.output(lanes.outer);
        launchRows(frame, 'squaredDeviationsRows', lanes, [from, to]);
        return frame.result(to, lanes.outer);
      })
    : undefined;
  return result ?? reference.squaredDeviations(x, lanes);
}
