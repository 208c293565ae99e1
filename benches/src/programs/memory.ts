/** Trains the MNIST CNN for thousands of steps and watches the memory of the process. */
import { Adam, crossEntropy, Generator, MnistCnn, rand, randint } from 'lowrank';
import { median } from '../turns.js';
import { answer, memory, optionsOf } from './finish.js';

const BATCH_SIZE = 64;

const { steps, early } = optionsOf<{
  readonly steps: number;
  /** After so many steps all that is allocated once is there. */
  readonly early: number;
}>();

const generator = new Generator(1);
const model = new MnistCnn();
const optimizer = new Adam(model.parameters());

/** Another batch each time, as from a data loader. */
function step(): void {
  const images = rand([BATCH_SIZE, 1, 28, 28], { generator });
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
