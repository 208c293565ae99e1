// Fine-tunes a network on MNIST with its images transposed, as a whole and with LoRA, and draws docs/lora-*.svg of what
// the analysis in @lowrank/lora tells of it. Takes about a minute.

import { writeFile } from 'node:fs/promises';
import {
  Adam,
  addAdapter,
  DataLoader,
  deleteAdapter,
  effectiveRank,
  extractLora,
  Flatten,
  factorize,
  Linear,
  MnistDataset,
  manualSeed,
  ReLU,
  randn,
  readMnistFiles,
  Sequential,
  spectrum,
  svd,
  TensorDataset,
  testClassifier,
  trainableParameters,
  trainClassifier,
} from 'lowrank';
import { lineChart } from './line-chart.mjs';

const RANK = 8;
const RANKS = Array.from({ length: 20 }, (_, i) => i + 1);
/** The layers, by their paths in the network, and what they are called in the pictures. */
const LAYERS = { 1: 'first layer, [256, 784]', 3: 'second layer, [256, 256]' };

manualSeed(1);

const newNetwork = () =>
  new Sequential(
    new Flatten(),
    new Linear(784, 256),
    new ReLU(),
    new Linear(256, 256),
    new ReLU(),
    new Linear(256, 10),
  );

/** All images of a split at once, each mirrored about its diagonal. */
function transposed(split) {
  const [[images, labels]] = new DataLoader(new MnistDataset(split), { batchSize: split.count });
  return new TensorDataset(images.transpose(), labels);
}

const files = await readMnistFiles();
const upright = new MnistDataset(files.train);
const task = transposed(files.train);
const test = new DataLoader(transposed(files.test), { batchSize: 1000 });

async function train(network, dataset, lr) {
  const optimizer = new Adam(network.parameters(), { lr });
  await trainClassifier(network, new DataLoader(dataset, { batchSize: 64, shuffle: true }), optimizer);
  return network;
}

function copyOf(network) {
  const copy = newNetwork();
  copy.loadStateDict(network.stateDict());
  return copy;
}

/** The share of the transposed test images that a network gets right. */
async function accuracyOf(network) {
  const { confusion } = await testClassifier(network, test);
  const right = confusion.reduce((sum, row, digit) => sum + row[digit], 0);
  return right / files.test.count;
}

const base = await train(newNetwork(), upright, 1e-3);
const finetuned = await train(copyOf(base), task, 3e-4);
const adapted = copyOf(base);
addAdapter(adapted, { r: RANK, alpha: 2 * RANK, targetModules: 'all-linear' });
console.log(String(trainableParameters(adapted)));
await train(adapted, task, 1e-3);

const networks = { base, finetuned, adapted };
const accuracies = {};
for (const [name, network] of Object.entries(networks)) accuracies[name] = await accuracyOf(network);
console.log('right on transposed digits', accuracies);

const weightOf = (network, path) => network[path].weight.detach();
const singularValues = (matrix) => Array.from(svd(matrix).S.dataSync());
const changeOf = (path) => weightOf(finetuned, path).sub(weightOf(base, path));

await draw(
  'lora-spectrum',
  'Singular values of what full fine-tuning and LoRA changed in two layers',
  Object.entries(LAYERS).map(([path, name]) => {
    const learned = spectrum(adapted, 'default').find(({ module }) => module === path);
    const change = singularValues(changeOf(path));
    const [effective, ofAll] = [learned.effectiveRank, effectiveRank(change)].map((rank) => rank.toFixed(1));
    console.log(`the ${name}: effective rank ${effective} with LoRA, ${ofAll} with all weights`);
    return {
      title: `The ${name}`,
      subtitle: 'in grey: the weight before',
      behind: [{ values: singularValues(weightOf(base, path)).slice(0, 64), width: 3 }],
      lines: { 'all weights': change.slice(0, 64), LoRA: learned.singularValues },
    };
  }),
  {
    x: 'singular value, by size',
    y: 'size (log scale)',
    yScale: { type: 'log', domain: [0.05, 10] },
    yAxis: { values: [0.1, 1, 10] },
    first: 1,
    points: false,
  },
);

const errorsOf = (weight) => RANKS.map((rank) => factorize(weight, rank).relativeError);
await draw(
  'lora-factorize',
  'Error of the best factors against their rank, for weights and for changes of weights',
  Object.entries(LAYERS).map(([path, name]) => ({
    title: `The ${name}`,
    subtitle: 'in grey: random numbers in its shape',
    behind: [{ values: errorsOf(randn(weightOf(base, path).shape)), width: 3 }],
    lines: { weight: errorsOf(weightOf(base, path)), change: errorsOf(changeOf(path)) },
  })),
  { x: 'rank', y: 'relative error', yScale: { domain: [0, 1] }, first: 1, points: false },
);

const extracted = [];
for (const rank of RANKS) {
  const name = `rank-${rank}`;
  const { modules } = extractLora(finetuned, base, rank, { name });
  const accuracy = await accuracyOf(base);
  deleteAdapter(base, name);
  extracted.push({ accuracy, modules });
  const errors = modules.map(({ relativeError }) => relativeError.toFixed(3)).join(', ');
  console.log(`extracted with rank ${rank}: ${accuracy} right, relative errors ${errors}`);
}
const errorIn = (path) =>
  extracted.map(({ modules }) => modules.find(({ module }) => module === path).relativeError);
await draw(
  'lora-extract',
  'Adapters extracted from a fine-tuned network: error and accuracy against their rank',
  [
    {
      title: 'What is missing of the change',
      subtitle: 'relative error of the extracted updates',
      lines: { 'first layer': errorIn('1'), 'second layer': errorIn('3') },
      axes: { y: 'relative error', yScale: { domain: [0, 1] } },
    },
    {
      title: 'What the adapter can do',
      subtitle: 'in grey: the network that was fine-tuned as a whole',
      behind: [{ values: RANKS.map(() => accuracies.finetuned), width: 3 }],
      lines: { extracted: extracted.map(({ accuracy }) => accuracy) },
      axes: { y: 'accuracy', yScale: { domain: [0, 1] }, yAxis: { format: '%' } },
    },
  ],
  { x: 'rank', y: '', first: 1, points: false },
);

/** Writes a picture into docs/. */
async function draw(name, title, panels, axes) {
  const svg = await lineChart(title, panels, axes);
  await writeFile(new URL(`../../docs/${name}.svg`, import.meta.url), `${svg}\n`);
}
