/** What is measured: products of matrices, and a training step of the MNIST network. */

/**
 * @typedef {object} Case Plain data, which a worker is handed as JSON.
 * @property {string} name
 * @property {string} about
 * @property {'matmul' | 'step' | 'gpu-matmul' | 'gpu-step'} kind
 * @property {number} runs How many runs are compared before anything is timed.
 * @property {number} [flops] Floating-point operations of a run.
 * @property {boolean} [onRequest] Only measured when it is named.
 */

/** c = a b, of [M, K] x [K, N] float32 values. @returns {Case} */
function matmul(name, M, K, N, onRequest = false) {
  const about = `[${M}, ${K}] x [${K}, ${N}]`;
  return { name, about, kind: 'matmul', runs: 1, flops: 2 * M * K * N, onRequest, M, K, N };
}

const BY_DEFAULT = [256, 512, 1024];
const squares = [64, 128, ...BY_DEFAULT, 2048].map((n) =>
  matmul(`matmul-${n}`, n, n, n, !BY_DEFAULT.includes(n)),
);

/** The same on the GPU, where what is timed ends once the result is there, not with its copy to the CPU. @returns {Case} */
const onGpu = (task) => ({ ...task, name: `gpu-${task.name}`, kind: `gpu-${task.kind}`, onRequest: true });

const gpuSquares = [256, 512, 1024, 2048, 4096].map((n) => onGpu(matmul(`matmul-${n}`, n, n, n)));

/** The layers of MnistCnn: [out, in, height, width], or [out, in]. */
const layers = {
  conv1: [32, 1, 3, 3],
  conv2: [64, 32, 3, 3],
  conv3: [128, 64, 3, 3],
  fc: [10, 2048],
};

/** Bound by 1 / sqrt(fan in), as PyTorch initialises its layers. */
const parameters = Object.entries(layers).flatMap(([name, shape], i) => {
  const bound = 1 / Math.sqrt(shape.slice(1).reduce((product, size) => product * size));
  return [
    { name: `${name}.weight`, shape, seed: 10 + 2 * i, bound },
    { name: `${name}.bias`, shape: shape.slice(0, 1), seed: 11 + 2 * i, bound },
  ];
});

/**
 * A run is one step on the same batch, and gives its loss: the first loss compares the forward passes, the second one
 * also gradients and Adam.
 *
 * @type {Case}
 */
const step = {
  name: 'step',
  about: 'forward, cross entropy, backward and Adam on the MNIST CNN, 64 images',
  kind: 'step',
  runs: 2,
  batch: 64,
  lr: 1e-3,
  parameters,
};

/** @type {readonly Case[]} */
export const CASES = [
  ...squares,
  matmul('lora-down', 4096, 1024, 8),
  matmul('lora-up', 4096, 8, 1024),
  step,
  ...gpuSquares,
  onGpu(step),
];
