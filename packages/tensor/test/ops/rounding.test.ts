/** Signs, squares and rounding; every printed form is what PyTorch 1.13 prints for the expression beside it. */
import { describe } from '@jest/globals';
import {
  ArgumentError,
  abs,
  ceil,
  DTypeError,
  exp,
  floor,
  neg,
  relu,
  round,
  sign,
  square,
  tensor,
} from '../../src/index.js';
import { itAgrees, itRefuses, untyped } from '../tables.js';

const int32 = { dtype: 'int32' } as const;
const float64 = { dtype: 'float64' } as const;

describe('signs, squares and rounding', () => {
  const mixed = tensor([-2.5, -0.5, -0, 0.5, 1.5, 2.5, NaN, -Infinity]);
  const whole = tensor([-2147483648, -3, 0, 70000], int32);
  itAgrees([
    [
      'torch.neg(torch.tensor([-2.5, -0.5, -0., 0.5, 1.5, 2.5, nan, -inf]))',
      () => neg(mixed),
      'tensor([2.5000, 0.5000, 0.0000, -0.5000, -1.5000, -2.5000, nan, inf])',
    ],
    [
      'torch.abs(torch.tensor([-2.5, -0.5, -0., 0.5, 1.5, 2.5, nan, -inf]))',
      () => abs(mixed),
      'tensor([2.5000, 0.5000, 0.0000, 0.5000, 1.5000, 2.5000, nan, inf])',
    ],
    [
      'torch.sign(torch.tensor([-2.5, -0.5, -0., 0.5, 1.5, 2.5, nan, -inf]))',
      () => sign(mixed),
      'tensor([-1., -1., 0., 1., 1., 1., 0., -1.])',
    ],
    [
      'torch.square(torch.tensor([-2.5, -0.5, -0., 0.5, 1.5, 2.5, nan, -inf]))',
      () => square(mixed),
      'tensor([6.2500, 0.2500, 0.0000, 0.2500, 2.2500, 6.2500, nan, inf])',
    ],
    [
      'torch.floor(torch.tensor([-2.5, -0.5, -0., 0.5, 1.5, 2.5, nan, -inf]))',
      () => floor(mixed),
      'tensor([-3., -1., -0., 0., 1., 2., nan, -inf])',
    ],
    [
      'torch.ceil(torch.tensor([-2.5, -0.5, -0., 0.5, 1.5, 2.5, nan, -inf]))',
      () => ceil(mixed),
      'tensor([-2., -0., -0., 1., 2., 3., nan, -inf])',
    ],
    [
      'torch.round(torch.tensor([-2.5, -0.5, -0., 0.5, 1.5, 2.5, nan, -inf]))',
      () => round(mixed),
      'tensor([-2., -0., -0., 0., 2., 2., nan, -inf])',
    ],
    [
      'torch.round(torch.tensor([-0.3, 3.5, 0.49999997, 8388609., 1e30]))',
      () => round(tensor([-0.3, 3.5, 0.49999997, 8388609, 1e30])),
      'tensor([-0.0000e+00, 4.0000e+00, 0.0000e+00, 8.3886e+06, 1.0000e+30])',
    ],
    [
      'torch.neg(torch.tensor([-2147483648, -3, 0, 70000], dtype=torch.int32)).long()',
      () => neg(whole),
      'tensor([-2147483648, 3, 0, -70000])',
    ],
    [
      'torch.abs(torch.tensor([-2147483648, -3, 0, 70000], dtype=torch.int32)).long()',
      () => abs(whole),
      'tensor([-2147483648, 3, 0, 70000])',
    ],
    [
      'torch.sign(torch.tensor([-2147483648, -3, 0, 70000], dtype=torch.int32)).long()',
      () => sign(whole),
      'tensor([-1, -1, 0, 1])',
    ],
    [
      'torch.square(torch.tensor([-2147483648, -3, 0, 70000], dtype=torch.int32)).long()',
      () => square(whole),
      'tensor([0, 9, 0, 605032704])',
    ],
    [
      'torch.floor(torch.tensor([-2147483648, -3, 0, 70000], dtype=torch.int32)).long()',
      () => floor(whole),
      'tensor([-2147483648, -3, 0, 70000])',
    ],
    [
      'torch.relu(torch.tensor([-2147483648, -3, 0, 70000], dtype=torch.int32)).long()',
      () => relu(whole),
      'tensor([0, 0, 0, 70000])',
    ],
    ['torch.sign(torch.tensor([True, False]))', () => sign(tensor([true, false])), 'tensor([True, False])'],
    [
      'torch.round(torch.tensor([0.5, -1.5], dtype=torch.float64))',
      () => round(tensor([0.5, -1.5], float64)),
      'tensor([0., -2.], dtype=float64)',
    ],
    ['torch.abs(torch.tensor(-3))', () => abs(-3), 'tensor(3)'],
  ]);

  const truth = tensor([true]);
  itRefuses(DTypeError, {
    "neg: is not defined for bool. Convert with to('int32'), or use logicalNot": () => neg(truth),
    "abs: is not defined for bool. Convert with to('int32')": () => abs(truth),
    'square: is not defined for bool': () => square(truth),
    'floor: is not defined for bool': () => floor(truth),
    'ceil: is not defined for bool': () => ceil(truth),
    'round: is not defined for bool': () => round(truth),
    'relu: is not defined for bool': () => relu(truth),
  });
  itRefuses(ArgumentError, {
    'exp: takes tensors and numbers, got [1]. Make a tensor of it with tensor(...)': () => exp(untyped([1])),
  });
});
