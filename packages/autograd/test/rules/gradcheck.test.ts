/** Every gradient rule against finite differences, first and second order. */
import { describe, expect, it } from '@jest/globals';
import { gradcheck, gradgradcheck } from '@lowrank/autograd';
import { COMPOSED_SAMPLES, OP_SAMPLES } from './samples/index.js';

describe.each(Object.entries({ ...OP_SAMPLES, ...COMPOSED_SAMPLES }))('%s', (_, samples) => {
  it.each(samples.map((sample) => [sample.about, sample] as const))(
    'has right gradients, and right gradients of gradients: %s',
    (_about, { f, inputs, options }) => {
      expect(gradcheck(f, inputs, options)).toBe(true);
      expect(gradgradcheck(f, inputs, options)).toBe(true);
    },
  );
});
