/** Losses and their gradients, next to PyTorch's. */
import { describe, expect, it } from '@jest/globals';
import * as losses from '../../src/losses.js';
import { readFixtures, TRUTH } from './fixtures.js';

const fixtures = readFixtures('losses');
const { names, samples, comparisons } = fixtures;

describe('PyTorch has the same values and gradients for', () => {
  it.each(names)('%s, with all of its options and reductions', (name) => {
    const verdict = fixtures.judge(name);
    expect(verdict.complaints).toEqual([]);
    expect(verdict.comparisons).toBeGreaterThan(fixtures.of(name).length);
  });

  const count = `${names.length} losses: ${samples.length} inputs, ${comparisons} comparisons`;
  it(`${count} with PyTorch, as the document says`, () => {
    expect(TRUTH).toContain(count);
  });

  it('all losses that there are', () => {
    expect([...names].sort()).toEqual(Object.keys(losses).sort());
  });
});
