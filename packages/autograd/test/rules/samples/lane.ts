/** Samples of the ops that work along one axis. */
import * as lr from '@lowrank/tensor';
import { describeShapes, leaf, type Sample, type Samples } from './sample.js';

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
};
