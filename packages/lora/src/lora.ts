/** Low-rank adaptation of a weight, as a parametrization. */
import { Module, Parameter } from '@lowrank/nn';
import {
  ArgumentError,
  formatShape,
  formatValue,
  type Generator,
  matmul,
  randn,
  type Shape,
  ShapeError,
  sameShape,
  sizeOf,
  Tensor,
  zeros,
} from '@lowrank/tensor';
import type { Factors } from './adapters/parts.js';
import { scaleOf } from './config.js';
import { initialValues } from './init/initial-values.js';

export interface LoraOptions {
  /** The rank r of the update; at least 1 and at most that of the weight. Default 1. */
  readonly rank?: number;
  /** The update is scaled by alpha / rank. Default 1. */
  readonly alpha?: number;
  /** Scale by alpha / sqrt(rank) instead (rank-stabilised LoRA, Kalajdzievski, 2023). Default false. */
  readonly useRslora?: boolean;
  /** How A and B begin: A ~ N(0, 1) and B zero (`'normal'`, default), or as adapters of that `init` do. */
  readonly init?: LoraInit;
  /** Where `'normal'` draws from. Default: the generator that `manualSeed` seeds. */
  readonly generator?: Generator;
}

/** The initialisations that do not look at the weight, which a `Lora` does not know when it is made. */
export type LoraInit = 'normal' | 'default' | 'gaussian' | 'orthogonal';

const LORA_INITS: readonly LoraInit[] = ['normal', 'default', 'gaussian', 'orthogonal'];

/** How a weight of any shape is seen as a matrix: the first axis against all others. */
function matrixOf(shape: Shape): readonly [rows: number, columns: number] {
  if (!Array.isArray(shape)) {
    throw new ArgumentError(
      'Lora',
      `takes the shape of the weight, got ${formatValue(shape)}. Pass weight.shape`,
    );
  }
  if (shape.length < 2) {
    throw new ShapeError(
      'Lora',
      `adapts weights of at least two axes, got ${formatShape(shape)}. Biases are trained as they are`,
    );
  }
  return [shape[0] as number, sizeOf(shape.slice(1))];
}

/**
 * Low-rank adaptation (Hu et al., 2021) of a weight W: its effective value is W + alpha / rank * (B A), viewed in W's
 * shape. A ~ N(0, 1) and B = 0 unless `init` says otherwise, so that training starts from W itself.
 *
 * A weight [d, ...] is seen as the matrix [d, n] with n elements per output, as the paper has it: B is [d, rank] and A
 * is [rank, n]. For a convolution n = C / groups * KH * KW.
 *
 * @example registerParametrization(conv, 'weight', new Lora(conv.weight.shape, { rank: 1 }))
 */
export class Lora extends Module {
  /** [rank, n]. Named as in checkpoints of the Python world. */
  readonly lora_A: Parameter;
  /** [d, rank] */
  readonly lora_B: Parameter;
  /** The shape of the weight. */
  readonly shape: Shape;
  readonly rank: number;
  readonly alpha: number;
  readonly useRslora: boolean;
  /** Whether the update is applied. Switch it off to get the original weight, bit for bit. */
  enabled = true;

  /**
   * @param shape The shape of the weight.
   * @throws ShapeError for a weight of fewer than two axes.
   * @throws ArgumentError for a rank that is no whole number from 1 to the weight's own, a negative alpha, or an unknown init.
   */
  constructor(shape: Shape, options: LoraOptions = {}) {
    super();
    if (typeof options !== 'object' || options === null) {
      throw new ArgumentError(
        'Lora',
        `takes its options as an object, { rank, alpha }, got ${formatValue(options)}`,
      );
    }
    const { rank = 1, alpha = 1, useRslora = false, init = 'normal', generator } = options;
    const [rows, columns] = matrixOf(shape);
    const full = Math.min(rows, columns);
    if (!Number.isInteger(rank) || rank < 1 || rank > full) {
      throw new ArgumentError(
        'Lora',
        `the rank of an update of ${formatShape(shape)} is a whole number from 1 to ${full}, got ${formatValue(rank)}`,
      );
    }
    if (!Number.isFinite(alpha) || alpha < 0) {
      throw new ArgumentError('Lora', `alpha is a finite number of at least 0, got ${formatValue(alpha)}`);
    }
    if (typeof useRslora !== 'boolean') {
      throw new ArgumentError('Lora', `useRslora is true or false, got ${formatValue(useRslora)}`);
    }
    this.shape = Object.freeze([...shape]);
    this.rank = rank;
    this.alpha = alpha;
    this.useRslora = useRslora;
    const { A, B } = this.#firstValues(init, [rows, columns], generator);
    this.lora_A = new Parameter(A);
    this.lora_B = new Parameter(B);
  }

  #firstValues(init: LoraInit, [rows, columns]: readonly [number, number], generator?: Generator): Factors {
    const { rank, scale } = this;
    const shapes = { A: [rank, columns], B: [rows, rank] };
    if (init === 'normal') return { A: randn(shapes.A, { generator }), B: zeros(shapes.B) };
    if (!LORA_INITS.includes(init)) {
      throw new ArgumentError('Lora', `init is one of ${LORA_INITS.join(', ')}, got ${formatValue(init)}`);
    }
    const weight = zeros([rows, columns]);
    return initialValues('Lora', init, { kind: 'Linear', weight, rank, scale, shapes }) as Factors;
  }

  /** alpha / rank, or alpha / sqrt(rank) */
  get scale(): number {
    return scaleOf(this.rank, this.alpha, this.useRslora);
  }

  /**
   * The effective weight, given the original one.
   * @throws ShapeError unless the weight has the shape that this was made for.
   */
  forward(weight: Tensor): Tensor {
    if (!(weight instanceof Tensor)) {
      throw new ArgumentError(
        'Lora',
        `adapts a weight, got ${formatValue(weight)}. Make a tensor of it with tensor(...)`,
      );
    }
    if (!sameShape(weight.shape, this.shape)) {
      throw new ShapeError(
        'Lora',
        `was made for a weight ${formatShape(this.shape)}, got ${formatShape(weight.shape)}. Make one with its shape`,
      );
    }
    if (!this.enabled) return weight;
    return weight.add(matmul(this.lora_B, this.lora_A).reshape(this.shape).mul(this.scale));
  }

  override extraRepr(): string {
    const { rank, alpha, useRslora, enabled } = this;
    return `rank=${rank}, alpha=${alpha}${useRslora ? ', rslora=True' : ''}${enabled ? '' : ', enabled=False'}`;
  }
}
