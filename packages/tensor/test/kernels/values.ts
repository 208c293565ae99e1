/** Inputs for the kernel tests. */
import type { TypedArray } from '../../src/dtype.js';

export interface ArrayType {
  new (length: number): TypedArray;
  new (values: ArrayLike<number>): TypedArray;
}

/** The array types that the kernels take for fractions. */
export const FLOAT_ARRAYS: readonly ArrayType[] = [Float32Array, Float64Array];

/**
 * Small whole numbers in a fixed disorder. Their products and sums are exact, so that kernels can be compared
 * for equality, whatever the order in which they add.
 */
export function wholeNumbers(ArrayType: ArrayType, length: number, seed = 1): TypedArray {
  return disorder(ArrayType, length, seed, (x) => Math.floor(x * 17) - 8);
}

/** Numbers from -1 to 1 in a fixed disorder. */
export function fractions(ArrayType: ArrayType, length: number, seed = 1): TypedArray {
  return disorder(ArrayType, length, seed, (x) => 2 * x - 1);
}

/** Fills an array from Lehmer's generator ("MINSTD", Park and Miller, 1988). */
function disorder(
  ArrayType: ArrayType,
  length: number,
  seed: number,
  map: (x: number) => number,
): TypedArray {
  const out = new ArrayType(length);
  let state = seed * 7919;
  for (let i = 0; i < length; i++) {
    state = (state * 16807) % 2147483647;
    out[i] = map(state / 2147483647);
  }
  return out;
}
