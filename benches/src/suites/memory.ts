/** Whether training leaks: the memory of a process over thousands of steps. */
import { inProcesses, type Program } from '../processes.js';
import type { Suite } from '../suite.js';

/** After so many steps, all that is allocated once is there. */
const EARLY = 200;

const program = (steps: number, env: Readonly<Record<string, string>>): Program => ({
  file: 'memory',
  options: { steps, early: Math.min(EARLY, Math.ceil(steps / 3)) },
  env,
});

export const memorySuite: Suite = {
  name: 'memory',
  about: 'resident memory over thousands of training steps of the MNIST CNN, each on a batch of its own',
  onRequest: true,
  cases: [
    inProcesses({
      name: 'MNIST CNN, 64 images a step',
      programs: ({ steps }) => ({
        'as it comes': program(steps, {}),
        // V8 lets this part of its heap grow to 48 MB over the steps: what is left is what lowrank itself needs.
        'young generation held at 4 MB': program(steps, { NODE_OPTIONS: '--max-semi-space-size=4' }),
      }),
      leastRounds: 1,
    }),
  ],
};
