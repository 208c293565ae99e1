/** Pooling layers. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { AvgPool2d, MaxPool2d } from '@lowrank/nn';
import { ArgumentError, manualSeed, randn, ShapeError, type Tensor, zeros } from '@lowrank/tensor';
import { expectError } from '../close.js';
import { expectAsPyTorch, gradcheckLayer } from './pytorch.js';

let x: Tensor;
beforeEach(() => {
  manualSeed(42);
  x = randn([1, 1, 4, 4]);
});

describe('MaxPool2d', () => {
  it('gives the largest value of each window, which gets the gradient', () => {
    expectAsPyTorch(new MaxPool2d(2), x, {
      output: [
        [
          [
            [1.926915, 0.9007172],
            [1.648723, 0.7624454],
          ],
        ],
      ],
      gradients: { x: [1, 0, 2, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 4] },
    });
  });

  it('takes all options', () => {
    expectAsPyTorch(new MaxPool2d([2, 3], { stride: [2, 1], padding: [1, 1], ceilMode: true }), x, {
      output: [
        [
          [
            [1.926915, 1.926915, 1.487284, 0.9007172],
            [1.648723, 1.648723, 1.648723, -0.04306748],
            [-0.5594302, -0.5594302, 0.7624454, 0.7624454],
          ],
        ],
      ],
      gradients: { x: [3, 3, 4, 0, 0, 0, 8, 0, 0, 18, 0, 0, 0, 19, 0, 23] },
    });
    expect(new MaxPool2d(2, { dilation: 2, stride: 1 }).forward(x).shape).toEqual([1, 1, 2, 2]);
  });
});

describe('AvgPool2d', () => {
  it('gives the mean of each window, which shares the gradient', () => {
    expectAsPyTorch(new AvgPool2d(2), x, {
      output: [
        [
          [
            [0.7145183, -0.7131345],
            [-0.09768094, -0.4506198],
          ],
        ],
      ],
      gradients: {
        x: [0.25, 0.25, 0.5, 0.5, 0.25, 0.25, 0.5, 0.5, 0.75, 0.75, 1, 1, 0.75, 0.75, 1, 1],
      },
    });
  });

  it('takes all options', () => {
    expectAsPyTorch(new AvgPool2d(3, { stride: 2, padding: 1, countIncludePad: false }), x, {
      output: [
        [
          [
            [0.7145183, -0.4332999],
            [-0.1578083, -0.3994962],
          ],
        ],
      ],
      gradients: {
        x: [
          0.25, 0.5833334, 0.3333333, 0.3333333, 0.75, 1.527778, 0.7777778, 0.7777778, 0.5, 0.9444444,
          0.4444444, 0.4444444, 0.5, 0.9444444, 0.4444444, 0.4444444,
        ],
      },
    });
  });
});

describe('pooling layers', () => {
  it.each([MaxPool2d, AvgPool2d])('%p: the gradient agrees with differences', (Pool) => {
    expect(gradcheckLayer(new Pool(3, { stride: 2, padding: 1 }), x)).toBe(true);
  });

  it.each([MaxPool2d, AvgPool2d])('%p refuses windows that cannot be', (Pool) => {
    for (const size of [0, -2, 1.5, Number.NaN, [2] as never, '2' as never]) {
      expectError(() => new Pool(size), ArgumentError, Pool.name, 'kernelSize');
      expectError(() => new Pool(2, { stride: size }), ArgumentError, Pool.name, 'stride');
    }
    expectError(() => new Pool(2, { padding: -1 }), ArgumentError, Pool.name, 'padding', 'at least 0');
    expectError(() => new Pool(2, 2 as never), ArgumentError, Pool.name, '{ name: value }');
    expectError(() => new Pool(2, { padding: 2 }).forward(x), ArgumentError, 'Pool2d', 'half');
  });

  it.each([MaxPool2d, AvgPool2d])('%p refuses inputs that do not fit', (Pool) => {
    expectError(() => new Pool(2).forward(zeros([4, 4])), ShapeError, 'Pool2d', '[4, 4]');
    expectError(() => new Pool(5).forward(x), ShapeError, 'Pool2d', 'larger');
    expectError(() => new Pool(2).forward(1 as never), ArgumentError, 'Pool2d');
  });

  it('MaxPool2d refuses a dilation that cannot be', () => {
    expectError(() => new MaxPool2d(2, { dilation: 0 }), ArgumentError, 'MaxPool2d', 'dilation');
  });
});
