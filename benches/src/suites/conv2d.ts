/** The convolutions of the MNIST network, forward and backward. */
import { CONVOLUTIONS, conv2d, conv2dInputGrad, conv2dWeightGrad, MnistCnn, type Tensor } from 'lowrank';
import { scattered } from '../inputs.js';
import {
  type Conv2dSizes,
  naiveConv2d,
  naiveConv2dInputGrad,
  naiveConv2dWeightGrad,
  outSizeOf,
} from '../naive/conv2d.js';
import type { Suite } from '../suite.js';
import { type TimedCase, timed } from '../timed.js';

const BATCH_SIZE = 64;

type LayerName = (typeof CONVOLUTIONS)[number];

/** Height and width of what each layer of the network sees. */
const SIZES: Readonly<Record<LayerName, number>> = { conv1: 28, conv2: 14, conv3: 7 };

function sizesOf(layer: LayerName): Conv2dSizes {
  const { inChannels, outChannels } = new MnistCnn()[layer];
  return {
    N: BATCH_SIZE,
    C: inChannels,
    size: SIZES[layer],
    O: outChannels,
    kernel: 3,
    stride: 2,
    padding: 1,
  };
}

function tensorsOf(sizes: Conv2dSizes) {
  const { N, C, size, O, kernel } = sizes;
  const outSize = outSizeOf(sizes);
  return {
    x: scattered([N, C, size, size]),
    weight: scattered([O, C, kernel, kernel]),
    bias: scattered([O]),
    outputGrad: scattered([N, O, outSize, outSize]),
  };
}

type Tensors = ReturnType<typeof tensorsOf>;
type Values = Readonly<Record<keyof Tensors, ArrayLike<number>>>;

/** The same numbers once more: what was read through `dataSync` could be written to, and is brought to the kernels anew each time. */
function valuesOf(sizes: Conv2dSizes): Values {
  const { x, weight, bias, outputGrad } = tensorsOf(sizes);
  return {
    x: x.dataSync(),
    weight: weight.dataSync(),
    bias: bias.dataSync(),
    outputGrad: outputGrad.dataSync(),
  };
}

function attrsOf({ stride, padding }: Conv2dSizes, { x, weight }: Tensors) {
  return {
    inputShape: x.shape,
    weightShape: weight.shape,
    stride: [stride, stride],
    padding: { top: padding, bottom: padding, left: padding, right: padding },
    dilation: [1, 1],
    groups: 1,
  } as const;
}

/** Each pass for lowrank and, over numbers that nobody else has, for the loops. */
interface Pass {
  readonly lowrank: (tensors: Tensors, sizes: Conv2dSizes) => Tensor;
  readonly loops: (values: Values, sizes: Conv2dSizes) => Float32Array;
}

const PASSES: Readonly<Record<string, Pass>> = {
  forward: {
    lowrank: ({ x, weight, bias }, { stride, padding }) => conv2d(x, weight, { bias, stride, padding }),
    loops: ({ x, weight, bias }, sizes) => naiveConv2d(x, weight, bias, sizes),
  },
  'input gradient': {
    lowrank: (tensors, sizes) => conv2dInputGrad(tensors.outputGrad, tensors.weight, attrsOf(sizes, tensors)),
    loops: ({ outputGrad, weight }, sizes) => naiveConv2dInputGrad(outputGrad, weight, sizes),
  },
  'weight gradient': {
    lowrank: (tensors, sizes) => conv2dWeightGrad(tensors.x, tensors.outputGrad, attrsOf(sizes, tensors)),
    loops: ({ x, outputGrad }, sizes) => naiveConv2dWeightGrad(x, outputGrad, sizes),
  },
};

function casesOf(layer: LayerName): TimedCase[] {
  const sizes = sizesOf(layer);
  const { N, C, size, O, kernel } = sizes;
  return Object.entries(PASSES).map(([pass, { lowrank, loops }]) => ({
    name: `${layer}, ${pass}, [${N}, ${C}, ${size}, ${size}] to ${O}`,
    // With what falls on the padding, as it is usually counted.
    flops: 2 * N * O * outSizeOf(sizes) ** 2 * C * kernel ** 2,
    prepare: () => {
      const tensors = tensorsOf(sizes);
      const values = valuesOf(sizes);
      return {
        lowrank: () => lowrank(tensors, sizes).dataSync(),
        'naive loops': () => loops(values, sizes),
      };
    },
  }));
}

export const conv2dSuite: Suite = {
  name: 'conv2d',
  about: 'the three convolutions of the MNIST CNN, forward and backward, against seven loops',
  cases: CONVOLUTIONS.flatMap(casesOf).map(timed),
};
