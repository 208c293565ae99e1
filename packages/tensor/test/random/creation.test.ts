/** Random tensors: every printed form is what PyTorch 1.13 prints for the expression beside it. */
import { describe, expect, it } from '@jest/globals';
import {
  ArgumentError,
  bernoulli,
  DeviceError,
  DTypeError,
  Generator,
  manualSeed,
  normal,
  rand,
  randint,
  randn,
  randperm,
  ShapeError,
  truncNormal,
  uniform,
} from '../../src/index.js';
import { itAgrees, itRefuses, untyped } from '../tables.js';

const float64 = { dtype: 'float64' } as const;

/** What f gives after `manualSeed(42)`. */
function seeded<T>(f: () => T): () => T {
  return () => {
    manualSeed(42);
    return f();
  };
}

describe('random tensors', () => {
  const S = 'torch.manual_seed(42) and ';
  itAgrees([
    [`${S}torch.rand(3)`, seeded(() => rand([3])), 'tensor([0.8823, 0.9150, 0.3829])'],
    [
      `${S}torch.rand(1, 2, dtype=torch.float64)`,
      seeded(() => rand([1, 2], float64)),
      'tensor([[0.0582, 0.0629]], dtype=float64)',
    ],
    [`${S}torch.rand(())`, seeded(() => rand([])), 'tensor(0.8823)'],
    [`${S}torch.rand(0, 2)`, seeded(() => rand([0, 2])), 'tensor([], size=(0, 2))'],
    [
      `${S}torch.empty(3).uniform_(-1, 1)`,
      seeded(() => uniform([3], -1, 1)),
      'tensor([0.7645, 0.8300, -0.2343])',
    ],
    [`${S}torch.randn(3)`, seeded(() => randn([3])), 'tensor([0.3367, 0.1288, 0.2345])'],
    [
      `${S}torch.randn(2, dtype=torch.float64)`,
      seeded(() => randn([2], float64)),
      'tensor([0.3367, 0.1288], dtype=float64)',
    ],
    [`${S}torch.empty(2).normal_(10, 2)`, seeded(() => normal([2], 10, 2)), 'tensor([10.6734, 10.2576])'],
    [`${S}torch.randint(-5, 5, (4,))`, seeded(() => randint([4], -5, 5)), 'tensor([-3, 2, 1, -1])'],
    [
      `${S}torch.randint(0, 2, (3,), dtype=torch.bool)`,
      seeded(() => randint([3], 0, 2, { dtype: 'bool' })),
      'tensor([False, True, False])',
    ],
    [`${S}torch.randperm(5)`, seeded(() => randperm(5)), 'tensor([2, 4, 3, 0, 1])'],
    [
      `${S}torch.randperm(3, dtype=torch.float32)`,
      seeded(() => randperm(3, { dtype: 'float32' })),
      'tensor([0., 2., 1.])',
    ],
    [`${S}torch.randperm(0).float()`, seeded(() => randperm(0, { dtype: 'float32' })), 'tensor([])'],
    [`${S}torch.empty(5).bernoulli_(0)`, seeded(() => bernoulli([5], 0)), 'tensor([0., 0., 0., 0., 0.])'],
    [`${S}torch.empty(2).bernoulli_(1)`, seeded(() => bernoulli([2], 1)), 'tensor([1., 1.])'],
  ]);

  it('come from the generator that is named, and leave the default one alone', () => {
    const generator = new Generator(42);
    manualSeed(7);
    const first = rand([3], { generator });
    const ours = rand([3]);
    manualSeed(42);
    expect(rand([3]).tolist()).toEqual(first.tolist());
    manualSeed(7);
    expect(rand([3]).tolist()).toEqual(ours.tolist());
  });

  it('draw ones as often as the probability says', () => {
    manualSeed(0);
    expect(bernoulli([10000], 0.3).mean().item()).toBeCloseTo(0.3, 1);
  });

  itRefuses(ShapeError, {
    'rand: a shape is a list of whole numbers of at least 0, got [NaN]': () => rand([NaN]),
    'randn: a shape is a list of whole numbers of at least 0, got 3. Write [3]': () => randn(untyped(3)),
    'uniform: a shape is a list of whole numbers of at least 0, got [-1]': () => uniform([-1], 0, 1),
    'randint: a shape is a list of whole numbers of at least 0, got [0.5]': () => randint([0.5], 0, 1),
    'randperm: a shape is a list of whole numbers of at least 0, got [-1]': () => randperm(-1),
    'bernoulli: [100000, 100000] has 10000000000 elements': () => bernoulli([1e5, 1e5], 0.5),
  });
  itRefuses(DTypeError, {
    'rand: draws floats, not int32. Use randint for integers': () => rand([1], { dtype: 'int32' }),
    'bernoulli: draws floats, not bool': () => bernoulli([1], 0.5, { dtype: 'bool' }),
    'randn: there is no dtype "half"; known:': () => randn([1], untyped({ dtype: 'half' })),
    'randint: there is no dtype "int64"; known:': () => randint([1], 0, 1, untyped({ dtype: 'int64' })),
    'randperm: is not defined for bool': () => randperm(2, { dtype: 'bool' }),
  });
  itRefuses(ArgumentError, {
    'uniform: no interval of float32 goes from 1 to 0': () => uniform([1], 1, 0),
    'uniform: no interval of float32 goes from NaN to 1': () => uniform([1], NaN, 1),
    'normal: no normal distribution has mean = 0 and std = -1': () => normal([1], 0, -1),
    'truncNormal: no normal distribution has mean = 0, std = 0': () => truncNormal([1], 0, 0, -1, 1),
    'normal: no normal distribution has mean = NaN': () => normal([1], NaN, 1),
    'randint: no int32 lies in [3, 3)': () => randint([1], 3, 3),
    'randint: no int32 lies in [0, 1099511627776)': () => randint([1], 0, 2 ** 40),
    'randint: no bool lies in [0, 5)': () => randint([1], 0, 5, { dtype: 'bool' }),
    'bernoulli: p is 1.5, and not a probability': () => bernoulli([1], 1.5),
    'rand: draws from a Generator, got 42. Make one with new Generator(seed)': () =>
      rand([1], untyped({ generator: 42 })),
    'randperm: draws from a Generator, got null': () => randperm(2, untyped({ generator: null })),
    'randn: takes its options as an object, { name: value }, got "float64"': () =>
      randn([1], untyped('float64')),
    'randint: takes its options as an object': () => randint([1], 0, 2, untyped('bool')),
    'randperm: takes its options as an object': () => randperm(2, untyped(null)),
  });
  itRefuses(DeviceError, {
    'rand: no GPU is in use. Call a': () => rand([1], { device: 'gpu' }),
    'rand: there is no device "tpu"': () => rand([1], untyped({ device: 'tpu' })),
  });
});
