/** The cross entropy of rows and its gradient; every printed form is what PyTorch 1.13 prints for the expression. */
import { describe, expect, it } from '@jest/globals';
import {
  ArgumentError,
  crossEntropyRows,
  crossEntropyRowsGrad,
  DTypeError,
  ShapeError,
  tensor,
  zeros,
} from '../../src/index.js';
import { itAgrees, itRefuses, untyped } from '../tables.js';

const int32 = { dtype: 'int32' } as const;
const float64 = { dtype: 'float64' } as const;
const x = tensor([
  [1, 2, 4],
  [3, -1, 0.5],
]);
const classes = tensor([2, 1], int32);
const none = tensor([], int32);

describe('crossEntropyRows', () => {
  itAgrees([
    [
      "F.cross_entropy(torch.tensor([[1., 2., 4.], [3., -1., 0.5]]), torch.tensor([2, 1]), reduction='none')",
      () => crossEntropyRows(x, classes),
      'tensor([0.1698, 4.0957])',
    ],
    [
      "F.cross_entropy(torch.tensor([[1000., -1000.]]), torch.tensor([1]), reduction='none')",
      () => crossEntropyRows(tensor([[1000, -1000]]), tensor([1], int32)),
      'tensor([2000.])',
    ],
    [
      "F.cross_entropy(torch.tensor([[-inf, 0.], [nan, 0.]]), torch.tensor([0, 1]), reduction='none')",
      () =>
        crossEntropyRows(
          tensor([
            [-Infinity, 0],
            [NaN, 0],
          ]),
          tensor([0, 1], int32),
        ),
      'tensor([inf, nan])',
    ],
    [
      "F.cross_entropy(torch.zeros(0, 3), torch.tensor([], dtype=torch.long), reduction='none')",
      () => crossEntropyRows(zeros([0, 3]), none),
      'tensor([])',
    ],
  ]);

  it('keeps float64', () => {
    // F.cross_entropy(torch.tensor([[0., 30.]], dtype=torch.float64), torch.tensor([0]))
    const loss = crossEntropyRows(tensor([[0, 30]], float64), tensor([0], int32));
    expect([loss.dtype, loss.item()]).toEqual(['float64', expect.closeTo(30.000000000000092, 13)]);
  });

  itRefuses(ShapeError, {
    'crossEntropyRows: takes logits [N, C] and classes [N], got [3] and [2]': () =>
      crossEntropyRows(tensor([1, 2, 3]), classes),
    'crossEntropyRows: takes logits [N, C] and classes [N], got [2, 3] and [0]': () =>
      crossEntropyRows(x, none),
    'crossEntropyRows: index 3 is out of range: it must be at least 0 and less than 3': () =>
      crossEntropyRows(x, tensor([0, 3], int32)),
  });
  itRefuses(DTypeError, {
    "crossEntropyRows: is not defined for int32. Convert with to('float32') first": () =>
      crossEntropyRows(x.to('int32'), classes),
    "crossEntropyRows: an index is int32, got float32. Convert with to('int32')": () =>
      crossEntropyRows(x, tensor([0, 1])),
  });
  itRefuses(ArgumentError, {
    'crossEntropyRows: takes a tensor, got [1]': () => crossEntropyRows(untyped([1]), classes),
    'crossEntropyRows: takes a tensor, got 1': () => crossEntropyRows(x, untyped(1)),
  });
});

describe('crossEntropyRowsGrad', () => {
  itAgrees([
    [
      '(torch.softmax(torch.tensor([[1., 2., 4.], [3., -1., 0.5]]), 1) - F.one_hot(torch.tensor([2, 1]), 3)) * torch.tensor([[1.], [-2.]])',
      () => crossEntropyRowsGrad(tensor([1, -2]), x, classes),
      'tensor([[0.0420, 0.1142, -0.1562], [-1.8175, 1.9667, -0.1492]])',
    ],
    [
      'torch.zeros(0, 3)',
      () => crossEntropyRowsGrad(zeros([0]), zeros([0, 3]), none),
      'tensor([], size=(0, 3))',
    ],
  ]);

  itRefuses(ShapeError, {
    'crossEntropyRowsGrad: there is one gradient for each loss, so they must be [2], got [3]': () =>
      crossEntropyRowsGrad(zeros([3]), x, classes),
    'crossEntropyRowsGrad: index -1 is out of range': () =>
      crossEntropyRowsGrad(zeros([2]), x, tensor([0, -1], int32)),
  });
  itRefuses(DTypeError, {
    'crossEntropyRowsGrad: the gradients are float64 and the logits float32. Convert one with to()': () =>
      crossEntropyRowsGrad(zeros([2], float64), x, classes),
  });
});
