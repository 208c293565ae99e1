/** Modules: what is found in their fields, modes, conversion, and parameters themselves. */
import { describe, expect, it } from '@jest/globals';
import { Buffer, Flatten, type Layer, Linear, Module, Parameter, ReLU, Sequential, Tanh } from '@lowrank/nn';
import { ArgumentError, DTypeError, manualSeed, ones, type Tensor, tensor, zeros } from '@lowrank/tensor';
import { expectError } from './close.js';

/** A module with a field of every kind. */
class Zoo extends Module {
  readonly own = new Parameter(ones([1]));
  readonly step = new Buffer(zeros([1]));
  readonly constant = ones([3]);
  readonly name = 'zoo';
  readonly sizes = [1, 2, 3];
  readonly nothing = null;
  readonly a = new Linear(2, 2);
  readonly layers = [new Linear(2, 1), new ReLU()];
  readonly grid = [[new Parameter(ones([2]))], [new Buffer(ones([2])), new Tanh()]];
  readonly last = new Parameter(ones([1]));
  forward(): void {}
}

/** A module that shares a parameter and a module. */
class Tied extends Module {
  readonly own = new Parameter(ones([1]));
  readonly step = new Buffer(zeros([1]));
  readonly a = new Linear(2, 2);
  readonly b = Object.assign(new Linear(2, 2, { bias: false }), { weight: this.a.weight });
  readonly c = this.a;
  readonly last = new Parameter(ones([1]));
  forward(): void {}
}

const names = (entries: Iterable<readonly [string, unknown]>) => [...entries].map(([name]) => name);

describe('the fields of a module', () => {
  it('gives parameters, its own before those of submodules, and those in arrays by number', () => {
    expect(names(new Zoo().namedParameters())).toEqual([
      'own',
      'grid.0.0',
      'last',
      'a.weight',
      'a.bias',
      'layers.0.weight',
      'layers.0.bias',
    ]);
  });

  it('gives buffers, children and modules by path', () => {
    const zoo = new Zoo();
    expect(names(zoo.namedBuffers())).toEqual(['step', 'grid.1.0']);
    expect(names(zoo.namedChildren())).toEqual(['a', 'layers.0', 'layers.1', 'grid.1.1']);
    expect(names(zoo.namedModules())).toEqual(['', 'a', 'layers.0', 'layers.1', 'grid.1.1']);
    expect(zoo.modules()[0]).toBe(zoo);
    expect(zoo.parameters()).toHaveLength(7);
  });

  it('lists what is shared once, under its first path', () => {
    const tied = new Tied();
    expect(names(tied.namedParameters())).toEqual(['own', 'last', 'a.weight', 'a.bias']);
    expect(names(tied.namedModules())).toEqual(['', 'a', 'b']);
  });

  it('ends where a module knows the one that it stands in', () => {
    class Child extends Module {
      readonly weight = new Parameter(ones([1]));
      constructor(readonly parent: Module) {
        super();
      }
      forward(): void {}
    }
    class Parent extends Module {
      readonly child = new Child(this);
      forward(): void {}
    }
    const parent = new Parent();
    expect(names(parent.namedModules())).toEqual(['', 'child']);
    expect(Object.keys(parent.stateDict())).toEqual(['child.weight']);
    const seen: Module[] = [];
    parent.apply((module) => seen.push(module));
    expect(seen).toEqual([parent.child, parent]);
    const text = 'Parent(\n  (child): Child(\n    (parent): Parent(...)\n  )\n)';
    expect([String(parent), String(parent)]).toEqual([text, text]);
  });

  it('calls apply on the innermost first and in order, as PyTorch', () => {
    const seen: string[] = [];
    const model = new Sequential(
      new Linear(2, 3),
      new Sequential(new ReLU(), new Flatten()) as Layer,
      new Tanh(),
    );
    expect(model.apply((module) => seen.push(module.constructor.name))).toBe(model);
    expect(seen).toEqual(['Linear', 'ReLU', 'Flatten', 'Sequential', 'Tanh', 'Sequential']);
    seen.length = 0;
    new Tied().apply((module) => seen.push(module.constructor.name));
    expect(seen).toEqual(['Linear', 'Linear', 'Tied']);
  });
});

describe('the modes of a module', () => {
  it('are set on all modules below it', () => {
    const zoo = new Zoo();
    expect(zoo.modules().every((module) => module.training)).toBe(true);
    expect(zoo.eval()).toBe(zoo);
    expect(zoo.modules().some((module) => module.training)).toBe(false);
    zoo.train();
    expect(zoo.modules().every((module) => module.training)).toBe(true);
  });

  it('freeze and thaw all parameters', () => {
    const zoo = new Zoo();
    expect(zoo.requiresGrad_(false)).toBe(zoo);
    expect(zoo.parameters().some((parameter) => parameter.requiresGrad)).toBe(false);
    expect(
      zoo
        .requiresGrad_()
        .parameters()
        .every((parameter) => parameter.requiresGrad),
    ).toBe(true);
  });

  it('forget gradients', () => {
    const layer = new Linear(2, 1);
    layer.forward(ones([1, 2])).backward();
    expect(layer.parameters().map((parameter) => parameter.grad?.tolist())).toEqual([[[1, 1]], [1]]);
    layer.zeroGrad();
    expect(layer.parameters().map((parameter) => parameter.grad)).toEqual([null, null]);
  });

  it('refuse what is not true or false', () => {
    expectError(() => new ReLU().train(1 as never), ArgumentError, 'train', '1');
    expectError(() => new Linear(1, 1).requiresGrad_('no' as never), ArgumentError, 'requiresGrad_', '"no"');
  });
});

describe('conversion of a module', () => {
  it('turns float parameters and buffers into another dtype, and leaves integers', () => {
    class Counter extends Module {
      readonly weight = new Parameter(tensor([0.1]));
      readonly rows = [new Parameter(tensor([0.2]))];
      readonly mean = new Buffer(tensor([0.5]));
      readonly count = new Buffer(tensor([3], { dtype: 'int32' }));
      forward(): void {}
    }
    const module = new Counter();
    expect(module.to('float64')).toBe(module);
    const { weight, rows, mean, count } = module;
    expect([weight, rows[0] as Tensor, mean, count].map(({ dtype }) => dtype)).toEqual([
      'float64',
      'float64',
      'float64',
      'int32',
    ]);
    expect(weight).toBeInstanceOf(Parameter);
    expect(mean).toBeInstanceOf(Buffer);
    expect(weight.item()).toBe(Math.fround(0.1));
    expect(names(module.namedParameters())).toEqual(['weight', 'rows.0']);
  });

  it('keeps what is shared shared, what is frozen frozen, and gradients', () => {
    const tied = new Tied();
    tied.a.bias?.sum().backward();
    tied.last.requiresGrad = false;
    tied.to('float64');
    expect(tied.b.weight).toBe(tied.a.weight);
    expect([tied.last.requiresGrad, tied.own.requiresGrad]).toEqual([false, true]);
    expect(tied.a.bias?.grad?.dtype).toBe('float64');
    expect(tied.a.bias?.grad?.tolist()).toEqual([1, 1]);
  });

  it('leaves the very same objects where nothing changes', () => {
    const layer = new Linear(2, 2);
    const { weight, bias } = layer;
    layer.to('float32').to('cpu');
    expect(layer.weight).toBe(weight);
    expect(layer.bias).toBe(bias);
  });

  it('computes in the new dtype', () => {
    const layer = new Linear(2, 2).to('float64');
    expect(layer.forward(ones([1, 2], { dtype: 'float64' })).dtype).toBe('float64');
  });

  it('refuses dtypes that cannot be trained, and names that are none', () => {
    expectError(() => new Linear(2, 2).to('int32'), DTypeError, 'float32', 'float64', '"int32"');
    expectError(() => new ReLU().to('float16' as never), DTypeError, '"float16"');
  });
});

describe('a parameter', () => {
  it('is a leaf that requires a gradient, and shares the storage of its value', () => {
    const value = ones([2]);
    const parameter = new Parameter(value);
    expect([parameter.requiresGrad, parameter.isLeaf]).toEqual([true, true]);
    expect(parameter.dataSync()).toBe(value.dataSync());
    expect(new Parameter(value, { requiresGrad: false }).requiresGrad).toBe(false);
  });

  it('made of a result is a leaf of its own', () => {
    const source = ones([2], { requiresGrad: true });
    const parameter = new Parameter(source.mul(2));
    parameter.sum().backward();
    expect(parameter.grad?.tolist()).toEqual([1, 1]);
    expect(source.grad).toBeNull();
  });

  it('prints as in PyTorch', () => {
    manualSeed(42);
    expect(String(new Linear(2, 1).weight)).toBe(
      'Parameter containing:\ntensor([[0.5406, 0.5869]], requires_grad=True)',
    );
  });

  it('refuses values that are no tensors, and options that are none', () => {
    expectError(() => new Parameter([1, 2] as never), ArgumentError, 'Parameter', 'tensor');
    expectError(() => new Parameter(ones([1]), false as never), ArgumentError, 'Parameter', 'false');
    expectError(() => new Buffer(null as never), ArgumentError, 'Buffer', 'null');
  });
});
