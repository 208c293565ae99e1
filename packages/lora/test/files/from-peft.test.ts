/** Tests of adapters that PEFT itself has made and saved. */
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { loadSafetensors, serializeSafetensors, type Tensor } from '@lowrank/tensor';
import { loadAdapter, serializeAdapter } from '../../src/index.js';
import { expectClose } from '../close.js';
import { baseNet } from './net.js';

const FOLDER = fileURLToPath(new URL('from-peft', import.meta.url));
const cases = readdirSync(FOLDER);

it('there are some', () => {
  expect(cases).toContain('pissa');
});

describe.each(cases)('the adapter %s', (name) => {
  const path = `${FOLDER}/${name}`;

  it('computes what it computes in PEFT', async () => {
    const { input, output } = (await loadSafetensors(`${path}/expected.safetensors`)).tensors;
    const net = await baseNet();
    await loadAdapter(net, path, 'peft');
    expectClose(net.forward(input as Tensor), (output as Tensor).tolist() as number[], 1e-6);
  });

  it('is saved with the same bytes, but without copies of what the base model has', async () => {
    const net = await baseNet();
    await loadAdapter(net, path, 'peft');
    const { tensors: given } = await loadSafetensors(`${path}/adapter_model.safetensors`);
    const storeAs = name === 'bfloat16' ? ({ float32: 'BF16' } as const) : {};
    const saved = serializeAdapter(net, 'peft', { storeAs });
    const copies = Object.keys(given).filter((key) => /original_module|modules_to_save/.test(key));
    expect(copies).toHaveLength(name === 'biases-and-a-module' ? 2 : 0);
    const kept = Object.fromEntries(Object.entries(given).filter(([key]) => !copies.includes(key)));
    expect(Buffer.from(saved.tensors).equals(serializeSafetensors(kept, { format: 'pt' }, { storeAs }))).toBe(
      true,
    );
    const bytes = await readFile(`${path}/adapter_model.safetensors`);
    expect(bytes.equals(saved.tensors)).toBe(copies.length === 0);
  });
});
