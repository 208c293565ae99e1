/** A made-up run for the tests: no network was trained for it, its numbers only fit together. */

import { type CurvePoint, evaluationOf, type RunSummary } from '../src/summary.js';

/** The digits of MNIST's test images. */
const IMAGES = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009];

/** The rest of each digit's images is counted as right. */
export function evaluationWith(
  mistakes: readonly (readonly [digit: number, answer: number, count: number])[],
) {
  const confusion = IMAGES.map((images, digit) => IMAGES.map((_, answer) => (answer === digit ? images : 0)));
  for (const [digit, answer, count] of mistakes) {
    const row = confusion[digit] as number[];
    row[answer] = (row[answer] as number) + count;
    row[digit] = (row[digit] as number) - count;
  }
  return evaluationOf(confusion);
}

function curve(steps: number, from: number, to: number): CurvePoint[] {
  return Array.from({ length: steps }, (_, i) => {
    const noise = 1 + 0.6 * Math.sin(12.9898 * i) * Math.sin(78.233 * i);
    const loss = (to + (from - to) * Math.exp((-9 * i) / steps)) * noise;
    return { step: i + 1, loss, accuracy: Math.round(64 * Math.exp(-loss / 3)) / 64 };
  });
}

const base = evaluationWith([
  [0, 6, 5],
  [1, 3, 2],
  [2, 0, 3],
  [2, 7, 9],
  [3, 2, 4],
  [3, 5, 13],
  [3, 8, 6],
  [4, 6, 3],
  [4, 9, 17],
  [5, 3, 21],
  [5, 6, 8],
  [5, 8, 6],
  [6, 0, 7],
  [6, 5, 4],
  [7, 1, 8],
  [7, 2, 12],
  [7, 9, 9],
  [8, 0, 4],
  [8, 3, 11],
  [8, 5, 6],
  [8, 9, 9],
  [9, 3, 5],
  [9, 4, 33],
  [9, 7, 5],
]);

const lora = evaluationWith([
  [0, 6, 4],
  [1, 3, 2],
  [2, 7, 6],
  [3, 5, 9],
  [3, 8, 3],
  [4, 6, 3],
  [4, 9, 11],
  [5, 3, 14],
  [5, 6, 6],
  [6, 0, 6],
  [6, 5, 5],
  [7, 1, 7],
  [7, 2, 8],
  [7, 9, 7],
  [8, 0, 3],
  [8, 3, 6],
  [8, 5, 4],
  [8, 9, 6],
  [9, 3, 3],
  [9, 4, 21],
  [9, 7, 4],
]);

const specialised = evaluationWith([
  [0, 9, 3],
  [1, 3, 2],
  [2, 7, 9],
  [3, 5, 9],
  [3, 9, 6],
  [4, 6, 2],
  [4, 9, 41],
  [5, 3, 14],
  [5, 9, 8],
  [6, 0, 6],
  [6, 5, 4],
  [7, 2, 9],
  [7, 9, 21],
  [8, 3, 8],
  [8, 9, 16],
  [9, 4, 9],
  [9, 7, 2],
]);

export const FIXTURE: RunSummary = {
  startedAt: '2026-01-02T03:04:05.678Z',
  environment: {
    node: 'v20.0.0-fixture',
    platform: 'fixture-os x64',
    kernels: 'wasm, fixture SIMD, 2 threads',
  },
  options: {
    seed: 4242,
    epochs: 1,
    digit: null,
    rank: 1,
    alpha: 1,
    quick: false,
    out: 'runs/fixture',
    batchSize: 64,
    learningRate: { base: 0.001, lora: 0.0012, specialised: 0.0013 },
  },
  data: { train: { used: 60_000, available: 60_000 }, test: { used: 10_000, available: 10_000 } },
  parameters: {
    base: 92_672,
    lora: 1097,
    total: 93_769,
    percent: (100 * 1097) / 92_672,
    layers: [
      {
        name: 'conv1',
        weight: [32, 1, 3, 3],
        bias: [32],
        base: 320,
        loraA: [1, 32],
        loraB: [9, 1],
        lora: 41,
      },
      {
        name: 'conv2',
        weight: [64, 32, 3, 3],
        bias: [64],
        base: 18_496,
        loraA: [1, 64],
        loraB: [288, 1],
        lora: 352,
      },
      {
        name: 'conv3',
        weight: [128, 64, 3, 3],
        bias: [128],
        base: 73_856,
        loraA: [1, 128],
        loraB: [576, 1],
        lora: 704,
      },
      { name: 'fc', weight: [10, 2048], bias: [10], base: 20_490, loraA: null, loraB: null, lora: 0 },
    ],
  },
  base,
  lora,
  loraOff: base,
  merged: lora,
  specialised: { ...specialised, digit: 9, images: { digit: 5949, replayed: 5950 } },
  checks: { loraOffEqualsBase: true, mergedMaxDifference: 1.9073486328125e-6 },
  curves: {
    base: curve(938, 2.3, 0.06),
    lora: curve(938, 0.075, 0.045),
    specialised: curve(186, 0.16, 0.09),
  },
  files: { model: 454_792, adapter: 5316, specialisedAdapter: 5321 },
  seconds: { load: 0.31, base: 71.24, lora: 83.9, specialised: 17.5, test: 9.75, total: 182.7 },
};
