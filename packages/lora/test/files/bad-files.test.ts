/** Tests of adapters that do not fit: each is refused in clear words, and the model stays as it is. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  ArgumentError,
  FormatError,
  LowrankError,
  parseSafetensors,
  serializeSafetensors,
  type Tensor,
  zeros,
} from '@lowrank/tensor';
import fc from 'fast-check';
import {
  type AdapterFiles,
  addAdapter,
  deserializeAdapter,
  listAdapters,
  serializeAdapter,
} from '../../src/index.js';
import { baseNet, fixtureFiles, Net, snapshot } from './net.js';

let files: AdapterFiles;

beforeAll(async () => {
  files = await fixtureFiles('linear');
});

const FC1 = 'base_model.model.classifier.fc1';
const HEAD = 'base_model.model.classifier.head';

const withConfig = (changes: object): AdapterFiles => ({
  ...files,
  config: JSON.stringify({ ...JSON.parse(files.config), ...changes }),
});

function withTensors(change: (tensors: Record<string, Tensor>) => void): AdapterFiles {
  const tensors = { ...parseSafetensors(files.tensors.slice()).tensors };
  change(tensors);
  return { ...files, tensors: serializeSafetensors(tensors) };
}

/** Expects that the files are refused with such an error, and that nothing has changed. */
function expectRefusal(
  model: Net,
  bad: AdapterFiles,
  kind: typeof LowrankError,
  words: readonly string[],
): void {
  const before = snapshot(model);
  const load = () => deserializeAdapter(model, bad, 'bad');
  expect(load).toThrow(kind);
  for (const word of words) expect(load).toThrow(word);
  expect(snapshot(model)).toEqual(before);
}

const configs: readonly (readonly [what: string, changes: object, ...words: string[]])[] = [
  [
    'a rank of 0',
    { r: 0 },
    'adapter_config.json cannot be added to this Net: r is a rank, a whole number of at least 1, got 0',
  ],
  ['half a rank', { r: 1.5 }, 'got 1.5'],
  [
    'a rank above that of a matrix',
    { r: 5 },
    'rank 5 is above that of the weight [3, 10] of classifier.head',
  ],
  ['a rank of 0 in a pattern', { rank_pattern: { fc1: 0 } }, 'rankPattern'],
  ['a negative alpha', { lora_alpha: -1 }, 'alpha', 'got -1'],
  ['a dropout of 1', { lora_dropout: 1 }, 'dropout', 'got 1'],
  ['a target that matches nothing', { target_modules: ['query'] }, 'query', 'classifier.fc1 (Linear)'],
  ['a regular expression that is none', { target_modules: '(fc1' }, 'regular expression'],
  ['no targets', { target_modules: null }, 'targetModules'],
  ['a target that cannot be adapted', { target_modules: ['classifier'] }, 'classifier is a Classifier'],
  ['a module to save that is not there', { modules_to_save: ['score'] }, 'score'],
  ['an unknown initialisation', { init_lora_weights: 'loftq' }, 'init', '"loftq"'],
  ['an unknown bias', { bias: 'some' }, 'bias', '"some"'],
  ['another method', { peft_type: 'IA3' }, 'peft_type is "IA3"; only "LORA" can be loaded'],
  ['no method', { peft_type: undefined }, 'peft_type is undefined'],
  ['a bias of B', { lora_bias: true }, 'lora_bias is true, which lowrank does not know'],
  ['quantisation', { use_qalora: true }, 'use_qalora is true'],
  ['repeated layers', { layer_replication: [[0, 4]] }, 'layer_replication is [[...]]'],
  [
    'parameters for targets',
    { target_parameters: ['experts.weight'] },
    'target_parameters is ["experts.weight"]',
  ],
  ['something of the future', { use_magic: 0.5 }, 'use_magic is 0.5, which lowrank does not know'],
];

describe('a config is refused that has', () => {
  it.each(configs)('%s', async (_, changes, ...words) => {
    expectRefusal(await baseNet(), withConfig(changes), FormatError, words);
  });

  it.each([
    ['half a text', '{"r": 2, "peft', 'adapter_config.json is not JSON: '],
    ['nothing', '', 'adapter_config.json is not JSON: '],
    ['a list', '[1]', 'adapter_config.json is not an object but [1]'],
    ['null', 'null', 'adapter_config.json is not an object but null'],
    ['lists without end', `${'['.repeat(1e5)}${']'.repeat(1e5)}`, 'is not an object but [[...]]'],
  ])('%s', async (_, config, word) => {
    expectRefusal(await baseNet(), { ...files, config }, FormatError, [word]);
  });
});

it('a config of anything at all is refused or taken, and the model is never left half changed', async () => {
  const keys = fc.constantFrom(...Object.keys(JSON.parse(files.config)));
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom('fc1', '.*', '(', 'all-linear', 1, 2, 1e9, 0.5, true, ['fc1', 'head'], { fc1: 2 }),
  );
  const outcomes = new Set<string>();
  const before = snapshot(await baseNet());
  await fc.assert(
    fc.asyncProperty(fc.dictionary(keys, value, { minKeys: 1, maxKeys: 2 }), async (changes) => {
      const net = await baseNet();
      try {
        deserializeAdapter(net, withConfig(changes), 'any');
        outcomes.add('taken');
        expect(listAdapters(net).map(({ name }) => name)).toEqual(['any']);
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError);
        outcomes.add('refused');
        expect(snapshot(net)).toEqual(before);
      }
    }),
    { numRuns: 200 },
  );
  expect([...outcomes].sort()).toEqual(['refused', 'taken']);
});

describe('a config is taken that has', () => {
  it.each([
    ['keys of a newer PEFT at rest', { use_magic: false, magic_config: null, magics: [], magic_map: {} }],
    [
      'notes that change nothing',
      { peft_version: '0.18.1', task_type: 'CAUSAL_LM', base_model_name_or_path: 'net' },
    ],
    ['null where PEFT has a default', { rank_pattern: null, alpha_pattern: null, exclude_modules: null }],
    ['a transposed base layer', { fan_in_fan_out: true }],
  ])('%s', async (_, changes) => {
    const net = await baseNet();
    deserializeAdapter(net, withConfig(changes), 'good');
    expect(String(net)).toContain('lora.Linear');
  });
});

describe('copies of what the base model has', () => {
  /** As PEFT saves a language model whose embedding is adapted, or all of whose biases are trained. */
  const withCopies = async (change: (base: Record<string, Tensor>) => Record<string, Tensor>) => {
    const { tensors } = parseSafetensors(files.tensors.slice());
    const base = (await baseNet()).stateDict();
    return { ...files, tensors: serializeSafetensors({ ...tensors, ...change(base) }) };
  };
  const FC1_WEIGHT = `${FC1}.base_layer.weight`;

  it('are passed over', async () => {
    const copied = await withCopies((base) => ({
      [FC1_WEIGHT]: base['classifier.fc1.weight'] as Tensor,
      'base_model.model.features.conv1.original_module.bias': base['features.conv1.bias'] as Tensor,
    }));
    const net = await baseNet();
    deserializeAdapter(net, copied, 'first');
    deserializeAdapter(net, copied, 'second');
    const saved = serializeAdapter(net, 'second');
    expect(Buffer.from(saved.tensors).equals(files.tensors)).toBe(true);
  });

  it('are unexpected if they differ', async () => {
    const changed = await withCopies((base) => ({
      [FC1_WEIGHT]: (base['classifier.fc1.weight'] as Tensor).add(1e-3),
    }));
    expectRefusal(await baseNet(), changed, FormatError, [`unexpected: ${FC1_WEIGHT}`]);
  });

  it('are passed over next to a module that is saved as a whole', async () => {
    const { config, tensors } = await fixtureFiles('modules-to-save');
    const own = { ...parseSafetensors(tensors).tensors };
    own[`${HEAD}.modules_to_save.bias`] = own[`${HEAD}.bias`] as Tensor;
    const net = await baseNet();
    deserializeAdapter(net, { config, tensors: serializeSafetensors(own) }, 'whole');
    expect(Buffer.from(serializeAdapter(net, 'whole').tensors).equals(tensors)).toBe(true);
  });
});

describe('tensors are refused', () => {
  it('that are half a file, whatever half', async () => {
    const net = await baseNet();
    const before = snapshot(net);
    for (let length = 0; length < files.tensors.length; length += 7) {
      const half = { ...files, tensors: files.tensors.slice(0, length) };
      expect(() => deserializeAdapter(net, half, 'bad')).toThrow(FormatError);
    }
    expect(snapshot(net)).toEqual(before);
  });

  it('that say 4 GB', async () => {
    const header = `{"${FC1}.lora_A.weight":{"dtype":"F32","shape":[${2 ** 30}],"data_offsets":[0,${2 ** 32}]}}`;
    const bytes = new Uint8Array(8 + header.length);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
    bytes.set(new TextEncoder().encode(header), 8);
    const words = ['ends at byte 4294967296 of the values, but there are only 0. Is the file truncated?'];
    expectRefusal(await baseNet(), { ...files, tensors: bytes }, FormatError, words);
  });

  it('all of those that are missing, unexpected or misshapen being named', async () => {
    const bad = withTensors((tensors) => {
      delete tensors[`${FC1}.lora_A.weight`];
      delete tensors[`${FC1}.lora_B.weight`];
      tensors[`${FC1}.lora_C.weight`] = zeros([1]);
      tensors[`${HEAD}.lora_embedding_A`] = zeros([1]);
      tensors[`${HEAD}.lora_A.weight`] = zeros([2, 11]);
      tensors[`${HEAD}.lora_B.weight`] = zeros([2, 3]);
    });
    expectRefusal(await baseNet(), bad, FormatError, [
      'deserializeAdapter: the adapter does not fit this Net; ',
      `missing: ${FC1}.lora_A.weight, ${FC1}.lora_B.weight`,
      `unexpected: ${FC1}.lora_C.weight, ${HEAD}.lora_embedding_A`,
      `${HEAD}.lora_A.weight has shape [2, 11], the model's is [2, 10]`,
      `${HEAD}.lora_B.weight has shape [2, 3], the model's is [3, 2]`,
    ]);
  });

  it('that are whole numbers', async () => {
    const bad = withTensors((tensors) => {
      tensors[`${FC1}.lora_A.weight`] = zeros([2, 36], { dtype: 'int32' });
    });
    expectRefusal(await baseNet(), bad, FormatError, [
      `${FC1}.lora_A.weight is int32, the model's is float32`,
    ]);
  });

  it('that belong to another model', async () => {
    const words = [`${FC1}.lora_A.weight has shape [2, 36], the model's is [2, 35]`];
    expectRefusal(new Net(35), files, FormatError, words);
    expectRefusal(
      await baseNet(),
      await fixtureFiles('linear').then(async ({ tensors }) => ({
        config: (await fixtureFiles('conv2d')).config,
        tensors,
      })),
      FormatError,
      ['missing: base_model.model.features.conv1.lora_A.weight'],
    );
  });
});

describe('the model', () => {
  it('that has an adapter of the name already keeps it', async () => {
    const net = await baseNet();
    deserializeAdapter(net, files, 'bad');
    expectRefusal(net, files, LowrankError, ['bad']);
  });

  it('that has other adapters keeps them', async () => {
    const net = await baseNet();
    addAdapter(net, { targetModules: ['fc1', 'embed'], r: 3, useDora: true }, 'first');
    expectRefusal(net, withConfig({ target_modules: ['fc1'] }), FormatError, [
      `unexpected: ${HEAD}.lora_A.weight`,
    ]);
  });

  it.each([
    ['no module', {}, () => files],
    ['no files', new Net(), () => undefined],
    ['no bytes', new Net(), () => ({ ...files, tensors: 'bytes' })],
  ])('is a module, and the files are texts and bytes: %s', (_, model, given) => {
    expect(() => deserializeAdapter(model as Net, given() as AdapterFiles, 'bad')).toThrow(ArgumentError);
  });

  it('has its own values, not the bytes of the file', async () => {
    const net = await baseNet();
    const bytes = files.tensors.slice();
    deserializeAdapter(net, { ...files, tensors: bytes }, 'good');
    const before = snapshot(net);
    bytes.fill(255);
    expect(snapshot(net)).toEqual(before);
  });
});
