/** Comparing tensors with numbers that PyTorch printed, and catching errors to look at. */
import { expect } from '@jest/globals';
import { LowrankError, type NestedArray, type Tensor, tensor } from '@lowrank/tensor';

/** Expects the shape of the nested array, and its values up to `tolerance`, relative above 1 and absolute below. */
export function expectClose(actual: Tensor, expected: NestedArray<number>, tolerance = 1e-6): void {
  const wanted = tensor(expected, { dtype: 'float64' });
  expect(actual.shape).toEqual(wanted.shape);
  const values = actual.dataSync();
  const worst = Array.from(wanted.dataSync()).reduce((most, value, i) => {
    const error = Math.abs((values[i] as number) - value) / Math.max(1, Math.abs(value));
    return Math.max(error, most);
  }, 0);
  if (!(worst <= tolerance)) expect(actual.tolist()).toEqual(expected);
}

/** The error that `f` throws, which must be one of lowrank's. */
export function errorOf(f: () => unknown): LowrankError {
  try {
    f();
  } catch (error) {
    if (error instanceof LowrankError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** Expects an error of the class that says these words. */
export function expectError(
  f: () => unknown,
  kind: new (op: string, message: string) => LowrankError,
  ...words: readonly string[]
): void {
  const error = errorOf(f);
  expect(error).toBeInstanceOf(kind);
  for (const word of words) expect(error.message).toContain(word);
}
