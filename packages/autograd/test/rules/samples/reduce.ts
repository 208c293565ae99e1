/** Samples of the reductions and of what is composed of them. */
import * as lr from '@lowrank/tensor';
import { describeShapes, leaf, leafOf, type Sample, type Samples } from './sample.js';

type Reduction = (x: lr.Tensor, axes?: lr.Axes, options?: lr.ReduceOptions) => lr.Tensor;

const CALLS: readonly (readonly [shape: lr.Shape, axes?: lr.Axes, options?: lr.ReduceOptions])[] = [
  [[]],
  [[5]],
  [[2, 3]],
  [[2, 3], 0],
  [[2, 3], -1, { keepdim: true }],
  [
    [2, 3, 2],
    [0, 2],
  ],
  [[2, 3, 2], [-1, 1], { keepdim: true }],
  [[2, 1, 3], 1],
  [[2, 3], undefined, { keepdim: true }],
  [[0, 3], 1],
];

function reduction(f: Reduction): Sample[] {
  return CALLS.map(([shape, axes, options]) => ({
    about: `${describeShapes(shape)} over ${axes === undefined ? 'all' : JSON.stringify(axes)}${options ? ', keepdim' : ''}`,
    f: (x) => f(x, axes, options),
    inputs: [leaf(shape)],
  }));
}

const nothing = (f: Reduction): Sample => ({
  about: 'of nothing',
  f: (x) => f(x, 0),
  inputs: [leaf([0, 3])],
});

export const reduceSamples: Samples = {
  sum: [...reduction(lr.sum), nothing(lr.sum)],
  prod: [
    ...reduction(lr.prod),
    nothing(lr.prod),
    { about: 'one zero', f: (x) => x.prod(), inputs: [leafOf([2, 0, 3])] },
    { about: 'two zeros', f: (x) => x.prod(), inputs: [leafOf([0, 3, 0, 2])] },
    { about: 'three zeros', f: (x) => x.prod(), inputs: [leafOf([0, 0, 0])] },
    {
      about: 'zeros in some rows',
      f: (x) => x.prod(-1),
      inputs: [
        leafOf([
          [1, 2],
          [0, 3],
          [0, 0],
        ]),
      ],
    },
    {
      about: 'zeros over several axes',
      f: (x) => x.prod([0, 2]),
      inputs: [
        leafOf([
          [
            [1, 2],
            [0, 3],
          ],
          [
            [4, 1],
            [1, 2],
          ],
        ]),
      ],
    },
    {
      about: 'zeros, kept axes',
      f: (x) => x.prod(0, { keepdim: true }),
      inputs: [
        leafOf([
          [1, 0],
          [2, 3],
        ]),
      ],
    },
  ],
  amax: reduction(lr.amax),
  amin: reduction(lr.amin),
};

const norms = [2, 1, 3, 1.5, 0.5, -1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];

export const statisticsSamples: Samples = {
  mean: reduction(lr.mean),
  variance: [
    ...reduction((x, axes, options) => lr.variance(x, axes, { correction: 0, ...options })),
    { about: 'corrected', f: (x) => x.variance(0), inputs: [leaf([4, 2])] },
    { about: 'corrected by 2', f: (x) => x.variance(undefined, { correction: 2 }), inputs: [leaf([4])] },
  ],
  std: [
    { about: 'of a list', f: (x) => x.std(), inputs: [leaf([5])] },
    { about: 'over an axis, kept', f: (x) => x.std(1, { keepdim: true }), inputs: [leaf([2, 4])] },
    { about: 'over two axes', f: (x) => x.std([0, 2], { correction: 0 }), inputs: [leaf([2, 3, 2])] },
  ],
  norm: [
    ...norms.map((p) => ({
      about: `p = ${p}`,
      f: (x: lr.Tensor) => x.norm(undefined, { p }),
      inputs: [leaf([5])],
    })),
    ...norms.map((p) => ({
      about: `p = ${p}, over an axis, kept`,
      f: (x: lr.Tensor) => x.norm(-1, { p, keepdim: true }),
      inputs: [leaf([2, 3])],
    })),
    { about: 'of a scalar', f: (x) => x.norm(), inputs: [leaf([])] },
  ],
  logsumexp: [
    ...reduction(lr.logsumexp),
    { about: 'large values', f: (x) => x.logsumexp(0), inputs: [leaf([4], { low: 1000, high: 1004 })] },
  ],
  maxAndMin: [
    { about: 'max of all', f: (x) => x.max(), inputs: [leaf([2, 3])] },
    { about: 'max along an axis', f: (x) => x.max(0).values, inputs: [leaf([3, 2])] },
    {
      about: 'min along an axis, kept',
      f: (x) => x.min(-1, { keepdim: true }).values,
      inputs: [leaf([2, 3])],
    },
    { about: 'max of a scalar along an axis', f: (x) => x.max(0).values.square(), inputs: [leaf([])] },
  ],
};
