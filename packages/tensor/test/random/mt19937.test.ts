/** Tests of the Mersenne Twister. */

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Mt19937 } from '../../src/random/mt19937.js';

const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });

function draw(engine: Mt19937, count: number): number[] {
  return Array.from({ length: count }, () => engine.next());
}

describe('Mt19937', () => {
  it('draws the numbers of the reference implementation', () => {
    // numpy.random.RandomState(5489).randint(0, 2**32, 10000, dtype='uint32'); the last is required by C++11.
    const numbers = draw(new Mt19937(5489), 10_000);
    expect(numbers.slice(0, 3)).toEqual([3499211612, 581869302, 3890346734]);
    expect(numbers[9999]).toBe(4123659995);
  });

  it('takes the low 32 bits of a seed', () => {
    expect(draw(new Mt19937(2 ** 32 + 7), 5)).toEqual(draw(new Mt19937(7), 5));
    expect(draw(new Mt19937(8), 5)).not.toEqual(draw(new Mt19937(7), 5));
  });

  it('continues from a saved state, wherever it was saved', () => {
    fc.assert(
      fc.property(uint32, uint32, fc.nat(1300), (seed, otherSeed, drawn) => {
        const engine = new Mt19937(seed);
        draw(engine, drawn);
        const { state } = engine;
        const expected = draw(engine, 700);

        const copy = new Mt19937(otherSeed);
        copy.state = state;
        expect(draw(copy, 700)).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  it('keeps its state apart from the copies it hands out', () => {
    const engine = new Mt19937(1);
    engine.state.words.fill(0);
    expect(draw(engine, 3)).toEqual(draw(new Mt19937(1), 3));
  });
});
