/** Tests of going through data sets in batches, in the orders of torch.utils.data.DataLoader 1.13. */
import { describe, expect, it } from '@jest/globals';
import { DataLoader, type DataLoaderOptions, type Dataset, Subset, TensorDataset } from '@lowrank/nn';
import {
  ArgumentError,
  arange,
  Generator,
  manualSeed,
  rand,
  type Tensor,
  tensor,
  zeros,
} from '@lowrank/tensor';
import fc from 'fast-check';
import { digest, type Following, readFixture } from '../fixture.js';

type Numbers = TensorDataset<Tensor[]>;

const LOADERS: Readonly<Record<string, (data: Numbers, generator: Generator) => DataLoader<Tensor[]>>> = {
  'DataLoader(data, 64, shuffle=True)': (data) => new DataLoader(data, { batchSize: 64, shuffle: true }),
  'DataLoader(data, 5, shuffle=True, drop_last=True)': (data) =>
    new DataLoader(data, { batchSize: 5, shuffle: true, dropLast: true }),
  'DataLoader(data, 64, shuffle=True, generator=own)': (data, generator) =>
    new DataLoader(data, { batchSize: 64, shuffle: true, generator }),
  'DataLoader(data, 5, shuffle=True, drop_last=True, generator=own)': (data, generator) =>
    new DataLoader(data, { batchSize: 5, shuffle: true, dropLast: true, generator }),
  'DataLoader(data, 64)': (data) => new DataLoader(data, { batchSize: 64 }),
  'DataLoader(data, 64, generator=own)': (data, generator) =>
    new DataLoader(data, { batchSize: 64, generator }),
  'DataLoader(data, 3, shuffle=True, generator=own)': (data, generator) =>
    new DataLoader(data, { batchSize: 3, shuffle: true, generator }),
  'DataLoader(data, 3, shuffle=True, drop_last=True, generator=own)': (data, generator) =>
    new DataLoader(data, { batchSize: 3, shuffle: true, dropLast: true, generator }),
};

/** Two passes over the numbers below each of the sizes. */
interface Passes {
  readonly loader: string;
  readonly seed: number;
  readonly cases: readonly (Following & {
    readonly size: number;
    /** Of the order, followed by the number of each example's batch, both int32. */
    readonly digest: string;
    readonly first: readonly number[];
    /** As `next`, of the generator that is named `own`. */
    readonly nextOwn: number;
  })[];
}

/** Two passes, in which a number is drawn from the loader's generator after each batch. */
interface Shared {
  readonly loader: string;
  readonly size: number;
  readonly shared: readonly { readonly batch: readonly number[]; readonly drawn: number }[];
}

const PYTORCH = readFixture<Passes | Shared>('data-loader.json');
const isShared = (entry: Passes | Shared): entry is Shared => 'shared' in entry;
const isPasses = (entry: Passes | Shared): entry is Passes => !isShared(entry);

const numbers = (count: number) => new TensorDataset(arange(count));
const batchesOf = (loader: Iterable<readonly Tensor[]>) =>
  Array.from(loader, ([batch]) => [...batch.dataSync()]);

describe('without shuffling', () => {
  it('goes through the examples in their order, each time', () => {
    const loader = new DataLoader(numbers(5), { batchSize: 2 });
    expect(batchesOf(loader)).toEqual([[0, 1], [2, 3], [4]]);
    expect(batchesOf(loader)).toEqual([[0, 1], [2, 3], [4]]);
  });

  it('gives one example at a time unless told otherwise', () => {
    expect(batchesOf(new DataLoader(numbers(3)))).toEqual([[0], [1], [2]]);
  });

  it('fetches rows of all tensors, in their shapes', () => {
    const data = new TensorDataset(zeros([3, 2, 4]), tensor([5, 6, 7]));
    const shapes = Array.from(new DataLoader(data, { batchSize: 2 }), (batch) =>
      batch.map(({ shape }) => shape),
    );
    expect(shapes).toEqual([
      [[2, 2, 4], [2]],
      [[1, 2, 4], [1]],
    ]);
  });
});

describe('the last batch', () => {
  it.each([
    [
      6,
      3,
      false,
      [
        [0, 1, 2],
        [3, 4, 5],
      ],
    ],
    [
      6,
      3,
      true,
      [
        [0, 1, 2],
        [3, 4, 5],
      ],
    ],
    [4, 3, false, [[0, 1, 2], [3]]],
    [4, 3, true, [[0, 1, 2]]],
    [2, 3, false, [[0, 1]]],
    [2, 3, true, []],
    [0, 3, false, []],
    [0, 3, true, []],
  ])('of %p examples in batches of %p, dropped if too small: %p', (count, batchSize, dropLast, expected) => {
    const loader = new DataLoader(numbers(count), { batchSize, dropLast });
    expect(loader.length).toBe(expected.length);
    expect(batchesOf(loader)).toEqual(expected);
    expect(batchesOf(new DataLoader(numbers(count), { batchSize, dropLast, shuffle: true }))).toHaveLength(
      expected.length,
    );
  });
});

describe('shuffling', () => {
  it.each(PYTORCH.filter(isPasses).map((entry) => [entry.loader, entry.seed, entry] as const))(
    'takes the order of %s after seed %i, pass by pass, and leaves both generators where that leaves them',
    (name, seed, { cases }) => {
      for (const { size, next, nextOwn, ...expected } of cases) {
        manualSeed(seed);
        const own = new Generator(seed);
        const loader = LOADERS[name](numbers(size), own);
        const batches = [...batchesOf(loader), ...batchesOf(loader)];
        const order = batches.flat();
        const batchOf = batches.flatMap((batch, k) => batch.map(() => k));
        const actual = { first: order.slice(0, 5), digest: digest(Int32Array.from([...order, ...batchOf])) };
        expect(actual).toEqual(expected);
        expect([rand([]).item(), rand([], { generator: own }).item()]).toEqual([next, nextOwn]);
      }
    },
  );

  it.each(PYTORCH.filter(isShared).map((entry) => [entry.loader, entry.size, entry] as const))(
    'draws from its generator when %s of %i examples draws, so that others may draw between',
    (name, size, { shared }) => {
      const own = new Generator(42);
      const loader = LOADERS[name](numbers(size), own);
      const pass = () =>
        Array.from(loader, ([batch]) => ({
          batch: batch.tolist(),
          drawn: rand([], { generator: own }).item(),
        }));
      expect([...pass(), ...pass()]).toEqual(shared);
    },
  );

  it('takes a seed for a generator of its own', () => {
    const order = (options: DataLoaderOptions) =>
      batchesOf(new DataLoader(numbers(50), { shuffle: true, ...options }));
    expect(order({ seed: 42 })).toEqual(order({ generator: new Generator(42) }));
  });

  it('with a seed draws nothing from the generator of everybody', () => {
    manualSeed(1);
    const expected = rand([2]).tolist();
    manualSeed(1);
    batchesOf(new DataLoader(numbers(10), { shuffle: true, seed: 5 }));
    expect(rand([2]).tolist()).toEqual(expected);
  });

  it('covers every example exactly once, repeats for the same seed, and differs from pass to pass', () => {
    const options = {
      count: fc.integer({ min: 0, max: 60 }),
      batchSize: fc.integer({ min: 1, max: 70 }),
      seed: fc.nat(),
    };
    fc.assert(
      fc.property(fc.record(options), ({ count, batchSize, seed }) => {
        const make = () => new DataLoader(numbers(count), { batchSize, seed, shuffle: true });
        const [loader, twin] = [make(), make()];
        const passes = [0, 1].map(() => batchesOf(loader));
        expect([0, 1].map(() => batchesOf(twin))).toEqual(passes);
        for (const batches of passes) {
          expect(batches.flat().sort((a, b) => a - b)).toEqual([...Array(count).keys()]);
          expect(batches.slice(0, -1).every(({ length }) => length === batchSize)).toBe(true);
        }
        // Two orders of more than 25 are the same with a probability below 1e-25.
        if (count > 25) expect(passes[0].flat()).not.toEqual(passes[1].flat());
      }),
      { numRuns: 50 },
    );
  });

  it('leaves out other examples in each pass if the last batch is dropped', () => {
    const loader = new DataLoader(numbers(10), { batchSize: 4, shuffle: true, dropLast: true, seed: 1 });
    const left = [0, 1, 2].map(() => {
      const seen = new Set(batchesOf(loader).flat());
      return [...Array(10).keys()].filter((i) => !seen.has(i)).join();
    });
    expect(new Set(left).size).toBeGreaterThan(1);
  });

  it('can be iterated twice at once: each pass is whole and has an order of its own', () => {
    const loader = new DataLoader(numbers(30), { batchSize: 7, shuffle: true, seed: 3 });
    const [a, b] = [loader[Symbol.iterator](), loader[Symbol.iterator]()];
    const seen: [number[], number[]] = [[], []];
    for (let i = 0; i < loader.length; i++) {
      [a, b].forEach((iterator, k) => {
        seen[k].push(...(iterator.next().value as Tensor[])[0].dataSync());
      });
    }
    expect([a.next().done, b.next().done]).toEqual([true, true]);
    for (const order of seen) expect(order.toSorted((x, y) => x - y)).toEqual([...Array(30).keys()]);
    expect(seen[0]).not.toEqual(seen[1]);
  });

  it('can be broken off', () => {
    const loader = new DataLoader(numbers(10), { batchSize: 4, shuffle: true, seed: 42 });
    for (const [batch] of loader) {
      expect(batch.tolist()).toEqual([6, 5, 4, 0]);
      break;
    }
    expect(
      batchesOf(loader)
        .flat()
        .sort((a, b) => a - b),
    ).toEqual([...Array(10).keys()]);
  });
});

describe('a data set of one’s own', () => {
  it('is any object that has a length and makes batches', () => {
    const squares: Dataset<{ squares: number[] }> = {
      length: 3,
      batch: (indices) => ({ squares: [...indices].map((i) => i * i) }),
    };
    expect([...new DataLoader(squares, { batchSize: 2 })]).toEqual([{ squares: [0, 1] }, { squares: [4] }]);
  });

  it('may be a part of another', () => {
    const part = new Subset(numbers(10), [7, 3, 3, 9]);
    expect(batchesOf(new DataLoader(part, { batchSize: 3 }))).toEqual([[7, 3, 3], [9]]);
  });
});

describe('a DataLoader refuses', () => {
  it.each([
    [{ batchSize: 0 }, 'batchSize is a whole number of at least 1, got 0'],
    [{ batchSize: 1.5 }, 'batchSize is a whole number of at least 1, got 1.5'],
    [{ batchSize: Number.NaN }, 'batchSize is a whole number of at least 1, got NaN'],
    [{ batchSize: '8' as unknown as number }, 'batchSize is a whole number of at least 1, got "8"'],
    [{ shuffle: 'no' }, 'shuffle is true or false, got "no"'],
    [{ dropLast: 0 }, 'dropLast is true or false, got 0'],
    [64, 'takes its options as an object, { name: value }, got 64'],
    [null, 'takes its options as an object, { name: value }, got null'],
    [{ seed: 1, generator: new Generator(1) }, 'takes a seed or a generator, not both'],
    [{ generator: Math.random as unknown as Generator }, 'draws from a Generator, got a function'],
  ] as unknown as [DataLoaderOptions, string][])('%p', (options, message) => {
    const make = () => new DataLoader(numbers(3), options);
    expect(make).toThrow(ArgumentError);
    expect(make).toThrow(`DataLoader: ${message}`);
  });

  it.each([-1, 0.5, Number.NaN])('the seed %p', (seed) => {
    expect(() => new DataLoader(numbers(3), { seed })).toThrow(ArgumentError);
  });

  it.each([[undefined], [null], [[1, 2, 3]], [tensor([1, 2])]])('%p for a data set', (dataset) => {
    const make = () => new DataLoader(dataset as unknown as Dataset<unknown>);
    expect(make).toThrow(ArgumentError);
    expect(make).toThrow('DataLoader: takes a data set, such as a TensorDataset, got');
  });
});
