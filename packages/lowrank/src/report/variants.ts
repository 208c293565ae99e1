/** The five ways in which a run tested its one network, in the order in which the report shows them. */

import type { Evaluation, RunSummary } from '../summary.js';
import { DIGIT_NAMES } from './format.js';

export interface Variant {
  readonly name: string;
  readonly description: string;
  /** The colour of the weights that it computes with: LoRA switched off is base again. */
  readonly colour: 'base' | 'lora' | 'specialised';
  readonly evaluation: Evaluation;
}

export function variantsOf(run: RunSummary): Variant[] {
  const digits = DIGIT_NAMES[run.specialised.digit] ?? '';
  return [
    { name: 'Base', description: 'as first trained', colour: 'base', evaluation: run.base },
    { name: 'LoRA on', description: 'fine-tuned on all digits', colour: 'lora', evaluation: run.lora },
    {
      name: 'LoRA off',
      description: 'the same network, LoRA switched off',
      colour: 'base',
      evaluation: run.loraOff,
    },
    { name: 'Merged', description: 'LoRA folded into the weights', colour: 'lora', evaluation: run.merged },
    {
      name: 'Specialised',
      description: `fine-tuned on ${digits}`,
      colour: 'specialised',
      evaluation: run.specialised,
    },
  ];
}

/** The number of wrong answers in all. */
export function mistakes({ wrong }: Evaluation): number {
  return wrong.reduce((total, count) => total + count, 0);
}

/** How many test images of each digit there are, `[10]`. */
export function imagesPerDigit({ confusion }: Evaluation): number[] {
  return confusion.map((row) => row.reduce((total, count) => total + count, 0));
}
