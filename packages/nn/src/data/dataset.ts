/** Data sets: things that can be counted and picked from by index. */
import {
  ArgumentError,
  formatShape,
  formatValue,
  indexSelect,
  ShapeError,
  Tensor,
  tensor,
} from '@lowrank/tensor';

/** Examples that can be fetched in batches: what a `DataLoader` draws from. */
export interface Dataset<Batch> {
  /** The number of examples. */
  readonly length: number;
  /** The examples at these positions, as one batch. */
  batch(indices: Int32Array): Batch;
}

/** @throws ArgumentError for anything that batches cannot be fetched from. */
export function checkDataset(op: string, value: Dataset<unknown>): void {
  if (typeof value?.batch === 'function' && Number.isInteger(value.length)) return;
  throw new ArgumentError(op, `takes a data set, such as a TensorDataset, got ${formatValue(value)}`);
}

/** Examples that are the rows of tensors: a batch is one tensor of rows for each. `torch.utils.data.TensorDataset` */
export class TensorDataset<Tensors extends readonly Tensor[]> implements Dataset<Tensors> {
  readonly tensors: Tensors;
  readonly length: number;

  /** @throws ArgumentError without tensors; ShapeError unless all tensors have equally many rows. */
  constructor(...tensors: Tensors) {
    if (tensors.length === 0) throw new ArgumentError('TensorDataset', 'needs tensors with rows, got none');
    const rows = tensors.map(rowsOf);
    if (rows.some((count) => count !== rows[0])) {
      throw new ShapeError('TensorDataset', `all tensors need equally many rows, got ${rows.join(' and ')}`);
    }
    this.tensors = tensors;
    this.length = rows[0] as number;
  }

  /** @throws ShapeError for a position that there is not. */
  batch(indices: Int32Array): Tensors {
    const pick = (source: Tensor) => indexSelect(source, 0, tensor(indices, { device: source.device }));
    return this.tensors.map(pick) as unknown as Tensors;
  }
}

function rowsOf(value: unknown): number {
  if (!(value instanceof Tensor)) {
    throw new ArgumentError('TensorDataset', `is made of tensors, got ${formatValue(value)}`);
  }
  const [rows] = value.shape;
  if (rows === undefined) {
    throw new ShapeError('TensorDataset', `a tensor of shape ${formatShape(value.shape)} has no rows`);
  }
  return rows;
}

/** Some of the examples of another data set, in the given order. `torch.utils.data.Subset` */
export class Subset<Batch> implements Dataset<Batch> {
  readonly dataset: Dataset<Batch>;
  readonly #indices: Int32Array;

  /** @throws ArgumentError for a position that the data set does not have, or what is no list of them. */
  constructor(dataset: Dataset<Batch>, indices: ArrayLike<number>) {
    checkDataset('Subset', dataset);
    if (typeof indices !== 'object' || !Number.isInteger(indices?.length)) {
      throw new ArgumentError('Subset', `takes a list of positions, got ${formatValue(indices)}`);
    }
    checkPositions(Array.from(indices), dataset.length);
    this.dataset = dataset;
    this.#indices = Int32Array.from(indices);
  }

  get length(): number {
    return this.#indices.length;
  }

  /** @throws ArgumentError for a position that there is not. */
  batch(indices: Int32Array): Batch {
    checkPositions(indices, this.length);
    return this.dataset.batch(indices.map((i) => this.#indices[i] as number));
  }
}

function checkPositions(indices: Int32Array | readonly number[], length: number): void {
  for (const i of indices) {
    if (Number.isInteger(i) && i >= 0 && i < length) continue;
    throw new ArgumentError('Subset', `there is no example ${formatValue(i)} in a data set of ${length}`);
  }
}
