/** Running sums, softmax, layer normalisation; every printed form is what PyTorch 1.13 prints for the expression. */
import { describe, expect, it } from '@jest/globals';
import {
  ArgumentError,
  cumsum,
  DTypeError,
  layerNorm,
  layerNormGrad,
  logSoftmax,
  ShapeError,
  softmax,
  tensor,
  zeros,
} from '../../src/index.js';
import { counting, itAgrees, itRefuses, untyped } from '../tables.js';

const int32 = { dtype: 'int32' } as const;
const float64 = { dtype: 'float64' } as const;
const x = tensor([
  [1, 2, 4],
  [3, -1, 0.5],
]);

describe('cumsum', () => {
  itAgrees([
    [
      'torch.cumsum(torch.tensor([[1., 2., 4.], [3., -1., 0.5]]), 0)',
      () => cumsum(x, 0),
      'tensor([[1.0000, 2.0000, 4.0000], [4.0000, 1.0000, 4.5000]])',
    ],
    [
      'torch.cumsum(torch.tensor([[1., 2., 4.], [3., -1., 0.5]]), -1)',
      () => cumsum(x, -1),
      'tensor([[1.0000, 3.0000, 7.0000], [3.0000, 2.0000, 2.5000]])',
    ],
    [
      'torch.cumsum(torch.arange(12).reshape(2, 3, 2), 1)',
      () => cumsum(counting([2, 3, 2]), 1),
      'tensor([[[0, 1], [2, 4], [6, 9]], [[6, 7], [14, 16], [24, 27]]])',
    ],
    [
      'torch.cumsum(torch.tensor([True, False, True]), 0)',
      () => cumsum(tensor([true, false, true]), 0),
      'tensor([1, 1, 2])',
    ],
    [
      'torch.cumsum(torch.tensor([2147483647, 1, 1]), 0, dtype=torch.int32).long()',
      () => cumsum(tensor([2147483647, 1, 1], int32), 0),
      'tensor([2147483647, -2147483648, -2147483647])',
    ],
    [
      'torch.cumsum(torch.tensor([1., nan, inf]), 0)',
      () => cumsum(tensor([1, NaN, Infinity]), 0),
      'tensor([1., nan, nan])',
    ],
    [
      'torch.cumsum(torch.tensor([1., inf, -inf, 1.]), 0)',
      () => cumsum(tensor([1, Infinity, -Infinity, 1]), 0),
      'tensor([1., inf, nan, nan])',
    ],
    ['torch.cumsum(torch.tensor(3.), 0)', () => cumsum(tensor(3), 0), 'tensor(3.)'],
    ['torch.cumsum(torch.zeros(2, 0), 1)', () => cumsum(zeros([2, 0]), 1), 'tensor([], size=(2, 0))'],
    [
      'torch.cumsum(torch.tensor([1., 2.], dtype=torch.float64), 0)',
      () => cumsum(tensor([1, 2], float64), 0),
      'tensor([1., 3.], dtype=float64)',
    ],
  ]);

  it('adds up in double precision', () => {
    // torch.cumsum(torch.tensor([16777216., 1., 1.]), 0)
    expect(cumsum(tensor([2 ** 24, 1, 1]), 0).tolist()).toEqual([2 ** 24, 2 ** 24, 2 ** 24 + 2]);
  });

  itRefuses(ShapeError, {
    'cumsum: axis 2 does not exist in a tensor with 2 dimensions; it must be from -2 to 1': () =>
      cumsum(x, 2),
    'cumsum: axis undefined does not exist': () => cumsum(x, untyped(undefined)),
  });
  itRefuses(ArgumentError, { 'cumsum: takes a tensor, got [1]': () => cumsum(untyped([1]), 0) });
});

describe('softmax and logSoftmax', () => {
  const infinite = tensor([
    [-Infinity, 0],
    [-Infinity, -Infinity],
    [Infinity, 0],
    [NaN, 0],
  ]);
  itAgrees([
    [
      'torch.softmax(torch.tensor([[1., 2., 4.], [3., -1., 0.5]]), -1)',
      () => softmax(x),
      'tensor([[0.0420, 0.1142, 0.8438], [0.9088, 0.0166, 0.0746]])',
    ],
    [
      'torch.softmax(torch.tensor([[1., 2., 4.], [3., -1., 0.5]]), 0)',
      () => softmax(x, 0),
      'tensor([[0.1192, 0.9526, 0.9707], [0.8808, 0.0474, 0.0293]])',
    ],
    [
      'torch.log_softmax(torch.tensor([[1., 2., 4.], [3., -1., 0.5]]), 1)',
      () => logSoftmax(x, 1),
      'tensor([[-3.1698, -2.1698, -0.1698], [-0.0957, -4.0957, -2.5957]])',
    ],
    [
      'torch.log_softmax(torch.tensor([[1., 2., 4.], [3., -1., 0.5]]), -2)',
      () => logSoftmax(x, -2),
      'tensor([[-2.1269, -0.0486, -0.0298], [-0.1269, -3.0486, -3.5298]])',
    ],
    [
      'torch.softmax(torch.arange(8.).reshape(2, 2, 2), 1)',
      () => softmax(counting([2, 2, 2]).to('float32'), 1),
      'tensor([[[0.1192, 0.1192], [0.8808, 0.8808]], [[0.1192, 0.1192], [0.8808, 0.8808]]])',
    ],
    [
      'torch.softmax(torch.tensor([[-inf, 0.], [-inf, -inf], [inf, 0.], [nan, 0.]]), 1)',
      () => softmax(infinite),
      'tensor([[0., 1.], [nan, nan], [nan, nan], [nan, nan]])',
    ],
    [
      'torch.log_softmax(torch.tensor([[-inf, 0.], [-inf, -inf], [inf, 0.], [nan, 0.]]), 1)',
      () => logSoftmax(infinite),
      'tensor([[-inf, 0.], [nan, nan], [nan, nan], [nan, nan]])',
    ],
    [
      'torch.softmax(torch.tensor([1000., 1001., -1000.]), 0)',
      () => softmax(tensor([1000, 1001, -1000])),
      'tensor([0.2689, 0.7311, 0.0000])',
    ],
    [
      'torch.log_softmax(torch.tensor([1e10, 1e10, -1e10], dtype=torch.float64), 0)',
      () => logSoftmax(tensor([1e10, 1e10, -1e10], float64)),
      'tensor([-6.9315e-01, -6.9315e-01, -2.0000e+10], dtype=float64)',
    ],
    ['torch.softmax(torch.tensor(3.), 0)', () => softmax(tensor(3)), 'tensor(1.)'],
    ['torch.log_softmax(torch.tensor(3.), 0)', () => logSoftmax(tensor(3), 0), 'tensor(0.)'],
    ['torch.softmax(torch.zeros(2, 0), 1)', () => softmax(zeros([2, 0])), 'tensor([], size=(2, 0))'],
    ['torch.log_softmax(torch.zeros(0, 2), 1)', () => logSoftmax(zeros([0, 2])), 'tensor([], size=(0, 2))'],
  ]);

  it('keeps small probabilities', () => {
    // torch.log_softmax(torch.tensor([0., 30.], dtype=torch.float64), 0)
    const [low, high] = logSoftmax(tensor([0, 30], float64)).dataSync();
    expect([low, high! / -9.357622968839299e-14]).toEqual([-30.000000000000092, expect.closeTo(1, 2)]);
  });

  itRefuses(DTypeError, {
    "softmax: is not defined for int32. Convert with to('float32') first": () => softmax(tensor([1], int32)),
    "logSoftmax: is not defined for bool. Convert with to('float32') first": () => logSoftmax(tensor([true])),
  });
  itRefuses(ShapeError, {
    'softmax: axis 2 does not exist in a tensor with 2 dimensions': () => softmax(x, 2),
    'logSoftmax: axis -3 does not exist': () => logSoftmax(x, -3),
  });
  itRefuses(ArgumentError, { 'softmax: takes a tensor, got 1': () => softmax(untyped(1)) });
});

describe('layerNorm', () => {
  const weight = tensor([1, 2, 0.5]);
  const bias = tensor([0, 1, -1]);
  itAgrees([
    [
      'F.layer_norm(torch.tensor([[1., 2., 4.], [3., -1., 0.5]]), [3])',
      () => layerNorm(x, [3]),
      'tensor([[-1.0690, -0.2673, 1.3363], [1.3132, -1.1112, -0.2020]])',
    ],
    [
      'F.layer_norm(torch.tensor([[1., 2., 4.], [3., -1., 0.5]]), [2, 3])',
      () => layerNorm(x, [2, 3]),
      'tensor([[-0.3549, 0.2535, 1.4704], [0.8619, -1.5718, -0.6591]])',
    ],
    [
      'F.layer_norm(torch.tensor([[1., 2., 4.], [3., -1., 0.5]]), [3], torch.tensor([1., 2., 0.5]), torch.tensor([0., 1., -1.]))',
      () => layerNorm(x, [3], { weight, bias }),
      'tensor([[-1.0690, 0.4655, -0.3318], [1.3132, -1.2223, -1.1010]])',
    ],
    [
      'F.layer_norm(torch.tensor([[1., 2., 4.], [3., -1., 0.5]]), [3], bias=torch.tensor([0., 1., -1.]), eps=1)',
      () => layerNorm(x, [3], { weight: null, bias, eps: 1 }),
      'tensor([[-0.8341, 0.7915, 0.0426], [1.1230, 0.0497, -1.1728]])',
    ],
    [
      'F.layer_norm(torch.arange(8.).reshape(2, 2, 2), [2, 2])',
      () => layerNorm(counting([2, 2, 2]).to('float32'), [2, 2]),
      'tensor([[[-1.3416, -0.4472], [0.4472, 1.3416]], [[-1.3416, -0.4472], [0.4472, 1.3416]]])',
    ],
    ['F.layer_norm(torch.tensor([5., 5.]), [2])', () => layerNorm(tensor([5, 5]), [2]), 'tensor([0., 0.])'],
    [
      'F.layer_norm(torch.tensor([1., nan, 2.]), [3])',
      () => layerNorm(tensor([1, NaN, 2]), [3]),
      'tensor([nan, nan, nan])',
    ],
    [
      'F.layer_norm(torch.tensor([1., 3.], dtype=torch.float64), [2])',
      () => layerNorm(tensor([1, 3], float64), [2]),
      'tensor([-1.0000, 1.0000], dtype=float64)',
    ],
    ['F.layer_norm(torch.zeros(0, 3), [3])', () => layerNorm(zeros([0, 3]), [3]), 'tensor([], size=(0, 3))'],
  ]);

  it('normalises next to a mean that float32 cannot hold', () => {
    // F.layer_norm(torch.tensor([16777216., 16777218.], dtype=torch.float64), [2], eps=0)
    expect(layerNorm(tensor([16777216, 16777218]), [2], { eps: 0 }).tolist()).toEqual([-1, 1]);
  });

  itRefuses(ShapeError, {
    "layerNorm: the normalised shape holds the lengths of x's last axes, at least one; [2, 3] does not end in [2]":
      () => layerNorm(x, [2]),
    "layerNorm: the normalised shape holds the lengths of x's last axes, at least one; [2, 3] does not end in []":
      () => layerNorm(x, []),
    'layerNorm: the weight has shape [2], it must be [3], the normalised shape': () =>
      layerNorm(x, [3], { weight: tensor([1, 2]) }),
    'layerNorm: the bias has shape [1, 3], it must be [3]': () =>
      layerNorm(x, [3], { bias: tensor([[1, 2, 3]]) }),
    'layerNorm: a shape is a list of whole numbers of at least 0, got 3. Write [3]': () =>
      layerNorm(x, untyped(3)),
  });
  itRefuses(DTypeError, {
    "layerNorm: is not defined for int32. Convert with to('float32') first": () =>
      layerNorm(tensor([1], int32), [1]),
    'layerNorm: the weight is float64 and x is float32. Convert one with to()': () =>
      layerNorm(x, [3], { weight: weight.to('float64') }),
  });
  itRefuses(ArgumentError, {
    'layerNorm: eps is a finite number of at least 0, got NaN': () => layerNorm(x, [3], { eps: NaN }),
    'layerNorm: eps is a finite number of at least 0, got -1': () => layerNorm(x, [3], { eps: -1 }),
    'layerNorm: eps is a finite number of at least 0, got Infinity': () =>
      layerNorm(x, [3], { eps: Infinity }),
    'layerNorm: takes a tensor, got [1, 2, 3]': () => layerNorm(x, [3], { bias: untyped([1, 2, 3]) }),
    'layerNorm: takes its options as an object, { name: value }, got a Tensor': () =>
      layerNorm(x, [3], untyped(weight)),
  });
});

describe('layerNormGrad', () => {
  const attrs = { axes: 1, eps: 1e-5 };
  itAgrees([
    [
      'y = F.layer_norm(x, [3]); torch.autograd.grad(y, x, torch.tensor([[1., 0., 0.], [0., 2., -1.]]))',
      () =>
        layerNormGrad(
          tensor([
            [1, 0, 0],
            [0, 2, -1],
          ]),
          x,
          attrs,
        ),
      'tensor([[0.2291, -0.3436, 0.1145], [0.3340, 0.5566, -0.8906]])',
    ],
    [
      'torch.zeros(0, 3)',
      () => layerNormGrad(zeros([0, 3]), zeros([0, 3]), attrs),
      'tensor([], size=(0, 3))',
    ],
  ]);

  itRefuses(ShapeError, {
    "layerNormGrad: the gradient has shape [3], it must be [2, 3], x's shape": () =>
      layerNormGrad(zeros([3]), x, attrs),
  });
  itRefuses(DTypeError, {
    'layerNormGrad: the gradient is float64 and x is float32. Convert one with to()': () =>
      layerNormGrad(zeros([2, 3], float64), x, attrs),
    "layerNormGrad: is not defined for int32. Convert with to('float32') first": () =>
      layerNormGrad(x, x.to('int32'), attrs),
  });
});
