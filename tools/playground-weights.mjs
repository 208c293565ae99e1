// Writes what the playground's tab *LoRA on your hand* ships: the network that the main job trains, and a few images of MNIST.
//
//   node tools/playground-weights.mjs            runs `lowrank mnist --epochs 2`, which takes some minutes
//   node tools/playground-weights.mjs FOLDER     takes the network of a run that is there already

import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  DataLoader,
  Generator,
  loadSafetensors,
  MnistCnn,
  MnistDataset,
  parseSafetensors,
  randperm,
  readMnistFiles,
  saveSafetensors,
  serializeSafetensors,
  tensor,
  testClassifier,
} from 'lowrank';

/** Images of each digit, in each of the two sets. */
const PER_DIGIT = 20;

const PUBLIC = fileURLToPath(new URL('../examples/playground/public/', import.meta.url));
const COMMAND = fileURLToPath(new URL('../packages/lowrank/bin/lowrank.js', import.meta.url));

const mnist = await readMnistFiles();
const [folder] = process.argv.slice(2);
const state = folder === undefined ? await trained() : await networkOf(folder);

// Half the bytes; what the rounding does to the answers is printed.
const weights = serializeSafetensors(state, { format: 'pt' }, { storeAs: { float32: 'F16' } });
const [exact, rounded] = [await tested(state), await tested(parseSafetensors(weights).tensors)];
await writeFile(join(PUBLIC, 'mnist-cnn.safetensors'), weights);
await saveSafetensors(
  join(PUBLIC, 'mnist-digits.safetensors'),
  { ...someOf('replay', mnist.train), ...someOf('test', mnist.test) },
  { source: 'MNIST, Yann LeCun, Corinna Cortes and Christopher J. C. Burges' },
  { storeAs: { int32: 'U8' } },
);

const difference = exact.logits.sub(rounded.logits).abs().amax().item();
console.log(`mnist-cnn.safetensors: ${weights.length} bytes`);
console.log(
  `as float32 ${right(exact)} of ${mnist.test.count} test images are read right, as F16 ${right(rounded)}`,
);
console.log(`the largest difference of a logit is ${difference.toPrecision(2)}`);

/** Runs the main job, and gives the network that it trained. */
async function trained() {
  const runs = await mkdtemp(join(tmpdir(), 'lowrank-playground-'));
  try {
    execFileSync(process.execPath, [COMMAND, 'mnist', '--epochs', '2', '--out', runs], { stdio: 'inherit' });
    const [run] = await readdir(runs);
    return await networkOf(join(runs, run));
  } finally {
    await rm(runs, { recursive: true });
  }
}

async function networkOf(run) {
  return (await loadSafetensors(join(run, 'model.safetensors'))).tensors;
}

function tested(tensors) {
  const model = new MnistCnn();
  model.loadStateDict(tensors);
  return testClassifier(model, new DataLoader(new MnistDataset(mnist.test), { batchSize: 100 }));
}

function right({ confusion }) {
  return confusion.reduce((sum, row, digit) => sum + row[digit], 0);
}

/** As many images of each digit, in random order, as int32 tensors: `images` [N, 1, 28, 28] from 0 to 255, `labels` [N]. */
function someOf(name, { images, labels, count, height, width }) {
  const left = new Array(10).fill(PER_DIGIT);
  const order = randperm(count, { generator: new Generator(1) }).dataSync();
  const chosen = Array.from(order).filter((i) => left[labels[i]]-- > 0);
  const size = height * width;
  const pixels = chosen.flatMap((i) => Array.from(images.subarray(i * size, (i + 1) * size)));
  const shape = [chosen.length, 1, height, width];
  return {
    [`${name}.images`]: tensor(pixels, { dtype: 'int32' }).reshape(shape),
    [`${name}.labels`]: tensor(
      chosen.map((i) => labels[i]),
      { dtype: 'int32' },
    ),
  };
}
