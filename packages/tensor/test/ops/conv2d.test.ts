/** Convolution and its gradients: every printed form is what PyTorch 1.13 prints for the expression beside it. */
import { describe, expect, it } from '@jest/globals';
import {
  ArgumentError,
  arange,
  type Conv2dAttrs,
  conv2d,
  conv2dInputGrad,
  conv2dWeightGrad,
  DTypeError,
  ones,
  ShapeError,
  tensor,
  zeros,
} from '../../src/index.js';
import { itAgrees, itRefuses, untyped } from '../tables.js';

const float32 = { dtype: 'float32' } as const;
const x = arange(16, float32).reshape([1, 1, 4, 4]);
const k22 = ones([1, 1, 2, 2]);
const two = arange(16, float32).reshape([1, 2, 2, 4]);

describe('conv2d', () => {
  const X = 'arange(16.).reshape(1, 1, 4, 4)';
  const K = 'ones(1, 1, 2, 2)';
  const T = 'arange(16.).reshape(1, 2, 2, 4)';
  const asymmetric = tensor([[[[1, 2, 3]]]]);
  itAgrees([
    [
      `F.conv2d(${X}, ${K})[0, 0]`,
      () => conv2d(x, k22).slice([0, 0]),
      'tensor([[10., 14., 18.], [26., 30., 34.], [42., 46., 50.]])',
    ],
    [
      `F.conv2d(${X}, ${K}, stride=2)`,
      () => conv2d(x, k22, { stride: 2 }),
      'tensor([[[[10., 18.], [42., 50.]]]])',
    ],
    [
      `F.conv2d(${X}, ${K}, stride=(3, 2))`,
      () => conv2d(x, k22, { stride: [3, 2] }),
      'tensor([[[[10., 18.]]]])',
    ],
    [
      `F.conv2d(${X}, ${K}, stride=3, padding=1)`,
      () => conv2d(x, k22, { stride: 3, padding: 1 }),
      'tensor([[[[0., 5.], [20., 50.]]]])',
    ],
    [
      `F.conv2d(${X}, ${K}, padding=(0, 1))[0, 0, 0]`,
      () => conv2d(x, k22, { padding: [0, 1] }).slice([0, 0, 0]),
      'tensor([4., 10., 14., 18., 10.])',
    ],
    [`F.conv2d(${X}, ${K}, dilation=3)`, () => conv2d(x, k22, { dilation: 3 }), 'tensor([[[[30.]]]])'],
    [
      `F.conv2d(${X}, ${K}, dilation=(1, 2))[0, 0]`,
      () => conv2d(x, k22, { dilation: [1, 2] }).slice([0, 0]),
      'tensor([[12., 16.], [28., 32.], [44., 48.]])',
    ],
    [
      `F.conv2d(${X}, ${K}, padding='same')[0, 0]`,
      () => conv2d(x, k22, { padding: 'same' }).slice([0, 0]),
      'tensor([[10., 14., 18., 10.], [26., 30., 34., 18.], [42., 46., 50., 26.], [25., 27., 29., 15.]])',
    ],
    [
      `F.conv2d(${X}, tensor([[[[1., 2., 3.]]]]), padding='same')[0, 0, 0]`,
      () => conv2d(x, asymmetric, { padding: 'same' }).slice([0, 0, 0]),
      'tensor([3., 8., 14., 8.])',
    ],
    [
      `F.conv2d(${X}, ${K}, padding='same', dilation=(1, 3))[0, 0, :2]`,
      () => conv2d(x, k22, { padding: 'same', dilation: [1, 3] }).slice([0, 0, [0, 2]]),
      'tensor([[8., 14., 6., 8.], [16., 30., 14., 16.]])',
    ],
    [
      `F.conv2d(${X}, ${K}, padding='valid', stride=2)`,
      () => conv2d(x, k22, { padding: 'valid', stride: 2 }),
      'tensor([[[[10., 18.], [42., 50.]]]])',
    ],
    [
      `F.conv2d(${X}, ${K}, tensor([0.5]), stride=2)`,
      () => conv2d(x, k22, { bias: tensor([0.5]), stride: 2 }),
      'tensor([[[[10.5000, 18.5000], [42.5000, 50.5000]]]])',
    ],
    [
      `F.conv2d(${T}, ones(1, 2, 2, 2), stride=2)`,
      () => conv2d(two, ones([1, 2, 2, 2]), { stride: 2 }),
      'tensor([[[[52., 68.]]]])',
    ],
    [
      `F.conv2d(${T}, ones(2, 1, 2, 2), groups=2, stride=2)`,
      () => conv2d(two, ones([2, 1, 2, 2]), { groups: 2, stride: 2 }),
      'tensor([[[[10., 18.]], [[42., 50.]]]])',
    ],
    [
      `F.conv2d(${T}, arange(1., 5.).reshape(4, 1, 1, 1), groups=2)[0, :, 1, 3]`,
      () => conv2d(two, arange(1, 5, float32).reshape([4, 1, 1, 1]), { groups: 2 }).slice([0, null, 1, 3]),
      'tensor([7., 14., 45., 60.])',
    ],
    [
      `F.conv2d(${T}[0], ones(1, 2, 2, 2), stride=2)`,
      () => conv2d(two.select(0, 0), ones([1, 2, 2, 2]), { stride: 2 }),
      'tensor([[[52., 68.]]])',
    ],
    [
      `F.conv2d(${X}.int(), ${K}.int(), stride=2).long()`,
      () => conv2d(x.to('int32'), k22.to('int32'), { stride: 2 }),
      'tensor([[[[10, 18], [42, 50]]]])',
    ],
    [
      `F.conv2d(${X}.double(), ${K}.double(), stride=3)`,
      () => conv2d(x.to('float64'), k22.to('float64'), { stride: 3 }),
      'tensor([[[[10.]]]], dtype=float64)',
    ],
    [
      'F.conv2d(zeros(0, 1, 4, 4), ones(2, 1, 2, 2))',
      () => conv2d(zeros([0, 1, 4, 4]), ones([2, 1, 2, 2])),
      'tensor([], size=(0, 2, 3, 3))',
    ],
  ]);

  it('brings input, weight and bias to one dtype', () => {
    expect(conv2d(x, k22.to('float64')).dtype).toBe('float64');
    expect(conv2d(x, k22, { bias: tensor([0.1], { dtype: 'float64' }) }).dtype).toBe('float64');
    expect(conv2d(x.to('int32'), k22).dtype).toBe('float32');
  });

  it('gives zeros where there are no channels to sum over', () => {
    expect(conv2d(zeros([1, 0, 2, 2]), zeros([3, 0, 2, 2])).tolist()).toEqual([[[[0]], [[0]], [[0]]]]);
  });

  it('takes null for no bias', () => {
    expect(conv2d(x, k22, { bias: null }).tolist()).toEqual(conv2d(x, k22).tolist());
  });

  itRefuses(ShapeError, {
    'conv2d: takes input [N, C, H, W] or [C, H, W] and weight [O, C / groups, KH, KW], got [2, 2] and [1, 1, 2, 2]':
      () => conv2d(ones([2, 2]), k22),
    'conv2d: takes input [N, C, H, W] or [C, H, W] and weight [O, C / groups, KH, KW], got [1, 1, 4, 4] and [2, 2]':
      () => conv2d(x, ones([2, 2])),
    'conv2d: input [1, 1, 4, 4] and weight [1, 2, 2, 2] do not fit with groups 1: C must be 2, and O a multiple of 1':
      () => conv2d(x, ones([1, 2, 2, 2])),
    'conv2d: input [1, 2, 2, 4] and weight [3, 1, 1, 1] do not fit with groups 2: C must be 2, and O a multiple of 2':
      () => conv2d(two, ones([3, 1, 1, 1]), { groups: 2 }),
    'conv2d: the kernel is larger than the padded input: input [1, 1, 4, 4] and weight [1, 1, 5, 5]. Add padding':
      () => conv2d(x, ones([1, 1, 5, 5])),
    'conv2d: the kernel is empty: input [1, 1, 4, 4] and weight [1, 1, 0, 2]': () =>
      conv2d(x, ones([1, 1, 0, 2]), { padding: 'same' }),
    'conv2d: the bias has shape [2], it must be [1]': () => conv2d(x, k22, { bias: ones([2]) }),
    'conv2d: the bias has shape [], it must be [1]': () => conv2d(x, k22, { bias: ones([]) }),
  });
  itRefuses(ArgumentError, {
    'conv2d: stride is a whole number of at least 1, or two of them, got 0': () =>
      conv2d(x, k22, { stride: 0 }),
    'conv2d: stride is a whole number of at least 1, or two of them, got [1, 1, 1]': () =>
      conv2d(x, k22, untyped({ stride: [1, 1, 1] })),
    'conv2d: stride is a whole number of at least 1, or two of them, got NaN': () =>
      conv2d(x, k22, { stride: NaN }),
    'conv2d: dilation is a whole number of at least 1, or two of them, got [1, 0.5]': () =>
      conv2d(x, k22, { dilation: [1, 0.5] }),
    "conv2d: padding is 'same' or 'valid', or is a whole number of at least 0, or two of them, got -1": () =>
      conv2d(x, k22, { padding: -1 }),
    "conv2d: padding is 'same' or 'valid', or is a whole number of at least 0, or two of them, got \"full\"":
      () => conv2d(x, k22, untyped({ padding: 'full' })),
    "conv2d: padding 'same' is only defined for stride 1, got [2, 2]": () =>
      conv2d(x, k22, { padding: 'same', stride: 2 }),
    'conv2d: groups is a whole number of at least 1, got 0': () => conv2d(x, k22, { groups: 0 }),
    'conv2d: groups is a whole number of at least 1, got 1.5': () => conv2d(x, k22, { groups: 1.5 }),
    'conv2d: takes its options as an object, { name: value }, got a Tensor': () =>
      conv2d(x, k22, untyped(ones([1]))),
    'conv2d: takes a tensor, got': () => conv2d(x, untyped([[[[1]]]])),
  });
  itRefuses(DTypeError, {
    "conv2d: is not defined for bool. Convert with to('float32') first": () =>
      conv2d(x.to('bool'), k22.to('bool')),
  });
});

describe('the gradients of conv2d', () => {
  const attrs: Conv2dAttrs = {
    inputShape: [1, 1, 4, 4],
    weightShape: [1, 1, 2, 2],
    stride: [2, 2],
    padding: { top: 1, bottom: 1, left: 0, right: 0 },
    dilation: [1, 2],
    groups: 1,
  };
  const w = arange(1, 5, float32).reshape([1, 1, 2, 2]);
  const g = arange(1, 4, float32).reshape([1, 1, 3, 1]);
  const same = 'torch.nn.grad.conv2d_';
  const rest = 'stride=2, padding=(1, 0), dilation=(1, 2))';
  const W = 'arange(1., 5.).reshape(1, 1, 2, 2)';
  const G = 'arange(1., 4.).reshape(1, 1, 3, 1)';
  itAgrees([
    [
      `${same}input((1, 1, 4, 4), ${W}, ${G}, ${rest}[0, 0]`,
      () => conv2dInputGrad(g, w, attrs).slice([0, 0]),
      'tensor([[3., 0., 4., 0.], [2., 0., 4., 0.], [6., 0., 8., 0.], [3., 0., 6., 0.]])',
    ],
    [
      `${same}weight(arange(16.).reshape(1, 1, 4, 4), (1, 1, 2, 2), ${G}, ${rest}`,
      () => conv2dWeightGrad(x, g, attrs),
      'tensor([[[[44., 54.], [16., 22.]]]])',
    ],
  ]);

  it('are the two other faces of one trilinear form', () => {
    const y = conv2d(x, w, { stride: 2, padding: [1, 0], dilation: [1, 2] });
    const form = y.mul(g).sum().item();
    expect(conv2dInputGrad(g, w, attrs).mul(x).sum().item()).toBe(form);
    expect(conv2dWeightGrad(x, g, attrs).mul(w).sum().item()).toBe(form);
  });

  itRefuses(ShapeError, {
    "conv2dInputGrad: the output's gradient has shape [1, 1, 4, 4], it must be [1, 1, 3, 1]": () =>
      conv2dInputGrad(x, w, attrs),
    'conv2dInputGrad: the weight has shape [1, 1, 3, 1], it must be [1, 1, 2, 2]': () =>
      conv2dInputGrad(g, g, attrs),
    'conv2dInputGrad: input [1, 1, 4, 4] and weight [1, 1, 2, 2] do not fit with groups 2': () =>
      conv2dInputGrad(g, w, { ...attrs, groups: 2 }),
    'conv2dWeightGrad: the input has shape [1, 1, 2, 2], it must be [1, 1, 4, 4]': () =>
      conv2dWeightGrad(w, g, attrs),
    "conv2dWeightGrad: the output's gradient has shape [1, 1, 2, 2], it must be [1, 1, 3, 1]": () =>
      conv2dWeightGrad(x, w, attrs),
    'conv2dWeightGrad: takes input [N, C, H, W] and weight': () =>
      conv2dWeightGrad(x, g, { ...attrs, inputShape: [4, 4] }),
    'conv2dInputGrad: a shape is a list of whole numbers': () => conv2dInputGrad(g, w, untyped({})),
  });
  itRefuses(ArgumentError, {
    'conv2dInputGrad: stride is a whole number of at least 1': () =>
      conv2dInputGrad(g, w, { ...attrs, stride: [0, 1] }),
    'conv2dInputGrad: takes a tensor, got': () => conv2dInputGrad(untyped(1), w, attrs),
    'conv2dWeightGrad: padding is a whole number of at least 0': () =>
      conv2dWeightGrad(x, g, { ...attrs, padding: { top: 0, bottom: -1, left: 0, right: 0 } }),
    'conv2dInputGrad: takes its options as an object': () => conv2dInputGrad(g, w, untyped(undefined)),
    'conv2dWeightGrad: takes its options as an object': () =>
      conv2dWeightGrad(x, g, { ...attrs, padding: untyped(0) }),
  });
});
