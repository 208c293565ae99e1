/** The convolutional layer. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { Conv2d } from '@lowrank/nn';
import { ArgumentError, manualSeed, randn, ShapeError, type Tensor, zeros } from '@lowrank/tensor';
import { expectError } from '../close.js';
import { expectAsPyTorch, gradcheckLayer } from './pytorch.js';

beforeEach(() => {
  manualSeed(42);
});

describe('Conv2d', () => {
  it('computes what PyTorch computes, with its gradients', () => {
    const layer = new Conv2d(1, 2, 2);
    expectAsPyTorch(layer, randn([1, 1, 3, 3]), {
      output: [
        [
          [
            [-0.149876, 0.8882362],
            [1.317406, 0.9188776],
          ],
          [
            [0.09932356, -0.3371262],
            [0.4226769, -0.5000246],
          ],
        ],
      ],
      gradients: {
        x: [-0.1654897, 1.026708, 1.43538, -0.9543285, 2.836617, 5.147638, -2.055401, 1.017441, 4.186353],
        weight: [-0.7117912, 4.025282, 1.942879, 8.002906, -8.277989, 10.28355, 2.766682, 19.40675],
        bias: [10, 26],
      },
    });
  });

  it('strides over a padded input', () => {
    const layer = new Conv2d(2, 1, 3, { stride: 2, padding: 1 });
    expectAsPyTorch(layer, randn([1, 2, 3, 3]), {
      output: [
        [
          [
            [-0.142329, 0.381749],
            [0.1475041, 1.002772],
          ],
        ],
      ],
      gradients: {
        x: [
          -0.05164321, 0.4806, -0.1032864, 0.7253281, 0.5334342, 1.059387, -0.1549296, 1.008763, -0.2065728,
          0.03192129, 0.4619307, 0.06384259, 0.796314, -0.5910488, 1.182885, 0.09576388, 1.037514, 0.1276852,
        ],
        weight: [
          -3.09837, 1.056812, -2.323778, 4.778138, -2.828009, 3.962669, -1.549185, 0.3755456, -0.7745925,
          -5.67224, 2.121332, -4.25418, 13.31244, 3.708521, 8.922939, -2.83612, 1.304623, -1.41806,
        ],
        bias: [10],
      },
    });
  });

  it("keeps the size with padding 'same', dilated and in groups", () => {
    const layer = new Conv2d(2, 2, 2, { padding: 'same', dilation: 2, groups: 2, bias: false });
    expect(layer.bias).toBeNull();
    expect(layer.weight.shape).toEqual([2, 1, 2, 2]);
    expectAsPyTorch(layer, randn([1, 2, 3, 3]), {
      output: [
        [
          [
            [-0.5102444, 0.01376047, 0.1301271],
            [-0.2979703, 0.1140792, -0.1573463],
            [-0.4610295, 0.1303052, -0.4246644],
          ],
          [
            [-0.01852125, -0.09918856, 0.01535404],
            [-0.3763074, 0.2445395, 0.2911411],
            [-0.006363912, -0.01874255, 0.006909911],
          ],
        ],
      ],
      gradients: {
        x: [
          1.911346, 3.953631, 2.07502, 2.823882, 6.453348, 4.238643, -0.5856812, 1.134405, 2.296528,
          -1.533725, -0.3316373, 1.412535, -4.540083, -0.3423235, 4.945275, -3.407985, 0.1659245, 4.110979,
        ],
        weight: [-1.995558, -11.42292, -15.73518, -8.7184, -11.34551, -13.35263, -25.99991, -16.05438],
      },
    });
  });

  it('takes height and width apart', () => {
    const layer = new Conv2d(1, 1, [2, 3], { stride: [1, 2], padding: [0, 1], dilation: [2, 1] });
    expectAsPyTorch(layer, randn([1, 1, 3, 4]), {
      output: [[[[-0.3098324, -0.1602302]]]],
      gradients: {
        x: [
          0.3388493, 0.5286018, 0.6776987, -0.1912827, 0, 0, 0, 0, -0.08944866, 0.8324237, -0.1788973,
          0.1647614,
        ],
        weight: [0.597871, -0.2360974, -2.199422, -0.956989, -0.8579973, -0.8356032],
        bias: [3],
      },
    });
  });

  it('takes one image without a batch', () => {
    const layer = new Conv2d(1, 1, 2);
    expectAsPyTorch(layer, randn([1, 2, 2]), {
      output: [[[-0.2182258]]],
      gradients: {
        x: [0.3822693, 0.415004, -0.1171362, 0.4593056],
        weight: [0.3257519, -0.8676282, 1.523134, 0.6646649],
        bias: [1],
      },
    });
  });

  it("adds no padding with 'valid'", () => {
    expect(new Conv2d(1, 1, 3, { padding: 'valid' }).forward(zeros([1, 1, 5, 4])).shape).toEqual([
      1, 1, 3, 2,
    ]);
  });

  it('has gradients that agree with differences', () => {
    const layer = new Conv2d(2, 4, [2, 3], { stride: [1, 2], padding: 1, dilation: [2, 1], groups: 2 });
    expect(gradcheckLayer(layer, randn([2, 2, 3, 3]))).toBe(true);
  });

  it('does not hold on to the arrays that it was made with', () => {
    const stride: [number, number] = [1, 2];
    const layer = new Conv2d(1, 1, 1, { stride });
    stride[0] = 7;
    expect(layer.stride).toEqual([1, 2]);
  });

  it('refuses sizes that cannot be, by name', () => {
    for (const size of [0, -1, 1.5, Number.NaN, '3' as never]) {
      expectError(() => new Conv2d(size, 1, 1), ArgumentError, 'Conv2d', 'inChannels');
      expectError(() => new Conv2d(1, size, 1), ArgumentError, 'Conv2d', 'outChannels');
      expectError(() => new Conv2d(1, 1, size), ArgumentError, 'Conv2d', 'kernelSize');
      expectError(() => new Conv2d(1, 1, 1, { stride: size }), ArgumentError, 'Conv2d', 'stride');
      expectError(() => new Conv2d(1, 1, 1, { dilation: [1, size] }), ArgumentError, 'Conv2d', 'dilation');
      expectError(() => new Conv2d(1, 1, 1, { groups: size }), ArgumentError, 'Conv2d', 'groups');
    }
    expectError(() => new Conv2d(1, 1, [3] as never), ArgumentError, 'kernelSize', '[3]');
    expectError(() => new Conv2d(1, 1, [3, 3, 3] as never), ArgumentError, 'kernelSize', '[3, 3, 3]');
    expectError(() => new Conv2d(1, 1, 1, { padding: -1 }), ArgumentError, 'padding', 'at least 0');
    expectError(
      () => new Conv2d(1, 1, 1, { padding: 'full' as never }),
      ArgumentError,
      'padding',
      "'same'",
      '"full"',
    );
    expectError(() => new Conv2d(1, 1, 1, { padding: 'same', stride: 2 }), ArgumentError, "'same'", '[2, 2]');
    expectError(() => new Conv2d(3, 4, 1, { groups: 2 }), ArgumentError, '3 and 4 channels', '2 groups');
    expectError(() => new Conv2d(4, 3, 1, { groups: 2 }), ArgumentError, '4 and 3 channels');
    expectError(() => new Conv2d(1, 1, 3, 2 as never), ArgumentError, '{ name: value }', '2');
    expectError(() => new Conv2d(1, 1, 3, { bias: 0 as never }), ArgumentError, 'Conv2d', 'bias', '0');
  });

  it('refuses inputs that do not fit', () => {
    const layer = new Conv2d(3, 8, 3);
    expectError(
      () => layer.forward(zeros([1, 1, 5, 5])),
      ShapeError,
      'conv2d',
      '[1, 1, 5, 5]',
      'C must be 3',
    );
    expectError(() => layer.forward(zeros([5, 5])), ShapeError, 'conv2d', '[5, 5]');
    expectError(
      () => layer.forward(zeros([1, 3, 2, 5])),
      ShapeError,
      'conv2d',
      'larger than the padded input',
    );
    expectError(() => layer.forward(null as never as Tensor), ArgumentError, 'conv2d', 'null');
  });
});
