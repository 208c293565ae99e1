/** Copies of modules. */
import { describe, expect, it } from '@jest/globals';
import {
  Buffer,
  copyModule,
  Dropout,
  Linear,
  Module,
  Parameter,
  registerParametrization,
  Sequential,
  SGD,
} from '@lowrank/nn';
import { ArgumentError, Generator, ones, type Tensor, zeros } from '@lowrank/tensor';
import { expectError } from './close.js';

class Tied extends Module {
  readonly layers = [new Linear(2, 2), new Linear(2, 2)];
  readonly mean = new Buffer(ones([2]));
  readonly note = { text: 'shared' };
  self: Module = this;

  constructor() {
    super();
    Object.assign(this.layers[1] as object, { weight: this.layers[0]?.weight });
  }

  forward(x: Tensor): Tensor {
    return this.layers.reduce((value, layer) => layer.forward(value), x.sub(this.mean));
  }
}

describe('copyModule', () => {
  it('is of the same class and computes the same, with parameters and buffers of its own', () => {
    const model = new Tied().eval();
    const copy = copyModule(model);
    const x = ones([1, 2]).mul(3);
    expect(copy).toBeInstanceOf(Tied);
    expect(copy.training).toBe(false);
    expect(Object.keys(copy.stateDict())).toEqual(Object.keys(model.stateDict()));
    expect(copy.forward(x).tolist()).toEqual(model.forward(x).tolist());
    const own = new Set<Tensor>([...model.parameters(), model.mean]);
    expect([...copy.parameters(), copy.mean].some((tensor) => own.has(tensor))).toBe(false);
    expect(copy.note).toBe(model.note);
  });

  it('shares storage until one of the two is trained', () => {
    const model = new Linear(2, 2);
    const copy = copyModule(model);
    expect(copy.weight.storage).toBe(model.weight.storage);
    const before = model.weight.tolist();
    copy
      .forward(ones([1, 2]))
      .sum()
      .backward();
    expect(model.weight.grad).toBeNull();
    new SGD(copy.parameters(), { lr: 1 }).step();
    expect(model.weight.tolist()).toEqual(before);
    expect(copy.weight.tolist()).not.toEqual(before);
  });

  it('keeps within it what is shared within the original, and what is frozen', () => {
    const model = new Tied();
    (model.layers[0] as Linear).weight.requiresGrad = false;
    const copy = copyModule(model);
    expect(copy.layers[0]?.weight).toBe(copy.layers[1]?.weight);
    expect(copy.self).toBe(copy);
    expect(copy.parameters().map(({ requiresGrad }) => requiresGrad)).toEqual([false, true, true]);
  });

  it('draws from the same generator', () => {
    const copy = copyModule(new Sequential(new Dropout(0.5, { generator: new Generator(3) })));
    const other = new Dropout(0.5, { generator: new Generator(3) });
    expect(copy.forward(ones([8])).tolist()).toEqual(other.forward(ones([8])).tolist());
  });

  it('refuses computed fields, a forward that is a field, and what is no module', () => {
    class Doubled extends Module {
      readonly factor = new Parameter(zeros([1]));
      forward(weight: Tensor): Tensor {
        return weight.mul(2);
      }
    }
    const layer = registerParametrization(new Linear(2, 2), 'weight', new Doubled());
    expectError(
      () => copyModule(layer),
      ArgumentError,
      'weight is computed',
      "removeParametrizations(module, 'weight')",
    );
    class Halved extends Module {
      readonly layer = new Linear(2, 2);
      readonly forward = (x: Tensor) => this.layer.forward(x).div(2);
    }
    expectError(() => copyModule(new Halved()), ArgumentError, 'Halved.forward is a field', 'a method');
    expectError(() => copyModule(ones([1]) as never), ArgumentError, 'copyModule', 'a Tensor');
  });
});
