/** Samples of convolution and pooling. */
import * as lr from '@lowrank/tensor';
import { index, leaf, type Sample, type Samples } from './sample.js';

interface Convolution extends lr.Conv2dOptions {
  readonly about: string;
  readonly input: lr.Shape;
  readonly weight: lr.Shape;
}

const CONVOLUTIONS: readonly Convolution[] = [
  { about: 'plain', input: [2, 2, 3, 3], weight: [2, 2, 2, 2] },
  { about: 'stride', input: [1, 1, 5, 4], weight: [2, 1, 2, 2], stride: [2, 1] },
  { about: 'a stride that leaves a rest', input: [1, 1, 4, 4], weight: [1, 1, 3, 3], stride: 2 },
  { about: 'padding', input: [1, 2, 2, 3], weight: [1, 2, 3, 3], padding: [1, 2] },
  { about: "padding 'same', an even kernel", input: [1, 1, 3, 4], weight: [2, 1, 2, 3], padding: 'same' },
  { about: 'dilation', input: [1, 1, 4, 5], weight: [1, 1, 2, 2], dilation: [2, 3] },
  {
    about: "dilation and padding 'same'",
    input: [1, 1, 4, 4],
    weight: [1, 1, 2, 2],
    dilation: 2,
    padding: 'same',
  },
  { about: 'groups', input: [1, 4, 2, 2], weight: [4, 2, 2, 1], groups: 2 },
  { about: 'depthwise', input: [1, 2, 3, 3], weight: [4, 1, 2, 2], groups: 2, stride: 2, padding: 1 },
  { about: 'pointwise', input: [2, 2, 1, 2], weight: [3, 2, 1, 1] },
  { about: 'no images', input: [0, 1, 3, 3], weight: [1, 1, 2, 2] },
];

/** The attributes that the call spells out: those of its recorded node. */
function attrsOf({ about: _, input, weight, ...options }: Convolution): lr.Conv2dAttrs {
  const { gradFn } = lr.conv2d(leaf(input), leaf(weight), options);
  return gradFn?.attrs as unknown as lr.Conv2dAttrs;
}

function outputShape({ about: _, input, weight, ...options }: Convolution): lr.Shape {
  return lr.conv2d(leaf(input), leaf(weight), options).shape;
}

const forward: Sample[] = CONVOLUTIONS.map(({ about, input, weight, ...options }) => ({
  about,
  f: (x, w) => lr.conv2d(x, w, options),
  inputs: [leaf(input), leaf(weight, { seed: 1 })],
}));

const pool = (about: string, f: (x: lr.Tensor) => lr.Tensor, shape: lr.Shape): Sample => ({
  about,
  f,
  inputs: [leaf(shape)],
});

const averagePools: Sample[] = [
  pool('plain', (x) => lr.avgPool2d(x, 2), [1, 2, 4, 4]),
  pool('overlapping', (x) => lr.avgPool2d(x, 3, { stride: 1 }), [1, 1, 4, 5]),
  pool('padding', (x) => lr.avgPool2d(x, 2, { padding: 1 }), [1, 1, 3, 4]),
  pool(
    'padding that does not count',
    (x) => lr.avgPool2d(x, 3, { padding: 1, countIncludePad: false }),
    [1, 1, 4, 4],
  ),
  pool('ceilMode', (x) => lr.avgPool2d(x, 2, { ceilMode: true }), [1, 1, 3, 5]),
  pool(
    'ceilMode, overlapping, padded',
    (x) => lr.avgPool2d(x, 3, { stride: 2, padding: 1, ceilMode: true }),
    [1, 1, 4, 4],
  ),
  pool('divisorOverride', (x) => lr.avgPool2d(x, [1, 2], { divisorOverride: 3 }), [1, 2, 2, 4]),
  pool('no batch axis', (x) => lr.avgPool2d(x, 2), [2, 2, 3]),
  pool('no images', (x) => lr.avgPool2d(x, 2), [0, 1, 2, 2]),
];

const maxPools: Sample[] = [
  pool('plain', (x) => lr.maxPool2d(x, 2), [1, 2, 4, 4]),
  pool('overlapping', (x) => lr.maxPool2d(x, 3, { stride: 1 }), [1, 1, 4, 5]),
  pool('padding', (x) => lr.maxPool2d(x, [2, 3], { padding: 1 }), [1, 1, 3, 4]),
  pool('ceilMode', (x) => lr.maxPool2d(x, 2, { ceilMode: true }), [1, 1, 3, 5]),
  pool('dilation', (x) => lr.maxPool2d(x, 2, { dilation: 2, stride: 1 }), [1, 1, 4, 4]),
  pool('no batch axis', (x) => lr.maxPool2d(x, 2), [2, 2, 3]),
  pool('no images', (x) => lr.maxPool2d(x, 2), [0, 1, 2, 2]),
];

const maxPoolAttrs = (): lr.MaxPoolAttrs =>
  lr.maxPool2d(leaf([1, 2, 3, 3]), 2, { stride: 1 }).gradFn?.attrs as unknown as lr.MaxPoolAttrs;

/** In the first plane one element is the largest of three windows. */
const maxPoolIndices = index([
  [
    [
      [4, 4],
      [4, 8],
    ],
    [
      [0, 2],
      [3, 5],
    ],
  ],
]);

const avgPoolAttrs = (): lr.AvgPoolAttrs =>
  lr.avgPool2d(leaf([1, 1, 3, 5]), 2, { padding: 1, ceilMode: true }).gradFn
    ?.attrs as unknown as lr.AvgPoolAttrs;

export const convolutionSamples: Samples = {
  conv2d: [
    ...forward,
    {
      about: 'a bias, no batch axis',
      f: (x, w, bias) => lr.conv2d(x, w, { bias, padding: 1 }),
      inputs: [leaf([1, 2, 2]), leaf([2, 1, 2, 2], { seed: 1 }), leaf([2], { seed: 2 })],
    },
    {
      about: 'a bias, groups and a stride',
      f: (x, w, bias) => lr.conv2d(x, w, { bias, groups: 2, stride: [1, 2], padding: 1 }),
      inputs: [leaf([2, 2, 3, 3]), leaf([4, 1, 2, 2], { seed: 1 }), leaf([4], { seed: 2 })],
    },
    {
      about: 'a bias alone, all else frozen',
      f: (bias) => lr.conv2d(leaf([2, 1, 2, 3]).detach(), leaf([3, 1, 2, 2]).detach(), { bias }),
      inputs: [leaf([3])],
    },
    {
      about: 'a frozen weight',
      f: (x) => lr.conv2d(x, leaf([2, 1, 2, 2]).detach()),
      inputs: [leaf([1, 1, 3, 3])],
    },
    {
      about: 'a frozen input',
      f: (w) => lr.conv2d(leaf([1, 1, 3, 3]).detach(), w),
      inputs: [leaf([2, 1, 2, 2])],
    },
  ],
  conv2dInputGrad: CONVOLUTIONS.map((call) => ({
    about: call.about,
    f: (g, w) => lr.conv2dInputGrad(g, w, attrsOf(call)),
    inputs: [leaf(outputShape(call)), leaf(call.weight, { seed: 1 })],
  })),
  conv2dWeightGrad: CONVOLUTIONS.map((call) => ({
    about: call.about,
    f: (x, g) => lr.conv2dWeightGrad(x, g, attrsOf(call)),
    inputs: [leaf(call.input), leaf(outputShape(call), { seed: 1 })],
  })),
  maxPool2d: maxPools,
  maxPool2dGrad: [
    {
      about: 'overlapping',
      f: (g) => lr.maxPool2dGrad(g, maxPoolIndices, maxPoolAttrs()),
      inputs: [leaf([1, 2, 2, 2])],
    },
  ],
  avgPool2d: averagePools,
  avgPool2dGrad: [
    {
      about: 'padding and ceilMode',
      f: (g) => lr.avgPool2dGrad(g, avgPoolAttrs()),
      inputs: [leaf(lr.averagePool(leaf([1, 1, 3, 5]), avgPoolAttrs()).shape)],
    },
  ],
};
