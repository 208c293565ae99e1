/** lowrank itself, on the CPU or the GPU: threads and the wide pass come by environment variables. */
import { integers, uniform } from '../src/numbers.mjs';
import { serve, versionOf } from './serve.mjs';

await serve(async ({ case: task, threads: asked, wide }) => {
  const lowrank = await import('lowrank');
  if (task.kind.startsWith('gpu-')) return onGpu(lowrank, task);
  const { backend, simd, wide: isWide, tile, threads, reasons } = lowrank.cpuInfo();
  // A row must not claim what is not in use.
  if (wide && !isWide) throw new Error(reasons.wide);
  if (threads < asked) throw new Error(reasons.threads ?? `uses ${threads} of ${asked} threads`);
  const mode = `${backend}, SIMD ${simd}${isWide ? ' and wide' : ''}, tile ${tile}, threads ${threads}`;
  const run = task.kind === 'matmul' ? matmul(lowrank, task) : step(lowrank, task);
  return { about: `lowrank ${await versionOf('lowrank')}: ${mode}`, run };
});

async function onGpu(lowrank, task) {
  const { technology, adapter } = await lowrank.useGpu();
  const about = `lowrank ${await versionOf('lowrank')}: ${technology}, ${adapter}`;
  if (task.kind === 'gpu-step') return { about, run: step(lowrank, task, 'gpu') };
  const [a, b] = operands(lowrank, task).map((operand) => operand.to('gpu'));
  const run = () => a.matmul(b).data();
  const timed = async () => {
    const c = a.matmul(b);
    await c.narrow(0, 0, 1).narrow(1, 0, 1).data();
    c.dispose();
  };
  return { about, run, timed };
}

function operands({ tensor }, { M, K, N }) {
  return [tensor(uniform(1, M * K)).reshape([M, K]), tensor(uniform(2, K * N)).reshape([K, N])];
}

function matmul(lowrank, task) {
  const [a, b] = operands(lowrank, task);
  return () => a.matmul(b).dataSync();
}

function step({ Adam, crossEntropy, MnistCnn, scope, tensor }, { batch, lr, parameters }, device = 'cpu') {
  const model = new MnistCnn();
  const initial = parameters.map(({ name, shape, seed, bound }) => {
    const length = shape.reduce((product, size) => product * size);
    return [name, tensor(uniform(seed, length, bound)).reshape(shape)];
  });
  model.loadStateDict(Object.fromEntries(initial));
  model.to(device);
  const images = tensor(uniform(1, batch * 28 * 28), { device }).reshape([batch, 1, 28, 28]);
  const labels = tensor(integers(2, batch, 10), { device });
  const optimizer = new Adam(model.parameters(), { lr });
  const trained = () => {
    optimizer.zeroGrad();
    const loss = crossEntropy(model.forward(images), labels);
    loss.backward();
    optimizer.step();
    return loss;
  };
  return () => {
    const loss = scope(trained);
    return device === 'cpu' ? loss.dataSync() : loss.data();
  };
}
