/** Softmax, its logarithm, layer normalisation and cross entropy: what every value of a lane needs of it is computed first. */
import type { Lanes } from '../../lanes.js';
import type { GpuCalls } from '../session.js';
import type { GpuStorage } from '../storage.js';
import { kernel, run } from './define.js';
import { LANE, reduce } from './reduce.js';

/** The number of the lane that element `this.thread.x` stands in. */
const OWN_LANE = '(quotient(this.thread.x, length * inner) * inner + rest(this.thread.x, inner))';

/** Gives back what only `f` needed. */
function withParts(parts: readonly GpuStorage[], f: (...parts: GpuStorage[]) => GpuStorage): GpuStorage {
  const result = f(...parts);
  for (const part of parts) part.release();
  return result;
}

/** One number for each lane: the sum of `term`, an expression in `value`, over the lane, and `result` of that `sum`. */
function sumOverLanes<I extends string>(
  calls: GpuCalls,
  name: string,
  { term, result = 'sum' }: { readonly term: string; readonly result?: string },
  inputs: Readonly<Record<'x' | I, GpuStorage>>,
  { outer, length, inner }: Lanes,
  floats: Readonly<Record<string, number>> = {},
): GpuStorage {
  const callable = kernel(name, () => ({
    inputs: Object.keys(inputs) as ('x' | I)[],
    ints: ['length', 'inner'],
    floats: Object.keys(floats),
    body: `let sum = 0;
      for (let k = 0; k < length; k++) { const value = x[${LANE} + k * inner]; sum = sum + ${term}; }
      return ${result};`,
  }));
  const scalars: Record<string, number> = { length, inner, ...floats };
  return run(calls, callable, inputs, scalars, { length: outer * inner, dtype: 'float32' });
}

/** One number for each value of the lanes: an expression in `value` and, by `OWN_LANE`, in numbers of its lane. */
function mapLanes<I extends string>(
  calls: GpuCalls,
  name: string,
  expression: string,
  inputs: Readonly<Record<'x' | I, GpuStorage>>,
  { outer, length, inner }: Lanes,
): GpuStorage {
  const callable = kernel(name, () => ({
    inputs: Object.keys(inputs) as ('x' | I)[],
    ints: ['length', 'inner'],
    body: `const value = x[this.thread.x]; return ${expression};`,
  }));
  return run(
    calls,
    callable,
    inputs,
    { length, inner },
    { length: outer * length * inner, dtype: 'float32' },
  );
}

const maxOfLanes = (calls: GpuCalls, x: GpuStorage, { outer, length, inner }: Lanes) =>
  reduce(calls, 'amax', x, [outer, length, inner], [1], 'float32');

const sumOfExponentials = (calls: GpuCalls, x: GpuStorage, max: GpuStorage, lanes: Lanes) =>
  sumOverLanes(
    calls,
    'sum of exponentials',
    { term: 'expOf(value - max[this.thread.x])' },
    { x, max },
    lanes,
  );

/** exp(x - max) / sum(exp(x - max)) along each lane. */
export function softmax(calls: GpuCalls, x: GpuStorage, lanes: Lanes): GpuStorage {
  return mapWithSums(calls, 'softmax', `expOf(value - max[${OWN_LANE}]) / sum[${OWN_LANE}]`, x, lanes);
}

/** (x - max) - log(sum(exp(x - max))) along each lane. */
export function logSoftmax(calls: GpuCalls, x: GpuStorage, lanes: Lanes): GpuStorage {
  return mapWithSums(calls, 'logSoftmax', `value - max[${OWN_LANE}] - logOf(sum[${OWN_LANE}])`, x, lanes);
}

function mapWithSums(
  calls: GpuCalls,
  name: string,
  expression: string,
  x: GpuStorage,
  lanes: Lanes,
): GpuStorage {
  if (x.length === 0) return calls.put([], 'float32');
  return withParts([maxOfLanes(calls, x, lanes)], (max) =>
    withParts([sumOfExponentials(calls, x, max, lanes)], (sum) =>
      mapLanes(calls, name, expression, { x, max, sum }, lanes),
    ),
  );
}

const meanOfLanes = (calls: GpuCalls, x: GpuStorage, lanes: Lanes) =>
  sumOverLanes(calls, 'mean', { term: 'value', result: 'sum / length' }, { x }, lanes);

/** variance + eps of each lane. */
const varianceOfLanes = (calls: GpuCalls, x: GpuStorage, mean: GpuStorage, lanes: Lanes, eps: number) =>
  sumOverLanes(
    calls,
    'variance',
    { term: '(value - mean[this.thread.x]) * (value - mean[this.thread.x])', result: 'sum / length + eps' },
    { x, mean },
    lanes,
    { eps },
  );

/** (x - mean) / sqrt(variance + eps) along each lane. */
export function layerNorm(calls: GpuCalls, x: GpuStorage, lanes: Lanes, eps: number): GpuStorage {
  if (x.length === 0) return calls.put([], 'float32');
  return withParts([meanOfLanes(calls, x, lanes)], (mean) =>
    withParts([varianceOfLanes(calls, x, mean, lanes, eps)], (variance) =>
      mapLanes(
        calls,
        'layerNorm',
        `(value - mean[${OWN_LANE}]) / Math.sqrt(variance[${OWN_LANE}])`,
        { x, mean, variance },
        lanes,
      ),
    ),
  );
}

/** The gradient of `layerNorm`: (g - mean(g) - (x - mean) mean((x - mean) g) / variance) / sqrt(variance). */
export function layerNormGrad(
  calls: GpuCalls,
  g: GpuStorage,
  x: GpuStorage,
  lanes: Lanes,
  eps: number,
): GpuStorage {
  if (x.length === 0) return calls.put([], 'float32');
  const [mean, meanG] = [meanOfLanes(calls, x, lanes), meanOfLanes(calls, g, lanes)];
  const variance = varianceOfLanes(calls, x, mean, lanes, eps);
  const along = sumOverLanes(
    calls,
    'layerNormGrad, part along',
    {
      term: `(value - mean[this.thread.x]) * g[${LANE} + k * inner]`,
      result: 'sum / length / variance[this.thread.x]',
    },
    { x, g, mean, variance },
    lanes,
  );
  const centred = `g[this.thread.x] - meanG[${OWN_LANE}] - (value - mean[${OWN_LANE}]) * along[${OWN_LANE}]`;
  return withParts([mean, meanG, variance, along], () =>
    mapLanes(
      calls,
      'layerNormGrad',
      `(${centred}) / Math.sqrt(variance[${OWN_LANE}])`,
      { x, g, mean, meanG, variance, along },
      lanes,
    ),
  );
}

/** The sum of the squared distances from the mean of each lane. */
export function squaredDeviations(calls: GpuCalls, x: GpuStorage, lanes: Lanes): GpuStorage {
  const { outer, inner, length } = lanes;
  if (length === 0) return calls.put(new Float32Array(outer * inner), 'float32');
  return withParts([meanOfLanes(calls, x, lanes)], (mean) =>
    sumOverLanes(
      calls,
      'squaredDeviations',
      { term: '(value - mean[this.thread.x]) * (value - mean[this.thread.x])' },
      { x, mean },
      lanes,
    ),
  );
}

/** log(sum(exp(x))) - x[class] for each row of C logits; NaN for a class that there is not. */
export function crossEntropy(calls: GpuCalls, x: GpuStorage, classes: GpuStorage, C: number): GpuStorage {
  const outer = classes.length;
  if (outer === 0) return calls.put([], 'float32');
  const lanes = { outer, length: C, inner: 1 };
  return withParts([maxOfLanes(calls, x, lanes)], (max) =>
    sumOverLanes(
      calls,
      'crossEntropy',
      {
        term: 'expOf(value - max[this.thread.x])',
        result:
          'classes[this.thread.x] < 0 || classes[this.thread.x] >= length ? notANumber() : ' +
          'logOf(sum) - (x[this.thread.x * length + whole(classes[this.thread.x])] - max[this.thread.x])',
      },
      { x, classes, max },
      lanes,
    ),
  );
}

/** The gradient of `crossEntropy` with respect to x: g (softmax(x) - onehot(class)), with one rounding after the difference. */
export function crossEntropyGrad(
  calls: GpuCalls,
  g: GpuStorage,
  x: GpuStorage,
  classes: GpuStorage,
  C: number,
): GpuStorage {
  if (x.length === 0) return calls.put([], 'float32');
  const lanes = { outer: classes.length, length: C, inner: 1 };
  const own = OWN_LANE;
  const onehot = `rest(this.thread.x, length) === whole(classes[${own}]) ? sum[${own}] : 0`;
  return withParts([maxOfLanes(calls, x, lanes)], (max) =>
    withParts([sumOfExponentials(calls, x, max, lanes)], (sum) =>
      mapLanes(
        calls,
        'crossEntropyGrad',
        `g[${own}] * (expOf(value - max[${own}]) - (${onehot})) / sum[${own}]`,
        { x, g, classes, max, sum },
        lanes,
      ),
    ),
  );
}
