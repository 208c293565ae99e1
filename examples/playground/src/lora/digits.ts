/** Digits as plain data, which go between the page and its worker. */
import { SIDE } from './mnist-image.js';

export interface Digits {
  /** Grey values from 0 to 1, [N, 28, 28]. */
  readonly images: Float32Array;
  /** What they show, [N]. */
  readonly labels: Int32Array;
}

/** The grey values of one of the digits, [28, 28]. */
export function imageAt({ images }: Digits, i: number): Float32Array {
  return images.subarray(i * SIDE * SIDE, (i + 1) * SIDE * SIDE);
}
