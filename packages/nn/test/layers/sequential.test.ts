/** Layers one after the other, and flattening between them. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { Dropout, Flatten, Linear, ReLU, Sequential, Tanh } from '@lowrank/nn';
import { ArgumentError, manualSeed, ones, randn, ShapeError, tensor, zeros } from '@lowrank/tensor';
import { expectError } from '../close.js';
import { expectAsPyTorch, gradcheckLayer } from './pytorch.js';

beforeEach(() => {
  manualSeed(42);
});

describe('Sequential', () => {
  it('hands its input through all layers, with the gradients of PyTorch', () => {
    const x = tensor([
      [1, -1],
      [0.5, 2],
    ]);
    expectAsPyTorch(new Sequential(new Linear(2, 3), new ReLU(), new Linear(3, 1)), x, {
      output: [[0.4617485], [0.8692838]],
      gradients: {
        x: [-0.01674115, 0.01541831, -0.6577068, 0.1855923],
        '0.weight': [-0.4235604, -1.694242, 0.5018306, 2.007323, 0.2161129, 0.3241694],
        '0.bias': [-0.8471208, 1.003661, 0.3241694],
        '2.weight': [2.19971, 3.263113, 1.988238],
        '2.bias': [3],
      },
    });
  });

  it('has gradients that agree with differences', () => {
    expect(
      gradcheckLayer(new Sequential(new Linear(2, 3), new Tanh(), new Linear(3, 1)), randn([2, 2])),
    ).toBe(true);
  });

  it('gives its layers by number and in order, and knows how many there are', () => {
    const layers = Array.from({ length: 11 }, () => new ReLU());
    const model = new Sequential(...layers);
    expect([...model]).toEqual(layers);
    expect(model.length).toBe(11);
    expect(model[10]).toBe(layers[10]);
    expect(model[11]).toBeUndefined();
  });

  it('applies a layer as often as it is listed', () => {
    const double = new Linear(1, 1, { bias: false });
    double.weight.assign(tensor([[2]]));
    const model = new Sequential(double, double, double);
    expect(model.forward(ones([1])).item()).toBe(8);
    expect(model.parameters()).toHaveLength(1);
  });

  it('without layers hands its input through', () => {
    const x = ones([2]);
    expect(new Sequential().forward(x)).toBe(x);
  });

  it('puts its layers into its mode', () => {
    const model = new Sequential(new Sequential(new Dropout(1))).eval();
    expect(model.forward(ones([2])).tolist()).toEqual([1, 1]);
    expect(
      model
        .train()
        .forward(ones([2]))
        .tolist(),
    ).toEqual([0, 0]);
  });

  it('refuses what is no module, and says which', () => {
    expectError(
      () => new Sequential(new ReLU(), null as never),
      ArgumentError,
      'Sequential',
      'argument 1',
      'null',
    );
    expectError(() => new Sequential([new ReLU()] as never), ArgumentError, 'argument 0', '...');
  });
});

describe('Flatten', () => {
  it('keeps the batch and merges the rest, or the axes that it is told', () => {
    const x = zeros([2, 3, 4, 5]);
    expect(new Flatten().forward(x).shape).toEqual([2, 60]);
    expect(new Flatten(0).forward(x).shape).toEqual([120]);
    expect(new Flatten(1, 2).forward(x).shape).toEqual([2, 12, 5]);
    expect(new Flatten(-2, -1).forward(x).shape).toEqual([2, 3, 20]);
  });

  it('keeps the order of the values, and gives the gradient its shape back', () => {
    const x = tensor(
      [
        [
          [1, 2],
          [3, 4],
        ],
      ],
      { requiresGrad: true },
    );
    const y = new Flatten().forward(x);
    expect(y.tolist()).toEqual([[1, 2, 3, 4]]);
    y.square().sum().backward();
    expect(x.grad?.tolist()).toEqual([
      [
        [2, 4],
        [6, 8],
      ],
    ]);
  });

  it('refuses axes that there are not, or in the wrong order, and what is no tensor', () => {
    expectError(() => new Flatten(3).forward(zeros([2, 2])), ShapeError, 'flatten', 'axis 3');
    expectError(() => new Flatten(2, 1).forward(zeros([2, 2, 2])), ShapeError, 'flatten', 'after');
    expectError(() => new Flatten().forward([[1]] as never), ArgumentError, 'flatten');
  });
});
