/** Fresh processes: how long until lowrank is imported, and until it has a first result. */
import { inProcesses, type Program } from '../processes.js';
import type { Suite } from '../suite.js';

function start(name: string, square = 0): Program {
  return { file: 'start', options: { name, square }, timedOutside: true };
}

const NOTHING: Program = { file: 'nothing', timedOutside: true };

const PACKAGES = [
  '@lowrank/tensor',
  '@lowrank/autograd',
  '@lowrank/nn',
  '@lowrank/lora',
  '@lowrank/models',
  'lowrank',
];

export const startSuite: Suite = {
  name: 'start',
  about: 'the life of a fresh process, against one that does nothing',
  cases: [
    inProcesses({
      name: 'first result',
      programs: () => ({
        'Node alone': NOTHING,
        'import tensor': start('@lowrank/tensor'),
        'import tensor, [64, 64] x [64, 64]': start('@lowrank/tensor', 64),
      }),
      leastRounds: 9,
    }),
    inProcesses({
      name: 'import',
      programs: () => ({
        'Node alone': NOTHING,
        ...Object.fromEntries(PACKAGES.map((name) => [name, start(name)])),
      }),
      leastRounds: 9,
    }),
  ],
};
