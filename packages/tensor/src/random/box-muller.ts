/** Uniform numbers become normal ones: the Box-Muller transform in the variants that PyTorch's `normal_` uses. */

import { fmaFloat64 } from '../kernels/fused-multiply-add.js';
import type { Generator } from './generator.js';

/** The radius comes from the first half of a block of uniforms, the angle from the second. */
export const BLOCK = 16;
const HALF = BLOCK / 2;

/** One standard normal number; every second call takes the one kept in the generator (`at::normal_distribution`). */
export function normalSample(generator: Generator): number {
  const kept = generator.nextNormalSample;
  if (kept !== undefined) {
    generator.nextNormalSample = undefined;
    return kept;
  }
  const theta = 2 * Math.PI * (generator.random53() * 2 ** -53);
  const radius = Math.sqrt(-2 * Math.log(1 - generator.random53() * 2 ** -53));
  generator.nextNormalSample = radius * Math.sin(theta);
  return radius * Math.cos(theta);
}

/** Turns the 16 uniforms at `start` into normals, in place, in float64 (`normal_fill_16` of PyTorch). */
export function normalBlockFloat64(data: Float64Array, start: number, mean: number, std: number): void {
  for (let j = start; j < start + HALF; j++) {
    const radius = Math.sqrt(-2 * Math.log(1 - (data[j] as number)));
    const theta = 2 * Math.PI * (data[j + HALF] as number);
    data[j] = fmaFloat64(radius * Math.cos(theta), std, mean);
    data[j + HALF] = fmaFloat64(radius * Math.sin(theta), std, mean);
  }
}
