/** The convolutions of the MNIST network, forward. */
import { CONVOLUTIONS, conv2d, Generator, MnistCnn, randn } from 'lowrank';
import { naiveConv2d } from '../naive.js';
import type { Case, Suite } from '../suite.js';

const BATCH_SIZE = 8;

/** Height and width of what each layer of the network sees. */
const SIZES: Readonly<Record<(typeof CONVOLUTIONS)[number], number>> = { conv1: 28, conv2: 14, conv3: 7 };

function layerOf(layer: (typeof CONVOLUTIONS)[number]): Case {
  const size = SIZES[layer];
  const { inChannels: C, outChannels: O } = new MnistCnn()[layer];
  return {
    name: `${layer}: [${BATCH_SIZE}, ${C}, ${size}, ${size}] to ${O} channels`,
    prepare: () => {
      const generator = new Generator(1);
      const x = randn([BATCH_SIZE, C, size, size], { generator });
      const weight = randn([O, C, 3, 3], { generator });
      const bias = randn([O], { generator });
      const sizes = { N: BATCH_SIZE, C, size, O, kernel: 3, stride: 2, padding: 1 };
      return {
        lowrank: () => conv2d(x, weight, { bias, stride: 2, padding: 1 }).dataSync(),
        'naive loops': () => naiveConv2d(x.dataSync(), weight.dataSync(), bias.dataSync(), sizes),
      };
    },
  };
}

export const conv2dSuite: Suite = {
  name: 'conv2d',
  about: 'the three convolutions of the MNIST CNN, forward, against seven loops',
  cases: CONVOLUTIONS.map(layerOf),
};
