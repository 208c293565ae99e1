/** Tests of adapters in folders: saved as PEFT saves them, whole or not at all, and loaded again. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  ArgumentError,
  FormatError,
  loadSafetensors,
  manualSeed,
  randint,
  type Tensor,
} from '@lowrank/tensor';
import { adapterTensors } from '../../src/adapters/adapter-set.js';
import { addAdapter, type LoraConfig, loadAdapter, saveAdapter, serializeAdapter } from '../../src/index.js';
import { baseNet, bitsOf, FIXTURES, fixtureFiles, type Net, snapshot } from './net.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lowrank-adapter-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** A model with an adapter of random values, so that no two are alike. */
async function adapted(config: LoraConfig, name = 'style'): Promise<Net> {
  const net = await baseNet();
  addAdapter(net, { r: 2, ...config, init: config.init ?? false }, name);
  return net;
}

const configIn = async (path: string) =>
  JSON.parse(await readFile(join(path, 'adapter_config.json'), 'utf8'));
const tokens = (): Tensor => randint([4, 9], 0, 7);

describe('saving', () => {
  it("writes PEFT's two files into a folder, which is made if need be", async () => {
    const path = join(folder, 'adapters', 'style');
    const net = await adapted({ targetModules: ['fc1'] });
    await saveAdapter(net, 'style', path);
    expect((await readdir(path)).sort()).toEqual(['adapter_config.json', 'adapter_model.safetensors']);
    const { config, tensors } = serializeAdapter(net, 'style');
    expect(await readFile(join(path, 'adapter_config.json'), 'utf8')).toBe(config);
    expect((await readFile(join(path, 'adapter_model.safetensors'))).equals(tensors)).toBe(true);
    const file = await loadSafetensors(join(path, 'adapter_model.safetensors'));
    expect(file.metadata).toEqual({ format: 'pt' });
    expect(Object.entries(file.tensors).map(([key, value]) => [key, value.shape])).toEqual([
      ['base_model.model.classifier.fc1.lora_A.weight', [2, 36]],
      ['base_model.model.classifier.fc1.lora_B.weight', [10, 2]],
    ]);
  });

  it("writes the config in PEFT's words, its keys sorted", async () => {
    const net = await adapted({
      targetModules: ['fc1', 'head'],
      excludeModules: ['head'],
      alpha: 16,
      dropout: 0.25,
      rankPattern: { fc1: 4 },
      alphaPattern: { fc1: 1 },
      useRslora: true,
      useDora: true,
      bias: 'lora_only',
      modulesToSave: ['conv1'],
    });
    await saveAdapter(net, 'style', folder, { baseModel: 'net', taskType: 'SEQ_CLS' });
    const config = await configIn(folder);
    expect(Object.keys(config)).toEqual(Object.keys(config).sort());
    expect(config).toEqual({
      alpha_pattern: { fc1: 1 },
      auto_mapping: null,
      base_model_name_or_path: 'net',
      bias: 'lora_only',
      exclude_modules: ['head'],
      fan_in_fan_out: false,
      inference_mode: true,
      init_lora_weights: false,
      layers_pattern: null,
      layers_to_transform: null,
      lora_alpha: 16,
      lora_dropout: 0.25,
      modules_to_save: ['conv1'],
      peft_type: 'LORA',
      r: 2,
      rank_pattern: { fc1: 4 },
      revision: null,
      target_modules: ['fc1', 'head'],
      task_type: 'SEQ_CLS',
      use_dora: true,
      use_rslora: true,
    });
  });

  it.each([
    ['all-linear', ['classifier.fc1', 'classifier.head']],
    [/conv\d$/, '.*(?:conv\\d$).*'],
    ['classifier\\.(fc1|head)', 'classifier\\.(fc1|head)'],
  ])('writes the targets %s so that PEFT finds the same layers', async (targetModules, written) => {
    const net = await adapted({ targetModules });
    await saveAdapter(net, 'style', folder);
    expect((await configIn(folder)).target_modules).toEqual(written);
    const again = await baseNet();
    await loadAdapter(again, folder, 'style');
    expect([...adapterTensors('test', again, 'style').keys()]).toEqual([
      ...adapterTensors('test', net, 'style').keys(),
    ]);
  });

  it('refuses a regular expression with flags, which the file has no place for', async () => {
    const net = await adapted({ targetModules: /FC1/i });
    await expect(saveAdapter(net, 'style', folder)).rejects.toThrow(ArgumentError);
    await expect(saveAdapter(net, 'style', folder)).rejects.toThrow('no place for the flags of /FC1/i');
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([
    ['an unknown adapter', 'other', {}, 'there is no adapter "other"; there are style'],
    ['a dtype that A cannot be stored as', 'style', { storeAs: { float32: 'I8' } }, 'float32 is stored as'],
  ])('refuses %s and writes nothing', async (_, name, options, message) => {
    const net = await adapted({ targetModules: ['fc1'] });
    await expect(saveAdapter(net, name, folder, options as never)).rejects.toThrow(message);
    expect(await readdir(folder)).toEqual([]);
  });

  it('keeps the old files where the new ones cannot be written', async () => {
    const net = await adapted({ targetModules: ['fc1'] });
    await saveAdapter(net, 'style', folder);
    const before = await readFile(join(folder, 'adapter_config.json'), 'utf8');
    await rm(join(folder, 'adapter_model.safetensors'));
    await mkdir(join(folder, 'adapter_model.safetensors'));
    const saving = saveAdapter(await adapted({ targetModules: ['head'] }), 'style', folder);
    await expect(saving).rejects.toThrow(FormatError);
    await expect(saving).rejects.toThrow(`saveAdapter: cannot write to ${folder}: `);
    expect(await readFile(join(folder, 'adapter_config.json'), 'utf8')).toBe(before);
    expect((await readdir(folder)).sort()).toEqual(['adapter_config.json', 'adapter_model.safetensors']);
  });
});

describe('loading', () => {
  const kinds: LoraConfig[] = [
    { targetModules: 'all-linear' },
    { targetModules: ['conv1', 'conv2', 'embed'], alpha: 3 },
    { targetModules: ['fc1', 'conv1', 'embed'], useDora: true, useRslora: true },
    { targetModules: ['fc1'], init: 'default' },
    { targetModules: ['fc1'], init: 'gaussian' },
    { targetModules: ['fc1', 'head'], init: 'orthogonal' },
    { targetModules: ['fc1', 'conv1'], init: 'pissa' },
    { targetModules: ['fc1'], init: 'olora' },
    { targetModules: ['fc1'], bias: 'all', modulesToSave: ['conv2'] },
    { targetModules: ['fc1', 'conv1'], rankPattern: { conv1: 3 }, alphaPattern: { 'classifier.*': 7 } },
  ];

  it.each(kinds.map((config) => [JSON.stringify(config), config] as const))(
    'brings back the same bits: %s',
    async (_, config) => {
      manualSeed(7);
      const net = await adapted(config);
      for (const value of adapterTensors('test', net, 'style').values())
        value.assign(value.detach().mul(1.25));
      await saveAdapter(net, 'style', folder);
      const again = await baseNet();
      await loadAdapter(again, folder, 'renamed');
      const x = tokens();
      expect(bitsOf(again.forward(x))).toEqual(bitsOf(net.forward(x)));
      await saveAdapter(again, 'renamed', join(folder, 'again'));
      for (const name of ['adapter_config.json', 'adapter_model.safetensors']) {
        const [first, second] = await Promise.all(
          [folder, join(folder, 'again')].map((at) => readFile(join(at, name))),
        );
        expect(first?.equals(second as Buffer)).toBe(true);
      }
    },
  );

  it('brings back biases that training has not changed yet', async () => {
    await saveAdapter(await adapted({ targetModules: ['fc1'], bias: 'all' }), 'style', folder);
    await loadAdapter(await baseNet(), folder, 'style');
  });

  it('takes several adapters into one model, also at once', async () => {
    const net = await baseNet();
    await Promise.all(
      ['linear', 'embedding', 'conv2d'].map((name) => loadAdapter(net, `${FIXTURES}/${name}`, name)),
    );
    for (const name of ['linear', 'embedding', 'conv2d']) {
      const saved = serializeAdapter(net, name);
      expect(Buffer.from(saved.tensors).equals((await fixtureFiles(name)).tensors)).toBe(true);
    }
  });

  it.each([
    ['no folder', async () => undefined, 'ENOENT'],
    ['no tensors', async () => rm(join(folder, 'adapter_model.safetensors')), 'ENOENT'],
    [
      'half of the tensors',
      async () => {
        const bytes = await readFile(join(folder, 'adapter_model.safetensors'));
        await writeFile(join(folder, 'adapter_model.safetensors'), bytes.subarray(0, bytes.length / 2));
      },
      'Is the file truncated?',
    ],
    ['an empty config', async () => writeFile(join(folder, 'adapter_config.json'), ''), 'is not JSON'],
    [
      'a config that is not UTF-8',
      async () => writeFile(join(folder, 'adapter_config.json'), Uint8Array.of(123, 255)),
      'is not UTF-8',
    ],
    [
      'a config of 20 MB',
      async () => writeFile(join(folder, 'adapter_config.json'), Buffer.alloc(2e7, ' ')),
      'it has 20000000 bytes; the most is 16777216',
    ],
  ])('refuses %s, and the model stays as it is', async (what, damage, message) => {
    await saveAdapter(await adapted({ targetModules: ['fc1'] }), 'style', folder);
    await damage();
    const net = await baseNet();
    const before = snapshot(net);
    const loading = loadAdapter(net, what === 'no folder' ? join(folder, 'missing') : folder, 'style');
    await expect(loading).rejects.toThrow(FormatError);
    await expect(loading).rejects.toThrow(message);
    expect(snapshot(net)).toEqual(before);
  });
});

it.each([[undefined], [''], [3]])('%p is no folder', async (path) => {
  const net = await adapted({ targetModules: ['fc1'] });
  await expect(saveAdapter(net, 'style', path as string)).rejects.toThrow(
    'saveAdapter: takes the path of a folder, got',
  );
  await expect(loadAdapter(net, path as string, 'other')).rejects.toThrow(ArgumentError);
});
