/** Training and testing a classifier: loops that report as they go and can be stopped between two steps. */
import { noGrad } from '@lowrank/autograd';
import { crossEntropy, DataLoader, type Layer, Module, Optimizer } from '@lowrank/nn';
import { ArgumentError, checkOptions, concat, formatValue, scope, type Tensor } from '@lowrank/tensor';

/** A batch of examples, [N, ...], and their classes, int32 [N]. */
export type LabelledBatch = readonly [inputs: Tensor, labels: Tensor];

/** How one training step went. */
export interface TrainingStep {
  /** From 1. */
  readonly step: number;
  /** The mean cross entropy of the batch. */
  readonly loss: number;
  /** The share of the batch that was classified right, from 0 to 1. */
  readonly accuracy: number;
}

export interface LoopOptions {
  /** Stops the loop between two steps by throwing its reason. */
  readonly signal?: AbortSignal;
}

export interface TrainingOptions extends LoopOptions {
  /** Passes over the data. Default 1. */
  readonly epochs?: number;
  /** Called after each step. */
  readonly onStep?: (step: TrainingStep) => void;
}

/** @throws ArgumentError for what is no model, no loader or no options. */
function checkArguments(op: string, model: unknown, loader: unknown, options: object): void {
  if (!(model instanceof Module)) throw new ArgumentError(op, `needs a model, got ${formatValue(model)}`);
  if (!(loader instanceof DataLoader))
    throw new ArgumentError(op, `needs a DataLoader, got ${formatValue(loader)}`);
  checkOptions(op, options);
}

/**
 * Trains a classifier with cross entropy. Each step is a `scope`: what a hook is to have of it afterwards goes to `keep`.
 * @returns All steps in order.
 * @throws ArgumentError for what cannot be trained with; the signal's reason, if it was aborted: the model then stands where the last whole step left it.
 */
export async function trainClassifier(
  model: Layer,
  loader: DataLoader<LabelledBatch>,
  optimizer: Optimizer,
  options: TrainingOptions = {},
): Promise<TrainingStep[]> {
  checkArguments('trainClassifier', model, loader, options);
  if (!(optimizer instanceof Optimizer)) {
    throw new ArgumentError('trainClassifier', `needs an optimiser, got ${formatValue(optimizer)}`);
  }
  const { epochs = 1, signal, onStep } = options;
  if (!Number.isInteger(epochs) || epochs < 1) {
    throw new ArgumentError('trainClassifier', `epochs is a whole number of at least 1, got ${epochs}`);
  }
  const steps: TrainingStep[] = [];
  const breathe = breather(signal);
  model.train();
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (const [inputs, labels] of loader) {
      await breathe();
      const [loss, share] = scope(() => {
        optimizer.zeroGrad();
        const [x, classes] = onDeviceOf(model, [inputs, labels]);
        const logits = model.forward(x);
        const loss = crossEntropy(logits, classes);
        loss.backward();
        optimizer.step();
        return [loss, shareRight(logits, classes)];
      });
      const [own, right] = await Promise.all([readNumber(loss), readNumber(share)]);
      const step = { step: steps.length + 1, loss: own, accuracy: right };
      steps.push(step);
      onStep?.(step);
    }
  }
  await breathe();
  return steps;
}

/** The batch where the model is; loaders make theirs on the CPU. */
function onDeviceOf(model: Layer, [inputs, labels]: LabelledBatch): LabelledBatch {
  const device = model.parameters()[0]?.device ?? inputs.device;
  return [inputs.to(device), labels.to(device)];
}

/** The only value of a tensor on any device. */
async function readNumber(x: Tensor): Promise<number> {
  return (await x.data())[0] as number;
}

function shareRight(logits: Tensor, labels: Tensor): Tensor {
  return logits.detach().argmax(1).eq(labels).to('float32').mean();
}

/** What a classifier said to a whole data set. */
export interface TestResult {
  /** [N, classes], on the CPU */
  readonly logits: Tensor;
  /** `confusion[c][p]`: how many examples of class c were taken for class p. */
  readonly confusion: readonly (readonly number[])[];
}

export interface TestOptions extends LoopOptions {
  /** Called after each batch with the number of examples that have been seen. */
  readonly onBatch?: (examples: number) => void;
}

/**
 * Runs a classifier over a data set in evaluation mode, without gradients, and leaves the mode as it was. Each batch is a `scope`.
 * @throws ArgumentError for an empty data set; the signal's reason, if it was aborted.
 */
export async function testClassifier(
  model: Layer,
  loader: DataLoader<LabelledBatch>,
  options: TestOptions = {},
): Promise<TestResult> {
  checkArguments('testClassifier', model, loader, options);
  const { training } = model;
  const breathe = breather(options.signal);
  const batches: LabelledBatch[] = [];
  let examples = 0;
  model.eval();
  try {
    for (const [inputs, labels] of loader) {
      await breathe();
      const logits = scope(() => {
        const [x] = onDeviceOf(model, [inputs, labels]);
        return noGrad(() => model.forward(x));
      });
      batches.push([await logits.cpu(), await labels.cpu()]);
      examples += labels.numel();
      options.onBatch?.(examples);
    }
    await breathe();
  } finally {
    model.train(training);
  }
  if (batches.length === 0)
    throw new ArgumentError('testClassifier', 'there is nothing to test on: the data set is empty');
  const logits = concat(batches.map(([output]) => output));
  return { logits, confusion: confusionOf(logits, concat(batches.map(([, labels]) => labels))) };
}

function confusionOf(logits: Tensor, labels: Tensor): number[][] {
  const classes = logits.shape[1] as number;
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  const predicted = logits.argmax(1).dataSync();
  labels.dataSync().forEach((label, i) => {
    const row = confusion[label] as number[];
    const prediction = predicted[i] as number;
    row[prediction] = (row[prediction] as number) + 1;
  });
  return confusion;
}

/** How long a loop may hold the thread before timers, signals and the page get their turn. */
const BREATH_MS = 15;

/** A function that gives the event loop a turn now and then, and throws once the signal is aborted. */
function breather(signal: AbortSignal | undefined): () => Promise<void> {
  let last = performance.now();
  return async () => {
    signal?.throwIfAborted();
    if (performance.now() - last < BREATH_MS) return;
    await new Promise((resolve) => setTimeout(resolve));
    last = performance.now();
    signal?.throwIfAborted();
  };
}
