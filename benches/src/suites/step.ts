/** A training step of the MNIST network: by wasm on all threads and on one, and by the reference kernels. */
import {
  Adam,
  crossEntropy,
  Generator,
  getNumThreads,
  MnistCnn,
  rand,
  randint,
  type StateDict,
  scope,
} from 'lowrank';
import type { Suite } from '../suite.js';
import { timed } from '../timed.js';

/** Step after step on one batch, from the same beginning, so that the losses of the first steps are the same. */
function training(state: StateDict, batchSize: number): () => ArrayLike<number> {
  const model = new MnistCnn();
  model.loadStateDict(state);
  const generator = new Generator(1);
  const images = rand([batchSize, 1, 28, 28], { generator });
  const labels = randint([batchSize], 0, 10, { generator });
  const optimizer = new Adam(model.parameters(), { lr: 1e-3 });
  return () => {
    optimizer.zeroGrad();
    const loss = crossEntropy(model.forward(images), labels);
    loss.backward();
    optimizer.step();
    return loss.dataSync();
  };
}

/** As loops do that are to be fast: what a step leaves behind is filled again by the next. */
function inScope(step: () => ArrayLike<number>): () => ArrayLike<number> {
  return () => scope(step);
}

export const stepSuite: Suite = {
  name: 'step',
  about:
    'a step of Adam on the MNIST CNN: on all threads, in a scope, on one thread, and by the reference kernels',
  cases: [64].map((batchSize) =>
    timed({
      name: `batch of ${batchSize}`,
      prepare: () => {
        const state = new MnistCnn().stateDict();
        const run = () => training(state, batchSize);
        return {
          lowrank: run(),
          'lowrank, in a scope': inScope(run()),
          ...(getNumThreads() > 1 && { 'lowrank, 1 thread': { run: run(), mode: { threads: 1 } } }),
          'reference backend': { run: run(), mode: { backend: 'reference' } },
        };
      },
    }),
  ),
};
