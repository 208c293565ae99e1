/** The best factors of low rank of a weight, and how far they are from it. */

import { noGrad } from '@lowrank/autograd';
import {
  ArgumentError,
  checkOptions,
  formatShape,
  formatValue,
  isFloat,
  matmul,
  type Shape,
  ShapeError,
  type Svd,
  sum,
  svd,
  svdLowrank,
  Tensor,
} from '@lowrank/tensor';

/** How good the factors have to be. */
export interface FactorizeOptions {
  /** The share of the sum of all squared singular values, which is |W|^2, that they keep at least: from 0 to 1. */
  readonly energy: number;
}

/** A factorization W ~ B A, and what it leaves. */
export interface Factorization {
  /** [rank, n] */
  readonly A: Tensor;
  /** [d, rank] */
  readonly B: Tensor;
  readonly rank: number;
  /** The singular values that are kept, largest first. */
  readonly singularValues: readonly number[];
  /** |W - B A|, Frobenius: the root of the sum of squares. No factors of this rank come nearer. */
  readonly error: number;
  /** The error over |W|; 0 for a weight of zeros. */
  readonly relativeError: number;
}

/**
 * The best factors of a rank for a weight, or the smallest ones that keep a share of its energy. By the theorem of Eckart
 * and Young (1936) these are the largest singular values and their vectors, W = U S V^T; here B = U sqrt(S) and
 * A = sqrt(S) V^T. Right up to rounding, see `svdLowrank`. No gradient flows through it.
 *
 * @param weight [d, ...], seen as the matrix [d, n] with n elements per output.
 * @param rank A whole number from 1 to that of the weight, or `{ energy }`.
 * @throws ShapeError for fewer than two axes or an empty one; ArgumentError for a rank or an energy out of range, and for
 * values that are not finite.
 *
 * @example const { A, B, relativeError } = factorize(layer.weight, 8);
 * @example const { rank } = factorize(layer.weight, { energy: 0.9 });
 */
export function factorize(weight: Tensor, rank: number | FactorizeOptions): Factorization {
  const W = asMatrix(weight);
  const wanted = checkWanted(W.shape, rank);
  return noGrad(() => {
    const parts = typeof wanted === 'number' ? svdLowrank(W, wanted) : keeping(W, wanted.energy);
    const share = parts.S.sqrt();
    const [A, B] = [parts.Vh.mul(share.unsqueeze(1)), parts.U.mul(share)];
    const error = lengthOf(W.sub(matmul(B, A)));
    const length = lengthOf(W);
    return {
      A,
      B,
      rank: parts.S.numel(),
      singularValues: Array.from(parts.S.dataSync()),
      error,
      relativeError: length === 0 ? 0 : error / length,
    };
  });
}

function asMatrix(weight: Tensor): Tensor {
  if (!(weight instanceof Tensor) || !isFloat(weight.dtype)) {
    throw new ArgumentError('factorize', `takes a weight of fractions, got ${formatValue(weight)}`);
  }
  if (weight.ndim < 2 || weight.numel() === 0) {
    throw new ShapeError(
      'factorize',
      `takes a weight of at least two axes, none empty, got ${formatShape(weight.shape)}`,
    );
  }
  if (!weight.isfinite().all().item()) {
    throw new ArgumentError('factorize', 'the weight holds values that are not finite');
  }
  return weight.detach().flatten(1);
}

function checkWanted(shape: Shape, wanted: number | FactorizeOptions): number | FactorizeOptions {
  const full = Math.min(...shape);
  if (typeof wanted !== 'number') {
    checkOptions('factorize', wanted);
    if (wanted.energy >= 0 && wanted.energy <= 1) return wanted;
    throw new ArgumentError('factorize', `an energy is from 0 to 1, got ${formatValue(wanted.energy)}`);
  }
  if (Number.isInteger(wanted) && wanted >= 1 && wanted <= full) return wanted;
  throw new ArgumentError(
    'factorize',
    `the rank of factors of ${formatShape(shape)} is a whole number from 1 to ${full}, got ${formatValue(wanted)}`,
  );
}

/** Sums of squares in float32 are not more exact. */
const ROUNDING = 1e-6;

/** The fewest of the largest parts that keep the energy, at least one. */
function keeping(W: Tensor, energy: number): Svd {
  const full = Math.min(...W.shape);
  const enough = (energy - ROUNDING) * lengthOf(W) ** 2;
  for (let rank = 16; ; rank *= 4) {
    const isAll = 4 * rank >= full;
    const { U, S, Vh } = isAll ? svd(W) : svdLowrank(W, rank);
    const found = rankKeeping(Array.from(S.dataSync()), enough);
    if (found === undefined && !isAll) continue;
    const kept = found ?? full;
    return { U: U.narrow(1, 0, kept), S: S.narrow(0, 0, kept), Vh: Vh.narrow(0, 0, kept) };
  }
}

/** How many of the values, at least one, have squares that add up to enough; undefined where all do not. */
function rankKeeping(values: readonly number[], enough: number): number | undefined {
  let total = 0;
  const last = values.findIndex((value) => {
    total += value ** 2;
    return total >= enough;
  });
  return last < 0 ? undefined : last + 1;
}

/** The root of the sum of squares. */
function lengthOf(x: Tensor): number {
  return Math.sqrt(sum(x.square()).item());
}
