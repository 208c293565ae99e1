/** Trains a small network for thousands of steps and watches its memory. */
import {
  Adam,
  Conv2d,
  crossEntropy,
  Flatten,
  Generator,
  Linear,
  ReLU,
  rand,
  randint,
  Sequential,
} from 'lowrank';
import { median } from '../turns.js';
import { answer, memory, optionsOf } from './finish.js';

const BATCH_SIZE = 16;

const { steps, early } = optionsOf<{
  readonly steps: number;
  /** After so many steps all that is allocated once is there. */
  readonly early: number;
}>();

const generator = new Generator(1);
const model = new Sequential(
  new Conv2d(1, 4, 3, { stride: 2, padding: 1 }),
  new ReLU(),
  new Flatten(),
  new Linear(4 * 7 * 7, 10),
);
const optimizer = new Adam(model.parameters());

/** Another batch each time, as from a data loader. */
function step(): void {
  const images = rand([BATCH_SIZE, 1, 14, 14], { generator });
  const labels = randint([BATCH_SIZE], 0, 10, { generator });
  optimizer.zeroGrad();
  crossEntropy(model.forward(images), labels).backward();
  optimizer.step();
}

const samples: number[] = [];
const startedAt = performance.now();
for (let i = 0; i < steps; i++) {
  step();
  samples.push(memory());
}
const milliseconds = (performance.now() - startedAt) / steps;
// A garbage collector lets memory swing: the median of as many steps again.
const earlyMemory = median(samples.slice(early, 2 * early));
const lateMemory = median(samples.slice(-early));
answer({ milliseconds, earlyMemory, lateMemory, growth: 100 * (lateMemory / earlyMemory - 1) });
