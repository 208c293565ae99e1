/** TensorFlow.js, on its WebAssembly backend (XNNPACK), on the one in plain JavaScript, or on WebGPU. */
import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { integers, uniform } from '../src/numbers.mjs';
import { provideWebGpu } from './dawn.mjs';
import { serve, versionOf } from './serve.mjs';

const KINDS = {
  matmul: (tf, task) => ({ run: matmul(tf, task) }),
  step: (tf, task) => ({ run: step(tf, task, readAtOnce) }),
  'gpu-matmul': gpuMatmul,
  'gpu-step': (tf, task) => ({ run: step(tf, task, readLater) }),
};

await serve(async ({ case: task, threads, options: { backend } }) => {
  // The CommonJS builds: the others are meant for bundlers.
  const require = createRequire(import.meta.url);
  const tf = require('@tensorflow/tfjs');
  if (backend === 'wasm') await useWasm(tf, require, threads);
  if (backend === 'webgpu') useWebGpu(require);
  if (!(await tf.setBackend(backend))) throw new Error(`the ${backend} backend does not start`);
  const about = `tfjs ${await versionOf('@tensorflow/tfjs')} ${backend}`;
  return { about, ...KINDS[task.kind](tf, task) };
});

async function useWasm(tf, require, threads) {
  const wasm = require('@tensorflow/tfjs-backend-wasm');
  if (threads > 1 && !(await tf.env().getAsync('WASM_HAS_MULTITHREAD_SUPPORT'))) {
    throw new Error('tfjs starts its threads in browsers only (tensorflow/tfjs#3830)');
  }
  wasm.setThreadsCount(threads);
  wasm.setWasmPaths(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')) + sep);
}

function useWebGpu(require) {
  provideWebGpu();
  // It takes only pages and workers for places with WebGPU.
  globalThis.WorkerGlobalScope ??= class {};
  require('@tensorflow/tfjs-backend-webgpu');
}

function readAtOnce(loss) {
  const values = loss.dataSync();
  loss.dispose();
  return values;
}

async function readLater(loss) {
  const values = await loss.data();
  loss.dispose();
  return values;
}

function gpuMatmul(tf, { M, K, N }) {
  const a = tf.tensor2d(uniform(1, M * K), [M, K]);
  const b = tf.tensor2d(uniform(2, K * N), [K, N]);
  const run = () => tf.matMul(a, b).data();
  const timed = async () => {
    const c = tf.matMul(a, b);
    const corner = tf.slice(c, [0, 0], [1, 1]);
    await corner.data();
    tf.dispose([c, corner]);
  };
  return { run, timed };
}

function matmul(tf, { M, K, N }) {
  const a = tf.tensor2d(uniform(1, M * K), [M, K]);
  const b = tf.tensor2d(uniform(2, K * N), [K, N]);
  return () => {
    const c = tf.matMul(a, b);
    const values = c.dataSync();
    c.dispose();
    return values;
  };
}

/** Images are [N, H, W, C] here, and the weights of a convolution [height, width, in, out]. */
function step(tf, { batch, lr, parameters }, read) {
  const variables = Object.fromEntries(
    parameters.map(({ name, shape, seed, bound }) => {
      const given = tf.tensor(uniform(seed, tf.util.sizeFromShape(shape), bound), shape);
      return [name, tf.variable(shape.length === 4 ? given.transpose([2, 3, 1, 0]) : given)];
    }),
  );
  const images = tf.tensor4d(uniform(1, batch * 28 * 28), [batch, 28, 28, 1]);
  const labels = tf.oneHot(tf.tensor1d(integers(2, batch, 10), 'int32'), 10).toFloat();
  const optimizer = tf.train.adam(lr, 0.9, 0.999, 1e-8);
  const convolution = (x, name) =>
    tf
      .conv2d(x, variables[`${name}.weight`], [2, 2], 1, 'NHWC', [1, 1], 'floor')
      .add(variables[`${name}.bias`])
      .relu();
  const loss = () => {
    const features = ['conv1', 'conv2', 'conv3'].reduce(convolution, images);
    // The linear layer's columns are in the order [C, H, W].
    const flat = features.transpose([0, 3, 1, 2]).reshape([batch, -1]);
    const logits = tf.matMul(flat, variables['fc.weight'], false, true).add(variables['fc.bias']);
    return tf.losses.softmaxCrossEntropy(labels, logits);
  };
  return () => read(optimizer.minimize(loss, true));
}
