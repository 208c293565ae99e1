/** Activations as layers. */
import { describe, expect, it } from '@jest/globals';
import { GELU, type Layer, ReLU, Sigmoid, SiLU, Tanh } from '@lowrank/nn';
import { ArgumentError, tensor } from '@lowrank/tensor';
import { expectError } from '../close.js';
import { expectAsPyTorch, gradcheckLayer } from './pytorch.js';

const CASES: readonly (readonly [
  name: string,
  layer: Layer,
  output: readonly number[],
  gradient: readonly number[],
])[] = [
  ['ReLU', new ReLU(), [0, 0, 0, 0.5, 2], [0, 0, 0, 4, 5]],
  [
    'GELU',
    new GELU(),
    [-0.0455001, -0.1542688, 0, 0.3457312, 1.9545],
    [-0.08523187, 0.2650098, 1.5, 3.46998, 5.426159],
  ],
  [
    'GELU with tanh',
    new GELU({ approximate: 'tanh' }),
    [-0.04540229, -0.154286, 0, 0.345714, 1.954598],
    [-0.08609922, 0.2652602, 1.5, 3.46948, 5.430496],
  ],
  [
    'SiLU',
    new SiLU(),
    [-0.2384058, -0.1887703, 0, 0.3112297, 1.761594],
    [-0.09078425, 0.5200776, 1.5, 2.959845, 5.453921],
  ],
  [
    'Sigmoid',
    new Sigmoid(),
    [0.1192029, 0.3775407, 0.5, 0.6224594, 0.880797],
    [0.1049936, 0.4700074, 0.75, 0.9400148, 0.5249681],
  ],
  [
    'Tanh',
    new Tanh(),
    [-0.9640276, -0.4621172, 0, 0.4621172, 0.9640276],
    [0.07065082, 1.572895, 3, 3.145791, 0.3532541],
  ],
];

describe('activations', () => {
  it.each(CASES)('%s computes what PyTorch computes, with its gradient', (_, layer, output, gradient) => {
    expectAsPyTorch(layer, tensor([-2, -0.5, 0, 0.5, 2]), { output, gradients: { x: gradient } });
  });

  it.each(CASES)('%s has a gradient that agrees with differences', (_, layer) => {
    expect(gradcheckLayer(layer, tensor([-2, -0.5, 0.3, 2]))).toBe(true);
  });

  it.each(CASES)('%s refuses what is no tensor', (_, layer) => {
    expectError(() => layer.forward([1, 2] as never), ArgumentError, 'tensor(...)');
  });

  it('GELU refuses approximations that there are not', () => {
    expectError(() => new GELU({ approximate: 'erf' as never }), ArgumentError, 'GELU', "'tanh'", '"erf"');
    expectError(() => new GELU('tanh' as never), ArgumentError, 'GELU', '{ name: value }', '"tanh"');
  });
});
