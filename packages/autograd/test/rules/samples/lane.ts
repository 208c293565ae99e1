/** Samples of the ops that work along one axis, and of the losses that are ops. */
import * as lr from '@lowrank/tensor';
import { describeShapes, index, leaf, type Sample, type Samples } from './sample.js';

const CALLS: readonly (readonly [shape: lr.Shape, axis: number])[] = [
  [[], 0],
  [[5], 0],
  [[2, 3], 0],
  [[2, 3], -1],
  [[2, 3, 2], 1],
  [[0, 3], 1],
  [[2, 1], 1],
];

function along(f: (x: lr.Tensor, axis: number) => lr.Tensor): Sample[] {
  return CALLS.map(([shape, axis]) => ({
    about: `${describeShapes(shape)} along ${axis}`,
    f: (x) => f(x, axis),
    inputs: [leaf(shape)],
  }));
}

export const laneSamples: Samples = {
  cumsum: along(lr.cumsum),
  softmax: along(lr.softmax),
  logSoftmax: along(lr.logSoftmax),
  layerNorm: [
    { about: 'the last axis', f: (x) => lr.layerNorm(x, [3]), inputs: [leaf([2, 3])] },
    { about: 'a list', f: (x) => lr.layerNorm(x, [5]), inputs: [leaf([5])] },
    { about: 'two axes', f: (x) => lr.layerNorm(x, [2, 2]), inputs: [leaf([2, 2, 2])] },
    { about: 'a large eps', f: (x) => lr.layerNorm(x, [3], { eps: 0.5 }), inputs: [leaf([2, 3])] },
    { about: 'no rows', f: (x) => lr.layerNorm(x, [3]), inputs: [leaf([0, 3])] },
    {
      about: 'weight and bias',
      f: (x, weight, bias) => lr.layerNorm(x, [3], { weight, bias }),
      inputs: [leaf([2, 3]), leaf([3], { seed: 1 }), leaf([3], { seed: 2 })],
    },
  ],
  layerNormGrad: [
    {
      about: 'the last axis',
      f: (g, x) => lr.layerNormGrad(g, x, { axes: 1, eps: 1e-5 }),
      inputs: [leaf([2, 3], { seed: 1 }), leaf([2, 3])],
    },
    {
      about: 'two axes, and a large eps',
      f: (g, x) => lr.layerNormGrad(g, x, { axes: 2, eps: 0.5 }),
      inputs: [leaf([2, 2, 2]), leaf([2, 2, 2], { seed: 2 })],
    },
    {
      about: 'no rows',
      f: (g, x) => lr.layerNormGrad(g, x, { axes: 1, eps: 0.5 }),
      inputs: [leaf([0, 3]), leaf([0, 3])],
    },
  ],
};

/** What variances are made of. */
export const deviationSamples: Samples = {
  squaredDeviations: [
    { about: 'the last axis', f: (x) => lr.variance(x, 1), inputs: [leaf([2, 3])] },
    { about: 'the first axis', f: (x) => lr.variance(x, 0), inputs: [leaf([3, 2])] },
    { about: 'all axes', f: (x) => lr.variance(x, undefined, { correction: 0 }), inputs: [leaf([2, 2, 2])] },
    {
      about: 'axes in between, kept',
      f: (x) => lr.variance(x, [0, 2], { keepdim: true }),
      inputs: [leaf([2, 3, 2])],
    },
    { about: 'a scalar', f: (x) => lr.variance(x, [], { correction: 0 }), inputs: [leaf([])] },
  ],
};

export const lossSamples: Samples = {
  crossEntropyRows: [
    { about: 'rows', f: (x) => lr.crossEntropyRows(x, index([2, 0])), inputs: [leaf([2, 3])] },
    { about: 'one class', f: (x) => lr.crossEntropyRows(x, index([0])), inputs: [leaf([1, 1])] },
    { about: 'no rows', f: (x) => lr.crossEntropyRows(x, index([])), inputs: [leaf([0, 3])] },
  ],
  crossEntropyRowsGrad: [
    {
      about: 'rows',
      f: (g, x) => lr.crossEntropyRowsGrad(g, x, index([2, 0])),
      inputs: [leaf([2], { seed: 1 }), leaf([2, 3])],
    },
    {
      about: 'no rows',
      f: (g, x) => lr.crossEntropyRowsGrad(g, x, index([])),
      inputs: [leaf([0]), leaf([0, 3])],
    },
  ],
};
