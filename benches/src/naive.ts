/** The loops that a textbook writes: the yardstick of the suites. */

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

/** Images are square, and so are kernels. */
export interface Conv2dSizes {
  /** Images. */
  readonly N: number;
  /** Channels in. */
  readonly C: number;
  /** Height and width of an image. */
  readonly size: number;
  /** Channels out. */
  readonly O: number;
  /** Height and width of a kernel. */
  readonly kernel: number;
  readonly stride: number;
  /** Zeros on each side. */
  readonly padding: number;
}

/** The cross-correlation of x [N, C, size, size] with weight [O, C, kernel, kernel], and bias [O]: seven loops. */
export function naiveConv2d(
  x: ArrayLike<number>,
  weight: ArrayLike<number>,
  bias: ArrayLike<number>,
  { N, C, size, O, kernel, stride, padding }: Conv2dSizes,
): Float32Array {
  const outSize = Math.floor((size + 2 * padding - kernel) / stride) + 1;
  const output = new Float32Array(N * O * outSize * outSize);
  for (let n = 0; n < N; n++) {
    for (let o = 0; o < O; o++) {
      for (let outY = 0; outY < outSize; outY++) {
        for (let outX = 0; outX < outSize; outX++) {
          let sum = bias[o]!;
          for (let c = 0; c < C; c++) {
            for (let ky = 0; ky < kernel; ky++) {
              for (let kx = 0; kx < kernel; kx++) {
                const y = outY * stride + ky - padding;
                const column = outX * stride + kx - padding;
                if (y < 0 || y >= size || column < 0 || column >= size) continue;
                const pixel = x[((n * C + c) * size + y) * size + column]!;
                sum += pixel * weight[((o * C + c) * kernel + ky) * kernel + kx]!;
              }
            }
          }
          output[((n * O + o) * outSize + outY) * outSize + outX] = sum;
        }
      }
    }
  }
  return output;
}
