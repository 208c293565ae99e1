/** Tests of large results in a scope, which stay in wasm memory until somebody reads them. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  concat,
  full,
  scope,
  setBackend,
  setNumThreads,
  setRelaxedSimd,
  type Tensor,
  tensor,
} from '../../../src/index.js';
import { theMachine } from '../../../src/kernels/wasm/machine.js';
import { RESIDENT_BYTES } from '../../../src/kernels/wasm/residency.js';

/** Large enough to stay. */
const LENGTH = 2 ** 14;

const three = full([LENGTH], 3);

/** A result, without any look at its values. */
const six = () => three.add(three);

/** Whether the values are in the array, too: those of a new array are anything else. */
function isThere(t: Tensor): boolean {
  return (t.operand as Float32Array).every((value) => value === 6);
}

/** Fills arrays that are disposed of with what no result has, so that they are seen if they are used again. */
function spoilSpare(): void {
  const zeros = Array.from({ length: 4 }, () => three.sub(three));
  for (const t of zeros) {
    t.storage;
    t.dispose();
  }
}

function readByReference(t: Tensor): void {
  setBackend('reference');
  t.neg();
}

function changeInstructions(): void {
  setRelaxedSimd(false);
  setRelaxedSimd(true);
}

beforeEach(() => {
  setBackend('wasm');
});

describe('a large result in a scope', () => {
  it('is not copied out before somebody reads it', () => {
    spoilSpare();
    scope(() => {
      const result = six();
      expect(isThere(result)).toBe(false);
      expect(result.add(1).mul(result).sum().item()).toBe(42 * LENGTH);
      expect(isThere(result)).toBe(false);
    });
  });

  it('is not copied out before somebody reads it after the scope', () => {
    spoilSpare();
    const result = scope(six);
    expect(isThere(result)).toBe(false);
    expect(result.dataSync()[5]).toBe(6);
    expect(isThere(result)).toBe(true);
  });

  it.each<[string, (t: Tensor) => unknown]>([
    ['dataSync()', (t) => t.dataSync()],
    ['tolist()', (t) => t.tolist()],
    ['printing', String],
    ['storage', (t) => t.storage],
    ['a kernel of the reference backend', (t) => t.to('float64')],
    ['the reference backend', readByReference],
    ['another number of threads', () => setNumThreads(1)],
    ['other instructions', changeInstructions],
    ['a concatenation of long rows', (t) => concat([t, t])],
  ])('is there for %s', (_, read) => {
    spoilSpare();
    const result = scope(six);
    expect(isThere(result)).toBe(false);
    read(result);
    expect(isThere(result)).toBe(true);
  });

  it('is there for another tensor that shares it', () => {
    spoilSpare();
    const result = scope(six);
    const shared = result.reshape([2, LENGTH / 2]);
    expect(shared.dataSync()[5]).toBe(6);
    expect(isThere(result)).toBe(true);
  });

  it('has the same values after more results than wasm memory keeps', () => {
    const count = (1.5 * RESIDENT_BYTES.passing) / (4 * LENGTH);
    const all = scope(() => Array.from({ length: count }, (_, i) => three.add(i)));
    expect(theMachine()?.residency.bytes).toBeLessThan(1.2 * RESIDENT_BYTES.passing);
    expect(all.every((t, i) => t.dataSync()[LENGTH - 1] === 3 + i)).toBe(true);
  });

  it('can be changed by whoever got hold of its array', () => {
    const result = scope(six);
    const values = result.dataSync();
    values.fill(1);
    expect(result.add(tensor(1)).sum().item()).toBe(2 * LENGTH);
  });
});

describe('a large result', () => {
  it('is copied out at once where no scope disposes of it', () => {
    spoilSpare();
    expect(isThere(six())).toBe(true);
    expect(() =>
      scope(() => {
        throw new RangeError('out of the scope');
      }),
    ).toThrow('out of the scope');
    expect(isThere(six())).toBe(true);
  });
});
