/** The worker: trains the CNN, step by step, and tells the page how it goes. */
import {
  Adam,
  crossEntropy,
  DataLoader,
  type Device,
  gpuMemory,
  type LabelledBatch,
  MnistCnn,
  manualSeed,
  useGpu,
} from 'lowrank';
import { fetchMnist } from './data.js';
import type { Choice, News, Task } from './messages.js';

/** Over how many steps the speed is measured. */
const WINDOW = 20;

const tell = (news: News) => postMessage(news);

addEventListener('message', async ({ data: task }: MessageEvent<Task>) => {
  try {
    await train(task);
    tell({ kind: 'done' });
  } catch (error) {
    tell({ kind: 'failed', message: String(error) });
  }
  close();
});

async function train({ device: choice, batchSize, steps }: Task): Promise<void> {
  const device: Device = choice === 'cpu' ? 'cpu' : 'gpu';
  tell({ kind: 'ready', adapter: await adapterOf(choice) });

  manualSeed(0);
  const model = new MnistCnn().to(device);
  const optimizer = new Adam(model.parameters(), { lr: 1e-3 });
  const loader = new DataLoader(await fetchMnist(), { batchSize, shuffle: true, seed: 0, dropLast: true });

  const times = [performance.now()];
  let step = 0;
  for (const [images, labels] of endless(loader)) {
    optimizer.zeroGrad();
    const loss = crossEntropy(model.forward(images.to(device)), labels.to(device));
    loss.backward();
    optimizer.step();
    // All of the above is only queued: here the worker waits for the GPU.
    const [value = Number.NaN] = await loss.data();

    times.push(performance.now());
    const window = times.slice(-WINDOW - 1);
    const seconds = (window.at(-1)! - window[0]!) / 1000;
    const gpuBytes = device === 'gpu' ? gpuMemory().bytes : undefined;
    step++;
    tell({
      kind: 'step',
      step: { step, loss: value, stepsPerSecond: (window.length - 1) / seconds, gpuBytes },
    });
    if (step === steps) return;
  }
}

/** Takes the GPU into use, and gives its name. @throws DeviceError where there is none of this technology. */
async function adapterOf(choice: Choice): Promise<string> {
  if (choice === 'cpu') return 'none: WebAssembly on the CPU';
  const { adapter, description } = await useGpu({ technology: choice });
  return `${adapter} (${description})`;
}

/** The batches of the loader, epoch after epoch. */
function* endless(loader: DataLoader<LabelledBatch>): Generator<LabelledBatch> {
  for (;;) yield* loader;
}
