/** The first steps of what `npm start` trains, next to PyTorch's. docs/truth.md shows 200 of them. */
import { describe, expect, it } from '@jest/globals';
import { driftOf, firstLosses, pytorch } from '../../../../tools/pytorch-fixtures/mnist.mjs';

const STEPS = 30;

/** One unit in the last place of a float32 loss from 2 to 4: what rounding alone may do in the first step. */
const ULP = 2 ** -22;

describe('the MNIST job', () => {
  it('begins with the loss of PyTorch, and drifts no further than PyTorch does when the sums are rounded otherwise', async () => {
    const drift = driftOf(await firstLosses(STEPS));
    const others = pytorch.reordered.map(driftOf);
    expect(drift[0]).toBeLessThanOrEqual(ULP);
    drift.forEach((distance, i) => {
      const furthest = Math.max(ULP, ...others.map((other) => other[i]!));
      expect([i, distance <= 4 * furthest]).toEqual([i, true]);
    });
  });
});
