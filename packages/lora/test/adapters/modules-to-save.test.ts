/** Modules of which an adapter trains a copy of its own. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  addAdapter,
  deleteAdapter,
  listAdapters,
  type ModulesToSaveWrapper,
  setAdapter,
  withAdaptersDisabled,
} from '@lowrank/lora';
import { Dropout, Linear, Module, Sequential } from '@lowrank/nn';
import { ArgumentError, manualSeed, type Tensor } from '@lowrank/tensor';
import { expectError } from '../close.js';
import { bits, learn, Network, tokens } from './models.js';

const CONFIG = { r: 2, targetModules: ['query'], modulesToSave: ['head'] };

let model: Network;
let x: Tensor;
let base: readonly number[];
beforeEach(() => {
  manualSeed(42);
  model = new Network();
  x = tokens();
  base = bits(model.forward(x));
});

function wrapper(): ModulesToSaveWrapper {
  return model.head as unknown as ModulesToSaveWrapper;
}

function learnHead(name: string): void {
  learn(wrapper().modules_to_save.get(name)?.parameters() ?? []);
}

describe('modulesToSave', () => {
  it('prints as in PEFT', () => {
    addAdapter(model, CONFIG);
    expect(String(model.head)).toBe(`ModulesToSaveWrapper(
  (original_module): Linear(in_features=48, out_features=3, bias=True)
  (modules_to_save): ModuleDict(
    (default): Linear(in_features=48, out_features=3, bias=True)
  )
)`);
  });

  it('begin as the original, share its storage until they are trained, and never change it', () => {
    addAdapter(model, CONFIG);
    const { original_module, modules_to_save } = wrapper();
    const copy = modules_to_save.get('default') as Linear;
    expect(bits(model.forward(x))).toEqual(base);
    expect(copy.weight.storage).toBe((original_module as Linear).weight.storage);
    learnHead('default');
    expect(bits(model.forward(x))).not.toEqual(base);
    expect(withAdaptersDisabled(model, () => bits(model.forward(x)))).toEqual(base);
  });

  it('are one for each adapter; adapters without one compute with the original', () => {
    addAdapter(model, CONFIG, 'a');
    addAdapter(model, CONFIG, 'b');
    addAdapter(model, { ...CONFIG, modulesToSave: [] }, 'c');
    learnHead('a');
    learnHead('b');
    const outputs = ['a', 'b', 'c'].map((name) => {
      setAdapter(model, name);
      return bits(model.forward(x));
    });
    expect(outputs[2]).toEqual(base);
    expect(new Set(outputs.map(String)).size).toBe(3);
    setAdapter(model, ['c', 'a']);
    expect(bits(model.forward(x))).toEqual(outputs[0]);
    expectError(() => setAdapter(model, ['a', 'b']), ArgumentError, 'a and b', 'copy of head');
    deleteAdapter(model, 'a');
    expect(wrapper().adapters).toEqual(['b']);
    deleteAdapter(model, 'b');
    expect(model.head).toBeInstanceOf(Linear);
    expect(bits(model.forward(x))).toEqual(base);
  });

  it('may be containers, of which the outermost is taken', () => {
    addAdapter(model, { r: 2, targetModules: ['conv'], modulesToSave: ['query', 'blocks.0'] });
    expect(listAdapters(model)[0]?.copies).toEqual(['blocks.0', 'blocks.1.query']);
    expect(bits(model.forward(x))).toEqual(base);
  });

  it('keep what they need of a layer that draws numbers, and the mode of the original', () => {
    const net = new Sequential(new Linear(4, 4), new Sequential(new Dropout(0.5), new Linear(4, 4))).eval();
    addAdapter(net, { r: 2, targetModules: ['0'], modulesToSave: ['1'] });
    const input = x.to('float32');
    const calm = bits(net.forward(input));
    expect(bits(net.forward(input))).toEqual(calm);
    expect(bits(net.train().forward(input))).not.toEqual(calm);
  });

  it('are refused where another adapter has adapted layers, and the other way round', () => {
    addAdapter(model, CONFIG, 'a');
    const target = () => addAdapter(model, { r: 1, targetModules: ['head'] }, 'b');
    expectError(target, ArgumentError, 'head is saved as a whole by the adapters a');
    const save = () => addAdapter(model, { r: 1, targetModules: ['conv'], modulesToSave: ['blocks.0'] }, 'b');
    expectError(save, ArgumentError, 'blocks.0', 'adapted layers');
  });

  it('are refused where a weight is computed', async () => {
    const { registerParametrization } = await import('@lowrank/nn');
    class Doubled extends Module {
      forward(weight: Tensor): Tensor {
        return weight.mul(2);
      }
    }
    registerParametrization(model.head, 'weight', new Doubled());
    expectError(
      () => addAdapter(model, CONFIG),
      ArgumentError,
      'weight is computed',
      'removeParametrizations',
    );
    expect(listAdapters(model)).toEqual([]);
  });
});
