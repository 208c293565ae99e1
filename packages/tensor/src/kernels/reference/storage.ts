/** Making arrays of the type of another one. */
import type { TypedArray } from '../../dtype.js';

/** Zeros, of the type of `like`. */
export function emptyLike(like: TypedArray, length: number): TypedArray {
  return new (like.constructor as new (length: number) => TypedArray)(length);
}

/** What was computed in double precision, rounded to the type of `like`. */
export function roundLike(like: TypedArray, values: Float64Array): TypedArray {
  return new (like.constructor as new (values: Float64Array) => TypedArray)(values);
}
