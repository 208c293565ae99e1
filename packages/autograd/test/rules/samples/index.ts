/** All samples. */
import { convolutionSamples } from './convolution.js';
import { elementwiseSamples } from './elementwise.js';
import { indexingSamples, sortSamples } from './indexing.js';
import { deviationSamples, laneSamples, lossSamples } from './lane.js';
import { linalgSamples, outerSamples } from './linalg.js';
import { reduceSamples, statisticsSamples } from './reduce.js';
import type { Samples } from './sample.js';
import { maskSamples, shapeSamples } from './shape.js';

export type { Sample, Samples } from './sample.js';

/** By op. */
export const OP_SAMPLES: Samples = {
  ...elementwiseSamples,
  ...reduceSamples,
  ...laneSamples,
  ...deviationSamples,
  ...lossSamples,
  ...shapeSamples,
  ...indexingSamples,
  ...linalgSamples,
  ...convolutionSamples,
};

/** Of functions that are composed of ops. */
export const COMPOSED_SAMPLES: Samples = {
  ...statisticsSamples,
  ...maskSamples,
  ...sortSamples,
  ...outerSamples,
};
