/** The affine layer. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { Linear, Parameter } from '@lowrank/nn';
import {
  ArgumentError,
  manualSeed,
  ones,
  randn,
  ShapeError,
  type Tensor,
  tensor,
  zeros,
} from '@lowrank/tensor';
import { expectError } from '../close.js';
import { expectAsPyTorch, gradcheckLayer } from './pytorch.js';

beforeEach(() => {
  manualSeed(42);
});

describe('Linear', () => {
  it('computes x W^T + b, with the gradients of PyTorch', () => {
    const layer = new Linear(3, 2);
    expectAsPyTorch(layer, randn([2, 3]), {
      output: [
        [-1.164687, 0.02438366],
        [-0.3776345, -0.02655259],
      ],
      gradients: {
        x: [1.502127, 0.2262063, 0.09775054, 3.445662, 0.9316179, 0.06024382],
        weight: [-3.036848, 1.198643, 3.010254, -4.797701, 1.473972, 5.485806],
        bias: [4, 6],
      },
    });
  });

  it('takes a list, and does without a bias', () => {
    const layer = new Linear(3, 2, { bias: false });
    expect(layer.bias).toBeNull();
    expectAsPyTorch(layer, randn([3]), {
      output: [1.033869, 0.2757029],
      gradients: {
        x: [1.502127, 0.2262063, 0.09775054],
        weight: [1.156125, 0.3964807, -2.466057, 2.312249, 0.7929614, -4.932114],
      },
    });
  });

  it('takes any number of leading axes, empty ones too', () => {
    const layer = new Linear(2, 2);
    expectAsPyTorch(layer, randn([2, 1, 2]), {
      output: [[[0.7027795, 0.2087055]], [[-1.275478, 0.7865292]]],
      gradients: {
        x: [0.2092991, 1.886017, 0.9592085, 4.358938],
        weight: [-6.242047, 1.483339, -7.551979, 2.242106],
        bias: [4, 6],
      },
    });
    expect(layer.forward(zeros([0, 2])).shape).toEqual([0, 2]);
  });

  it('has gradients that agree with differences', () => {
    expect(gradcheckLayer(new Linear(3, 2), randn([2, 3]))).toBe(true);
  });

  it('uses a weight that it shares with another layer', () => {
    const [first, second] = [new Linear(2, 2, { bias: false }), new Linear(2, 2, { bias: false })];
    Object.assign(second, { weight: first.weight });
    second
      .forward(first.forward(ones([1, 2])))
      .sum()
      .backward();
    expect(second.weight).toBe(first.weight);
    expect(first.weight).toBeInstanceOf(Parameter);
    expect(first.weight.grad).not.toBeNull();
  });

  it('refuses sizes that are no whole numbers of at least 1', () => {
    for (const size of [0, -1, 1.5, Number.NaN, '3' as never, undefined as never]) {
      expectError(() => new Linear(size, 2), ArgumentError, 'Linear', 'inFeatures');
      expectError(() => new Linear(2, size), ArgumentError, 'Linear', 'outFeatures');
    }
    expectError(() => new Linear(2, 2, false as never), ArgumentError, 'Linear', '{ name: value }', 'false');
    expectError(() => new Linear(2, 2, { bias: null as never }), ArgumentError, 'Linear', 'bias', 'null');
  });

  it('refuses inputs that do not fit, and says what would', () => {
    const layer = new Linear(3, 2);
    expectError(
      () => layer.forward(zeros([2, 4])),
      ShapeError,
      'Linear',
      '[..., 3]',
      '[2, 4]',
      'inFeatures 4',
    );
    expectError(() => layer.forward(zeros([])), ShapeError, 'Linear', '[]');
    expectError(() => layer.forward([1, 2, 3] as never as Tensor), ArgumentError, 'Linear', 'tensor(...)');
    expectError(() => layer.forward(tensor([[1]])), ShapeError, '[1, 1]');
  });
});
