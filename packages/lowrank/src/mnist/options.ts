/** What a run of the MNIST job can be told, and how much it does by default. */
import { ArgumentError } from '@lowrank/tensor';

export interface MnistOptions {
  /** Seeds everything random. */
  readonly seed: number;
  /** Epochs of the base training and of each fine-tune. */
  readonly epochs: number;
  /** The digit to specialise on; `null` takes the one that the base network misses most often. */
  readonly digit: number | null;
  readonly rank: number;
  readonly alpha: number;
  /** Whether a small part of the data will do. */
  readonly quick: boolean;
  /** How many training images are used; `null` is what `quick` stands for. */
  readonly trainImages: number | null;
  /** How many test images are used; `null` is what `quick` stands for. */
  readonly testImages: number | null;
}

export const DEFAULTS: MnistOptions = {
  seed: 1,
  epochs: 1,
  digit: null,
  rank: 1,
  alpha: 1,
  quick: false,
  trainImages: null,
  testImages: null,
};

/** How many images there are. */
export const AVAILABLE = { train: 60_000, test: 10_000 } as const;

/** How many images are used: all of them, or with `--quick` as many as two cores get through in half a minute. */
export const IMAGES = {
  default: AVAILABLE,
  quick: { train: 6_400, test: 2_000 },
} as const;

/** The numbers of training and test images that the options ask for. */
export function imageCounts({ quick, trainImages, testImages }: MnistOptions) {
  const { train, test } = quick ? IMAGES.quick : IMAGES.default;
  return { train: trainImages ?? train, test: testImages ?? test };
}

/** Adam's learning rates: of the base training, and of the two fine-tunes. */
export const LEARNING_RATES = { base: 1e-3, lora: 2e-3, specialised: 2e-3 } as const;

export const BATCH_SIZE = 64;

/** @throws ArgumentError that names the option, its value and its range. */
export function checkMnistOptions(options: MnistOptions): void {
  const check = (name: string, value: number | null, min: number, max: number) => {
    if (value === null || (Number.isInteger(value) && value >= min && value <= max)) return;
    throw new ArgumentError('mnist', `${name} is a whole number from ${min} to ${max}, got ${value}`);
  };
  check('--seed', options.seed, 0, Number.MAX_SAFE_INTEGER);
  check('--epochs', options.epochs, 1, 1000);
  check('--digit', options.digit, 0, 9);
  check('--rank', options.rank, 1, 9);
  check('--train-images', options.trainImages, BATCH_SIZE, AVAILABLE.train);
  check('--test-images', options.testImages, 10, AVAILABLE.test);
  if (!Number.isFinite(options.alpha) || options.alpha <= 0) {
    throw new ArgumentError('mnist', `--alpha is a number above 0, got ${options.alpha}`);
  }
}
