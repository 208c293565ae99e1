/** Means, variances, norms; every printed form is what PyTorch 1.13 prints for the expression beside it. */
import { describe, expect, it } from '@jest/globals';
import {
  ArgumentError,
  DTypeError,
  logsumexp,
  mean,
  norm,
  ShapeError,
  std,
  stopGradient,
  tensor,
  variance,
  zeros,
} from '../../src/index.js';
import { itAgrees, itRefuses, untyped } from '../tables.js';

const int32 = { dtype: 'int32' } as const;
const float64 = { dtype: 'float64' } as const;
const keepdim = { keepdim: true } as const;
const x = tensor([
  [1, 2, 4],
  [3, -1, 0.5],
]);

describe('mean', () => {
  itAgrees([
    ['torch.mean(torch.tensor([[1., 2., 4.], [3., -1., 0.5]]))', () => mean(x), 'tensor(1.5833)'],
    [
      'torch.mean(torch.tensor([[1., 2., 4.], [3., -1., 0.5]]), 0)',
      () => mean(x, 0),
      'tensor([2.0000, 0.5000, 2.2500])',
    ],
    [
      'torch.mean(torch.tensor([[1., 2., 4.], [3., -1., 0.5]]), (0, -1), keepdim=True)',
      () => mean(x, [0, -1], keepdim),
      'tensor([[1.5833]])',
    ],
    ['torch.mean(torch.tensor(3.))', () => mean(tensor(3)), 'tensor(3.)'],
    ['torch.mean(torch.zeros(2, 0), 1)', () => mean(zeros([2, 0]), 1), 'tensor([nan, nan])'],
    ['torch.mean(torch.zeros(0, 2), 1)', () => mean(zeros([0, 2]), 1), 'tensor([])'],
    ['torch.mean(torch.tensor([1., nan, inf]))', () => mean(tensor([1, NaN, Infinity])), 'tensor(nan)'],
    [
      'torch.mean(torch.tensor([1., 2.], dtype=torch.float64))',
      () => mean(tensor([1, 2], float64)),
      'tensor(1.5000, dtype=float64)',
    ],
  ]);
});

describe('variance and standard deviation', () => {
  itAgrees([
    ['torch.var(torch.tensor([[1., 2., 4.], [3., -1., 0.5]]))', () => variance(x), 'tensor(3.2417)'],
    [
      'torch.var(torch.tensor([[1., 2., 4.], [3., -1., 0.5]]), 1)',
      () => variance(x, 1),
      'tensor([2.3333, 4.0833])',
    ],
    [
      'torch.var(torch.tensor([[1., 2., 4.], [3., -1., 0.5]]), 1, unbiased=False, keepdim=True)',
      () => variance(x, 1, { correction: 0, keepdim: true }),
      'tensor([[1.5556], [2.7222]])',
    ],
    [
      'torch.var(torch.tensor([[1., 2., 4.], [3., -1., 0.5]]), 1, correction=3)',
      () => variance(x, 1, { correction: 3 }),
      'tensor([inf, inf])',
    ],
    [
      'torch.std(torch.tensor([[1., 2., 4.], [3., -1., 0.5]]), (0, 1))',
      () => std(x, [0, 1]),
      'tensor(1.8005)',
    ],
    [
      'torch.std(torch.tensor([[1., 2., 4.], [3., -1., 0.5]]), -1, correction=0)',
      () => std(x, -1, { correction: 0 }),
      'tensor([1.2472, 1.6499])',
    ],
    ['torch.var(torch.tensor(2.))', () => variance(tensor(2)), 'tensor(nan)'],
    ['torch.std(torch.tensor([[2.], [3.]]), 1)', () => std(tensor([[2], [3]]), 1), 'tensor([nan, nan])'],
    ['torch.var(torch.zeros(0))', () => variance(zeros([0])), 'tensor(nan)'],
    ['torch.var(torch.tensor([1., nan]))', () => variance(tensor([1, NaN])), 'tensor(nan)'],
    ['torch.std(torch.tensor([1., inf]))', () => std(tensor([1, Infinity])), 'tensor(nan)'],
    [
      'torch.var(torch.tensor([1., 3.], dtype=torch.float64))',
      () => variance(tensor([1, 3], float64)),
      'tensor(2., dtype=float64)',
    ],
  ]);

  it('is exact next to a mean that float32 cannot hold', () => {
    // torch.var(torch.tensor([16777216., 16777218.], dtype=torch.float64))
    expect(variance(tensor([16777216, 16777218])).item()).toBe(2);
    // torch.var(torch.tensor([1e8, 1e8 + 8, 1e8 + 16, 1e8 + 32], dtype=torch.float64))
    expect(variance(tensor([1e8, 1e8 + 8, 1e8 + 16, 1e8 + 32])).item()).toBeCloseTo(560 / 3, 4);
    // torch.std(torch.tensor([1e9 - 1, 1e9 + 1], dtype=torch.float64))
    expect(std(tensor([1e9 - 1, 1e9 + 1], float64)).item()).toBeCloseTo(Math.SQRT2, 14);
  });

  it('is exactly 0 where all values are equal', () => {
    const equal = new Array(7).fill(0.1);
    expect([variance(tensor(equal)).item(), std(tensor(equal, float64)).item()]).toEqual([0, 0]);
  });

  it('holds for values so small that their squares are denormal', () => {
    expect(std(tensor([1e-20, 3e-20])).item() / 1e-20).toBeCloseTo(Math.SQRT2, 3);
  });

  itRefuses(ArgumentError, {
    'variance: the correction is a finite number, got NaN': () => variance(x, 0, { correction: NaN }),
    'std: the correction is a finite number, got "1"': () => std(x, 0, { correction: untyped('1') }),
  });
});

describe('norm', () => {
  const vector = tensor([3, -4, 0, 1]);
  const odd = tensor([
    [0, 0],
    [Infinity, -1],
    [NaN, 0],
    [-Infinity, Infinity],
  ]);
  itAgrees([
    ['torch.linalg.vector_norm(torch.tensor([3., -4., 0., 1.]))', () => norm(vector), 'tensor(5.0990)'],
    [
      'torch.linalg.vector_norm(torch.tensor([[1., 2., 4.], [3., -1., 0.5]]), dim=0)',
      () => norm(x, 0),
      'tensor([3.1623, 2.2361, 4.0311])',
    ],
    [
      'torch.linalg.vector_norm(torch.tensor([[1., 2., 4.], [3., -1., 0.5]]), 1, (0, 1), keepdim=True)',
      () => norm(x, [0, 1], { p: 1, keepdim: true }),
      'tensor([[11.5000]])',
    ],
    [
      'torch.linalg.vector_norm(torch.tensor([3., -4., 0., 1.]), 0)',
      () => norm(vector, 0, { p: 0 }),
      'tensor(3.)',
    ],
    [
      'torch.linalg.vector_norm(torch.tensor([3., -4., 0., 1.]), 0.5)',
      () => norm(vector, 0, { p: 0.5 }),
      'tensor(22.3923)',
    ],
    [
      'torch.linalg.vector_norm(torch.tensor([3., -4., 0., 1.]), 3)',
      () => norm(vector, 0, { p: 3 }),
      'tensor(4.5144)',
    ],
    [
      'torch.linalg.vector_norm(torch.tensor([3., -4., 0., 1.]), inf)',
      () => norm(vector, 0, { p: Infinity }),
      'tensor(4.)',
    ],
    [
      'torch.linalg.vector_norm(torch.tensor([3., -4., 0., 1.]), -inf)',
      () => norm(vector, 0, { p: -Infinity }),
      'tensor(0.)',
    ],
    [
      'torch.linalg.vector_norm(torch.tensor([3., -4., 2., 1.]), -1)',
      () => norm(tensor([3, -4, 2, 1]), 0, { p: -1 }),
      'tensor(0.4800)',
    ],
    [
      'torch.linalg.vector_norm(torch.tensor([[0., 0.], [inf, -1.], [nan, 0.], [-inf, inf]]), 2, 1)',
      () => norm(odd, 1),
      'tensor([0., inf, nan, inf])',
    ],
    [
      'torch.linalg.vector_norm(torch.tensor([[0., 0.], [inf, -1.], [nan, 0.], [-inf, inf]]), 1, 1)',
      () => norm(odd, 1, { p: 1 }),
      'tensor([0., inf, nan, inf])',
    ],
    [
      'torch.linalg.vector_norm(torch.tensor([[0., 0.], [inf, -1.], [nan, 0.], [-inf, inf]]), 0, 1)',
      () => norm(odd, 1, { p: 0 }),
      'tensor([0., 2., 1., 2.])',
    ],
    [
      'torch.linalg.vector_norm(torch.tensor([[0., 0.], [inf, -1.], [nan, 0.], [-inf, inf]]), 0.5, 1)',
      () => norm(odd, 1, { p: 0.5 }),
      'tensor([0., inf, nan, inf])',
    ],
    [
      'torch.linalg.vector_norm(torch.tensor([[0., 0.], [inf, -1.], [nan, 0.], [-inf, inf]]), 3, 1)',
      () => norm(odd, 1, { p: 3 }),
      'tensor([0., inf, nan, inf])',
    ],
    [
      'torch.linalg.vector_norm(torch.tensor([[0., 0.], [inf, -1.], [nan, 0.], [-inf, inf]]), inf, 1)',
      () => norm(odd, 1, { p: Infinity }),
      'tensor([0., inf, nan, inf])',
    ],
    [
      'torch.linalg.vector_norm(torch.tensor([[0., 0.], [inf, -1.], [nan, 0.], [-inf, inf]]), -inf, 1)',
      () => norm(odd, 1, { p: -Infinity }),
      'tensor([0., 1., nan, inf])',
    ],
    [
      'torch.linalg.vector_norm(torch.tensor([[0., 0.], [inf, -1.], [nan, 0.], [-inf, inf]]), -1, 1)',
      () => norm(odd, 1, { p: -1 }),
      'tensor([0., 1., nan, inf])',
    ],
    [
      'torch.linalg.vector_norm(torch.tensor([-2.], dtype=torch.float64))',
      () => norm(tensor([-2], float64)),
      'tensor(2., dtype=float64)',
    ],
    ['torch.linalg.vector_norm(torch.tensor(-2.))', () => norm(tensor(-2)), 'tensor(2.)'],
    ['torch.linalg.vector_norm(torch.zeros(0))', () => norm(zeros([0])), 'tensor(0.)'],
    [
      'torch.linalg.vector_norm(torch.zeros(2, 0), 3, 1)',
      () => norm(zeros([2, 0]), 1, { p: 3 }),
      'tensor([0., 0.])',
    ],
  ]);

  itRefuses(ShapeError, {
    'norm: axis 0 of [0] has length 0, and nothing has no norm': () => norm(zeros([0]), 0, { p: Infinity }),
    'norm: axis 1 of [2, 0] has length 0': () => norm(zeros([2, 0]), -1, { p: -2 }),
  });
  itRefuses(ArgumentError, {
    'norm: the order p is a number, got NaN': () => norm(x, 0, { p: NaN }),
    'norm: the order p is a number, got "fro"': () => norm(x, 0, { p: untyped('fro') }),
  });
});

describe('logsumexp', () => {
  const rows = tensor([
    [-Infinity, -Infinity],
    [Infinity, 1],
    [Infinity, -Infinity],
    [NaN, Infinity],
    [-Infinity, 2],
  ]);
  itAgrees([
    [
      'torch.logsumexp(torch.tensor([[1., 2., 4.], [3., -1., 0.5]]), 1)',
      () => logsumexp(x, 1),
      'tensor([4.1698, 3.0957])',
    ],
    [
      'torch.logsumexp(torch.tensor([[1., 2., 4.], [3., -1., 0.5]]), (0, 1), keepdim=True)',
      () => logsumexp(x, [0, 1], keepdim),
      'tensor([[4.4637]])',
    ],
    [
      'torch.logsumexp(torch.tensor([[-inf, -inf], [inf, 1.], [inf, -inf], [nan, inf], [-inf, 2.]]), 1)',
      () => logsumexp(rows, 1),
      'tensor([-inf, inf, inf, nan, 2.])',
    ],
    [
      'torch.logsumexp(torch.tensor([1000., 1000.]), 0)',
      () => logsumexp(tensor([1000, 1000])),
      'tensor(1000.6932)',
    ],
    [
      'torch.logsumexp(torch.tensor([-1000., -1000.]), 0)',
      () => logsumexp(tensor([-1000, -1000]), 0),
      'tensor(-999.3068)',
    ],
    ['torch.logsumexp(torch.tensor(3.), 0)', () => logsumexp(tensor(3), 0), 'tensor(3.)'],
    ['torch.logsumexp(torch.zeros(0), 0)', () => logsumexp(zeros([0])), 'tensor(-inf)'],
    [
      'torch.logsumexp(torch.zeros(2, 0), 1, keepdim=True)',
      () => logsumexp(zeros([2, 0]), 1, keepdim),
      'tensor([[-inf], [-inf]])',
    ],
    ['torch.logsumexp(torch.zeros(0, 2), 1)', () => logsumexp(zeros([0, 2]), 1), 'tensor([])'],
    ['torch.logsumexp(torch.tensor([1, 2]), 0)', () => logsumexp(tensor([1, 2], int32), 0), 'tensor(2.3133)'],
  ]);
});

describe('what all of them refuse, in their own name', () => {
  const whole = tensor([1, 2], int32);
  itRefuses(DTypeError, {
    "mean: is not defined for int32. Convert with to('float32') first": () => mean(whole),
    "variance: is not defined for int32. Convert with to('float32') first": () => variance(whole),
    "std: is not defined for bool. Convert with to('float32') first": () => std(tensor([true])),
    "norm: is not defined for int32. Convert with to('float32') first": () => norm(whole),
  });
  itRefuses(ShapeError, {
    'mean: axis 2 does not exist in a tensor with 2 dimensions': () => mean(x, 2),
    'variance: axes [0, 0] name the same axis twice': () => variance(x, [0, 0]),
    'std: axis -3 does not exist': () => std(x, -3),
    'norm: axis 2 does not exist': () => norm(x, [2]),
    'logsumexp: axis 2 does not exist': () => logsumexp(x, 2),
  });
  itRefuses(ArgumentError, {
    'mean: takes a tensor, got [1, 2]': () => mean(untyped([1, 2])),
    'logsumexp: takes a tensor, got 1': () => logsumexp(untyped(1)),
    'mean: takes its options as an object': () => mean(x, 0, untyped(true)),
    'std: takes its options as an object': () => std(x, 0, untyped(false)),
    'norm: takes its options as an object': () => norm(x, 0, untyped(2)),
    'logsumexp: takes its options as an object': () => logsumexp(x, 0, untyped(null)),
  });
});

describe('stopGradient', () => {
  it('has the values of its input', () => {
    expect(stopGradient(x).tolist()).toEqual(x.tolist());
  });

  itRefuses(ArgumentError, { 'stopGradient: takes a tensor, got 1': () => stopGradient(untyped(1)) });
});
