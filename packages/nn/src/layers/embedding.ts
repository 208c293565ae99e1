/** The lookup table. */
import {
  ArgumentError,
  arange,
  DTypeError,
  formatValue,
  indexSelect,
  knownValues,
  ShapeError,
  type Tensor,
  where,
  zeros,
} from '@lowrank/tensor';
import { checkCounts, checkOptions, checkTensor } from '../checks.js';
import { normalInit } from '../init.js';
import { Module } from '../module.js';
import { Parameter } from '../parameter.js';

export interface EmbeddingOptions {
  /**
   * The row that sentences are filled up with: it begins with 0 and is given no gradients. Counted from the end if it is
   * negative. Default: there is none.
   */
  readonly paddingIdx?: number | null;
}

/** Rows of a table by index: int32 [...] becomes [..., embeddingDim]. `torch.nn.Embedding`, weight ~ N(0, 1). */
export class Embedding extends Module {
  /** [numEmbeddings, embeddingDim] */
  readonly weight: Tensor;
  /** The row that is padding, from 0. */
  readonly paddingIdx: number | null;

  /** @throws ArgumentError unless both sizes are whole numbers of at least 1, and `paddingIdx` is a row of the table. */
  constructor(
    readonly numEmbeddings: number,
    readonly embeddingDim: number,
    options: EmbeddingOptions = {},
  ) {
    super();
    checkOptions('Embedding', options);
    const { paddingIdx = null } = options;
    checkCounts('Embedding', { numEmbeddings, embeddingDim });
    this.paddingIdx = paddingIdx === null ? null : rowOf(numEmbeddings, paddingIdx);
    this.weight = normalInit(new Parameter(zeros([numEmbeddings, embeddingDim])));
    if (this.paddingIdx !== null) {
      const isWord = differs(arange(numEmbeddings), this.paddingIdx);
      this.weight.assign(where(isWord, this.weight.detach(), 0));
    }
  }

  /**
   * @param index int32, of any shape.
   * @throws ShapeError for an index outside of the table, unless it was computed on the GPU: then its row is NaN. DTypeError
   * unless int32.
   */
  forward(index: Tensor): Tensor {
    checkTensor('Embedding', 'the index', index);
    if (index.dtype !== 'int32') {
      throw new DTypeError('Embedding', `an index is int32, got ${index.dtype}. Convert with to('int32')`);
    }
    const wrong = knownValues(index)?.find((i) => i < 0 || i >= this.numEmbeddings);
    if (wrong !== undefined) {
      throw new ShapeError(
        'Embedding',
        `there is no row ${wrong} in a table of ${this.numEmbeddings} rows, 0 to ${this.numEmbeddings - 1}`,
      );
    }
    const rows = indexSelect(this.weight, 0, index.reshape([index.numel()]));
    const found = rows.reshape([...index.shape, this.embeddingDim]);
    return this.paddingIdx === null ? found : where(differs(index, this.paddingIdx), found, found.detach());
  }

  override extraRepr(): string {
    const { numEmbeddings, embeddingDim, paddingIdx } = this;
    return `${numEmbeddings}, ${embeddingDim}${paddingIdx === null ? '' : `, padding_idx=${paddingIdx}`}`;
  }
}

/** Where the index is not that row, [..., 1]. */
function differs(index: Tensor, row: number): Tensor {
  return index.ne(row).unsqueeze(-1);
}

/** @throws ArgumentError unless there is such a row. */
function rowOf(count: number, index: number): number {
  if (Number.isInteger(index) && index >= -count && index < count) return index < 0 ? index + count : index;
  throw new ArgumentError(
    'Embedding',
    `paddingIdx is a row of the table, -${count} to ${count - 1}, got ${formatValue(index)}`,
  );
}
