/** Tests of the generator, its seeds and its saved states. */

import { afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { TypedArray } from '../../src/dtype.js';
import { ArgumentError, FormatError } from '../../src/errors.js';
import {
  fillBernoulli,
  fillNormal,
  fillRandint,
  fillTruncNormal,
  fillUniform,
  randomPermutation,
} from '../../src/random/distributions.js';
import { DEFAULT_SEED, defaultGenerator, Generator, manualSeed } from '../../src/random/generator.js';
import { digest } from './digest.js';

const seeds = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });

function draw(generator: Generator, count: number): number[] {
  return Array.from({ length: count }, () => generator.random());
}

function rand(generator: Generator, count: number): Float32Array {
  const out = new Float32Array(count);
  fillUniform(out, 0, 1, generator);
  return out;
}

function randn(generator: Generator, count: number): Float32Array {
  const out = new Float32Array(count);
  fillNormal(out, 0, 1, generator);
  return out;
}

function fill<Out extends TypedArray>(
  make: (length: number) => Out,
  into: (out: Out, generator: Generator) => void,
) {
  return (generator: Generator, length: number): TypedArray => {
    const out = make(length);
    into(out, generator);
    return out;
  };
}

const single = (length: number) => new Float32Array(length);
const double = (length: number) => new Float64Array(length);
const integers = (length: number) => new Int32Array(length);

/** One of each kind of draw: small normal fills are those that keep something for the next. */
const DRAWS = {
  uniform: fill(single, (out, generator) => fillUniform(out, -1, 2, generator)),
  'uniform, float64': fill(double, (out, generator) => fillUniform(out, -1, 2, generator)),
  normal: fill(single, (out, generator) => fillNormal(out, 1, 3, generator)),
  'normal, float64': fill(double, (out, generator) => fillNormal(out, 1, 3, generator)),
  'truncated normal': fill(single, (out, generator) => fillTruncNormal(out, 0, 1, -2, 2, generator)),
  integers: fill(integers, (out, generator) => fillRandint(out, -5, 1000, generator)),
  coins: fill(integers, (out, generator) => fillBernoulli(out, 0.3, generator)),
  permutation: (generator: Generator, length: number) => randomPermutation(length, generator),
};

describe('the seed', () => {
  it('decides the stream', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        expect(draw(new Generator(seed), 10)).toEqual(draw(new Generator(1).manualSeed(seed), 10));
      }),
    );
    expect(draw(new Generator(42), 1)).toEqual([1608637542]);
  });

  it("is PyTorch's default seed if none is given", () => {
    // torch.Generator().initial_seed()
    expect(new Generator().initialSeed()).toBe(67280421310721);
    expect(DEFAULT_SEED).toBe(67280421310721);
  });

  it('can be asked for', () => {
    const generator = new Generator(3);
    generator.random();
    expect(generator.initialSeed()).toBe(3);
    expect(generator.manualSeed(2 ** 53).initialSeed()).toBe(2 ** 53);
  });

  it('forgets the kept normal number when it is set again', () => {
    const generator = new Generator(42);
    const first = randn(generator, 3);
    expect(randn(generator.manualSeed(42), 3)).toEqual(first);
  });

  it('is chosen by seed() and returned', () => {
    const generator = new Generator(1);
    const seed = generator.seed();
    expect(Number.isSafeInteger(seed)).toBe(true);
    expect(generator.initialSeed()).toBe(seed);
    expect(draw(generator, 5)).toEqual(draw(new Generator(seed), 5));
    expect(generator.seed()).not.toBe(seed);
  });

  it.each([-1, 1.5, Number.NaN, Infinity, 2 ** 53 + 2, '7', undefined, null, 7n])(
    'is refused if it is %p',
    (seed) => {
      const generator = new Generator(5);
      const invalid = seed as number;
      expect(() => generator.manualSeed(invalid)).toThrow(ArgumentError);
      expect(() => generator.manualSeed(invalid)).toThrow(
        `manualSeed: the seed is ${String(seed)}. Pass an integer`,
      );
      expect(() => manualSeed(invalid)).toThrow(ArgumentError);
      expect(draw(generator, 3)).toEqual(draw(new Generator(5), 3));
      if (seed !== undefined) expect(() => new Generator(invalid)).toThrow(ArgumentError);
    },
  );
});

describe('wide integers', () => {
  it('are made of two draws, the first of which is the high word', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const [high = 0, low = 0] = draw(new Generator(seed), 2);
        const wide = new Generator(seed).random64();
        expect(wide).toBe((BigInt(high) << 32n) + BigInt(low));
        expect(new Generator(seed).random53()).toBe(Number(wide & (2n ** 53n - 1n)));
      }),
    );
  });
});

describe('the default generator', () => {
  afterEach(() => {
    defaultGenerator.seed();
  });

  it('is seeded and returned by manualSeed', () => {
    expect(manualSeed(42)).toBe(defaultGenerator);
    expect(draw(defaultGenerator, 5)).toEqual(draw(new Generator(42), 5));
  });
});

describe('a saved state', () => {
  it('has the bytes that PyTorch saves', () => {
    // torch.manual_seed(42); torch.get_rng_state(); torch.rand(5); torch.get_rng_state(); torch.rand(619); ...
    const generator = new Generator(42);
    expect(generator.getState()).toHaveLength(5056);
    expect(digest(generator.getState())).toBe('5feb54a46230d321');
    rand(generator, 5);
    expect(digest(generator.getState())).toBe('823dd72b81c71b44');
    rand(generator, 619);
    expect(digest(generator.getState())).toBe('e390c389ddb91c65');
  });

  it('brings back the same numbers, wherever it was saved and whatever was and is drawn', () => {
    const kinds = fc.constantFrom(...(Object.keys(DRAWS) as (keyof typeof DRAWS)[]));
    const draws = fc.array(fc.tuple(kinds, fc.nat(40)), { maxLength: 8 });
    fc.assert(
      fc.property(seeds, seeds, fc.nat(1300), draws, draws, (seed, otherSeed, skipped, before, after) => {
        const all = (generator: Generator, calls: typeof before) =>
          calls.map(([kind, length]) => DRAWS[kind](generator, length));
        const generator = new Generator(seed);
        draw(generator, skipped);
        all(generator, before);
        const state = generator.getState();
        const expected = all(generator, after);

        const copy = new Generator(otherSeed).setState(state);
        expect(digest(copy.getState())).toBe(digest(state));
        expect(copy.initialSeed()).toBe(seed);
        expect(all(copy, after)).toEqual(expected);
        expect(digest(copy.getState())).toBe(digest(generator.getState()));
      }),
      { numRuns: 50 },
    );
  });

  it('is not touched by what is drawn later, here or by who restored it', () => {
    const generator = new Generator(3);
    randn(generator, 1);
    const state = generator.getState();
    const copy = state.slice();
    randn(new Generator(1).setState(state), 40);
    randn(generator, 40);
    expect(state).toEqual(copy);
  });

  it('is read from the middle of a larger buffer', () => {
    const state = new Generator(9).getState();
    const buffer = new Uint8Array(state.length + 3);
    buffer.set(state, 3);
    expect(draw(new Generator(1).setState(buffer.subarray(3)), 3)).toEqual(draw(new Generator(9), 3));
  });

  it("keeps all 64 bits of a seed of PyTorch's", () => {
    const state = new Generator(1).getState();
    new DataView(state.buffer).setBigUint64(0, 2n ** 64n - 1n, true);
    const generator = new Generator(1).setState(state);
    expect(generator.getState()).toEqual(state);
    expect(generator.initialSeed()).toBe(2 ** 64);
  });
});

describe('a malformed state', () => {
  const OFFSET = {
    left: 8,
    seeded: 12,
    next: 16,
    nextHigh: 20,
    firstWordHigh: 28,
    sample: 5024,
    hasSample: 5040,
  };

  function spoiled(edit: (view: DataView) => void): Uint8Array {
    const generator = new Generator(4);
    randn(generator, 1);
    const state = generator.getState();
    edit(new DataView(state.buffer));
    return state;
  }

  it.each([
    ['is missing', undefined as never, 'expected a Uint8Array, got undefined'],
    ['is a list', new Array(5056).fill(0) as never, 'expected a Uint8Array, got an array of 5056'],
    ['is empty', new Uint8Array(0), 'expected 5056 bytes, got 0'],
    ['is truncated', new Uint8Array(5055), 'expected 5056 bytes, got 5055'],
    ['is too long', new Uint8Array(5057), 'expected 5056 bytes, got 5057'],
    ['is all zeros', new Uint8Array(5056), 'seeded = 0, left = 0, next = 0'],
    ['was never seeded', spoiled((view) => view.setInt32(OFFSET.seeded, 0, true)), 'seeded = 0'],
    ['has nothing left', spoiled((view) => view.setInt32(OFFSET.left, 0, true)), 'left = 0'],
    ['has a negative count', spoiled((view) => view.setInt32(OFFSET.left, -5, true)), 'left = -5'],
    ['would read behind its words', spoiled((view) => view.setUint32(OFFSET.next, 600, true)), 'next = 600'],
    ['has a huge position', spoiled((view) => view.setUint32(OFFSET.nextHigh, 1, true)), 'next = 42949'],
    ['has a word beyond 32 bits', spoiled((view) => view.setUint32(OFFSET.firstWordHigh, 1, true)), 'word 0'],
    ['keeps a NaN', spoiled((view) => view.setFloat64(OFFSET.sample, Number.NaN, true)), 'sample is NaN'],
  ])('that %s is refused, and the generator goes on undisturbed', (_, state, reason) => {
    const generator = new Generator(5);
    expect(() => generator.setState(state)).toThrow(FormatError);
    expect(() => generator.setState(state)).toThrow(reason);
    expect(() => generator.setState(state)).toThrow(
      'Pass what Generator.getState() or torch.get_rng_state() returned',
    );
    expect(draw(generator, 3)).toEqual(draw(new Generator(5), 3));
  });
});
