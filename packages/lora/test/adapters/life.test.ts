/** The life of an adapter: added, trained, switched, scaled, listed, deleted. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  type AdapterInfo,
  addAdapter,
  deleteAdapter,
  disableAdapters,
  enableAdapters,
  type LoraConfig,
  listAdapters,
  loraParameters,
  loraStateDict,
  markOnlyLoraAsTrainable,
  merge,
  scaleAdapter,
  setAdapter,
  setLoraEnabled,
  trainableParameters,
  unload,
  withAdaptersDisabled,
} from '@lowrank/lora';
import { Adam, crossEntropy, Linear, Module, Sequential } from '@lowrank/nn';
import { ArgumentError, manualSeed, type NestedArray, type Tensor, tensor } from '@lowrank/tensor';
import { expectClose, expectError } from '../close.js';
import { addLearned, bits, learn, Network, tokens } from './models.js';

const TARGETS = { r: 2, targetModules: ['query', 'value', 'conv', 'embed'] };

let model: Network;
let x: Tensor;
let base: Tensor;
beforeEach(() => {
  manualSeed(42);
  model = new Network().eval();
  x = tokens();
  base = model.forward(x).detach();
});

/** Some steps of training on whatever has a gradient; gives the paths of what it moved. */
function train(): string[] {
  const before = model.stateDict();
  const optimizer = new Adam(model.parameters(), { lr: 0.01 });
  const wanted = tensor([0, 1, 2, 0, 1, 2], { dtype: 'int32' });
  for (let step = 0; step < 3; step++) {
    optimizer.zeroGrad();
    crossEntropy(model.forward(x), wanted).backward();
    optimizer.step();
  }
  const after = model.stateDict();
  return Object.keys(after).filter((path) => String(after[path]) !== String(before[path]));
}

function trainedPaths(): string[] {
  return [...model.namedParameters()].flatMap(([path, { requiresGrad }]) => (requiresGrad ? [path] : []));
}

function learned(name: string, config: Partial<LoraConfig> = {}): void {
  const before = new Set(model.parameters());
  addAdapter(model, { ...TARGETS, ...config }, name);
  learn(model.parameters().filter((parameter) => !before.has(parameter)));
}

describe('training', () => {
  const adapter = (name: string, layers: readonly string[]) =>
    layers.flatMap((layer) =>
      layer === 'embed'
        ? [`embed.lora_embedding_A.${name}`, `embed.lora_embedding_B.${name}`]
        : [`${layer}.lora_A.${name}.weight`, `${layer}.lora_B.${name}.weight`],
    );
  const LAYERS = ['embed', 'blocks.0.query', 'blocks.0.value', 'blocks.1.query', 'blocks.1.value', 'conv'];
  const NAMED: readonly (readonly [string, Partial<LoraConfig>, readonly string[]])[] = [
    ['the adapter', {}, []],
    [
      'the adapter, and DoRA’s magnitudes',
      { useDora: true },
      LAYERS.map((layer) => `${layer}.lora_magnitude_vector.default.weight`),
    ],
    [
      'the adapter, and biases of adapted layers',
      { bias: 'lora_only' },
      LAYERS.slice(1).map((layer) => `${layer}.base_layer.bias`),
    ],
    [
      'the adapter, and all biases',
      { bias: 'all' },
      [...LAYERS.slice(1).map((layer) => `${layer}.base_layer.bias`), 'head.bias'],
    ],
    [
      'the adapter, and its copies of modules',
      { modulesToSave: ['head'] },
      ['head.modules_to_save.default.weight', 'head.modules_to_save.default.bias'],
    ],
  ];

  it.each(NAMED)('moves %s, and nothing else', (_, config, others) => {
    addAdapter(model, { ...TARGETS, ...config });
    const trained = new Set([...adapter('default', LAYERS), ...others]);
    expect(new Set(trainedPaths())).toEqual(trained);
    expect(new Set(train())).toEqual(trained);
    const frozen = [...model.namedParameters()].map(([path]) => path).filter((path) => !trained.has(path));
    expect(markOnlyLoraAsTrainable(model)).toEqual(frozen);
    expect(new Set(trainedPaths())).toEqual(trained);
  });

  it('moves the active adapters alone', () => {
    addAdapter(model, TARGETS, 'a');
    addAdapter(model, { r: 1, targetModules: ['head'] }, 'b');
    expect(new Set(train())).toEqual(new Set(adapter('a', LAYERS)));
    setAdapter(model, 'b');
    expect(new Set(train())).toEqual(new Set(adapter('b', ['head'])));
    setAdapter(model, ['a', 'b']);
    expect(new Set(train())).toEqual(new Set([...adapter('a', LAYERS), ...adapter('b', ['head'])]));
    setAdapter(model, []);
    expect(trainedPaths()).toEqual([]);
  });

  it('does not move an adapter by the gradients from before it was frozen', () => {
    addAdapter(model, TARGETS, 'a');
    addAdapter(model, TARGETS, 'b');
    model.forward(x).sum().backward();
    setAdapter(model, 'b');
    const before = bits(loraStateDict(model)['conv.lora_B.a.weight'] as Tensor);
    new Adam(model.parameters(), { lr: 0.1 }).step();
    expect(bits(loraStateDict(model)['conv.lora_B.a.weight'] as Tensor)).toEqual(before);
  });

  it('with biases follows the active adapter', () => {
    addAdapter(model, { ...TARGETS, bias: 'all' }, 'a');
    addAdapter(model, TARGETS, 'b');
    setAdapter(model, 'b');
    expect(new Set(trainedPaths())).toEqual(new Set(adapter('b', LAYERS)));
    setAdapter(model, 'a');
    expect(trainedPaths()).toContain('head.bias');
  });

  it('of biases is for one adapter of a model', () => {
    addAdapter(model, { ...TARGETS, bias: 'all' }, 'a');
    const add = () => addAdapter(model, { ...TARGETS, bias: 'lora_only' }, 'b');
    expectError(add, ArgumentError, "bias 'lora_only'", 'adapter a');
    expect(listAdapters(model).map(({ name }) => name)).toEqual(['a']);
  });
});

describe('switching', () => {
  it('lets the first adapter compute at once, and others after setAdapter', () => {
    learned('a');
    const a = bits(model.forward(x));
    learned('b');
    expect(bits(model.forward(x))).toEqual(a);
    setAdapter(model, 'b');
    const b = bits(model.forward(x));
    expect(b).not.toEqual(a);
    setAdapter(model, 'a');
    expect(bits(model.forward(x))).toEqual(a);
    setAdapter(model, []);
    expect(bits(model.forward(x))).toEqual(bits(base));
  });

  it('copies nothing', () => {
    learned('a');
    learned('b', { r: 1 });
    const storages = () => model.parameters().map(({ storage }) => storage);
    const before = storages();
    for (const names of ['b', ['a', 'b'], 'a']) {
      setAdapter(model, names);
      model.forward(x);
      expect(storages()).toEqual(before);
      expect(storages().every((storage, i) => storage === before[i])).toBe(true);
    }
  });

  it('off lets the base model compute, and on again the adapters', () => {
    learned('a');
    const adapted = bits(model.forward(x));
    disableAdapters(model);
    expect(bits(model.forward(x))).toEqual(bits(base));
    expect(withAdaptersDisabled(model, () => bits(model.forward(x)))).toEqual(bits(base));
    expect(bits(model.forward(x))).toEqual(bits(base));
    enableAdapters(model);
    expect(withAdaptersDisabled(model, () => bits(model.forward(x)))).toEqual(bits(base));
    expect(bits(model.forward(x))).toEqual(adapted);
    setLoraEnabled(model, false);
    expect(bits(model.forward(x))).toEqual(bits(base));
    setLoraEnabled(model, true);
    expect(bits(model.forward(x))).toEqual(adapted);
  });

  it('off ends with the function, also by an error, and is not for functions that wait', () => {
    learned('a');
    const adapted = bits(model.forward(x));
    const fail = () => withAdaptersDisabled(model, () => expectError(() => undefined, ArgumentError));
    expect(fail).toThrow();
    const waiting = () => withAdaptersDisabled(model, async () => Promise.reject(new Error('unseen')));
    expectError(waiting, ArgumentError, 'withAdaptersDisabled', 'synchronous');
    expect(bits(model.forward(x))).toEqual(adapted);
  });

  it('refuses names that are none', () => {
    learned('a');
    expectError(() => setAdapter(model, 'b'), ArgumentError, 'setAdapter', '"b"', 'there are a');
    expectError(() => setAdapter(model, ['a', 'a']), ArgumentError, 'twice');
    expectError(() => setAdapter(model, 1 as never), ArgumentError, 'setAdapter', '1');
    expect(listAdapters(model)[0]?.isActive).toBe(true);
  });
});

describe('scaleAdapter', () => {
  it('multiplies the update, relative to what is configured', () => {
    const head = new Sequential(new Linear(6, 5));
    const input = tensor([[1, 2, 3, 4, 5, 6]]);
    const without = head.forward(input).detach();
    addLearned(head);
    const update = head.forward(input).sub(without);
    for (const factor of [0.5, -2, 0.5, 0, 1]) {
      scaleAdapter(head, 'default', factor);
      const scaled = head.forward(input).sub(without);
      expectClose(scaled, update.mul(factor).tolist() as NestedArray<number>, 1e-5);
    }
  });

  it('takes PiSSA back to the base model', () => {
    learned('a', { init: 'pissa' });
    scaleAdapter(model, 'a', 0);
    expectClose(model.forward(x), base.tolist() as NestedArray<number>, 1e-6);
  });

  it('takes nothing but finite numbers', () => {
    learned('a');
    for (const factor of [Number.NaN, Number.POSITIVE_INFINITY, '1' as never]) {
      expectError(() => scaleAdapter(model, 'a', factor), ArgumentError, 'scaleAdapter', 'finite');
    }
    expectError(() => scaleAdapter(model, 'b', 1), ArgumentError, '"b"');
  });
});

describe('listAdapters', () => {
  it('tells what there is, and nothing of a plain model', () => {
    expect(listAdapters(model)).toEqual([]);
    learned('a', { modulesToSave: ['head'] });
    addAdapter(model, { r: 1, targetModules: ['conv'], init: 'gaussian' }, 'b');
    const told = (info: AdapterInfo) => [
      info.name,
      info.isActive,
      info.isMerged,
      info.layers,
      info.copies,
      info.config.init,
    ];
    expect(listAdapters(model).map(told)).toEqual([
      [
        'a',
        true,
        false,
        ['embed', 'blocks.0.query', 'blocks.0.value', 'blocks.1.query', 'blocks.1.value', 'conv'],
        ['head'],
        'default',
      ],
      ['b', false, false, ['conv'], [], 'gaussian'],
    ]);
    expectError(() => listAdapters(1 as never), ArgumentError, 'a module');
  });
});

describe('deleteAdapter and unload', () => {
  it('leave the model as it was, to the object', () => {
    const before = String(model);
    const layers = new Set(model.modules());
    learned('a', { modulesToSave: ['head'] });
    addAdapter(model, { r: 1, targetModules: ['conv'] }, 'b');
    deleteAdapter(model, 'a');
    expect(String(model.embed)).toBe('Embedding(7, 8)');
    expect(String(model.conv)).toContain('lora.Conv2d');
    deleteAdapter(model, 'b');
    expect(String(model)).toBe(before);
    expect(model.modules().every((module) => layers.has(module))).toBe(true);
    expect(Object.hasOwn(model, 'forward')).toBe(false);
    expect(bits(model.forward(x))).toEqual(bits(base));
    expectError(() => setAdapter(model, 'a'), ArgumentError, 'has no adapters', 'addAdapter');
    learned('a', { modulesToSave: ['head'] });
    expect(unload(model)).toBe(model);
    expect(String(model)).toBe(before);
    expect(bits(model.forward(x))).toEqual(bits(base));
  });

  it('let nothing else become active', () => {
    learned('a');
    learned('b');
    deleteAdapter(model, 'a');
    expect(bits(model.forward(x))).toEqual(bits(base));
    setAdapter(model, 'b');
    expect(bits(model.forward(x))).not.toEqual(bits(base));
  });

  it('keep a forward of its own that a model had', () => {
    const own = (input: Tensor) => Network.prototype.forward.call(model, input);
    Object.assign(model, { forward: own });
    learned('a');
    expect(bits(model.forward(x))).not.toEqual(bits(base));
    unload(model);
    expect(model.forward).toBe(own);
  });

  it('refuse names that are none', () => {
    learned('a');
    expectError(() => deleteAdapter(model, 'b'), ArgumentError, 'deleteAdapter', '"b"');
    expect(listAdapters(model)).toHaveLength(1);
  });
});

describe('a model within another', () => {
  class Outer extends Module {
    readonly inner = model;
    readonly last = new Linear(3, 2);
    forward(input: Tensor): Tensor {
      return this.last.forward(this.inner.forward(input));
    }
  }

  it('keeps its adapters, which are found from outside', () => {
    learned('a');
    const outer = new Outer();
    expectError(() => setAdapter(outer, 'a'), ArgumentError, 'this Outer has no adapters', 'Network');
    expect([...loraParameters(outer).keys()]).toContain('inner.conv.lora_A.a.weight');
    markOnlyLoraAsTrainable(outer);
    expect(trainableParameters(outer).trainable).toBe(trainableParameters(model).trainable);
    setLoraEnabled(outer, false);
    expect(bits(model.forward(x))).toEqual(bits(base));
  });
});

describe('while adapters are merged', () => {
  it('nothing is switched, which would not be seen', () => {
    learned('a');
    learned('b');
    merge(model);
    const merged = bits(model.forward(x));
    const refused: readonly (() => unknown)[] = [
      () => setAdapter(model, 'b'),
      () => disableAdapters(model),
      () => withAdaptersDisabled(model, () => undefined),
      () => scaleAdapter(model, 'a', 2),
      () => deleteAdapter(model, 'b'),
      () => unload(model),
      () => setLoraEnabled(model, false),
    ];
    for (const f of refused) expectError(f, ArgumentError, 'while a is merged', 'unmerge(model)');
    expect(bits(model.forward(x))).toEqual(merged);
    learned('c');
    expect(bits(model.forward(x))).toEqual(merged);
  });
});
