/** Training and testing a classifier: what the loops report, how they stop, and what they refuse. */
import { describe, expect, it } from '@jest/globals';
import { DataLoader, Linear, Sequential, SGD, TensorDataset } from '@lowrank/nn';
import { ArgumentError, manualSeed, randn, tensor } from '@lowrank/tensor';
import { type LabelledBatch, type TrainingStep, testClassifier, trainClassifier } from '../src/index.js';

/** Points left and right of the origin: class 0 and class 1. */
function separablePoints(): TensorDataset<LabelledBatch> {
  const points = [-3, -2, -1, 1, 2, 3].map((x) => [x, 1]);
  return new TensorDataset(tensor(points), tensor([0, 0, 0, 1, 1, 1], { dtype: 'int32' }));
}

function setting() {
  manualSeed(0);
  const model = new Sequential(new Linear(2, 2));
  const loader = new DataLoader(separablePoints(), { batchSize: 4, shuffle: true, seed: 0 });
  return { model, loader, optimizer: new SGD(model.parameters(), { lr: 0.5 }) };
}

describe('trainClassifier', () => {
  it('lowers the loss until everything is right, and reports each step once', async () => {
    const { model, loader, optimizer } = setting();
    const reported: number[] = [];
    const steps = await trainClassifier(model, loader, optimizer, {
      epochs: 20,
      onStep: ({ step }) => reported.push(step),
    });
    expect(steps).toHaveLength(40);
    expect(reported).toEqual(steps.map(({ step }) => step));
    expect(reported.at(-1)).toBe(40);
    expect(steps.at(-1)!.loss).toBeLessThan(steps[0]!.loss / 4);
    expect(steps.at(-1)!.accuracy).toBe(1);
  });

  it('switches the model to training', async () => {
    const { model, loader, optimizer } = setting();
    await trainClassifier(model.eval(), loader, optimizer);
    expect(model.training).toBe(true);
  });

  it('stops between two steps when the signal is aborted, and throws its reason', async () => {
    const { model, loader, optimizer } = setting();
    const stop = new AbortController();
    const reason = new Error('enough');
    let last = 0;
    const training = trainClassifier(model, loader, optimizer, {
      epochs: 20,
      signal: stop.signal,
      onStep: ({ step }) => {
        last = step;
        if (step === 3) stop.abort(reason);
      },
    });
    await expect(training).rejects.toBe(reason);
    expect(last).toBe(3);
    expect(model.parameters().every((p) => p.isfinite().all().item() === 1)).toBe(true);
  });

  it('lets timers run while it works', async () => {
    const { model, optimizer } = setting();
    const many = new TensorDataset(randn([200, 2]), tensor(new Int32Array(200)));
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    await trainClassifier(model, new DataLoader<LabelledBatch>(many), optimizer);
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(0);
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses %p epochs', async (epochs) => {
    const { model, loader, optimizer } = setting();
    const training = trainClassifier(model, loader, optimizer, { epochs });
    await expect(training).rejects.toThrow(ArgumentError);
    await expect(training).rejects.toThrow(
      `trainClassifier: epochs is a whole number of at least 1, got ${epochs}`,
    );
  });

  it('sees a signal that comes during the last step', async () => {
    const { model, loader, optimizer } = setting();
    const stop = new AbortController();
    const onStep = ({ step }: TrainingStep) => step === loader.length && stop.abort('late');
    const training = trainClassifier(model, loader, optimizer, { signal: stop.signal, onStep });
    await expect(training).rejects.toBe('late');
  });

  it('refuses what it cannot train with', async () => {
    const { model, loader, optimizer } = setting();
    const refused: readonly (readonly [Promise<unknown>, string])[] = [
      [trainClassifier(undefined as never, loader, optimizer), 'needs a model, got undefined'],
      [trainClassifier(model, [] as never, optimizer), 'needs a DataLoader, got []'],
      [trainClassifier(model, loader, 0.1 as never), 'needs an optimiser, got 0.1'],
      [trainClassifier(model, loader, optimizer, 3 as never), 'takes its options as an object'],
    ];
    for (const [training, message] of refused) {
      await expect(training).rejects.toThrow(ArgumentError);
      await expect(training).rejects.toThrow(`trainClassifier: ${message}`);
    }
  });
});

describe('testClassifier', () => {
  it('counts every example once in the confusion matrix, and keeps the order of the logits', async () => {
    const { model } = setting();
    model.loadStateDict({
      '0.weight': tensor([
        [-1, 0],
        [1, 0],
      ]),
      '0.bias': tensor([0, 5]),
    });
    const seen: number[] = [];
    const loader = new DataLoader(separablePoints(), { batchSize: 4 });
    const { logits, confusion } = await testClassifier(model, loader, { onBatch: (n) => seen.push(n) });
    expect(confusion).toEqual([
      [1, 2],
      [0, 3],
    ]);
    expect(logits.tolist()).toEqual([
      [3, 2],
      [2, 3],
      [1, 4],
      [-1, 6],
      [-2, 7],
      [-3, 8],
    ]);
    expect(logits.requiresGrad).toBe(false);
    expect(seen).toEqual([4, 6]);
  });

  it.each([true, false])('leaves training = %p as it was', async (training) => {
    const { model, loader } = setting();
    model.train(training);
    await testClassifier(model, loader);
    expect(model.training).toBe(training);
  });

  it('restores the mode when it is stopped', async () => {
    const { model, loader } = setting();
    await expect(testClassifier(model, loader, { signal: AbortSignal.abort('stop') })).rejects.toBe('stop');
    expect(model.training).toBe(true);
  });

  it('sees a signal that comes during the last batch', async () => {
    const { model, loader } = setting();
    const stop = new AbortController();
    const onBatch = (examples: number) => examples === loader.dataset.length && stop.abort('late');
    await expect(testClassifier(model, loader, { signal: stop.signal, onBatch })).rejects.toBe('late');
    expect(model.training).toBe(true);
  });

  it('refuses what is no model or no loader', async () => {
    const { model, loader } = setting();
    await expect(testClassifier({} as never, loader)).rejects.toThrow(ArgumentError);
    await expect(testClassifier(model, null as never)).rejects.toThrow(
      'testClassifier: needs a DataLoader, got null',
    );
  });

  it('refuses an empty data set', async () => {
    const { model } = setting();
    const nothing = new TensorDataset(tensor(new Float32Array(0)), tensor(new Int32Array(0)));
    await expect(testClassifier(model, new DataLoader<LabelledBatch>(nothing))).rejects.toThrow(
      'testClassifier: there is nothing to test on: the data set is empty',
    );
  });
});
