/** The GPU: matrix products and training steps by hand-written kernels, by gpu.js's kernels, and on the CPU. */
import {
  Adam,
  addAdapter,
  crossEntropy,
  type Device,
  Generator,
  type Layer,
  Linear,
  MnistCnn,
  manualSeed,
  matmul,
  ReLU,
  rand,
  randint,
  randn,
  Sequential,
  type Shape,
  type Tensor,
} from 'lowrank';
import type { Suite } from '../suite.js';
import { type GpuCase, gpuCase, onEachDevice } from './gpu-timing.js';

/** An adapter in software manages a few hundred million operations a second. */
const LARGEST_FOR_SOFTWARE = 256;

function product(M: number, K: number, N: number): GpuCase {
  return {
    name: `[${M}, ${K}] x [${K}, ${N}]`,
    flops: 2 * M * K * N,
    isForCards: Math.max(M, K, N) > LARGEST_FOR_SOFTWARE,
    prepare: () => {
      const generator = new Generator(1);
      const [x, y] = [randn([M, K], { generator }), randn([K, N], { generator })];
      return onEachDevice((device) => {
        const [a, b] = [x.to(device), y.to(device)];
        return () => matmul(a, b);
      });
    },
  };
}

/** Step after step on one batch, from the same beginning. */
function training(model: Layer, inputShape: Shape, classes: number, device: Device): () => Tensor {
  const generator = new Generator(1);
  const inputs = rand(inputShape, { generator }).to(device);
  const labels = randint([inputShape[0]!], 0, classes, { generator }).to(device);
  model.to(device);
  const optimizer = new Adam(model.parameters(), { lr: 1e-4 });
  return () => {
    optimizer.zeroGrad();
    const loss = crossEntropy(model.forward(inputs), labels);
    loss.backward();
    optimizer.step();
    return loss.detach();
  };
}

function cnnStep(batch: number, isForCards: boolean): GpuCase {
  return {
    name: `a step of Adam on the MNIST CNN, ${batch} images`,
    isForCards,
    // Losses, which Adam drives apart where gradients differ in the last bit.
    tolerance: 1e-3,
    prepare: () => {
      const state = new MnistCnn().stateDict();
      return onEachDevice((device) => {
        const model = new MnistCnn();
        model.loadStateDict(state);
        return training(model, [batch, 1, 28, 28], 10, device);
      });
    },
  };
}

function loraStep(width: number, rank: number, isForCards: boolean): GpuCase {
  const network = () =>
    new Sequential(...Array.from({ length: 4 }, () => [new Linear(width, width), new ReLU()]).flat());
  return {
    name: `a step of LoRA, rank ${rank}, on four layers of [${width}, ${width}], 64 rows`,
    isForCards,
    tolerance: 1e-3,
    prepare: () => {
      const state = network().stateDict();
      return onEachDevice((device) => {
        const model = network();
        model.loadStateDict(state);
        manualSeed(2);
        addAdapter(model, { r: rank, alpha: rank, targetModules: 'all-linear' });
        return training(model, [64, width], width, device);
      });
    },
  };
}

export const gpuSuite: Suite = {
  name: 'gpu',
  about:
    "the GPU by hand-written kernels, by gpu.js's, and the CPU; a little work only where the adapter is software",
  onRequest: true,
  cases: [
    ...[64, 256, 512, 1024, 2048, 4096].map((n) => product(n, n, n)),
    product(4096, 1024, 8),
    product(4096, 8, 1024),
    product(4096, 4096, 1),
    cnnStep(4, false),
    cnnStep(64, true),
    loraStep(64, 4, false),
    loraStep(1024, 8, true),
  ].map(gpuCase),
};
