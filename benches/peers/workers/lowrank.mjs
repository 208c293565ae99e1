/** lowrank itself: threads and the wide pass come by environment variables. */
import { integers, uniform } from '../src/numbers.mjs';
import { serve, versionOf } from './serve.mjs';

await serve(async ({ case: task, threads: asked, wide }) => {
  const lowrank = await import('lowrank');
  const { backend, simd, wide: isWide, tile, threads, reasons } = lowrank.cpuInfo();
  // A row must not claim what is not in use.
  if (wide && !isWide) throw new Error(reasons.wide);
  if (threads < asked) throw new Error(reasons.threads ?? `uses ${threads} of ${asked} threads`);
  const mode = `${backend}, SIMD ${simd}${isWide ? ' and wide' : ''}, tile ${tile}, threads ${threads}`;
  const run = task.kind === 'matmul' ? matmul(lowrank, task) : step(lowrank, task);
  return { about: `lowrank ${await versionOf('lowrank')}: ${mode}`, run };
});

function matmul({ tensor }, { M, K, N }) {
  const a = tensor(uniform(1, M * K)).reshape([M, K]);
  const b = tensor(uniform(2, K * N)).reshape([K, N]);
  return () => a.matmul(b).dataSync();
}

function step({ Adam, crossEntropy, MnistCnn, tensor }, { batch, lr, parameters }) {
  const model = new MnistCnn();
  const initial = parameters.map(({ name, shape, seed, bound }) => {
    const length = shape.reduce((product, size) => product * size);
    return [name, tensor(uniform(seed, length, bound)).reshape(shape)];
  });
  model.loadStateDict(Object.fromEntries(initial));
  const images = tensor(uniform(1, batch * 28 * 28)).reshape([batch, 1, 28, 28]);
  const labels = tensor(integers(2, batch, 10));
  const optimizer = new Adam(model.parameters(), { lr });
  return () => {
    optimizer.zeroGrad();
    const loss = crossEntropy(model.forward(images), labels);
    loss.backward();
    optimizer.step();
    return loss.dataSync();
  };
}
