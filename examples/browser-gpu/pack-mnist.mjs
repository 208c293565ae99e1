// Writes src/mnist.bin, the data of the page: the first images of MNIST's training set, then their labels, a byte each. Once is enough.
import { existsSync, writeFileSync } from 'node:fs';
import { readMnistFiles } from 'lowrank';

/** 1.6 MB: what a page may load without a thought. */
const COUNT = 2000;

const target = new URL('src/mnist.bin', import.meta.url);
if (!existsSync(target)) {
  const { train } = await readMnistFiles();
  const images = train.images.subarray(0, COUNT * train.height * train.width);
  const labels = train.labels.subarray(0, COUNT);
  writeFileSync(target, Buffer.concat([images, labels]));
}
