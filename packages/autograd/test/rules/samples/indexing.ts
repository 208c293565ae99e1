/** Samples of reading and writing by index. */
import * as lr from '@lowrank/tensor';
import { index, leaf, type Samples } from './sample.js';

const repeated = index([
  [0, 2, 0],
  [1, 1, 2],
]);

export const indexingSamples: Samples = {
  gather: [
    { about: 'repeated indices', f: (x) => lr.gather(x, 0, repeated), inputs: [leaf([3, 3])] },
    {
      about: 'the last axis, longer than x',
      f: (x) =>
        lr.gather(
          x,
          -1,
          index([
            [0, 1, 1],
            [1, 0, 0],
          ]),
        ),
      inputs: [leaf([2, 2])],
    },
    {
      about: 'an index shorter along the other axis',
      f: (x) => lr.gather(x, 1, index([[2, 0]])),
      inputs: [leaf([3, 3])],
    },
    {
      about: 'no index',
      f: (x) => lr.gather(x, 0, lr.zeros([0, 2], { dtype: 'int32' })),
      inputs: [leaf([3, 2])],
    },
  ],
  scatterAdd: [
    {
      about: 'repeated indices',
      f: (x, source) => lr.scatterAdd(x, 0, repeated, source),
      inputs: [leaf([3, 3]), leaf([2, 3], { seed: 1 })],
    },
    {
      about: 'a source larger than the index',
      f: (x, source) => lr.scatterAdd(x, 1, index([[2, 2]]), source),
      inputs: [leaf([2, 3]), leaf([2, 4], { seed: 1 })],
    },
    {
      about: 'only the source',
      f: (source) => lr.scatterAdd(lr.zeros([4], { dtype: 'float64' }), 0, index([3, 3, 0]), source),
      inputs: [leaf([3])],
    },
    {
      about: 'only what is added to',
      f: (x) => lr.scatterAdd(x, -1, index([0]), lr.ones([1], { dtype: 'float64' })),
      inputs: [leaf([2])],
    },
  ],
  indexSelect: [
    { about: 'repeated indices', f: (x) => lr.indexSelect(x, 0, index([2, 0, 2])), inputs: [leaf([3, 2])] },
    { about: 'the last axis', f: (x) => lr.indexSelect(x, -1, index([1])), inputs: [leaf([2, 3])] },
    {
      about: 'no index',
      f: (x) => lr.indexSelect(x, 0, lr.zeros([0], { dtype: 'int32' })),
      inputs: [leaf([3, 2])],
    },
  ],
  indexAdd: [
    {
      about: 'repeated indices',
      f: (x, source) => lr.indexAdd(x, 0, index([1, 1, 0]), source),
      inputs: [leaf([2, 2]), leaf([3, 2], { seed: 1 })],
    },
    {
      about: 'the last axis',
      f: (x, source) => lr.indexAdd(x, -1, index([2, 0]), source),
      inputs: [leaf([2, 3]), leaf([2, 2], { seed: 1 })],
    },
  ],
};

export const sortSamples: Samples = {
  sort: [
    { about: 'the last axis', f: (x) => lr.sort(x).values, inputs: [leaf([2, 3])] },
    {
      about: 'the first axis, descending',
      f: (x) => lr.sort(x, 0, { descending: true }).values,
      inputs: [leaf([4, 2])],
    },
    { about: 'a scalar', f: (x) => lr.sort(x.square()).values, inputs: [leaf([])] },
  ],
  topk: [
    { about: 'the largest', f: (x) => lr.topk(x, 2).values, inputs: [leaf([2, 4])] },
    {
      about: 'the smallest of the first axis',
      f: (x) => lr.topk(x, 2, { axis: 0, largest: false }).values,
      inputs: [leaf([3, 2])],
    },
    { about: 'none', f: (x) => lr.topk(x, 0).values, inputs: [leaf([3])] },
  ],
};
