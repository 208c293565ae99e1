/** Fine-tunes a network, all of it or LoRA alone, and tells time, memory, and the size of what has to be saved. */
import {
  Adam,
  CONVOLUTIONS,
  crossEntropy,
  Generator,
  type Layer,
  Linear,
  Lora,
  loraStateDict,
  MnistCnn,
  markOnlyLoraAsTrainable,
  ReLU,
  rand,
  randint,
  registerParametrization,
  Sequential,
  type Shape,
  serializeSafetensors,
} from 'lowrank';
import { median } from '../turns.js';
import { answer, optionsOf, peakMemory } from './finish.js';

const BATCH_SIZE = 64;

interface Task {
  readonly model: Layer;
  /** The layers that LoRA adapts. */
  readonly adapted: readonly (Layer & { readonly weight: { readonly shape: Shape } })[];
  /** Of one input. */
  readonly inputShape: Shape;
  readonly classes: number;
}

function mnistCnn(): Task {
  const model = new MnistCnn();
  const adapted = CONVOLUTIONS.map((name) => model[name]);
  return { model, adapted, inputShape: [1, 28, 28], classes: 10 };
}

function wideNetwork(): Task {
  const width = 1024;
  const adapted = Array.from({ length: 4 }, () => new Linear(width, width));
  const model = new Sequential(...adapted.flatMap((layer) => [layer, new ReLU()]));
  return { model, adapted, inputShape: [width], classes: width };
}

const TASKS = { mnistCnn, wideNetwork };

export interface FinetuneOptions {
  readonly task: keyof typeof TASKS;
  /** The rank of LoRA; 0 trains everything. */
  readonly rank: number;
  /** How many steps are timed. */
  readonly steps: number;
}

const { task, rank, steps } = optionsOf<FinetuneOptions>();
const { model, adapted, inputShape, classes } = TASKS[task]();
const generator = new Generator(1);
if (rank > 0) {
  for (const layer of adapted) {
    registerParametrization(layer, 'weight', new Lora(layer.weight.shape, { rank, generator }));
  }
  markOnlyLoraAsTrainable(model);
}
const optimizer = new Adam(model.parameters(), { lr: 1e-4 });
const inputs = rand([BATCH_SIZE, ...inputShape], { generator });
const labels = randint([BATCH_SIZE], 0, classes, { generator });

function step(): number {
  const startedAt = performance.now();
  optimizer.zeroGrad();
  crossEntropy(model.forward(inputs), labels).backward();
  optimizer.step();
  return performance.now() - startedAt;
}

// The first steps compile and allocate.
for (let i = 0; i < 2; i++) step();
const milliseconds = median(Array.from({ length: steps }, step));
const peak = peakMemory();
const saved = serializeSafetensors(rank > 0 ? loraStateDict(model) : model.stateDict());
answer({ milliseconds, peakMemory: peak, file: saved.length / 1024 });
