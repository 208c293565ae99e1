/** The product of two matrices as a textbook writes it. */

export interface MatmulSizes {
  readonly M: number;
  readonly K: number;
  readonly N: number;
}

/** The product [M, N] of a [M, K] and b [K, N], element by element. */
export function naiveMatmul(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  { M, K, N }: MatmulSizes,
): Float32Array {
  const output = new Float32Array(M * N);
  for (let i = 0; i < M; i++) {
    for (let j = 0; j < N; j++) {
      let sum = 0;
      for (let k = 0; k < K; k++) sum += a[i * K + k]! * b[k * N + j]!;
      output[i * N + j] = sum;
    }
  }
  return output;
}
