/** The lookup table. */
import { ArgumentError, indexSelect, type Tensor, zeros } from '@lowrank/tensor';
import { normalInit } from '../init.js';
import { Module } from '../module.js';
import { Parameter } from '../parameter.js';

/** Rows of a table by index: int32 [...] becomes [..., embeddingDim]. `torch.nn.Embedding`, weight ~ N(0, 1). */
export class Embedding extends Module {
  /** [numEmbeddings, embeddingDim] */
  readonly weight: Tensor;

  constructor(
    readonly numEmbeddings: number,
    readonly embeddingDim: number,
  ) {
    super();
    for (const [name, count] of Object.entries({ numEmbeddings, embeddingDim })) {
      if (!Number.isInteger(count) || count < 1) {
        throw new ArgumentError('Embedding', `${name} is a whole number of at least 1, got ${count}`);
      }
    }
    this.weight = normalInit(new Parameter(zeros([numEmbeddings, embeddingDim])));
  }

  /** @throws ShapeError for an index outside of the table; DTypeError unless int32. */
  forward(index: Tensor): Tensor {
    const rows = indexSelect(this.weight, 0, index.reshape([-1]));
    return rows.reshape([...index.shape, this.embeddingDim]);
  }

  override extraRepr(): string {
    return `${this.numEmbeddings}, ${this.embeddingDim}`;
  }
}
