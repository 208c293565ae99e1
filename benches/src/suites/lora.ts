/** LoRA fine-tuning against full fine-tuning: time, memory, and what has to be saved. */
import { inProcesses, type Program } from '../processes.js';
import type { FinetuneOptions } from '../programs/finetune.js';
import type { Suite } from '../suite.js';

function finetuning(options: FinetuneOptions): Program {
  return { file: 'finetune', options };
}

function against(name: string, task: FinetuneOptions['task'], rank: number) {
  return inProcesses({
    name,
    programs: ({ seconds }) => {
      // One step of the larger network lasts longer than the shortest turn; a few give a median.
      const steps = Math.max(1, Math.round(200 * seconds));
      return {
        [`LoRA of rank ${rank}`]: finetuning({ task, rank, steps }),
        'all parameters': finetuning({ task, rank: 0, steps }),
      };
    },
  });
}

export const loraSuite: Suite = {
  name: 'lora',
  about: 'fine-tuning with LoRA against all parameters, 64 inputs: a step, peak memory, and the file to save',
  cases: [
    against('convolutions of the MNIST CNN', 'mnistCnn', 1),
    against('four layers of [1024, 1024]', 'wideNetwork', 8),
  ],
};
