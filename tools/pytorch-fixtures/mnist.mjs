// Our side of the whole run as proof: the training of mnist.py, and how far our losses are from PyTorch's.

import { readFileSync } from 'node:fs';
import {
  Adam,
  crossEntropy,
  DataLoader,
  Generator,
  MnistCnn,
  MnistDataset,
  manualSeed,
  randperm,
  readMnistFiles,
  Subset,
} from 'lowrank';

const FIXTURE = new URL('../../packages/lowrank/test/mnist/fixtures/pytorch-losses.json', import.meta.url);

/**
 * What mnist.py wrote: the losses of PyTorch, and again with the images of each batch in other orders.
 * @type {{
 *   readonly torch: string,
 *   readonly seed: number,
 *   readonly batchSize: number,
 *   readonly learningRate: number,
 *   readonly losses: readonly number[],
 *   readonly reordered: readonly (readonly number[])[],
 * }}
 */
export const pytorch = JSON.parse(readFileSync(FIXTURE, 'utf8'));

/**
 * Our losses in the first steps of what `npm start` trains.
 * @param {number} steps
 * @returns {Promise<number[]>}
 */
export async function firstLosses(steps) {
  const { seed, batchSize, learningRate } = pytorch;
  const { train } = await readMnistFiles();
  const images = new MnistDataset(train);
  const order = randperm(images.length, { generator: new Generator(seed) }).dataSync();
  const loader = new DataLoader(new Subset(images, order), { batchSize, shuffle: true, seed });
  manualSeed(seed);
  const model = new MnistCnn();
  const optimizer = new Adam(model.parameters(), { lr: learningRate });
  const losses = [];
  for (const [inputs, labels] of loader) {
    optimizer.zeroGrad();
    const loss = crossEntropy(model.forward(inputs), labels);
    loss.backward();
    optimizer.step();
    losses.push(loss.item());
    if (losses.length === steps) break;
  }
  return losses;
}

/**
 * The largest distance from PyTorch's losses so far, for each step.
 * @param {readonly number[]} losses
 * @returns {number[]}
 */
export function driftOf(losses) {
  let largest = 0;
  return losses.map((loss, i) => {
    largest = Math.max(largest, Math.abs(loss - pytorch.losses[i]));
    return largest;
  });
}
