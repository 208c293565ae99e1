/** What comes after the sums of a product: a bias and an activation, in the kernel itself or where parts are added up. */
import { defineStep, type KernelText, type Source, type Step } from './program.js';

/** Functions that a product can end with. */
export type Activation = 'relu';

/** A NaN stays one, which `max` would not promise. */
const ACTIVATIONS: Readonly<Record<Activation, (value: string) => string>> = {
  relu: (value) => `select(${value}, vec4f(), ${value} < vec4f())`,
};

/** Four values after the activation, if there is one. */
export function activated(value: string, activation: Activation | undefined): string {
  return activation === undefined ? value : ACTIVATIONS[activation](value);
}

export interface Ending {
  readonly bias: boolean;
  readonly activation?: Activation | undefined;
}

/** Nothing comes after the sums. */
export const NO_ENDING: Ending = { bias: false };

const THREADS = 64;

/** The parts of a product, which lie one after the other. */
export interface Parts {
  readonly parts: number;
  /** Values of each part, and of the result. */
  readonly length: number;
  /** Value i belongs to channel i / inner % channels, which has a bias. */
  readonly channels: number;
  readonly inner: number;
  readonly ending: Ending;
  readonly biases: readonly Source[];
}

/** Adds up the parts of the step before, always in the same order, and ends the product. */
export function addParts({ parts, length, channels, inner, ending, biases }: Parts): Step {
  return defineStep({
    kind: 'addParts',
    options: ending,
    text: addPartsText,
    params: { parts, length, channels, inner },
    inputs: ['previous', ...biases],
    groups: Math.ceil(length / THREADS),
    length,
  });
}

function addPartsText({ bias, activation }: Ending): KernelText {
  return {
    inputs: { sums: 'f32', ...(bias && { bias: 'f32' }) },
    output: 'f32',
    threads: THREADS,
    body: `
  let i = id * ${THREADS}u + thread;
  if (i >= params.length) { return; }
  var sum = 0.0;
  for (var part = 0u; part < params.parts; part++) { sum += sums[part * params.length + i]; }
  ${bias ? 'sum += bias[i / params.inner % params.channels];' : ''}
  let value = vec4f(sum);
  out[i] = (${activated('value', activation)}).x;`,
  };
}
