/** Saving and loading the values of a module: snapshots, and nothing half done. */
import { describe, expect, it } from '@jest/globals';
import { Buffer, Linear, Module, Parameter, Sequential, SGD, type StateDict } from '@lowrank/nn';
import {
  ArgumentError,
  FormatError,
  manualSeed,
  ones,
  randn,
  type Tensor,
  tensor,
  zeros,
} from '@lowrank/tensor';
import { errorOf, expectError } from './close.js';

class Tied extends Module {
  readonly own = new Parameter(ones([1]));
  readonly step = new Buffer(zeros([1]));
  readonly a = new Linear(2, 2);
  readonly b = Object.assign(new Linear(2, 2, { bias: false }), { weight: this.a.weight });
  readonly c = this.a;
  readonly last = new Parameter(ones([1]));
  forward(): void {}
}

const values = (state: StateDict) => Object.entries(state).map(([name, value]) => [name, value.tolist()]);

describe('stateDict', () => {
  it('holds parameters and buffers in the order of PyTorch, shared ones under each of their paths', () => {
    expect(Object.keys(new Tied().stateDict())).toEqual([
      'own',
      'last',
      'step',
      'a.weight',
      'a.bias',
      'b.weight',
      'c.weight',
      'c.bias',
    ]);
  });

  it('holds constants of the values', () => {
    const { weight } = new Linear(2, 1).stateDict() as { weight: Tensor };
    expect(weight).not.toBeInstanceOf(Parameter);
    expect(weight.requiresGrad).toBe(false);
  });

  it('is a snapshot that training does not change', () => {
    const model = new Linear(2, 1);
    const state = model.stateDict();
    const before = values(state);
    const optimizer = new SGD(model.parameters(), { lr: 0.5 });
    model
      .forward(ones([3, 2]))
      .sum()
      .backward();
    optimizer.step();
    expect(values(model.stateDict())).not.toEqual(before);
    expect(values(state)).toEqual(before);
  });
});

describe('loadStateDict', () => {
  it('makes a copy compute the same, to the bit', () => {
    manualSeed(1);
    const make = () => new Sequential(new Linear(3, 4), new Linear(4, 2));
    const [model, copy] = [make(), make()];
    const x = randn([5, 3]);
    expect(copy.forward(x).tolist()).not.toEqual(model.forward(x).tolist());
    expect(copy.loadStateDict(model.stateDict())).toEqual({ missingKeys: [], unexpectedKeys: [] });
    expect(copy.forward(x).tolist()).toEqual(model.forward(x).tolist());
  });

  it('fills the parameters that there are, so that optimisers keep knowing them', () => {
    const model = new Linear(2, 1);
    const { weight } = model;
    model.loadStateDict({ weight: tensor([[5, 6]]), bias: tensor([7]) });
    expect(model.weight).toBe(weight);
    expect(model.weight.requiresGrad).toBe(true);
    expect(model.forward(tensor([1, 10])).item()).toBe(72);
  });

  it('does not let the loaded model change the saved values', () => {
    const state = { weight: tensor([[5, 6]]), bias: tensor([7]) };
    const model = new Linear(2, 1);
    model.loadStateDict(state);
    model.forward(ones([1, 2])).backward();
    new SGD(model.parameters(), { lr: 1 }).step();
    expect(model.weight.tolist()).toEqual([[4, 5]]);
    expect(state.weight.tolist()).toEqual([[5, 6]]);
  });

  it('converts to the dtype of the module', () => {
    const model = new Linear(1, 1);
    model.loadStateDict({
      weight: tensor([[0.1]], { dtype: 'float64' }),
      bias: tensor([2], { dtype: 'int32' }),
    });
    expect(model.weight.dtype).toBe('float32');
    expect(model.weight.item()).toBe(Math.fround(0.1));
    expect(model.bias?.item()).toBe(2);
  });

  it('loads what is shared, and buffers', () => {
    const [tied, copy] = [new Tied(), new Tied()];
    tied.step.assign(tensor([9]));
    copy.loadStateDict(tied.stateDict());
    expect(copy.b.weight).toBe(copy.a.weight);
    expect(copy.b.weight.tolist()).toEqual(tied.a.weight.tolist());
    expect(copy.step.item()).toBe(9);
  });

  it('takes a state dict without a prototype', () => {
    const state = Object.assign(Object.create(null) as Record<string, Tensor>, new Linear(2, 1).stateDict());
    expect(new Linear(2, 1).loadStateDict(state).missingKeys).toEqual([]);
  });

  it('lists all that is missing, unexpected, misshapen and no tensor, and changes nothing', () => {
    const model = new Sequential(new Linear(2, 3), new Linear(3, 1));
    const before = values(model.stateDict());
    const versions = model.parameters().map((parameter) => parameter.version);
    const state = {
      '0.weight': ones([3, 2]),
      '0.bias': ones([4]),
      '1.bias': [1] as never,
      '2.weight': ones([1]),
      'head.bias': ones([1]),
    };
    const error = errorOf(() => model.loadStateDict(state));
    expect(error).toBeInstanceOf(FormatError);
    expect(error.message).toBe(
      'loadStateDict: the state dict does not fit this Sequential; missing: 1.weight; unexpected: 2.weight, head.bias; ' +
        "0.bias has shape [4], the module's is [3]; 1.bias is not a tensor but [1]",
    );
    expect(values(model.stateDict())).toEqual(before);
    expect(model.parameters().map((parameter) => parameter.version)).toEqual(versions);
  });

  it('says how to load a part, where that would help', () => {
    expectError(
      () => new Linear(2, 1).loadStateDict({}),
      FormatError,
      'missing: weight, bias',
      'strict: false',
    );
    expectError(
      () => new Linear(2, 1, { bias: false }).loadStateDict({ weight: undefined as never }),
      FormatError,
      'weight is not a tensor but undefined',
    );
  });

  it('without strict loads what fits by name, and tells the rest', () => {
    const model = new Linear(2, 1);
    const bias = model.bias?.tolist();
    const result = model.loadStateDict({ weight: tensor([[5, 6]]), extra: ones([1]) }, { strict: false });
    expect(result).toEqual({ missingKeys: ['bias'], unexpectedKeys: ['extra'] });
    expect(model.weight.tolist()).toEqual([[5, 6]]);
    expect(model.bias?.tolist()).toEqual(bias);
  });

  it('without strict still refuses what does not fit, and changes nothing', () => {
    const model = new Linear(2, 1);
    const before = values(model.stateDict());
    expectError(
      () => model.loadStateDict({ weight: ones([1, 2]), bias: ones([2]) }, { strict: false }),
      FormatError,
      'bias has shape [2]',
    );
    expect(values(model.stateDict())).toEqual(before);
  });

  it.each([
    [null],
    [undefined],
    [3],
    ['model.safetensors'],
    [[]],
    [new Map()],
    [ones([1])],
    [new Linear(1, 1)],
  ])('refuses %p in the place of a state dict', (state) => {
    expectError(
      () => new Linear(1, 1).loadStateDict(state as never),
      ArgumentError,
      'loadStateDict',
      'stateDict()',
    );
  });

  it('refuses options that are none', () => {
    const model = new Linear(1, 1);
    expectError(
      () => model.loadStateDict(model.stateDict(), false as never),
      ArgumentError,
      'loadStateDict',
      'false',
    );
  });
});
