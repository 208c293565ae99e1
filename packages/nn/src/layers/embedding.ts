/** The lookup table. */
import { DTypeError, indexSelect, ShapeError, type Tensor, zeros } from '@lowrank/tensor';
import { checkCounts, checkTensor } from '../checks.js';
import { normalInit } from '../init.js';
import { Module } from '../module.js';
import { Parameter } from '../parameter.js';

/** Rows of a table by index: int32 [...] becomes [..., embeddingDim]. `torch.nn.Embedding`, weight ~ N(0, 1). */
export class Embedding extends Module {
  /** [numEmbeddings, embeddingDim] */
  readonly weight: Tensor;

  /** @throws ArgumentError unless both sizes are whole numbers of at least 1. */
  constructor(
    readonly numEmbeddings: number,
    readonly embeddingDim: number,
  ) {
    super();
    checkCounts('Embedding', { numEmbeddings, embeddingDim });
    this.weight = normalInit(new Parameter(zeros([numEmbeddings, embeddingDim])));
  }

  /**
   * @param index int32, of any shape.
   * @throws ShapeError for an index outside of the table; DTypeError unless int32.
   */
  forward(index: Tensor): Tensor {
    checkTensor('Embedding', 'the index', index);
    if (index.dtype !== 'int32') {
      throw new DTypeError('Embedding', `an index is int32, got ${index.dtype}. Convert with to('int32')`);
    }
    const wrong = index.dataSync().find((i) => i < 0 || i >= this.numEmbeddings);
    if (wrong !== undefined) {
      throw new ShapeError(
        'Embedding',
        `there is no row ${wrong} in a table of ${this.numEmbeddings} rows, 0 to ${this.numEmbeddings - 1}`,
      );
    }
    const rows = indexSelect(this.weight, 0, index.reshape([index.numel()]));
    return rows.reshape([...index.shape, this.embeddingDim]);
  }

  override extraRepr(): string {
    return `${this.numEmbeddings}, ${this.embeddingDim}`;
  }
}
