/** What PyTorch drew, as tools/pytorch-fixtures/random_numbers.py wrote it down, and how it is compared with ours. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect } from '@jest/globals';
import { type Tensor, tensor } from '@lowrank/tensor';
import { expectClose } from './close.js';

/** A result of which all bits are to be equal. */
export interface Exact {
  /** See `digest`. */
  readonly digest: string;
  /** The last three values: a digest that differs does not say by how much. */
  readonly last: readonly number[];
}

/** A result of which some values are compared, up to a tolerance. */
export interface Close {
  /** The positions of the values among all, row by row. */
  readonly at: readonly number[];
  readonly values: readonly number[];
}

/** Where the generator was left: what `torch.rand(1)` gives next. */
export interface Following {
  readonly next: number;
}

/** The entries of a fixture. */
export function readFixture<Entry>(name: string): readonly Entry[] {
  return JSON.parse(readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8')).entries;
}

/** `hashlib.sha256(t.numpy().tobytes()).hexdigest()[:16]` */
export function digest({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  const bytes = new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}

/** Expects that all bits are equal. */
export function expectExact(actual: Tensor, expected: Exact): void {
  const values = actual.dataSync();
  expect({ last: Array.from(values.slice(-3)), digest: digest(values) }).toEqual({
    last: expected.last,
    digest: expected.digest,
  });
}

/** Expects the values up to `tolerance`, relative above 1 and absolute below. */
export function expectSome(actual: Tensor, expected: Close, tolerance: number): void {
  const values = actual.dataSync();
  const some = expected.at.map((i) => values[i] as number);
  expectClose(tensor(some, { dtype: 'float64' }), expected.values, tolerance);
}
