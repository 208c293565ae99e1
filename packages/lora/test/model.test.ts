/** All Lora of a model at once. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { Lora, loraParameters, loraStateDict, markOnlyLoraAsTrainable, setLoraEnabled } from '@lowrank/lora';
import { Conv2d, Flatten, Linear, Module, registerParametrization, Sequential, SGD } from '@lowrank/nn';
import { ArgumentError, manualSeed, ones, randn, type Tensor } from '@lowrank/tensor';
import { expectError } from './close.js';

class Network extends Module {
  readonly conv = new Conv2d(1, 4, 2);
  readonly head = new Sequential(new Flatten(), new Linear(16, 3));

  forward(x: Tensor): Tensor {
    return this.head.forward(this.conv.forward(x).relu());
  }
}

/** A network with Lora on its convolution and its linear layer. */
function adaptedNetwork(): Network {
  const model = new Network();
  for (const layer of [model.conv, model.head[1] as Linear]) {
    registerParametrization(layer, 'weight', new Lora(layer.weight.shape, { rank: 2 }));
  }
  return model;
}

const ADAPTERS = [
  'conv.parametrizations.weight.0.lora_A',
  'conv.parametrizations.weight.0.lora_B',
  'head.1.parametrizations.weight.0.lora_A',
  'head.1.parametrizations.weight.0.lora_B',
];
const OTHERS = [
  'conv.bias',
  'conv.parametrizations.weight.original',
  'head.1.bias',
  'head.1.parametrizations.weight.original',
];

let model: Network;
let x: Tensor;
beforeEach(() => {
  manualSeed(42);
  model = adaptedNetwork();
  x = randn([2, 1, 3, 3]);
});

/** Some steps of training whatever is not frozen. */
function fineTune(): void {
  const optimizer = new SGD(model.parameters(), { lr: 0.1 });
  for (let i = 0; i < 3; i++) {
    optimizer.zeroGrad();
    model.forward(x).square().sum().backward();
    optimizer.step();
  }
}

describe('loraParameters', () => {
  it('gives the parameters of all Lora of a model by path', () => {
    const parameters = loraParameters(model);
    expect([...parameters.keys()]).toEqual(ADAPTERS);
    const all = new Map(model.namedParameters());
    for (const [path, parameter] of parameters) expect(parameter).toBe(all.get(path));
  });

  it('takes a Lora by itself for a model', () => {
    expect([...loraParameters(new Lora([2, 2])).keys()]).toEqual(['lora_A', 'lora_B']);
  });
});

describe('markOnlyLoraAsTrainable', () => {
  it('freezes everything else, and tells what', () => {
    expect(markOnlyLoraAsTrainable(model)).toEqual(OTHERS);
    const trained = [...model.namedParameters()].filter(([, parameter]) => parameter.requiresGrad);
    expect(trained.map(([path]) => path)).toEqual(ADAPTERS);
    expect(markOnlyLoraAsTrainable(model)).toEqual(OTHERS);
  });

  it('forgets gradients of the training before, which would move what is frozen', () => {
    model.forward(x).square().sum().backward();
    markOnlyLoraAsTrainable(model);
    const withGradient = [...model.namedParameters()].filter(([, { grad }]) => grad !== null);
    expect(withGradient.map(([path]) => path)).toEqual(ADAPTERS);
    const before = model.head.stateDict();
    new SGD(model.parameters(), { lr: 0.1 }).step();
    expect(String(model.head.stateDict()['1.bias'])).toBe(String(before['1.bias']));
  });

  it('thaws Lora that was frozen', () => {
    model.requiresGrad_(false);
    markOnlyLoraAsTrainable(model);
    for (const [, parameter] of loraParameters(model)) expect(parameter.requiresGrad).toBe(true);
  });

  it('lets training move Lora, and nothing else', () => {
    markOnlyLoraAsTrainable(model);
    const before = model.stateDict();
    const loss = model.forward(x).square().sum().item();
    fineTune();
    const after = model.stateDict();
    const moved = Object.keys(after).filter((path) => String(after[path]) !== String(before[path]));
    expect(moved).toEqual(ADAPTERS);
    expect(model.forward(x).square().sum().item()).toBeLessThan(loss);
  });
});

describe('setLoraEnabled', () => {
  it('switches all Lora of a model off and on: off, it computes to the bit what it did before', () => {
    const before = model.forward(x).tolist();
    markOnlyLoraAsTrainable(model);
    fineTune();
    const adapted = model.forward(x).tolist();
    expect(adapted).not.toEqual(before);
    setLoraEnabled(model, false);
    expect(model.forward(x).tolist()).toEqual(before);
    setLoraEnabled(model, true);
    expect(model.forward(x).tolist()).toEqual(adapted);
  });

  it('takes nothing but true and false', () => {
    expectError(() => setLoraEnabled(model, 0 as never), ArgumentError, 'setLoraEnabled', '0');
  });
});

describe('loraStateDict', () => {
  it('holds the adapters alone, as a snapshot', () => {
    const state = loraStateDict(model);
    expect(Object.keys(state)).toEqual(ADAPTERS);
    const before = String(state[ADAPTERS[1] as string]);
    fineTune();
    expect(String(state[ADAPTERS[1] as string])).toBe(before);
    expect(String(loraStateDict(model)[ADAPTERS[1] as string])).not.toBe(before);
  });

  it('turns another copy of the base model into the fine-tuned one', () => {
    const copy = adaptedNetwork();
    copy.loadStateDict(model.stateDict());
    markOnlyLoraAsTrainable(model);
    fineTune();
    const { missingKeys, unexpectedKeys } = copy.loadStateDict(loraStateDict(model), { strict: false });
    expect([missingKeys, unexpectedKeys]).toEqual([OTHERS, []]);
    expect(copy.forward(x).tolist()).toEqual(model.forward(x).tolist());
  });
});

describe('a model without Lora', () => {
  it('is refused, for whoever asks believes that it was adapted', () => {
    const plain = new Network();
    for (const f of [loraParameters, loraStateDict, markOnlyLoraAsTrainable]) {
      expectError(
        () => f(plain),
        ArgumentError,
        f.name,
        'no Lora in this Network',
        'new Lora(layer.weight.shape)',
      );
      expectError(() => f(ones([1]) as never), ArgumentError, f.name, 'a module');
    }
    expectError(() => setLoraEnabled(plain, true), ArgumentError, 'setLoraEnabled', 'no Lora');
    expect(plain.parameters().every((parameter) => parameter.requiresGrad)).toBe(true);
  });
});
