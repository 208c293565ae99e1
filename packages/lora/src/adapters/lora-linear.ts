/** An adapted Linear. */
import { Linear } from '@lowrank/nn';
import { linear, matmul, norm, type Tensor } from '@lowrank/tensor';
import { AdaptedLayer } from './adapted-layer.js';
import type { FactorParts, Factors } from './parts.js';

/** A Linear with adapters: A is a Linear from in to r, B one from r to out. PEFT's `lora.Linear` */
export class LoraLinear extends AdaptedLayer<Linear> {
  get kind() {
    return 'Linear' as const;
  }

  protected get batchAxes(): number {
    return 2;
  }

  get inFeatures(): number {
    return this.base_layer.inFeatures;
  }

  get outFeatures(): number {
    return this.base_layer.outFeatures;
  }

  get matrixShape(): readonly [number, number] {
    return [this.outFeatures, this.inFeatures];
  }

  freshFactors(rank: number): FactorParts {
    return {
      lora_A: new Linear(this.inFeatures, rank, { bias: false }),
      lora_B: new Linear(rank, this.outFeatures, { bias: false }),
    };
  }

  product({ A, B }: Factors): Tensor {
    return matmul(B, A);
  }

  lengths(weight: Tensor): Tensor {
    return norm(weight, 1);
  }

  protected through(x: Tensor, { A, B }: Factors, scale: number): Tensor {
    return linear(linear(x, A).mul(scale), B);
  }

  protected alongOutputs(numbers: Tensor, of: 'weight' | 'output'): Tensor {
    return of === 'weight' ? numbers.unsqueeze(1) : numbers;
  }

  protected withoutBias(output: Tensor): Tensor {
    return this.bias === null ? output : output.sub(this.bias);
  }
}
