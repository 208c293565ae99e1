/** jax-js on WebAssembly or WebGPU. In Node it has one thread: its others are web workers. */
import { integers, uniform } from '../src/numbers.mjs';
import { provideWebGpu } from './dawn.mjs';
import { serve, versionOf } from './serve.mjs';

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

const KINDS = {
  matmul: (jax, task) => ({ run: matmul(jax, task, (c) => c.dataSync()) }),
  step: (jax, task) => ({ run: step(jax, task, (loss) => loss.dataSync()) }),
  'gpu-matmul': (jax, task) => ({
    run: matmul(jax, task, (c) => c.data()),
    timed: matmul(jax, task, async (c) => {
      await c.blockUntilReady();
      c.dispose();
    }),
  }),
  'gpu-step': (jax, task) => ({ run: step(jax, task, (loss) => loss.data()) }),
};

await serve(async ({ case: task, options: { backend } }) => {
  if (backend === 'webgpu') provideWebGpu();
  const jax = await import('@jax-js/jax');
  await jax.init(backend);
  jax.defaultDevice(backend);
  return { about: `jax-js ${await versionOf('@jax-js/jax')} ${backend}`, ...KINDS[task.kind](jax, task) };
});

/** An argument is used up by the call; `.ref` keeps it. */
function matmul({ numpy: np }, { M, K, N }, read) {
  const a = np.array(uniform(1, M * K)).reshape([M, K]);
  const b = np.array(uniform(2, K * N)).reshape([K, N]);
  return () => read(np.matmul(a.ref, b.ref));
}

/** Loss and gradients are one compiled function, as in jax-js's own example of MNIST, and Adam another one. */
function step({ jit, lax, nn, numpy: np, tree, valueAndGrad }, { batch, lr, parameters }, read) {
  const given = (make) => Object.fromEntries(parameters.map((each) => [each.name, make(each)]));
  let weights = given(({ shape, seed, bound }) =>
    np.array(uniform(seed, sizeOf(shape), bound)).reshape(shape),
  );
  let means = given(({ shape }) => np.zeros(shape));
  let squares = given(({ shape }) => np.zeros(shape));
  const images = np.array(uniform(1, batch * 28 * 28)).reshape([batch, 1, 28, 28]);
  const labels = np.array(integers(2, batch, 10));

  const convolution = (x, weight, bias) => {
    const y = lax.convGeneralDilated(
      x,
      weight,
      [2, 2],
      [
        [1, 1],
        [1, 1],
      ],
    );
    return nn.relu(y.add(bias.reshape([1, -1, 1, 1])));
  };
  const loss = (w, x, y) => {
    const features = ['conv1', 'conv2', 'conv3'].reduce(
      (a, name) => convolution(a, w[`${name}.weight`], w[`${name}.bias`]),
      x,
    );
    const logits = np.dot(features.reshape([batch, -1]), w['fc.weight'].transpose()).add(w['fc.bias']);
    return nn
      .logSoftmax(logits)
      .mul(nn.oneHot(y, 10))
      .sum()
      .mul(-1 / batch);
  };
  const lossAndGradients = jit(valueAndGrad(loss));
  const adam = jit((w, g, m, v, meanScale, squareScale) => {
    const mean = m.mul(BETA1).add(g.ref.mul(1 - BETA1));
    const square = v.mul(BETA2).add(g.ref.mul(g).mul(1 - BETA2));
    const size = np.sqrt(square.ref.mul(squareScale)).add(EPSILON);
    return [w.sub(mean.ref.mul(meanScale).div(size).mul(lr)), mean, square];
  });

  let steps = 0;
  return () => {
    steps++;
    const [value, gradients] = lossAndGradients(tree.ref(weights), images.ref, labels.ref);
    const updated = given(({ name }) =>
      adam(
        weights[name],
        gradients[name],
        means[name],
        squares[name],
        np.array(1 / (1 - BETA1 ** steps)),
        np.array(1 / (1 - BETA2 ** steps)),
      ),
    );
    [weights, means, squares] = [0, 1, 2].map((i) => given(({ name }) => updated[name][i]));
    return read(value);
  };
}

function sizeOf(shape) {
  return shape.reduce((product, size) => product * size);
}
