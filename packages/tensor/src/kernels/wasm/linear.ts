/** The affine map in wasm: the bias is added while the product is still in the cache. */
import type { TypedArray } from '../../dtype.js';
import type { MatmulDims } from '../dims.js';
import { matmul } from './matmul.js';
import { reference } from './reference.js';

/** As the reference kernel, float32. */
export function linear(
  x: TypedArray,
  weight: TypedArray,
  bias: TypedArray | undefined,
  dims: MatmulDims,
): TypedArray {
  const isFloat = [x, weight, bias].every((array) => array === undefined || array instanceof Float32Array);
  const fast = isFloat
    ? matmul(x as Float32Array, weight as Float32Array, dims, { bias: bias as Float32Array | undefined })
    : undefined;
  return fast ?? reference.linear(x, weight, bias, dims);
}
