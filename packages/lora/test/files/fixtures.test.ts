/** Tests of adapters in PEFT's format against what PyTorch computes with them. */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { loadSafetensors, parseSafetensors, type Tensor } from '@lowrank/tensor';
import { adapterTensors } from '../../src/adapters/adapter-set.js';
import { deserializeAdapter, loadAdapter, serializeAdapter } from '../../src/index.js';
import { expectClose } from '../close.js';
import { baseNet, bitsOf, FIXTURES, fixtureFiles, type Net } from './net.js';

const TOLERANCE = 1e-5;

const cases = readdirSync(FIXTURES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

async function adapted(name: string): Promise<Net> {
  const net = await baseNet();
  await loadAdapter(net, `${FIXTURES}/${name}`, 'peft');
  return net;
}

const numbers = (value: Tensor) => value.tolist() as number[];

it('there is a case for each kind of adapter', () => {
  expect(cases).toEqual([
    'bias-all',
    'bias-lora-only',
    'conv2d',
    'dora-conv2d',
    'dora-embedding',
    'dora-linear',
    'embedding',
    'linear',
    'modules-to-save',
    'patterns',
    'rslora',
  ]);
});

describe.each(cases)('the adapter %s', (name) => {
  const expected = loadSafetensors(`${FIXTURES}/${name}/expected.safetensors`);

  it('computes what PyTorch computes', async () => {
    const { input, output } = (await expected).tensors;
    const [net, base] = [await adapted(name), await baseNet()];
    expectClose(net.forward(input as Tensor), numbers(output as Tensor), TOLERANCE);
    expect(bitsOf(net.forward(input as Tensor))).not.toEqual(bitsOf(base.forward(input as Tensor)));
  });

  it("has PyTorch's gradients", async () => {
    const { tensors } = await expected;
    const net = await adapted(name);
    net
      .forward(tensors.input as Tensor)
      .mul(tensors.output_grad as Tensor)
      .sum()
      .backward();
    const own = adapterTensors('test', net, 'peft');
    const keys = Object.keys(tensors).filter((key) => key.startsWith('grad.'));
    expect(keys.map((key) => key.slice('grad.'.length)).sort()).toEqual([...own.keys()].sort());
    for (const [key, parameter] of own) {
      expectClose(parameter.grad as Tensor, numbers(tensors[`grad.${key}`] as Tensor), TOLERANCE);
    }
  });

  it('is saved as the same bytes, and its config as what it said', async () => {
    const [files, saved] = [await fixtureFiles(name), serializeAdapter(await adapted(name), 'peft')];
    expect(Buffer.from(saved.tensors).equals(files.tensors)).toBe(true);
    const [theirs, ours] = [JSON.parse(files.config), JSON.parse(saved.config)];
    const known = Object.keys(ours).filter((key) => key in theirs);
    expect(known).toEqual(Object.keys(ours));
    expect(ours).toEqual(Object.fromEntries(known.map((key) => [key, theirs[key]])));
  });

  it('computes the same bits when it is saved and loaded again', async () => {
    const { input } = (await expected).tensors;
    const [net, again] = [await adapted(name), await baseNet()];
    deserializeAdapter(again, serializeAdapter(net, 'peft'), 'again');
    expect(bitsOf(again.forward(input as Tensor))).toEqual(bitsOf(net.forward(input as Tensor)));
  });

  it('may be stored in half the bytes', async () => {
    const { input, output } = (await expected).tensors;
    const files = serializeAdapter(await adapted(name), 'peft', { storeAs: { float32: 'F16' } });
    const net = await baseNet();
    deserializeAdapter(net, files, 'half');
    expectClose(net.forward(input as Tensor), numbers(output as Tensor), 1e-2);
    const values = (bytes: Uint8Array) =>
      Object.values(parseSafetensors(bytes).tensors).reduce((sum, value) => sum + value.numel(), 0);
    expect(files.tensors.length).toBeLessThan(
      (await fixtureFiles(name)).tensors.length - values(files.tensors),
    );
  });
});
