// A network learns all digits, then LoRA of rank 1 specialises it on the 3: switched off, all is as it was before.
// @ts-check

import {
  Adam,
  CONVOLUTIONS,
  DataLoader,
  Lora,
  loraParameters,
  MnistCnn,
  MnistDataset,
  manualSeed,
  markOnlyLoraAsTrainable,
  matrixRank,
  randn,
  readMnistFiles,
  registerParametrization,
  Subset,
  setLoraEnabled,
  setPrintOptions,
  startProgressBar,
  svd,
  testClassifier,
  trainClassifier,
} from 'lowrank';

const DIGIT = 3;
/** How many images are used: all, or with `--quick` a tenth. */
const SHARE = process.argv.includes('--quick') ? 0.1 : 1;

manualSeed(1);

/** @param {import('lowrank').Tensor} tensor */
const shapeOf = ({ shape }) => `[${shape.join(', ')}]`;

// What LoRA builds on: a matrix of rank 2 is the product of two thin ones.
const W = randn([10, 2]).matmul(randn([2, 10]));
const rank = matrixRank(W).item();
const { U, S, Vh } = svd(W);
const B = U.narrow(1, 0, rank).mul(S.narrow(0, 0, rank));
const A = Vh.narrow(0, 0, rank);
const x = randn([10]);
console.log(`W of rank ${rank}\n${W}\n\nB ${shapeOf(B)} and A ${shapeOf(A)} from its singular values`);
console.log(`\nW x\n${W.matmul(x)}\n\nB A x\n${B.matmul(A.matmul(x))}`);

const files = await readMnistFiles();
const [trainSet, testSet] = [files.train, files.test].map(
  (split) => new Subset(new MnistDataset(split), [...Array(SHARE * split.count).keys()]),
);
const loader = new DataLoader(trainSet, { batchSize: 64, shuffle: true });
const testLoader = new DataLoader(testSet, { batchSize: 64 });
const [[images, digits]] = loader;
console.log(`\nA batch: images ${shapeOf(images)}, digits ${shapeOf(digits)}`);

const net = new MnistCnn();

/**
 * Trains one epoch and tells the mean loss of every 100 steps.
 * @param {DataLoader<import('lowrank').LabelledImages>} batches
 * @param {Adam} optimizer
 */
async function train(batches, optimizer) {
  const bar = await startProgressBar('training', batches.length);
  const steps = await trainClassifier(net, batches, optimizer, { onStep: ({ step }) => bar.update(step) });
  bar.stop();
  const losses = [];
  for (let first = 0; first < steps.length; first += 100) {
    const part = steps.slice(first, first + 100);
    const mean = part.reduce((sum, { loss }) => sum + loss, 0) / part.length;
    losses.push(mean);
    console.log(`Mean loss of steps ${first + 1} to ${first + part.length}: ${mean.toFixed(4)}`);
  }
  return losses;
}

/**
 * Tells how many test images the network gets wrong.
 * @param {string} name
 */
async function test(name) {
  const { logits, confusion } = await testClassifier(net, testLoader);
  const wrong = confusion.map((row, digit) => row.reduce((sum, count) => sum + count) - row[digit]);
  const accuracy = 1 - wrong.reduce((sum, count) => sum + count) / testSet.length;
  const counts = wrong.map((count, digit) => `${digit}: ${count}`).join('  ');
  console.log(`${name}: accuracy ${accuracy.toFixed(4)}, wrong by digit  ${counts}`);
  return { logits, accuracy, wrong };
}

console.log(`\nAll digits, ${trainSet.length} images`);
const baseLosses = await train(loader, new Adam(net.parameters(), { lr: 0.001 }));
const base = await test('Base');

/** @param {Iterable<import('lowrank').Tensor>} tensors */
const count = (tensors) => [...tensors].reduce((sum, each) => sum + each.numel(), 0);
/** @param {number} n */
const grouped = (n) => n.toLocaleString('en-US');

const baseCount = count(CONVOLUTIONS.flatMap((name) => net[name].parameters()));
const layers = CONVOLUTIONS.map((name) => {
  const layer = net[name];
  registerParametrization(layer, 'weight', new Lora(layer.weight.shape, { rank: 1, alpha: 1 }));
  const [bias, weight, a, b] = layer.parameters();
  return { name, weight, bias, a, b };
});
const loraCount = count(loraParameters(net).values());
const percent = (100 * loraCount) / baseCount;
console.log();
for (const { name, weight, bias, a, b } of layers) {
  console.log(`${name}: W ${shapeOf(weight)} + b ${shapeOf(bias)} + A ${shapeOf(a)} + B ${shapeOf(b)}`);
}
console.log(
  `Parameters of the convolutions: ${grouped(baseCount)}, with LoRA ${grouped(baseCount + loraCount)}`,
);
console.log(`Parameters of LoRA: ${grouped(loraCount)}, ${percent.toFixed(3)} % more`);

const frozen = markOnlyLoraAsTrainable(net);
for (const name of frozen) console.log(`Frozen: ${name}`);

const own = [...Array(trainSet.length).keys()].filter((i) => files.train.labels[i] === DIGIT);
console.log(`\nThe digit ${DIGIT} alone, ${own.length} images`);
const ownLoader = new DataLoader(new Subset(trainSet, own), { batchSize: 64, shuffle: true });
// A new optimiser: the one of the base training does not know these parameters and would move none of them. It takes small
// steps, as nothing here reminds the network of the other digits: at 0.001 it ends with half of all test images wrong.
const loraLosses = await train(ownLoader, new Adam([...loraParameters(net).values()], { lr: 0.0002 }));

setPrintOptions({ threshold: 100, sciMode: false });
const [{ a, b }] = layers;
console.log(`\nconv1: A of LoRA\n${a}\n\nconv1: B of LoRA\n${b}`);
console.log(`\nconv1: weight with LoRA on\n${net.conv1.weight.detach()}`);
const on = await test('\nLoRA on');

setLoraEnabled(net, false);
console.log(`\nconv1: weight with LoRA off\n${net.conv1.weight.detach()}`);
const off = await test('\nLoRA off');

/**
 * @param {import('lowrank').Tensor} a
 * @param {import('lowrank').Tensor} b
 */
const sameBits = (a, b) => a.dataSync().every((value, i) => Object.is(value, b.dataSync()[i]));
const equalsBase = { on: sameBits(on.logits, base.logits), off: sameBits(off.logits, base.logits) };
console.log(`\nThe logits of base, bit for bit: LoRA on ${equalsBase.on}, LoRA off ${equalsBase.off}`);

export const results = {
  firstRow: W.select(0, 0).tolist(),
  rank,
  parameters: {
    base: baseCount,
    lora: loraCount,
    total: baseCount + loraCount,
    percent,
    layers: layers.map(({ name, weight, bias, a, b }) => ({
      name,
      weight: weight.shape,
      bias: bias.shape,
      A: a.shape,
      B: b.shape,
    })),
  },
  frozen,
  losses: { base: baseLosses, lora: loraLosses },
  wrong: { base: base.wrong, on: on.wrong, off: off.wrong },
  accuracy: { base: base.accuracy, on: on.accuracy, off: off.accuracy },
  equalsBase,
};
