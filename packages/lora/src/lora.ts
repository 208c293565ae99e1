/** Low-rank adaptation of a weight, as a parametrization. */
import { ArgumentError, formatShape, type Generator, matmul, randn, type Shape, ShapeError, sizeOf, type Tensor, zeros } from '@lowrank/tensor';
import { Module, Parameter } from '@lowrank/nn';

export interface LoraOptions {
  /** The rank r of the update; at least 1 and at most that of the weight. Default 1. */
  readonly rank?: number;
  /** The update is scaled by alpha / rank. Default 1. */
  readonly alpha?: number;
  /** Where A is drawn from. Default: the generator that `manualSeed` seeds. */
  readonly generator?: Generator;
}

/** How a weight of any shape is seen as a matrix: the first axis against all others. */
function matrixOf(shape: Shape): readonly [rows: number, columns: number] {
  if (shape.length < 2) {
    throw new ShapeError('Lora', `adapts weights of at least two axes, got ${formatShape(shape)}. Biases are trained as they are`);
  }
  const [first] = shape as readonly [number];
  return [sizeOf(shape.slice(1)), first];
}

/**
 * Low-rank adaptation (Hu et al., 2021) of a weight W: its effective value is W + alpha / rank * (B A), viewed in W's
 * shape. A ~ N(0, 1) and B = 0, so that training starts from W itself.
 *
 * A weight [d, ...] with n elements per row gets B [n, rank] and A [rank, d], whose product has as many elements as W and
 * is read in W's order; this is the layout that the parametrization tutorials of PyTorch use for convolutions.
 *
 * @example registerParametrization(conv, 'weight', new Lora(conv.weight.shape, { rank: 1 }))
 */
export class Lora extends Module {
  /** [rank, d]. Named as in checkpoints of the Python world. */
  readonly lora_A: Parameter;
  /** [n, rank] */
  readonly lora_B: Parameter;
  readonly rank: number;
  readonly alpha: number;
  /** Whether the update is applied. Switch it off to get the original weight, bit for bit. */
  enabled = true;

  /**
   * @param shape The shape of the weight.
   * @throws ArgumentError for a rank that is no whole number from 1 to the weight's own, or an alpha that is not finite.
   */
  constructor(shape: Shape, options: LoraOptions = {}) {
    super();
    const { rank = 1, alpha = 1, generator } = options;
    const [rows, columns] = matrixOf(shape);
    const full = Math.min(rows, columns);
    if (!Number.isInteger(rank) || rank < 1 || rank > full) {
      throw new ArgumentError('Lora', `the rank of an update of ${formatShape(shape)} is a whole number from 1 to ${full}, got ${rank}`);
    }
    if (!Number.isFinite(alpha) || alpha < 0) throw new ArgumentError('Lora', `alpha is a number of at least 0, got ${alpha}`);
    this.rank = rank;
    this.alpha = alpha;
    this.lora_A = new Parameter(randn([rank, columns], { generator }));
    this.lora_B = new Parameter(zeros([rows, rank]));
  }

  /** alpha / rank */
  get scale(): number {
    return this.alpha / this.rank;
  }

  /** The effective weight, given the original one. */
  forward(weight: Tensor): Tensor {
    if (!this.enabled) return weight;
    return weight.add(matmul(this.lora_B, this.lora_A).reshape(weight.shape).mul(this.scale));
  }

  override extraRepr(): string {
    return `rank=${this.rank}, alpha=${this.alpha}${this.enabled ? '' : ', enabled=False'}`;
  }
}
