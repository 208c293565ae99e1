/** The last step of kernels that compute in double precision. */
import type { TypedArray } from '../../dtype.js';

/** `values` in the type of `like`: rounded to float32, or the very same array where that is float64 already. */
export function roundLike(like: TypedArray, values: Float64Array): TypedArray {
  const ArrayType = like.constructor as new (values: Float64Array) => TypedArray;
  return ArrayType.name === 'Float64Array' ? values : new ArrayType(values);
}
