/** Parametrizations that are refused, and change nothing. */
import { describe, expect, it } from '@jest/globals';
import {
  isParametrized,
  LayerNorm,
  Linear,
  Module,
  Parameter,
  parametrizationsOf,
  registerParametrization,
  removeParametrizations,
} from '@lowrank/nn';
import { ArgumentError, ShapeError, type Tensor, tensor, triu, zeros } from '@lowrank/tensor';
import { expectError } from './close.js';

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

const names = (module: Module) => [...module.namedParameters()].map(([name]) => name);
const values = (module: Module) =>
  [...module.namedParameters()].map(([name, value]) => [name, value.tolist()]);

describe('what cannot be parametrized', () => {
  const untouched = (layer: Linear, act: () => void) => {
    const before = [String(layer), values(layer), layer.weight.tolist()];
    act();
    expect([String(layer), values(layer), layer.weight.tolist()]).toEqual(before);
  };

  it('by what changes the shape or the dtype is left as it was', () => {
    class Cut extends Module {
      forward(weight: Tensor): Tensor {
        return weight.narrow(0, 0, 1);
      }
    }
    class Widen extends Module {
      forward(weight: Tensor): Tensor {
        return weight.to('float64');
      }
    }
    class Count extends Module {
      forward(weight: Tensor): Tensor {
        return weight.numel() as unknown as Tensor;
      }
    }
    const layer = new Linear(3, 2);
    untouched(layer, () => {
      expectError(
        () => registerParametrization(layer, 'weight', new Cut()),
        ShapeError,
        'Cut',
        '[2, 3]',
        '[1, 3]',
      );
      expectError(
        () => registerParametrization(layer, 'weight', new Widen()),
        ShapeError,
        'float32',
        'float64',
      );
      expectError(() => registerParametrization(layer, 'weight', new Count()), ArgumentError, 'Count gave 6');
      expect(() => registerParametrization(layer, 'weight', new Symmetric())).toThrow('cannot be broadcast');
    });
    expect(layer.weight).toBeInstanceOf(Parameter);
    registerParametrization(layer, 'weight', new Scale());
    untouched(layer.eval(), () => {
      const cut = new Cut();
      expectError(() => registerParametrization(layer, 'weight', cut), ShapeError, 'Cut');
      expect(cut.training).toBe(true);
    });
    expect(parametrizationsOf(layer, 'weight').length).toBe(1);
  });

  it('by what is no module, or in what is none, is refused', () => {
    const layer = new Linear(3, 2);
    expectError(() => registerParametrization(null as never, 'weight', new Scale()), ArgumentError, 'null');
    expectError(
      () => registerParametrization(layer, 'weight', ((weight: Tensor) => weight) as never),
      ArgumentError,
      'a function',
    );
    for (const f of [isParametrized, parametrizationsOf, removeParametrizations]) {
      expectError(() => f({} as never, 'weight'), ArgumentError, f.name, 'a module');
    }
  });

  it('because there is no such parameter is named, with those that there are', () => {
    const layer = new Linear(3, 2);
    expectError(
      () => registerParametrization(layer, 'wight', new Scale()),
      ArgumentError,
      '"wight"',
      'weight, bias',
    );
    expectError(
      () => registerParametrization(layer, 'inFeatures', new Scale()),
      ArgumentError,
      '"inFeatures"',
    );
    const norm = new LayerNorm(3, { elementwiseAffine: false });
    expectError(() => registerParametrization(norm, 'weight', new Scale()), ArgumentError, 'it has none');
    const plain = new Linear(3, 2, { bias: false });
    expectError(
      () => registerParametrization(plain, 'bias', new Scale()),
      ArgumentError,
      '"bias"',
      'it has weight',
    );
  });

  it('cannot be asked for or removed either', () => {
    const layer = registerParametrization(new Linear(3, 2), 'weight', new Scale());
    expectError(() => parametrizationsOf(layer, 'bias'), ArgumentError, '"bias"', 'parametrized: weight');
    expectError(
      () => removeParametrizations(layer, 'bias'),
      ArgumentError,
      'removeParametrizations',
      '"bias"',
    );
    expectError(
      () => removeParametrizations(new Linear(1, 1), 'weight'),
      ArgumentError,
      'parametrized: none',
    );
    expectError(() => removeParametrizations(layer, 'weight', false as never), ArgumentError, 'false');
    expect(isParametrized(layer, 'weight')).toBe(true);
  });

  it('and cannot be merged, because a parametrization fails by now, stays parametrized', () => {
    const scale = new Scale();
    const layer = registerParametrization(new Linear(3, 2), 'weight', scale);
    Object.assign(scale, { factor: zeros([2]) });
    expect(() => removeParametrizations(layer, 'weight')).toThrow('cannot be broadcast');
    expect(isParametrized(layer, 'weight')).toBe(true);
    expect(names(layer)).toEqual(['bias', 'parametrizations.weight.original']);
  });
});
