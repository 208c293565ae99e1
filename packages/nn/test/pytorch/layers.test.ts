/** Layers, and the gradients of their inputs and parameters, next to PyTorch's. */
import { describe, expect, it } from '@jest/globals';
import * as nn from '@lowrank/nn';
import { readFixtures, TRUTH } from './fixtures.js';

const fixtures = readFixtures('layers');
const { names, samples, comparisons } = fixtures;

/** How many samples a layer needs at least. */
const FEWEST = 8;

/** The modules that compute something of an input; others hold what modules are made of. */
const layers = Object.entries(nn)
  .filter(([, value]) => Object.prototype.isPrototypeOf.call(nn.Module, value))
  .filter(([, layer]) => (layer as typeof nn.Module).prototype.forward?.length === 1)
  .map(([name]) => name);

describe('PyTorch has the same outputs and gradients for', () => {
  it.each(names)('%s', (name) => {
    const verdict = fixtures.judge(name);
    expect(verdict.complaints).toEqual([]);
    expect(verdict.comparisons).toBeGreaterThan(fixtures.of(name).length);
  });

  const count = `${names.length} layers: ${samples.length} inputs, ${comparisons} comparisons`;
  it(`${count} with PyTorch, as the document says`, () => {
    expect(TRUTH).toContain(count);
  });

  it.each(layers)('enough samples of %s', (name) => {
    expect(fixtures.of(name).length).toBeGreaterThanOrEqual(FEWEST);
  });
});
