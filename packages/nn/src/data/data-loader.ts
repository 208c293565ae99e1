/** Going through a data set in batches. */
import { ArgumentError, defaultGenerator, formatValue, Generator, randperm } from '@lowrank/tensor';
import { checkBoolean, checkOptions } from '../checks.js';
import { checkDataset, type Dataset } from './dataset.js';

export interface DataLoaderOptions {
  /** Examples in a batch. Default 1. */
  readonly batchSize?: number;
  /** Draw a new order for every pass. Default false. */
  readonly shuffle?: boolean;
  /** Leave out the last batch if it is smaller than the others. Default false. */
  readonly dropLast?: boolean;
  /** Makes the orders repeatable, apart from everything else that draws random numbers. */
  readonly seed?: number;
  /** Where the orders are drawn from, instead of a seed. Default: the generator that `manualSeed` seeds. */
  readonly generator?: Generator;
}

/**
 * Iterate over it to get batches; each iteration is one pass over the data. `torch.utils.data.DataLoader`
 *
 * Passes have the order that PyTorch's loader gives them after the same seed, and draw as much as it draws, from the
 * same generators at the same moments: so all that is drawn between and after them is PyTorch's too. That holds for its
 * `shuffle` without workers; workers of PyTorch's shuffle alike, but draw ahead of the batches that they hand out.
 *
 * @example
 * for (const [images, labels] of new DataLoader(dataset, { batchSize: 64, shuffle: true, seed: 1 })) { ... }
 */
export class DataLoader<Batch> implements Iterable<Batch> {
  readonly dataset: Dataset<Batch>;
  readonly batchSize: number;
  readonly #shuffle: boolean;
  readonly #dropLast: boolean;
  readonly #generator: Generator | undefined;

  /** @throws ArgumentError for an option that cannot be, or both a seed and a generator. */
  constructor(dataset: Dataset<Batch>, options: DataLoaderOptions = {}) {
    checkOptions('DataLoader', options);
    const { batchSize = 1, shuffle = false, dropLast = false, seed, generator } = options;
    checkDataset('DataLoader', dataset);
    if (!Number.isInteger(batchSize) || batchSize < 1) {
      throw new ArgumentError(
        'DataLoader',
        `batchSize is a whole number of at least 1, got ${formatValue(batchSize)}`,
      );
    }
    for (const [name, value] of Object.entries({ shuffle, dropLast }))
      checkBoolean('DataLoader', name, value);
    if (seed !== undefined && generator !== undefined) {
      throw new ArgumentError('DataLoader', 'takes a seed or a generator, not both');
    }
    if (generator !== undefined && !(generator instanceof Generator)) {
      throw new ArgumentError('DataLoader', `draws from a Generator, got ${formatValue(generator)}`);
    }
    this.dataset = dataset;
    this.batchSize = batchSize;
    this.#shuffle = shuffle;
    this.#dropLast = dropLast;
    this.#generator = seed === undefined ? generator : new Generator(seed);
  }

  /** The number of batches in a pass. */
  get length(): number {
    const batches = this.dataset.length / this.batchSize;
    return this.#dropLast ? Math.floor(batches) : Math.ceil(batches);
  }

  [Symbol.iterator](): IterableIterator<Batch> {
    // What PyTorch seeds its workers with: drawn in every pass, shuffled or not, whether there are workers or none.
    (this.#generator ?? defaultGenerator).random64();
    return this.#pass();
  }

  *#pass(): IterableIterator<Batch> {
    const { dataset, batchSize } = this;
    const count = dataset.length;
    const whole = count - (count % batchSize);
    const order = this.#order(count);
    for (let i = 0; i < whole; i += batchSize) yield dataset.batch(order.slice(i, i + batchSize));
    // As PyTorch's RandomSampler, which runs out with a permutation that it takes nothing from.
    if (this.#shuffle && this.#generator) randperm(count, { generator: this.#generator, device: 'cpu' });
    if (whole < count && !this.#dropLast) yield dataset.batch(order.slice(whole));
  }

  #order(count: number): Int32Array {
    if (!this.#shuffle) return Int32Array.from({ length: count }, (_, i) => i);
    // Where it is given no generator, PyTorch's sampler seeds one of its own for each pass.
    const generator = this.#generator ?? new Generator(defaultGenerator.random53());
    return randperm(count, { generator, device: 'cpu' }).dataSync() as Int32Array;
  }
}
