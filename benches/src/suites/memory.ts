/** Whether training leaks: the memory of a process over thousands of steps. */
import { run } from '../processes.js';
import type { Suite } from '../suite.js';
import { takeTurns } from '../turns.js';

/** After so many steps, all that is allocated once is there. */
const EARLY = 200;

export const memorySuite: Suite = {
  name: 'memory',
  about: 'resident memory over thousands of training steps of a small network, each on a batch of its own',
  cases: [
    {
      name: 'convolution and linear layer',
      measure: (budget) => {
        const { steps } = budget;
        const options = { steps, early: Math.min(EARLY, Math.ceil(steps / 3)) };
        const turn = () => run({ file: 'memory', options });
        return takeTurns({ [`one of ${steps} steps`]: turn }, { ...budget, rounds: 1 });
      },
    },
  ],
};
