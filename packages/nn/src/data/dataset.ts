/** Data sets: things that can be counted and picked from by index. */
import { ArgumentError, indexSelect, ShapeError, type Tensor, tensor } from '@lowrank/tensor';

/** Examples that can be fetched in batches: what a `DataLoader` draws from. */
export interface Dataset<Batch> {
  /** The number of examples. */
  readonly length: number;
  /** The examples at these positions, as one batch. */
  batch(indices: Int32Array): Batch;
}

/** Examples that are the rows of tensors: a batch is one tensor of rows for each. `torch.utils.data.TensorDataset` */
export class TensorDataset<Tensors extends readonly Tensor[]> implements Dataset<Tensors> {
  readonly tensors: Tensors;

  /** @throws ShapeError unless all tensors have equally many rows. */
  constructor(...tensors: Tensors) {
    const [first] = tensors;
    if (first === undefined || first.ndim === 0) throw new ArgumentError('TensorDataset', 'needs tensors with rows');
    const stranger = tensors.find((other) => other.shape[0] !== first.shape[0]);
    if (stranger) {
      throw new ShapeError('TensorDataset', `all tensors need equally many rows, got ${first.shape[0]} and ${stranger.shape[0] ?? 0}`);
    }
    this.tensors = tensors;
  }

  get length(): number {
    return this.tensors[0]?.shape[0] ?? 0;
  }

  batch(indices: Int32Array): Tensors {
    const index = tensor(indices);
    return this.tensors.map((source) => indexSelect(source, 0, index)) as unknown as Tensors;
  }
}

/** Some of the examples of another data set. `torch.utils.data.Subset` */
export class Subset<Batch> implements Dataset<Batch> {
  readonly #indices: Int32Array;

  /** @throws ArgumentError for a position that the data set does not have. */
  constructor(
    readonly dataset: Dataset<Batch>,
    indices: ArrayLike<number>,
  ) {
    this.#indices = Int32Array.from(indices);
    const wrong = Array.from(indices).find((i) => !Number.isInteger(i) || i < 0 || i >= dataset.length);
    if (wrong !== undefined) {
      throw new ArgumentError('Subset', `there is no example ${wrong} in a data set of ${dataset.length}`);
    }
  }

  get length(): number {
    return this.#indices.length;
  }

  batch(indices: Int32Array): Batch {
    return this.dataset.batch(indices.map((i) => this.#indices[i] as number));
  }
}
