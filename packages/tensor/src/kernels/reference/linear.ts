/** The affine map: a matrix product with a bias. */
import type { TypedArray } from '../../dtype.js';
import type { MatmulDims } from '../dims.js';
import { matmul } from './matmul.js';

/** x · op(weight), and `bias` [N] added to each row if there is one. */
export function linear(
  x: TypedArray,
  weight: TypedArray,
  bias: TypedArray | undefined,
  dims: MatmulDims,
): TypedArray {
  const out = matmul(x, weight, dims);
  if (bias === undefined) return out;
  const { N } = dims;
  for (let row = 0; row < out.length; row += N) {
    for (let j = 0; j < N; j++) out[row + j] += bias[j];
  }
  return out;
}
