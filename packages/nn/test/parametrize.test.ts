/** Parametrizations: names, stacking, gradients, and removal. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { gradcheck } from '@lowrank/autograd';
import {
  Conv2d,
  isParametrized,
  type Layer,
  Linear,
  Module,
  Parameter,
  ParametrizationList,
  parametrizationsOf,
  registerParametrization,
  removeParametrizations,
  Sequential,
  SGD,
} from '@lowrank/nn';
import { ArgumentError, manualSeed, ones, randn, type Tensor, tensor, triu, zeros } from '@lowrank/tensor';
import { expectClose, expectError } from './close.js';

/** Each column of the weight times a factor that is learned. */
class Scale extends Module {
  readonly factor = new Parameter(tensor([2, 3, -1]));
  forward(weight: Tensor): Tensor {
    return weight.mul(this.factor);
  }
}

/** The upper triangle of the weight, mirrored. */
class Symmetric extends Module {
  forward(weight: Tensor): Tensor {
    return triu(weight).add(triu(weight, 1).transpose());
  }
}

class Identity extends Module {
  forward(weight: Tensor): Tensor {
    return weight;
  }
}

const names = (module: Module) => [...module.namedParameters()].map(([name]) => name);
const values = (module: Module) =>
  [...module.namedParameters()].map(([name, value]) => [name, value.tolist()]);

beforeEach(() => {
  manualSeed(42);
});

describe('a parametrized field', () => {
  it('is computed from the original each time it is read', () => {
    const layer = new Linear(3, 2);
    const scale = new Scale();
    expect(registerParametrization(layer, 'weight', scale)).toBe(layer);
    const { original } = parametrizationsOf(layer, 'weight');
    original.assign(ones([2, 3]));
    expect(layer.weight.tolist()).toEqual([
      [2, 3, -1],
      [2, 3, -1],
    ]);
    scale.factor.assign(tensor([1, 0, 1]));
    expect(layer.weight.tolist()).toEqual([
      [1, 0, 1],
      [1, 0, 1],
    ]);
    layer.bias?.assign(zeros([2]));
    expect(layer.forward(tensor([1, 1, 1])).tolist()).toEqual([2, 2]);
  });

  it('moves the parameter itself, under the names of PyTorch', () => {
    const model = new Sequential(new Linear(3, 2), new Linear(2, 1));
    const { weight } = model[0] as Linear;
    registerParametrization(model[0] as Linear, 'weight', new Scale());
    expect(parametrizationsOf(model[0] as Linear, 'weight').original).toBe(weight);
    expect(names(model)).toEqual([
      '0.bias',
      '0.parametrizations.weight.original',
      '0.parametrizations.weight.0.factor',
      '1.weight',
      '1.bias',
    ]);
    expect(Object.keys(model.stateDict())).toEqual(names(model));
  });

  it('applies several parametrizations in turn, and sends gradients to all of them, as PyTorch', () => {
    const layer = new Linear(3, 3);
    registerParametrization(layer, 'weight', new Scale());
    registerParametrization(layer, 'weight', new Symmetric());
    expectClose(layer.weight, [
      [0.882813036441803, 1.4376158714294434, 0.1352572739124298],
      [1.4376158714294434, -0.37949851155281067, -0.11650390923023224],
      [0.1352572739124298, -0.11650390923023224, -0.5089590549468994],
    ]);
    layer
      .forward(
        tensor([
          [1, 2, 3],
          [-1, 0.5, 2],
        ]),
      )
      .square()
      .sum()
      .backward();
    const gradients = Object.fromEntries(
      [...layer.namedParameters()].map(([name, { grad }]) => [name, grad]),
    );
    expect(Object.keys(gradients)).toEqual([
      'bias',
      'parametrizations.weight.original',
      'parametrizations.weight.0.factor',
    ]);
    expectClose(gradients.bias as Tensor, [6.846410274505615, -1.0552089214324951, -5.239884376525879]);
    expectClose(gradients['parametrizations.weight.original'] as Tensor, [
      [16.229228973388672, 57.06880187988281, -20.34693145751953],
      [0, 5.895626068115234, 7.618198394775391],
      [0, 0, 13.512911796569824],
    ]);
    expectClose(
      gradients['parametrizations.weight.0.factor'] as Tensor,
      [3.581843614578247, 8.867292404174805, -10.517139434814453],
    );
  });

  it('has gradients that agree with differences in float64', () => {
    const scale = new Scale();
    const layer = registerParametrization(new Linear(3, 2), 'weight', scale).to('float64');
    const list = parametrizationsOf(layer, 'weight');
    const x = randn([2, 3], { dtype: 'float64' });
    const f = (original: Tensor, factor: Tensor) => {
      Object.assign(list, { original });
      Object.assign(scale, { factor });
      return layer.forward(x).square();
    };
    expect(gradcheck(f, [list.original, scale.factor])).toBe(true);
  });

  it('is trained by an optimiser that was made afterwards', () => {
    const layer = registerParametrization(new Linear(3, 1), 'weight', new Scale());
    const before = values(layer);
    layer
      .forward(ones([2, 3]))
      .sum()
      .backward();
    new SGD(layer.parameters(), { lr: 0.1 }).step();
    for (const [i, [name, value]] of values(layer).entries()) expect([name, value]).not.toEqual(before[i]);
  });

  it('goes through a state dict', () => {
    const make = () => registerParametrization(new Linear(3, 2), 'weight', new Scale());
    const [layer, copy] = [make(), make()];
    parametrizationsOf(layer, 'weight').original.assign(randn([2, 3]));
    copy.loadStateDict(layer.stateDict());
    expect(copy.weight.tolist()).toEqual(layer.weight.tolist());
  });

  it('is converted with its module', () => {
    const layer = registerParametrization(new Linear(3, 2), 'weight', new Scale());
    const before = layer.weight.tolist();
    layer.to('float64');
    expect(layer.weight.dtype).toBe('float64');
    expectClose(layer.weight, before as number[][], 1e-7);
    expect(names(layer)).toHaveLength(3);
    expect(removeParametrizations(layer, 'weight').weight.dtype).toBe('float64');
  });

  it('stands in the mode of its module', () => {
    const dropping = new Scale();
    const layer = new Linear(3, 2).eval();
    registerParametrization(layer, 'weight', dropping);
    expect(dropping.training).toBe(false);
    layer.train();
    expect(dropping.training).toBe(true);
  });

  it('prints as in PyTorch', () => {
    const conv = new Conv2d(1, 32, 3, { stride: 2, padding: 1 });
    registerParametrization(conv, 'weight', new Identity());
    registerParametrization(conv, 'weight', new Identity());
    registerParametrization(conv, 'bias', new Identity());
    expect(String(conv)).toBe(`ParametrizedConv2d(
  1, 32, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1)
  (parametrizations): ModuleDict(
    (weight): ParametrizationList(
      (0): Identity()
      (1): Identity()
    )
    (bias): ParametrizationList(
      (0): Identity()
    )
  )
)`);
  });

  it('cannot be set', () => {
    const layer = registerParametrization(new Linear(3, 2), 'weight', new Scale());
    const before = layer.weight.tolist();
    expectError(
      () => Object.assign(layer, { weight: ones([2, 3]) }),
      ArgumentError,
      'ParametrizedLinear.weight',
      'original.assign',
      'removeParametrizations',
    );
    expect(layer.weight.tolist()).toEqual(before);
  });

  it('is told apart from one that is not', () => {
    const layer = new Linear(3, 2);
    expect([isParametrized(layer), isParametrized(layer, 'weight')]).toEqual([false, false]);
    registerParametrization(layer, 'weight', new Scale());
    expect([isParametrized(layer), isParametrized(layer, 'weight')]).toEqual([true, true]);
    expect([isParametrized(layer, 'bias'), isParametrized(layer, 'constructor')]).toEqual([false, false]);
  });

  it('lists its parametrizations in order', () => {
    const layer = new Linear(3, 3);
    const [first, second] = [new Scale(), new Symmetric()];
    registerParametrization(registerParametrization(layer, 'weight', first), 'weight', second);
    const list = parametrizationsOf(layer, 'weight');
    expect(list).toBeInstanceOf(ParametrizationList);
    expect([...list]).toEqual([first, second]);
    expect([list.length, list[0], list[1]]).toEqual([2, first, second]);
  });

  it('keeps its parametrizations in a container that computes nothing', () => {
    const layer = registerParametrization(new Linear(3, 2), 'weight', new Scale());
    const container = Reflect.get(layer, 'parametrizations') as Layer;
    expectError(() => container.forward(ones([1])), ArgumentError, 'container');
  });
});

describe('removing parametrizations', () => {
  it('leaves the effective value in the very parameter that was there before', () => {
    const layer = new Linear(3, 2);
    const { weight } = layer;
    registerParametrization(layer, 'weight', new Scale());
    const effective = layer.weight.tolist();
    expect(removeParametrizations(layer, 'weight')).toBe(layer);
    expect(layer.weight).toBe(weight);
    expect(layer.weight.tolist()).toEqual(effective);
    expect(isParametrized(layer)).toBe(false);
    expect(String(layer)).toBe('Linear(in_features=3, out_features=2, bias=True)');
  });

  it('goes back to the original value where that is asked for', () => {
    const layer = new Linear(3, 2);
    const before = layer.weight.tolist();
    registerParametrization(layer, 'weight', new Scale());
    removeParametrizations(layer, 'weight', { leaveParametrized: false });
    expect(layer.weight.tolist()).toEqual(before);
  });

  it('keeps a frozen parameter frozen, and a trained one a leaf', () => {
    for (const requiresGrad of [false, true]) {
      const layer = new Linear(3, 2).requiresGrad_(requiresGrad);
      registerParametrization(layer, 'weight', new Scale());
      removeParametrizations(layer, 'weight');
      expect([layer.weight.requiresGrad, layer.weight.isLeaf]).toEqual([requiresGrad, true]);
    }
  });

  it('puts the parameter back where it was among the others, one field after the other', () => {
    const layer = new Linear(3, 2);
    registerParametrization(layer, 'weight', new Scale());
    registerParametrization(layer, 'bias', new Identity());
    removeParametrizations(layer, 'weight');
    expect(names(layer)).toEqual(['weight', 'parametrizations.bias.original']);
    expect(isParametrized(layer, 'bias')).toBe(true);
    removeParametrizations(layer, 'bias');
    expect(names(layer)).toEqual(['weight', 'bias']);
  });

  it('lets the field be set, and parametrized again', () => {
    const layer = registerParametrization(new Linear(3, 2), 'weight', new Scale());
    removeParametrizations(layer, 'weight');
    Object.assign(layer, { weight: new Parameter(ones([2, 3])) });
    registerParametrization(layer, 'weight', new Scale());
    expect(layer.weight.tolist()).toEqual([
      [2, 3, -1],
      [2, 3, -1],
    ]);
  });
});
