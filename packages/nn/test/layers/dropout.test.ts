/** Dropout. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { Dropout } from '@lowrank/nn';
import {
  ArgumentError,
  arange,
  DTypeError,
  Generator,
  manualSeed,
  ones,
  rand,
  randn,
  type Tensor,
  tensor,
  zeros,
} from '@lowrank/tensor';
import { expectError } from '../close.js';
import { type Exact, expectExact, type Following, readFixture } from '../fixture.js';

beforeEach(() => {
  manualSeed(42);
});

interface Entry {
  readonly dropout: string;
  readonly seed: number;
  readonly cases: readonly (Exact & Following & { readonly size: number })[];
}

/** Equal to the last bit. */
const DROPOUTS: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  'torch.nn.functional.dropout(x)': (x) => new Dropout().forward(x),
  'torch.nn.functional.dropout(x, 0.1)': (x) => new Dropout(0.1).forward(x),
  'torch.nn.functional.dropout(x, 0.25)': (x) => new Dropout(0.25).forward(x),
  'torch.nn.functional.dropout(x, 0.9)': (x) => new Dropout(0.9).forward(x),
  'torch.nn.functional.dropout(x.double(), 0.3)': (x) => new Dropout(0.3).forward(x.to('float64')),
};

describe('Dropout in training', () => {
  it.each(readFixture<Entry>('dropout.json').map((entry) => [entry.dropout, entry.seed, entry] as const))(
    'drops what %s drops after seed %i, and scales the rest alike',
    (name, seed, { cases }) => {
      for (const { size, next, ...expected } of cases) {
        manualSeed(seed);
        expectExact(DROPOUTS[name](randn([size])), expected);
        expect(rand([]).item()).toBe(next);
      }
    },
  );

  it('sends the gradient through what was kept, scaled alike', () => {
    const x = arange(1, 7, 1, { dtype: 'float32', requiresGrad: true });
    const y = new Dropout().forward(x);
    y.sum().backward();
    expect(y.tolist()).toEqual([2, 4, 6, 8, 0, 12]);
    expect(x.grad?.tolist()).toEqual([2, 2, 2, 2, 0, 2]);
  });

  it('draws anew each time, and keeps about the mean', () => {
    const layer = new Dropout(0.25);
    const [first, second] = [layer.forward(ones([100, 100])), layer.forward(ones([100, 100]))];
    expect(first.tolist()).not.toEqual(second.tolist());
    expect(first.mean().item()).toBeCloseTo(1, 1);
  });

  it('draws from a generator of its own where one is given', () => {
    const make = () => new Dropout(0.5, { generator: new Generator(3) });
    const expected = make()
      .forward(ones([64]))
      .tolist();
    expect(
      make()
        .forward(ones([64]))
        .tolist(),
    ).toEqual(expected);
    expect(rand([1]).item()).toBe(0.8822692632675171);
  });

  it('with p = 0 hands its input through, and with p = 1 drops all of it, without a draw', () => {
    const x = tensor([1, -2, Number.POSITIVE_INFINITY]);
    expect(new Dropout(0).forward(x)).toBe(x);
    expect(new Dropout(1).forward(x).tolist()).toEqual([0, -0, Number.NaN]);
    expect(rand([1]).item()).toBe(0.8822692632675171);
  });
});

describe('Dropout in evaluation', () => {
  it('hands its input through, without a draw', () => {
    const x = ones([12]);
    for (const p of [0.5, 1]) expect(new Dropout(p).eval().forward(x)).toBe(x);
    expect(rand([1]).item()).toBe(0.8822692632675171);
  });
});

describe('Dropout refuses', () => {
  it('what is no probability', () => {
    for (const p of [-0.1, 1.1, Number.NaN, '0.5' as never, null as never]) {
      expectError(() => new Dropout(p), ArgumentError, 'Dropout', 'from 0 to 1');
    }
    expectError(() => new Dropout(0.5, true as never), ArgumentError, 'Dropout', '{ name: value }');
    expectError(
      () => new Dropout(0.5, { generator: 42 as never }).forward(ones([1])),
      ArgumentError,
      'Generator',
    );
  });

  it('what it cannot scale', () => {
    expectError(() => new Dropout().forward(zeros([2], { dtype: 'int32' })), DTypeError, 'Dropout', 'int32');
    expectError(() => new Dropout().eval().forward([1] as never), ArgumentError, 'Dropout', 'the input');
  });
});
