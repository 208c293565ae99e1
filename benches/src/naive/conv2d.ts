/** The convolution and its two gradients as a textbook writes them: seven loops each. */

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

/** Height and width of the output. */
export function outSizeOf({ size, kernel, stride, padding }: Conv2dSizes): number {
  return Math.floor((size + 2 * padding - kernel) / stride) + 1;
}

// The loops are the same three times: a function that took their body as a callback would be slower, and no fair rival.

/** The cross-correlation of images [N, C, size, size] with weight [O, C, kernel, kernel], and bias [O]. */
export function naiveConv2d(
  images: ArrayLike<number>,
  weight: ArrayLike<number>,
  bias: ArrayLike<number>,
  sizes: Conv2dSizes,
): Float32Array {
  const { N, C, size, O, kernel, stride, padding } = sizes;
  const outSize = outSizeOf(sizes);
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
                const x = outX * stride + kx - padding;
                if (y < 0 || y >= size || x < 0 || x >= size) continue;
                const pixel = ((n * C + c) * size + y) * size + x;
                const tap = ((o * C + c) * kernel + ky) * kernel + kx;
                sum += images[pixel]! * weight[tap]!;
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

/** Its gradient with respect to the images, [N, C, size, size], given that of its output. */
export function naiveConv2dInputGrad(
  outputGrad: ArrayLike<number>,
  weight: ArrayLike<number>,
  sizes: Conv2dSizes,
): Float32Array {
  const { N, C, size, O, kernel, stride, padding } = sizes;
  const outSize = outSizeOf(sizes);
  const inputGrad = new Float32Array(N * C * size * size);
  for (let n = 0; n < N; n++) {
    for (let o = 0; o < O; o++) {
      for (let outY = 0; outY < outSize; outY++) {
        for (let outX = 0; outX < outSize; outX++) {
          const g = outputGrad[((n * O + o) * outSize + outY) * outSize + outX]!;
          for (let c = 0; c < C; c++) {
            for (let ky = 0; ky < kernel; ky++) {
              for (let kx = 0; kx < kernel; kx++) {
                const y = outY * stride + ky - padding;
                const x = outX * stride + kx - padding;
                if (y < 0 || y >= size || x < 0 || x >= size) continue;
                const pixel = ((n * C + c) * size + y) * size + x;
                const tap = ((o * C + c) * kernel + ky) * kernel + kx;
                inputGrad[pixel]! += g * weight[tap]!;
              }
            }
          }
        }
      }
    }
  }
  return inputGrad;
}

/** Its gradient with respect to the weight, [O, C, kernel, kernel], given that of its output. */
export function naiveConv2dWeightGrad(
  images: ArrayLike<number>,
  outputGrad: ArrayLike<number>,
  sizes: Conv2dSizes,
): Float32Array {
  const { N, C, size, O, kernel, stride, padding } = sizes;
  const outSize = outSizeOf(sizes);
  const weightGrad = new Float32Array(O * C * kernel * kernel);
  for (let n = 0; n < N; n++) {
    for (let o = 0; o < O; o++) {
      for (let outY = 0; outY < outSize; outY++) {
        for (let outX = 0; outX < outSize; outX++) {
          const g = outputGrad[((n * O + o) * outSize + outY) * outSize + outX]!;
          for (let c = 0; c < C; c++) {
            for (let ky = 0; ky < kernel; ky++) {
              for (let kx = 0; kx < kernel; kx++) {
                const y = outY * stride + ky - padding;
                const x = outX * stride + kx - padding;
                if (y < 0 || y >= size || x < 0 || x >= size) continue;
                const pixel = ((n * C + c) * size + y) * size + x;
                const tap = ((o * C + c) * kernel + ky) * kernel + kx;
                weightGrad[tap]! += g * images[pixel]!;
              }
            }
          }
        }
      }
    }
  }
  return weightGrad;
}
