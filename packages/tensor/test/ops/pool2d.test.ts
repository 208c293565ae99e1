/** Pooling: every printed form is what PyTorch 1.13 prints for the expression beside it. */
import { describe, expect, it } from '@jest/globals';
import {
  ArgumentError,
  arange,
  avgPool2d,
  avgPool2dGrad,
  DTypeError,
  maximumPool,
  maxPool2d,
  maxPool2dGrad,
  ones,
  ShapeError,
  tensor,
  zeros,
} from '../../src/index.js';
import { itAgrees, itRefuses, untyped } from '../tables.js';

const X = 'arange(16.).reshape(1, 4, 4)';
const x = arange(16, { dtype: 'float32' }).reshape([1, 4, 4]);
const nan = tensor([
  [
    [1, NaN],
    [2, 3],
  ],
]);

describe('maxPool2d', () => {
  itAgrees([
    [`F.max_pool2d(${X}, 2)`, () => maxPool2d(x, 2), 'tensor([[[5., 7.], [13., 15.]]])'],
    [`F.max_pool2d(${X}[None], 2)`, () => maxPool2d(x.unsqueeze(0), 2), 'tensor([[[[5., 7.], [13., 15.]]]])'],
    [`F.max_pool2d(${X}, (1, 3))`, () => maxPool2d(x, [1, 3]), 'tensor([[[2.], [6.], [10.], [14.]]])'],
    [
      `F.max_pool2d(${X}, 3, stride=1)`,
      () => maxPool2d(x, 3, { stride: 1 }),
      'tensor([[[10., 11.], [14., 15.]]])',
    ],
    [
      `F.max_pool2d(${X}, 2, stride=(2, 1))`,
      () => maxPool2d(x, 2, { stride: [2, 1] }),
      'tensor([[[5., 6., 7.], [13., 14., 15.]]])',
    ],
    [
      `F.max_pool2d(${X}, 2, padding=1)`,
      () => maxPool2d(x, 2, { padding: 1 }),
      'tensor([[[0., 2., 3.], [8., 10., 11.], [12., 14., 15.]]])',
    ],
    [
      `F.max_pool2d(-${X}, 2, padding=(0, 1))`,
      () => maxPool2d(x.neg(), 2, { padding: [0, 1] }),
      'tensor([[[-0., -1., -3.], [-8., -9., -11.]]])',
    ],
    [
      `F.max_pool2d(${X}, 2, stride=1, dilation=2)`,
      () => maxPool2d(x, 2, { stride: 1, dilation: 2 }),
      'tensor([[[10., 11.], [14., 15.]]])',
    ],
    [`F.max_pool2d(${X}, 3, stride=2)`, () => maxPool2d(x, 3, { stride: 2 }), 'tensor([[[10.]]])'],
    [
      `F.max_pool2d(${X}, 3, stride=2, ceil_mode=True)`,
      () => maxPool2d(x, 3, { stride: 2, ceilMode: true }),
      'tensor([[[10., 11.], [14., 15.]]])',
    ],
    [
      `F.max_pool2d(${X}, 2, stride=3, padding=1, ceil_mode=True)`,
      () => maxPool2d(x, 2, { stride: 3, padding: 1, ceilMode: true }),
      'tensor([[[0., 3.], [12., 15.]]])',
    ],
    [
      'F.max_pool2d(tensor([[[1., nan], [2., 3.]]]), (1, 2))',
      () => maxPool2d(nan, [1, 2]),
      'tensor([[[nan], [3.]]])',
    ],
    [
      'F.max_pool2d(torch.full((1, 2, 2), -inf), 2)',
      () => maxPool2d(ones([1, 2, 2]).mul(-Infinity), 2),
      'tensor([[[-inf]]])',
    ],
    [
      'F.max_pool2d(zeros(0, 1, 2, 2), 2)',
      () => maxPool2d(zeros([0, 1, 2, 2]), 2),
      'tensor([], size=(0, 1, 1, 1))',
    ],
    [
      `F.max_pool2d(${X}.double(), 4)`,
      () => maxPool2d(x.to('float64'), 4),
      'tensor([[[15.]]], dtype=float64)',
    ],
  ]);

  it('takes integers too, which PyTorch does not', () => {
    expect(maxPool2d(x.to('int32'), 2).tolist()).toEqual([
      [
        [5, 7],
        [13, 15],
      ],
    ]);
  });

  itRefuses(ShapeError, {
    'maxPool2d: takes [N, C, H, W] or [C, H, W], got [2, 2]': () => maxPool2d(ones([2, 2]), 2),
    'maxPool2d: the window [5, 5] is larger than the padded input [1, 4, 4]': () => maxPool2d(x, 5),
    'maxPool2d: the window [2, 2] is larger than the padded input [1, 0, 2]': () =>
      maxPool2d(zeros([1, 0, 2]), 2),
    'maxPool2d: a window [2, 2] over [1, 0, 2] would see nothing but padding': () =>
      maxPool2d(zeros([1, 0, 2]), 2, { padding: [1, 0] }),
    'maxPool2d: a window [2, 1] over [1, 4, 4] would see nothing but padding. Reduce padding or dilation':
      () => maxPool2d(x, [2, 1], { dilation: [5, 1], padding: [1, 0] }),
  });
  itRefuses(ArgumentError, {
    'maxPool2d: the window is a whole number of at least 1, or two of them, got 0': () => maxPool2d(x, 0),
    'maxPool2d: the window is a whole number of at least 1, or two of them, got undefined': () =>
      maxPool2d(x, untyped(undefined)),
    'maxPool2d: stride is a whole number of at least 1, or two of them, got NaN': () =>
      maxPool2d(x, 2, { stride: NaN }),
    'maxPool2d: padding is a whole number of at least 0, or two of them, got [-1, 0]': () =>
      maxPool2d(x, 2, { padding: [-1, 0] }),
    'maxPool2d: padding [2, 2] is more than half of the window [2, 2]': () => maxPool2d(x, 2, { padding: 2 }),
    'maxPool2d: dilation is a whole number of at least 1, or two of them, got 0': () =>
      maxPool2d(x, 2, { dilation: 0 }),
    'maxPool2d: takes its options as an object, { name: value }, got 2': () => maxPool2d(x, 2, untyped(2)),
    'maxPool2d: takes a tensor, got': () => maxPool2d(untyped([[[1]]]), 1),
  });
});

describe('maxPool2dGrad', () => {
  const dims = {
    ...{ planes: 2, H: 2, W: 3, outH: 1, outW: 2, kernelH: 2, kernelW: 2, strideH: 2, strideW: 1 },
    ...{ padTop: 0, padLeft: 0, dilationH: 1, dilationW: 1 },
  };
  const attrs = { dims, inputShape: [2, 2, 3] };
  const indices = tensor([[[1, 1]], [[3, 2]]], { dtype: 'int32' });
  const g = tensor([[[4, 8]], [[5, 6]]]);

  it('gives each gradient to the element that its index names, and adds up those for the same one', () => {
    expect(maxPool2dGrad(g, indices, attrs).tolist()).toEqual([
      [
        [0, 12, 0],
        [0, 0, 0],
      ],
      [
        [0, 0, 6],
        [5, 0, 0],
      ],
    ]);
  });

  it('is the transpose of maximumPool, which reads at the indices', () => {
    const x = arange(12, { dtype: 'float32' }).reshape([2, 2, 3]);
    expect(maximumPool(x, indices, attrs).tolist()).toEqual([[[1, 1]], [[9, 8]]]);
    const [there, back] = [maximumPool(x, indices, attrs).mul(g), x.mul(maxPool2dGrad(g, indices, attrs))];
    expect(there.sum().item()).toBe(back.sum().item());
  });

  itRefuses(ShapeError, {
    "maxPool2dGrad: the output's gradient has shape [2, 2, 3], it must be [2, 1, 2]": () =>
      maxPool2dGrad(ones([2, 2, 3]), indices, attrs),
    'maxPool2dGrad: the input has shape [3, 2, 3], it must be [2, 2, 3]': () =>
      maxPool2dGrad(g, indices, { dims, inputShape: [3, 2, 3] }),
    'maxPool2dGrad: the index has shape [1, 1, 2], it must be [2, 1, 2]': () =>
      maxPool2dGrad(g, indices.narrow(0, 0, 1), attrs),
    'maxPool2dGrad: index 6 is out of range: it must be at least 0 and less than 6': () =>
      maxPool2dGrad(g, indices.add(3), attrs),
    'maxPool2dGrad: index -1 is out of range: it must be at least 0 and less than 6': () =>
      maxPool2dGrad(g, indices.sub(2), attrs),
    'maximumPool: index 6 is out of range: it must be at least 0 and less than 6': () =>
      maximumPool(ones([2, 2, 3]), indices.add(3), attrs),
    'maxPool2d: the input has shape [2, 1, 2], it must be [2, 2, 3]': () => maximumPool(g, indices, attrs),
  });
  itRefuses(DTypeError, {
    'maxPool2dGrad: is not defined for int32': () => maxPool2dGrad(indices, indices, attrs),
    "maxPool2dGrad: an index is int32, got float32. Convert with to('int32')": () =>
      maxPool2dGrad(g, g, attrs),
  });
  itRefuses(ArgumentError, {
    'maxPool2dGrad: takes a tensor, got': () => maxPool2dGrad(untyped(1), indices, attrs),
    'maxPool2dGrad: takes its options as an object, { name: value }, got undefined': () =>
      maxPool2dGrad(g, indices, untyped(undefined)),
  });
});

describe('avgPool2d', () => {
  itAgrees([
    [`F.avg_pool2d(${X}, 2)`, () => avgPool2d(x, 2), 'tensor([[[2.5000, 4.5000], [10.5000, 12.5000]]])'],
    [
      `F.avg_pool2d(${X}[None], (4, 1))`,
      () => avgPool2d(x.unsqueeze(0), [4, 1]),
      'tensor([[[[6., 7., 8., 9.]]]])',
    ],
    [`F.avg_pool2d(${X}, 2, stride=3)`, () => avgPool2d(x, 2, { stride: 3 }), 'tensor([[[2.5000]]])'],
    [
      `F.avg_pool2d(${X}, 2, padding=1)[0, 0]`,
      () => avgPool2d(x, 2, { padding: 1 }).slice([0, 0]),
      'tensor([0.0000, 0.7500, 0.7500])',
    ],
    [
      `F.avg_pool2d(${X}, 2, padding=1, count_include_pad=False)[0, 0]`,
      () => avgPool2d(x, 2, { padding: 1, countIncludePad: false }).slice([0, 0]),
      'tensor([0.0000, 1.5000, 3.0000])',
    ],
    [
      `F.avg_pool2d(${X}, 3, stride=2, padding=1, ceil_mode=True)[0, 2]`,
      () => avgPool2d(x, 3, { stride: 2, padding: 1, ceilMode: true }).slice([0, 2]),
      'tensor([4.1667, 7.0000, 3.7500])',
    ],
    [
      `F.avg_pool2d(${X}, 3, stride=2, padding=1, ceil_mode=True, count_include_pad=False)[0, 2]`,
      () => avgPool2d(x, 3, { stride: 2, padding: 1, ceilMode: true, countIncludePad: false }).slice([0, 2]),
      'tensor([12.5000, 14.0000, 15.0000])',
    ],
    [
      `F.avg_pool2d(${X}, 3, divisor_override=-2)`,
      () => avgPool2d(x, 3, { divisorOverride: -2 }),
      'tensor([[[-22.5000]]])',
    ],
    [
      'F.avg_pool2d(tensor([[[1., nan], [2., 3.]]]), (1, 2))',
      () => avgPool2d(nan, [1, 2]),
      'tensor([[[nan], [2.5000]]])',
    ],
    [
      'F.avg_pool2d(zeros(0, 1, 2, 2), 2)',
      () => avgPool2d(zeros([0, 1, 2, 2]), 2),
      'tensor([], size=(0, 1, 1, 1))',
    ],
    [
      `F.avg_pool2d(${X}.double(), 4)`,
      () => avgPool2d(x.to('float64'), 4),
      'tensor([[[7.5000]]], dtype=float64)',
    ],
  ]);

  itRefuses(DTypeError, {
    "avgPool2d: is not defined for int32. Convert with to('float32') first": () =>
      avgPool2d(x.to('int32'), 2),
    'avgPool2d: is not defined for bool': () => avgPool2d(x.to('bool'), 2),
  });
  itRefuses(ShapeError, {
    'avgPool2d: the window [5, 5] is larger than the padded input [1, 4, 4]': () => avgPool2d(x, 5),
    'avgPool2d: takes [N, C, H, W] or [C, H, W], got []': () => avgPool2d(tensor(1), 1),
  });
  itRefuses(ArgumentError, {
    'avgPool2d: divisorOverride is a number other than 0, got 0': () =>
      avgPool2d(x, 2, { divisorOverride: 0 }),
    'avgPool2d: divisorOverride is a number other than 0, got NaN': () =>
      avgPool2d(x, 2, { divisorOverride: NaN }),
    'avgPool2d: divisorOverride is a number other than 0, got "2"': () =>
      avgPool2d(x, 2, untyped({ divisorOverride: '2' })),
    'avgPool2d: padding [0, 2] is more than half of the window [2, 2]': () =>
      avgPool2d(x, 2, { padding: [0, 2] }),
    'avgPool2d: takes its options as an object, { name: value }, got null': () =>
      avgPool2d(x, 2, untyped(null)),
  });
});

describe('avgPool2dGrad', () => {
  const dims = {
    ...{ planes: 1, H: 2, W: 3, outH: 1, outW: 2, kernelH: 2, kernelW: 2, strideH: 2, strideW: 1 },
    ...{ padTop: 0, padLeft: 0, dilationH: 1, dilationW: 1, countIncludePad: true, divisorOverride: null },
  };
  const attrs = { dims, inputShape: [1, 2, 3] };

  it('spreads each gradient evenly over its window', () => {
    expect(avgPool2dGrad(tensor([[[4, 8]]]), attrs).tolist()).toEqual([
      [
        [1, 3, 2],
        [1, 3, 2],
      ],
    ]);
  });

  itRefuses(ShapeError, {
    "avgPool2dGrad: the output's gradient has shape [1, 2, 3], it must be [1, 1, 2]": () =>
      avgPool2dGrad(ones([1, 2, 3]), attrs),
    'avgPool2dGrad: the input has shape [1, 2, 4], it must be [1, 2, 3]': () =>
      avgPool2dGrad(ones([1, 1, 2]), { dims, inputShape: [1, 2, 4] }),
  });
  itRefuses(DTypeError, {
    'avgPool2dGrad: is not defined for int32': () =>
      avgPool2dGrad(ones([1, 1, 2], { dtype: 'int32' }), attrs),
  });
  itRefuses(ArgumentError, {
    'avgPool2dGrad: takes a tensor, got': () => avgPool2dGrad(untyped(1), attrs),
    'avgPool2dGrad: takes its options as an object, { name: value }, got undefined': () =>
      avgPool2dGrad(ones([1, 1, 2]), untyped(undefined)),
  });
});
