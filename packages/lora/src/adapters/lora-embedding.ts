/** An adapted Embedding. */
import { type Embedding, Parameter } from '@lowrank/nn';
import { indexSelect, matmul, norm, randn, type Tensor, where } from '@lowrank/tensor';
import { AdaptedLayer } from './adapted-layer.js';
import type { FactorParts, Factors } from './parts.js';

/**
 * An Embedding with adapters: A has a column for each row of the table, and B a row for each of its columns. The column of
 * the row that is padding is given no gradients, as the row itself. PEFT's `lora.Embedding`
 */
export class LoraEmbedding extends AdaptedLayer<Embedding> {
  get kind() {
    return 'Embedding' as const;
  }

  protected get batchAxes(): number {
    return 1;
  }

  get numEmbeddings(): number {
    return this.base_layer.numEmbeddings;
  }

  get embeddingDim(): number {
    return this.base_layer.embeddingDim;
  }

  get matrixShape(): readonly [number, number] {
    return [this.embeddingDim, this.numEmbeddings];
  }

  freshFactors(rank: number): FactorParts {
    return {
      lora_embedding_A: new Parameter(randn([rank, this.numEmbeddings])),
      lora_embedding_B: new Parameter(randn([this.embeddingDim, rank])),
    };
  }

  product({ A, B }: Factors): Tensor {
    return matmul(A, B, { transposeA: true, transposeB: true });
  }

  lengths(weight: Tensor): Tensor {
    return norm(weight, 0);
  }

  protected through(index: Tensor, { A, B }: Factors, scale: number): Tensor {
    const rows = matmul(this.#columns(A, index).mul(scale), B, { transposeA: true, transposeB: true });
    return rows.reshape([...index.shape, this.embeddingDim]);
  }

  #columns(A: Tensor, index: Tensor): Tensor {
    const { paddingIdx } = this.base_layer;
    const flat = index.reshape([index.numel()]);
    const columns = indexSelect(A, 1, flat);
    return paddingIdx === null ? columns : where(flat.ne(paddingIdx), columns, columns.detach());
  }

  protected alongOutputs(numbers: Tensor): Tensor {
    return numbers;
  }

  protected withoutBias(output: Tensor): Tensor {
    return output;
  }
}
