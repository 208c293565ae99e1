/** LoRA against full fine-tuning, swapping adapters against loading weights, a mixed batch against a forward for each adapter. */
import {
  addAdapter,
  concat,
  Generator,
  Linear,
  type LoraConfig,
  noGrad,
  ReLU,
  randn,
  Sequential,
  setAdapter,
} from 'lowrank';
import { inProcesses } from '../processes.js';
import type { FinetuneOptions } from '../programs/finetune.js';
import type { Suite } from '../suite.js';
import { timed } from '../timed.js';

const WIDTH = 1024;
const RANK = 8;

/** Contestants by name, each a way to train. */
function finetuning(
  name: string,
  task: FinetuneOptions['task'],
  ways: Record<string, FinetuneOptions['way']>,
  rank: number,
) {
  return inProcesses({
    name,
    programs: ({ seconds }) => {
      // One step of the larger network lasts longer than the shortest turn; a few give a median.
      const steps = Math.max(1, Math.round(200 * seconds));
      const program = (way: FinetuneOptions['way']) => ({
        file: 'finetune',
        options: { task, way, rank, steps },
      });
      return Object.fromEntries(Object.entries(ways).map(([contestant, way]) => [contestant, program(way)]));
    },
  });
}

/** Four layers with adapters that have been trained, or look like it: no B is zero. */
function served(names: readonly string[]) {
  const layers = Array.from({ length: 4 }, () => [new Linear(WIDTH, WIDTH), new ReLU()]).flat();
  const config: LoraConfig = { r: RANK, targetModules: 'all-linear', init: false };
  const model = new Sequential(...layers);
  const [first, ...others] = names;
  const adapted = addAdapter(model, config, first);
  for (const name of others) addAdapter(model, config, name);
  return adapted;
}

/** Going to another adapter and back, and to another model of the same kind and back. */
function swaps() {
  const model = served(['a', 'b']);
  const mine = model.stateDict();
  const other = Object.fromEntries(Object.entries(mine).map(([path, value]) => [path, value.add(0)]));
  return {
    model,
    adapters: () => {
      for (const name of ['b', 'a']) setAdapter(model, name);
    },
    models: () => {
      for (const state of [other, mine]) model.loadStateDict(state);
    },
  };
}

const swapping = timed({
  name: `there and back again, four layers of [${WIDTH}, ${WIDTH}]`,
  prepare: () => {
    const { adapters, models } = swaps();
    const alone = (swap: () => void) => () => {
      swap();
      return [];
    };
    return { 'adapters, by setAdapter': alone(adapters), 'whole models, by loadStateDict': alone(models) };
  },
});

const swappedForward = timed({
  name: 'the same, and then one row through them',
  prepare: () => {
    const { model, adapters, models } = swaps();
    const x = randn([1, WIDTH], { generator: new Generator(1) });
    const forwardAfter = (swap: () => void) => () => {
      swap();
      return noGrad(() => model.forward(x).dataSync());
    };
    return {
      'no swap': forwardAfter(() => {}),
      'adapters, by setAdapter': forwardAfter(adapters),
      'whole models, by loadStateDict': forwardAfter(models),
    };
  },
});

/** How many rows there are of each adapter. */
const ROWS = 4;
const USERS = Array.from({ length: 16 }, (_, i) => `user-${i}`);

const mixing = timed({
  name: `${ROWS * USERS.length} rows over ${USERS.length} adapters through four layers of [${WIDTH}, ${WIDTH}]`,
  prepare: () => {
    const model = served(USERS);
    const x = randn([ROWS * USERS.length, WIDTH], { generator: new Generator(1) });
    const adapters = USERS.flatMap((name) => Array<string>(ROWS).fill(name));
    const forwardOf = (name: string, i: number) => {
      setAdapter(model, name);
      return model.forward(x.narrow(0, i * ROWS, ROWS));
    };
    return {
      'one mixed batch': () => noGrad(() => model.forward(x, { adapters }).dataSync()),
      'a forward for each adapter': () => noGrad(() => concat(USERS.map(forwardOf)).dataSync()),
    };
  },
});

export const loraSuite: Suite = {
  name: 'lora',
  about: 'fine-tuning (64 inputs: a step, peak memory, the file to save), swapping and mixing adapters',
  cases: [
    finetuning(
      'training the convolutions of the MNIST CNN',
      'mnistCnn',
      {
        'parametrizations of rank 1': 'parametrizations',
        'adapters of rank 1': 'adapters',
        'all parameters': 'all',
      },
      1,
    ),
    finetuning(
      `training four layers of [${WIDTH}, ${WIDTH}]`,
      'wideNetwork',
      {
        [`adapters of rank ${RANK}`]: 'adapters',
        [`parametrizations of rank ${RANK}`]: 'parametrizations',
        'all parameters': 'all',
      },
      RANK,
    ),
    swapping,
    swappedForward,
    mixing,
  ],
};
