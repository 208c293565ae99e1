/** Batched matrix products. */
import type { TypedArray } from '../../dtype.js';
import type { MatmulDims } from '../dims.js';
import { gemm } from './gemm.js';
import { type MatrixView, rowMajor, transposed } from './matrix-view.js';

/**
 * op(A[i]) · op(B[i]) for each batch i: [batch, M, N], zeros where K = 0. Floats are summed in double
 * precision, integers wrap around at 32 bits.
 */
export function matmul(a: TypedArray, b: TypedArray, dims: MatmulDims): TypedArray {
  const { M, N, K, transposeA, transposeB, offsetsA, offsetsB } = dims;
  const ArrayType = a.constructor as new (length: number) => TypedArray;
  const multiply = ArrayType.name === 'Int32Array' ? multiplyIntegers : gemm;
  const C = new ArrayType(offsetsA.length * M * N);
  for (let i = 0; i < offsetsA.length; i++) {
    const A = transposeA ? transposed(rowMajor(a, M, offsetsA[i])) : rowMajor(a, K, offsetsA[i]);
    const B = transposeB ? transposed(rowMajor(b, K, offsetsB[i])) : rowMajor(b, N, offsetsB[i]);
    multiply(M, N, K, A, B, C, i * M * N);
  }
  return C;
}

/** C += A · B in 32-bit arithmetic, which doubles cannot do: a product of two integers may need 62 bits. */
function multiplyIntegers(
  M: number,
  N: number,
  K: number,
  A: MatrixView,
  B: MatrixView,
  C: TypedArray,
  offset: number,
): void {
  for (let i = 0; i < M; i++) {
    for (let k = 0; k < K; k++) {
      const factor = A.data[A.offset + i * A.rowStride + k * A.columnStride];
      const row = B.offset + k * B.rowStride;
      for (let j = 0; j < N; j++) {
        C[offset + i * N + j] += Math.imul(factor, B.data[row + j * B.columnStride]);
      }
    }
  }
}
