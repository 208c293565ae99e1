/** Training on the device `gpu` next to the same training on the CPU: the whole MNIST network, and LoRA on it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { addAdapter, loadAdapter, safeMerge, saveAdapter, serializeAdapter } from '@lowrank/lora';
import { crossEntropy, SGD } from '@lowrank/nn';
import { type Device, manualSeed, randn, tensor } from '@lowrank/tensor';
import { onGpu } from '../../../tensor/test/gpu/adapter.js';
import { MnistCnn } from '../../src/index.js';

const STEPS = 20;
const TOLERANCE = 1e-3;

/** In milliseconds: a GPU in software takes half a minute of two idle cores for both. */
const PATIENCE = 600_000;

/** The losses of training on the same two images over and over, which makes them move fast. */
async function losses(device: Device, change: (model: MnistCnn) => void): Promise<number[]> {
  manualSeed(7);
  const model = new MnistCnn();
  change(model);
  const x = randn([2, 1, 28, 28]).to(device);
  const classes = tensor([3, 8], { dtype: 'int32' }).to(device);
  model.to(device);
  const trained = model.parameters().filter(({ requiresGrad }) => requiresGrad);
  const optimizer = new SGD(trained, { lr: 0.02, momentum: 0.9 });
  const found: number[] = [];
  for (let step = 0; step < STEPS; step++) {
    optimizer.zeroGrad();
    const loss = crossEntropy(model.forward(x), classes);
    loss.backward();
    optimizer.step();
    found.push((await loss.data())[0] as number);
  }
  return found;
}

const WAYS: Readonly<Record<string, (model: MnistCnn) => void>> = {
  'the MNIST network': () => undefined,
  'LoRA on the MNIST network': (model) =>
    addAdapter(model, { r: 4, targetModules: ['conv2', 'conv3', 'fc'], dropout: 0.1 }),
};

onGpu(`${STEPS} steps of training have the CPU's losses, up to ${TOLERANCE}, for`, () => {
  it.each(Object.entries(WAYS))(
    '%s',
    async (_, change) => {
      const [cpu, gpu] = [await losses('cpu', change), await losses('gpu', change)];
      const furthest = Math.max(...cpu.map((loss, i) => Math.abs(loss - (gpu[i] as number))));
      expect(furthest).toBeLessThan(TOLERANCE);
      expect(gpu.at(-1)).toBeLessThan((gpu[0] as number) - 0.1);
    },
    PATIENCE,
  );
});

function factorsOf(model: MnistCnn) {
  const factors = Object.entries(model.stateDict()).filter(([path]) => path.includes('lora_'));
  return factors.map(([path, factor]) => [path, factor.tolist()]);
}

onGpu('an adapter on the GPU', () => {
  it('is saved and loaded as on the CPU', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lowrank-gpu-'));
    const [saved, loaded] = [new MnistCnn(), new MnistCnn()];
    addAdapter(saved, { r: 2, targetModules: ['fc'], init: 'gaussian' });
    const before = factorsOf(saved);
    await saveAdapter(saved.to('gpu'), 'default', folder);
    await loadAdapter(loaded.to('gpu'), folder, 'default');
    const after = factorsOf(await loaded.cpu());
    await rm(folder, { recursive: true });
    expect(before).toHaveLength(2);
    expect(after).toEqual(before);
  });

  it('takes the CPU where the merged weights have to be looked at', async () => {
    const model = new MnistCnn();
    addAdapter(model, { r: 2, targetModules: ['fc'] });
    model.to('gpu');
    expect(() => safeMerge(model)).toThrow('safeMerge: looks into the merged weights, which on the GPU');
    safeMerge(await model.cpu());
  });

  it('is begun on the CPU where that decomposes the weight, and says so', () => {
    const model = new MnistCnn().to('gpu');
    for (const init of ['pissa', 'olora'] as const) {
      expect(() => addAdapter(model, { r: 2, targetModules: ['fc'], init })).toThrow(
        "Add the adapter before model.to('gpu')",
      );
    }
  });

  it('is not serialised at once, and what saves it is named', () => {
    const model = new MnistCnn();
    addAdapter(model, { r: 2, targetModules: ['fc'] });
    expect(() => serializeAdapter(model.to('gpu'), 'default')).toThrow('use await saveAdapter(...)');
  });
});
