/** Fine-tunes a network, all of it or LoRA alone, and tells time, memory, and the size of what has to be saved. */
import {
  Adam,
  addAdapter,
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
  serializeAdapter,
  serializeSafetensors,
} from 'lowrank';
import { median } from '../turns.js';
import { answer, optionsOf, peakMemory } from './finish.js';

const BATCH_SIZE = 64;

interface Task {
  readonly model: Layer;
  /** The layers that LoRA adapts, by their paths. */
  readonly adapted: Readonly<Record<string, Layer & { readonly weight: { readonly shape: Shape } }>>;
  /** Of one input. */
  readonly inputShape: Shape;
  readonly classes: number;
}

function mnistCnn(): Task {
  const model = new MnistCnn();
  const adapted = Object.fromEntries(CONVOLUTIONS.map((name) => [name, model[name]]));
  return { model, adapted, inputShape: [1, 28, 28], classes: 10 };
}

function wideNetwork(): Task {
  const width = 1024;
  const layers = Array.from({ length: 4 }, () => new Linear(width, width));
  const model = new Sequential(...layers.flatMap((layer) => [layer, new ReLU()]));
  const adapted = Object.fromEntries(layers.map((layer, i) => [2 * i, layer]));
  return { model, adapted, inputShape: [width], classes: width };
}

const TASKS = { mnistCnn, wideNetwork };

/** Ways of training, each of which gives what has to be saved afterwards. */
const WAYS = {
  all:
    ({ model }: Task) =>
    () =>
      serializeSafetensors(model.stateDict()),
  adapters({ model, adapted }: Task) {
    addAdapter(model, { r: rank, alpha: rank, targetModules: Object.keys(adapted) });
    return () => serializeAdapter(model, 'default').tensors;
  },
  parametrizations({ model, adapted }: Task) {
    for (const layer of Object.values(adapted)) {
      registerParametrization(layer, 'weight', new Lora(layer.weight.shape, { rank, alpha: rank }));
    }
    markOnlyLoraAsTrainable(model);
    return () => serializeSafetensors(loraStateDict(model));
  },
};

export interface FinetuneOptions {
  readonly task: keyof typeof TASKS;
  readonly way: keyof typeof WAYS;
  /** The rank of LoRA. */
  readonly rank: number;
  /** How many steps are timed. */
  readonly steps: number;
}

const { task, way, rank, steps } = optionsOf<FinetuneOptions>();
const chosen = TASKS[task]();
const { model, inputShape, classes } = chosen;
const save = WAYS[way](chosen);
const optimizer = new Adam(model.parameters(), { lr: 1e-4 });
const generator = new Generator(1);
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
answer({ milliseconds, peakMemory: peak, file: save().length / 1024 });
