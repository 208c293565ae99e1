/** Gradients where there is no derivative (kinks, ties, poles), next to those that PyTorch 1.13 chooses. */
import { describe, expect, it } from '@jest/globals';
import '@lowrank/autograd';
import {
  gelu,
  gt,
  layerNorm,
  maxPool2d,
  onesLike,
  pow,
  silu,
  softplus,
  sort,
  type Tensor,
  tensor,
  where,
} from '@lowrank/tensor';

type Values = Parameters<typeof tensor>[0];

/** A function, its inputs, and what PyTorch gives for their gradients; `null` where the result requires none. */
type Case = readonly [
  f: (x: Tensor, y: Tensor, z: Tensor) => Tensor,
  inputs: readonly Values[],
  gradients: readonly (Values | null)[],
];

const CASES: Readonly<Record<string, Readonly<Record<string, Case>>>> = {
  'at kinks': {
    relu: [(x) => x.relu(), [[-1, 0, -0, 1, NaN, Infinity]], [[0, 0, 0, 1, 1, 1]]],
    abs: [(x) => x.abs(), [[-1, 0, 2, NaN]], [[-1, 0, 1, 0]]],
    sign: [(x) => x.sign(), [[-1, 0, 2]], [[0, 0, 0]]],
    floor: [(x) => x.floor(), [[1, 1.5]], [[0, 0]]],
    round: [(x) => x.round(), [[0.5, 1]], [[0, 0]]],
    'clamp between numbers': [(x) => x.clamp(-1, 1), [[-2, -1, 0, 1, 2, NaN]], [[0, 1, 1, 1, 0, 0]]],
    'clamp with a minimum': [(x) => x.clamp(1), [[0, 1, 2, NaN]], [[0, 1, 1, 0]]],
    'clamp between tensors': [
      (x, y, z) => x.clamp(y, z),
      [
        [0, 1, 2, 3, 4, 2],
        [1, 1, 1, 1, 1, 3],
        [3, 3, 3, 3, 3, 1],
      ],
      [
        [0, 1, 1, 1, 0, 0],
        [1, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 1, 1],
      ],
    ],
    'clamp where the bounds meet': [
      (x, y, z) => x.clamp(y, z),
      [
        [0, 1, 2],
        [1, 1, 1],
        [1, 1, 1],
      ],
      [
        [0, 1, 0],
        [0, 0, 0],
        [0, 0, 1],
      ],
    ],
    'remainder at a multiple': [
      (x, y) => x.remainder(y),
      [
        [4, -4, 5],
        [2, 2, -3],
      ],
      [
        [1, 1, 1],
        [-2, 2, 2],
      ],
    ],
    'softplus at its threshold': [
      (x) => softplus(x, { threshold: 2 }),
      [[1.9, 2, 2.1]],
      [[0.8698915256370021, 0.8807970779778824, 1]],
    ],
    silu: [(x) => silu(x), [[0, -800, 800]], [[0.5, -0, 1]]],
    gelu: [(x) => gelu(x), [[0, -40, 40]], [[0.5, 0, 1]]],
    'gelu, tanh': [(x) => gelu(x, { approximate: 'tanh' }), [[0, -40, 40]], [[0.5, 0, 1]]],
    sigmoid: [(x) => x.sigmoid(), [[-800, 0, 800, Infinity]], [[0, 0.25, 0, 0]]],
    tanh: [(x) => x.tanh(), [[-Infinity, 0, 40]], [[0, 1, 0]]],
    erf: [(x) => x.erf(), [[-Infinity, 0, 3]], [[0, 1.1283791670955126, 0.00013925305194674786]]],
  },
  'where values are equal': {
    maximum: [
      (x, y) => x.maximum(y),
      [
        [1, 2, 3, NaN, 1],
        [2, 2, 2, 1, NaN],
      ],
      [
        [0, 0.5, 1, 1, 1],
        [1, 0.5, 0, 1, 1],
      ],
    ],
    minimum: [
      (x, y) => x.minimum(y),
      [
        [1, 2, 3, NaN, 1],
        [2, 2, 2, 1, NaN],
      ],
      [
        [1, 0.5, 0, 1, 1],
        [0, 0.5, 1, 1, 1],
      ],
    ],
    amax: [
      (x) => x.amax(),
      [[3, 1, 3, 3]],
      [[0.3333333333333333, 0, 0.3333333333333333, 0.3333333333333333]],
    ],
    'amax along an axis': [
      (x) => x.amax(1),
      [
        [
          [1, 2, 2],
          [0, 0, 0],
        ],
      ],
      [
        [
          [0, 0.5, 0.5],
          [0.3333333333333333, 0.3333333333333333, 0.3333333333333333],
        ],
      ],
    ],
    'amin over two axes': [
      (x) => x.amin([0, 1]),
      [
        [
          [1, 2],
          [1, 3],
        ],
      ],
      [
        [
          [0.5, 0],
          [0.5, 0],
        ],
      ],
    ],
    'max of all': [(x) => x.max(), [[3, 1, 3]], [[0.5, 0, 0.5]]],
    'max along an axis': [(x) => x.max(0).values, [[3, 1, 3]], [[1, 0, 0]]],
    'min along an axis': [(x) => x.min(0).values, [[3, 1, 1]], [[0, 1, 0]]],
    maxPool2d: [
      (x) => maxPool2d(x, 2, { stride: 1 }),
      [
        [
          [
            [1, 1, 0],
            [1, 1, 2],
            [0, 2, 2],
          ],
        ],
      ],
      [
        [
          [
            [1, 0, 0],
            [0, 0, 2],
            [0, 1, 0],
          ],
        ],
      ],
    ],
    sort: [
      (x) => sort(x).values.mul(tensor([1, 10, 100], { dtype: 'float64' })),
      [[2, 1, 2]],
      [[10, 1, 100]],
    ],
    'the norm of order Infinity': [
      (x) => x.norm(undefined, { p: Number.POSITIVE_INFINITY }),
      [[3, -3, 1]],
      [[0.5, -0.5, 0]],
    ],
    'the norm of order -Infinity': [
      (x) => x.norm(undefined, { p: Number.NEGATIVE_INFINITY }),
      [[3, -1, 1]],
      [[0, -0.5, 0.5]],
    ],
    std: [(x) => x.std(), [[2, 2, 2]], [[0, 0, 0]]],
    layerNorm: [(x) => layerNorm(x, [2]), [[[2, 2]]], [[[0, 0]]]],
  },
  'at zero': {
    'the norm of order 1': [(x) => x.norm(undefined, { p: 1 }), [[0, 0]], [[0, 0]]],
    'the norm of order 1, next to other values': [(x) => x.norm(undefined, { p: 1 }), [[0, -4]], [[0, -1]]],
    'the norm of order 2': [(x) => x.norm(undefined, { p: 2 }), [[0, 0]], [[0, 0]]],
    'the norm of order 2, next to other values': [(x) => x.norm(undefined, { p: 2 }), [[0, -4]], [[0, -1]]],
    'the norm of order 3': [(x) => x.norm(undefined, { p: 3 }), [[0, 0]], [[0, 0]]],
    'the norm of order 3, next to other values': [
      (x) => x.norm(undefined, { p: 3 }),
      [[0, -4]],
      [[0, -1.0000000000000002]],
    ],
    'the norm of order 0.5': [(x) => x.norm(undefined, { p: 0.5 }), [[0, 0]], [[0, 0]]],
    'the norm of order 0.5, next to other values': [
      (x) => x.norm(undefined, { p: 0.5 }),
      [[0, -4]],
      [[0, -1]],
    ],
    'the norm of order 1.5': [(x) => x.norm(undefined, { p: 1.5 }), [[0, 0]], [[0, 0]]],
    'the norm of order 1.5, next to other values': [
      (x) => x.norm(undefined, { p: 1.5 }),
      [[0, -4]],
      [[0, -1.0000000000000002]],
    ],
    'the norm of order 0': [(x) => x.norm(undefined, { p: 0 }), [[0, 0]], [null]],
    'the norm of order 0, next to other values': [(x) => x.norm(undefined, { p: 0 }), [[0, -4]], [null]],
    'the norm of order Infinity': [
      (x) => x.norm(undefined, { p: Number.POSITIVE_INFINITY }),
      [[0, 0]],
      [[0, 0]],
    ],
    'to the power 0': [(x) => x.pow(0), [[0, 2]], [[0, 0]]],
    'to the power 1': [(x) => x.pow(1), [[0, 2]], [[1, 1]]],
    'to the power 2': [(x) => x.pow(2), [[0, 2]], [[0, 4]]],
    'to the power 0.5': [(x) => x.pow(0.5), [[0, 2]], [[Infinity, 0.35355339059327373]]],
    'to the power -1': [(x) => x.pow(-1), [[0, 2]], [[-Infinity, -0.25]]],
    'to the power of a tensor': [
      (x, y) => x.pow(y),
      [
        [0, 0, 0, -2, -2, 0],
        [2, 0, -1, 2, 0, 1],
      ],
      [
        [0, 0, -Infinity, -4, 0, 1],
        [0, 0, -Infinity, NaN, NaN, 0],
      ],
    ],
    'a number to the power of a tensor': [(x) => pow(0, x), [[2, 0, -1]], [[0, 0, -Infinity]]],
    sqrt: [(x) => x.sqrt(), [[0, 4, -1]], [[Infinity, 0.25, NaN]]],
    rsqrt: [(x) => x.rsqrt(), [[0, 4]], [[-Infinity, -0.0625]]],
    log: [(x) => x.log(), [[0, 2, -1]], [[Infinity, 0.5, -1]]],
    log1p: [(x) => x.log1p(), [[-1, 0]], [[Infinity, 1]]],
    reciprocal: [(x) => x.reciprocal(), [[0, 2]], [[-Infinity, -0.25]]],
    div: [
      (x, y) => x.div(y),
      [
        [0, 1, 0],
        [0, 0, 2],
      ],
      [
        [Infinity, Infinity, 0.5],
        [NaN, -Infinity, -0],
      ],
    ],
    'div by tiny numbers': [
      (x, y) => x.div(y),
      [
        [1e-200, 1],
        [1e-200, 1e-150],
      ],
      [
        [1e200, 1e150],
        [-1e200, -9.999999999999999e299],
      ],
    ],
    'prod with one zero': [(x) => x.prod(), [[2, 0, 3]], [[0, 6, 0]]],
    'prod with two zeros': [(x) => x.prod(), [[2, 0, 0]], [[0, 0, 0]]],
    'std of one value': [(x) => x.std(0), [[2]], [[NaN]]],
  },
  'next to NaN and infinity': {
    'where, in the value not taken': [
      (x, y) => where(tensor([true, false, true]), x, y),
      [
        [1, NaN, NaN],
        [Infinity, 2, 3],
      ],
      [
        [1, 0, 1],
        [0, 1, 0],
      ],
    ],
    'where, in the slope of the value not taken': [
      (x) => where(gt(x, 0), x.log(), x),
      [[0, 1, -1]],
      [[NaN, 1, 1]],
    ],
    softmax: [
      (x) => x.softmax().select(0, 0),
      [[1, -Infinity, 2]],
      [[0.19661193324148185, -0, -0.19661193324148188]],
    ],
    logSoftmax: [
      (x) => x.logSoftmax().select(0, 0),
      [[1, -Infinity, 2]],
      [[0.7310585786300049, 0, -0.7310585786300049]],
    ],
    'logsumexp with -Infinity': [
      (x) => x.logsumexp(),
      [[1, -Infinity, 2]],
      [[0.26894142136999505, 0, 0.7310585786300048]],
    ],
    'logsumexp of -Infinity': [(x) => x.logsumexp(), [[-Infinity, -Infinity]], [[NaN, NaN]]],
    'logsumexp with Infinity': [(x) => x.logsumexp(), [[1, Infinity]], [[0, NaN]]],
    amax: [(x) => x.amax(), [[1, NaN]], [[NaN, NaN]]],
    exp: [(x) => x.exp(), [[-Infinity, Infinity]], [[0, Infinity]]],
    maskedFill: [(x) => x.maskedFill(tensor([false, true]), 0), [[1, NaN]], [[1, 0]]],
    sum: [(x) => x.sum(), [[NaN, Infinity]], [[1, 1]]],
    'mean of nothing': [(x) => x.mean(), [[]], [[]]],
  },
};

/** As PyTorch compares: zeros of either sign are equal, and so are NaN and NaN. */
function expectClose(actual: Tensor, expected: Tensor): void {
  expect(actual.shape).toEqual(expected.shape);
  const wanted = expected.dataSync();
  actual.dataSync().forEach((value, i) => {
    const close = Object.is(value, wanted[i]) || Math.abs(value - wanted[i]) <= 1e-12 * Math.abs(wanted[i]);
    expect(close ? wanted[i] : value).toBe(wanted[i]);
  });
}

describe.each(Object.entries(CASES))('gradients %s are those of PyTorch', (_, cases) => {
  it.each(Object.entries(cases))('%s', (_about, [f, values, gradients]) => {
    const inputs = values.map((value) => tensor(value, { dtype: 'float64', requiresGrad: true }));
    const output = f(...(inputs as [Tensor, Tensor, Tensor]));
    if (output.requiresGrad) output.backward(onesLike(output));
    inputs.forEach((input, i) => {
      const expected = gradients[i];
      if (expected === null) expect(input.grad).toBeNull();
      else expectClose(input.grad as Tensor, tensor(expected, { dtype: 'float64' }));
    });
  });
});
