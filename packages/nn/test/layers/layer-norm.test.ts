/** Layer normalisation. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { LayerNorm } from '@lowrank/nn';
import { ArgumentError, manualSeed, randn, ShapeError, tensor, zeros } from '@lowrank/tensor';
import { expectError } from '../close.js';
import { expectAsPyTorch, gradcheckLayer } from './pytorch.js';

beforeEach(() => {
  manualSeed(42);
});

describe('LayerNorm', () => {
  it('begins with weight 1 and bias 0', () => {
    const layer = new LayerNorm([2, 2]);
    expect(layer.weight?.tolist()).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(layer.bias?.tolist()).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  it('normalises the last axis, with the gradients of PyTorch', () => {
    const layer = new LayerNorm(3);
    layer.loadStateDict({ weight: tensor([1, 2, -1]), bias: tensor([0.5, 0, 1]) });
    expectAsPyTorch(layer, randn([2, 3]), {
      output: [
        [1.717119, -2.461123, 0.9865577],
        [1.54255, -2.697567, 0.6937667],
      ],
      gradients: {
        x: [21.8167, 21.15862, -42.97532, 9.206837, 4.096493, -13.30333],
        weight: [5.38732, -9.20504, 1.877727],
        bias: [5, 7, 9],
      },
    });
  });

  it('normalises several axes with an eps of its own, without learning anything', () => {
    const layer = new LayerNorm([2, 2], { eps: 0.1, elementwiseAffine: false });
    expectAsPyTorch(layer, randn([1, 2, 2]), {
      output: [
        [
          [0.3206944, -0.3196096],
          [0.005817092, -0.006901869],
        ],
      ],
      gradients: { x: [-4.539054, -1.620965, 1.541547, 4.618474] },
    });
  });

  it('does without a bias', () => {
    const layer = new LayerNorm(2, { bias: false });
    expect([...layer.namedParameters()].map(([name]) => name)).toEqual(['weight']);
  });

  it('has gradients that agree with differences', () => {
    expect(gradcheckLayer(new LayerNorm([2, 2]), randn([2, 2, 2]))).toBe(true);
  });

  it('does not hold on to the array that it was made with', () => {
    const shape = [2, 3];
    const layer = new LayerNorm(shape);
    shape[0] = 7;
    expect(layer.normalizedShape).toEqual([2, 3]);
  });

  it('refuses shapes that hold nothing or are none, and an eps that is none', () => {
    for (const shape of [0, -1, 1.5, Number.NaN, [], [2, 0], '3' as never, null as never]) {
      expectError(() => new LayerNorm(shape), ShapeError, 'LayerNorm', 'normalizedShape');
    }
    for (const eps of [-1e-5, Number.NaN, Infinity, '1' as never]) {
      expectError(() => new LayerNorm(2, { eps }), ArgumentError, 'LayerNorm', 'eps');
    }
    expectError(() => new LayerNorm(2, { bias: 1 as never }), ArgumentError, 'LayerNorm', 'bias');
    expectError(
      () => new LayerNorm(2, { elementwiseAffine: 'no' as never }),
      ArgumentError,
      'elementwiseAffine',
    );
    expectError(() => new LayerNorm(2, 1e-5 as never), ArgumentError, 'LayerNorm', '{ name: value }');
  });

  it('refuses inputs that do not end in its shape', () => {
    const layer = new LayerNorm([2, 3]);
    expectError(() => layer.forward(zeros([3, 2])), ShapeError, 'layerNorm', '[3, 2]', '[2, 3]');
    expectError(() => layer.forward(zeros([3])), ShapeError, 'layerNorm');
    expectError(() => layer.forward([1] as never), ArgumentError, 'layerNorm');
  });
});
