/** Merging: what it computes, what it refuses, and the way back. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  addAdapter,
  disableAdapters,
  Lora,
  listAdapters,
  loraParameters,
  type ModulesToSaveWrapper,
  merge,
  mergeAndUnload,
  safeMerge,
  setAdapter,
  unmerge,
} from '@lowrank/lora';
import { Conv2d, Linear, registerParametrization, Sequential } from '@lowrank/nn';
import { ArgumentError, full, manualSeed, type NestedArray, type Tensor } from '@lowrank/tensor';
import { expectClose, expectError } from '../close.js';
import { addLearned, bits, KINDS, modelOf, Network, tokens } from './models.js';

const [LINEAR] = KINDS as [(typeof KINDS)[number]];

let model: Sequential;
let x: Tensor;
let base: readonly number[];
beforeEach(() => {
  manualSeed(42);
  model = modelOf(LINEAR);
  x = LINEAR.batch();
  base = bits(model.forward(x));
});

function nested(value: Tensor): NestedArray<number> {
  return value.tolist() as NestedArray<number>;
}

describe('merge', () => {
  it('takes the active adapters, or those that are named, one after the other', () => {
    for (const name of ['a', 'b', 'c']) addLearned(model, { useDora: name === 'b' }, name);
    setAdapter(model, ['a', 'c']);
    const both = model.forward(x);
    merge(model, 'a');
    expectClose(model.forward(x), nested(both), 1e-5);
    merge(model, ['c']);
    expectClose(model.forward(x), nested(both), 1e-5);
    expect(listAdapters(model).map(({ isMerged }) => isMerged)).toEqual([true, false, true]);
    unmerge(model);
    expect(bits(model.forward(x))).toEqual(bits(both));
    setAdapter(model, []);
    expect(bits(model.forward(x))).toEqual(base);
  });

  it('of an adapter that is not active adds it', () => {
    addLearned(model, {}, 'a');
    addLearned(model, {}, 'b');
    setAdapter(model, ['a', 'b']);
    const both = model.forward(x);
    setAdapter(model, 'a');
    merge(model, ['b']);
    expectClose(model.forward(x), nested(both), 1e-5);
  });

  it('computes in the time of the base layer: nothing of the adapter is looked at', () => {
    addLearned(model);
    merge(model);
    const merged = bits(model.forward(x));
    for (const parameter of loraParameters(model).values())
      parameter.assign(full(parameter.shape, Number.NaN));
    expect(bits(model.forward(x))).toEqual(merged);
  });

  it('is undone to the bit also in another dtype', () => {
    addLearned(model);
    merge(model);
    model.to('float64');
    unmerge(model);
    setAdapter(model, []);
    expect(bits(model.forward(x.to('float64')).to('float32'))).toHaveLength(base.length);
    expectClose(model.forward(x.to('float64')).flatten(), base, 1e-6);
  });

  it('of some of several active adapters with DoRA is refused', () => {
    addLearned(model, {}, 'plain');
    addLearned(model, { useDora: true }, 'a');
    addLearned(model, { useDora: true }, 'b');
    setAdapter(model, ['plain', 'a', 'b']);
    const adapted = model.forward(x);
    expectError(() => merge(model, ['plain', 'a']), ArgumentError, 'merge', 'b has DoRA', 'merge it too');
    expect(bits(model.forward(x))).toEqual(bits(adapted));
    merge(model, ['a', 'b']);
    expectClose(model.forward(x), nested(adapted), 1e-5);
  });

  it('is refused where nothing is active, nothing is computed, or nothing has the name', () => {
    addLearned(model, {}, 'a');
    expectError(() => merge(model, 'b'), ArgumentError, '"b"', 'there are a');
    setAdapter(model, []);
    expectError(() => merge(model), ArgumentError, 'no adapter is active');
    setAdapter(model, 'a');
    disableAdapters(model);
    expectError(() => merge(model), ArgumentError, 'enableAdapters');
    expectError(() => merge(new Sequential()), ArgumentError, 'no adapters');
    expectError(() => unmerge(model), ArgumentError, 'unmerge', 'no adapter is merged');
  });

  it('is refused for a convolution with groups', () => {
    const grouped = new Sequential(new Conv2d(4, 6, 3, { groups: 2 }));
    addLearned(grouped);
    expectError(() => merge(grouped), ArgumentError, '2 groups of 0');
  });

  it('is refused for a parametrized weight', () => {
    const layer = new Linear(6, 5);
    registerParametrization(layer, 'weight', new Lora([5, 6]));
    const parametrized = new Sequential(layer);
    addLearned(parametrized);
    expectError(
      () => merge(parametrized),
      ArgumentError,
      'weight of 0 is parametrized',
      'removeParametrizations',
    );
  });

  it('is refused for a weight that another layer has too', () => {
    const tied = new Sequential(new Linear(5, 5), new Linear(5, 5));
    Object.assign(tied[1] as object, { weight: (tied[0] as Linear).weight });
    addLearned(tied);
    expectError(() => merge(tied), ArgumentError, 'weight of 0 is shared');
  });
});

describe('safeMerge', () => {
  it('merges what is finite', () => {
    addLearned(model);
    const adapted = model.forward(x);
    safeMerge(model);
    expectClose(model.forward(x), nested(adapted), 1e-5);
  });

  it('refuses NaN and infinities, and leaves the model as it is', () => {
    for (const broken of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const network = new Network();
      addAdapter(network, { r: 1, targetModules: ['embed', 'conv', 'head'] }, 'a');
      const before = network.stateDict();
      const B = loraParameters(network).get('head.lora_B.a.weight') as Tensor;
      B.assign(full(B.shape, broken));
      expectError(() => safeMerge(network), ArgumentError, 'safeMerge', 'weight of head', 'a is broken');
      for (const path of ['embed', 'conv', 'head'].map((layer) => `${layer}.base_layer.weight`)) {
        expect(network.stateDict()[path]?.storage).toBe(before[path]?.storage);
      }
      expect(listAdapters(network)[0]?.isMerged).toBe(false);
    }
  });
});

describe('mergeAndUnload', () => {
  it('leaves plain layers that compute what the adapters did, and the trained copies of modules', () => {
    const network = new Network();
    const printed = String(network);
    const { embed } = network;
    addAdapter(network, { r: 2, targetModules: /query|value|embed/, modulesToSave: ['head'], init: false });
    const copy = (network.head as unknown as ModulesToSaveWrapper).modules_to_save.get('default');
    const adapted = network.forward(tokens());
    expect(mergeAndUnload(network)).toBe(network);
    expect(String(network)).toBe(printed);
    expect(network.embed).toBe(embed);
    expect(network.head).toBe(copy);
    expectClose(network.forward(tokens()), nested(adapted), 1e-5);
    expect(listAdapters(network)).toEqual([]);
  });

  it('forgets what is not named', () => {
    addLearned(model, {}, 'a');
    addLearned(model, {}, 'b');
    setAdapter(model, 'b');
    const b = model.forward(x);
    setAdapter(model, 'a');
    mergeAndUnload(model, 'b');
    expectClose(model.forward(x), nested(b), 1e-5);
  });
});
