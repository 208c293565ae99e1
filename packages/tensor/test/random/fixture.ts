/** What PyTorch drew, as tools/pytorch-fixtures/random_numbers.py wrote it down, and how it is compared with ours. */
import { readFileSync } from 'node:fs';
import { expect } from '@jest/globals';
import type { Tensor } from '../../src/index.js';
import { digest } from './digest.js';

/** A result of which all bits are to be equal. */
export interface Exact {
  /** See `digest`. */
  readonly digest: string;
  /** The last three values: a digest that differs does not say by how much. */
  readonly last: readonly number[];
}

/** A result of which some values are compared, each up to a tolerance. */
export interface Close {
  /** The positions of the values among all, row by row. */
  readonly at: readonly number[];
  readonly values: readonly number[];
}

/** The entries of a fixture. */
export function readFixture<Entry>(name: string): readonly Entry[] {
  return JSON.parse(readBytes(name).toString()).entries;
}

/** The bytes of a fixture. */
export function readBytes(name: string): Buffer {
  return readFileSync(new URL(`fixtures/${name}`, import.meta.url));
}

/** Truth values become true and false, as PyTorch lists them. */
function listed(tensor: Tensor): (number | boolean)[] {
  return tensor.flatten().tolist() as (number | boolean)[];
}

/** Expects that all bits are equal. */
export function expectExact(actual: Tensor, expected: Exact): void {
  expect({ last: listed(actual).slice(-3), digest: digest(actual.dataSync()) }).toEqual({
    last: expected.last,
    digest: expected.digest,
  });
}

/** Expects values that differ by at most `ulps` units in the last place, of those of `least` if they are smaller. */
export function expectClose(actual: Tensor, expected: Close, ulps: number, least = 0): void {
  const values = actual.dataSync();
  const bits = actual.dtype === 'float64' ? 53 : 24;
  const worst = expected.values.map((value, k) => {
    const difference = Math.abs((values[expected.at[k]] as number) - value);
    return difference && difference / ulpOf(Math.max(Math.abs(value), least), bits);
  });
  expect(Math.max(...worst)).toBeLessThanOrEqual(ulps);
}

/** The distance of the numbers around `x` in a format with that many significant bits. */
export function ulpOf(x: number, bits: number): number {
  return 2 ** (Math.floor(Math.log2(Math.abs(x))) + 1 - bits);
}
