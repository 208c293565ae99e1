/** The largest singular values of a matrix and their vectors, without those of the rest. */
import { ArgumentError, formatValue, ShapeError } from '../errors.js';
import { checkOptions } from '../options.js';
import { randn } from '../random/creation.js';
import { Generator } from '../random/generator.js';
import { formatShape } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { EPSILON, qr, type Svd, svd } from './linalg.js';
import { matmul } from './matmul.js';
import { checkFloat, checkTensor } from './operand.js';
import { narrow } from './slice.js';
import { stopGradient } from './statistics.js';

export interface SvdLowrankOptions {
  /**
   * How long A^T u - s v may be at most for a singular value s and its vectors, relative to the largest singular value,
   * beyond what rounding alone makes of it. Default 1e-6 for float32, 1e-12 for float64.
   */
  readonly tolerance?: number;
}

const TOLERANCE = { float32: 1e-6, float64: 1e-12 };

/** Smaller matrices are decomposed as a whole: that takes less time than the overhead of iterating. */
const SMALL = 96;

/** After so many rounds, each of many products, a matrix is decomposed as a whole after all. */
const MAX_ROUNDS = 60;

/**
 * The `rank` largest singular values of a matrix [M, N] and their vectors: what `svd` gives, cut off; U is [M, rank], S
 * [rank], Vh [rank, N]. Like `torch.svd_lowrank`, but it iterates until it is right: by the theorem of Eckart and Young
 * U diag(S) Vh is then the best approximation of that rank, up to the tolerance. No gradient flows through it.
 *
 * Takes products of the matrix with some more than `rank` columns: for a rank far below M and N and singular values that
 * decay a few dozen, for the flat spectrum of a random matrix some hundred.
 *
 * Method: subspace iteration with Chebyshev polynomials of A^T A (Rutishauser, "Simultaneous Iteration Method for
 * Symmetric Matrices", 1970; Zhou and Saad, 2007), and Rayleigh and Ritz. It begins with columns that are drawn from a
 * generator of its own: the same matrix gives the same result.
 *
 * @throws ShapeError unless it is a matrix, ArgumentError for a rank outside 0 to min(M, N) or a bad tolerance.
 */
export function svdLowrank(x: Tensor, rank: number, options: SvdLowrankOptions = {}): Svd {
  checkArguments(x, rank, options);
  const A = stopGradient(x);
  const [M, N] = A.shape as readonly [number, number];
  const { tolerance = TOLERANCE[A.dtype as keyof typeof TOLERANCE] } = options;
  const full = Math.min(M, N);
  // Columns beyond the rank make the iteration converge at the gap behind them, not at the one behind the rank.
  const width = Math.ceil(1.5 * rank) + 10;
  if (full <= SMALL || 3 * width >= full) return cutOff(svd(A), rank);
  return cutOff(iterate(A, width, Math.max(rank, 1), tolerance) ?? svd(A), rank);
}

function checkArguments(x: Tensor, rank: number, options: SvdLowrankOptions): void {
  checkTensor('svdLowrank', x);
  checkFloat('svdLowrank', x.dtype);
  if (x.ndim !== 2) throw new ShapeError('svdLowrank', `takes a matrix [M, N], got ${formatShape(x.shape)}`);
  const full = Math.min(...x.shape);
  if (!Number.isInteger(rank) || rank < 0 || rank > full) {
    throw new ArgumentError(
      'svdLowrank',
      `the rank for ${formatShape(x.shape)} is a whole number from 0 to ${full}, got ${formatValue(rank)}`,
    );
  }
  checkOptions('svdLowrank', options);
  const { tolerance = 0 } = options;
  if (!(tolerance >= 0))
    throw new ArgumentError('svdLowrank', `a tolerance is at least 0, got ${formatValue(tolerance)}`);
}

function cutOff({ U, S, Vh }: Svd, rank: number): Svd {
  return { U: narrow(U, -1, 0, rank), S: narrow(S, 0, 0, rank), Vh: narrow(Vh, 0, 0, rank) };
}

/** The `width` largest parts, the first `rank` of them converged; undefined if they do not within all rounds. */
function iterate(A: Tensor, width: number, rank: number, tolerance: number): Svd | undefined {
  const N = A.shape[1] as number;
  const rounding = EPSILON[A.dtype as keyof typeof EPSILON] * A.square().sum().sqrt().item();
  let V = qr(randn([N, width], { dtype: A.dtype, device: A.device, generator: new Generator(0) })).Q;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const parts = ritz(A, V);
    const largest = parts.S.select(0, 0).item();
    if (!Number.isFinite(largest)) return undefined;
    if (errorOf(A, cutOff(parts, rank)) <= tolerance * largest + rounding) return parts;
    V = qr(amplify(A, parts, rank)).Q;
  }
  return undefined;
}

/** The singular value decomposition of A V V^T, which is A as seen through the columns of V, [N, width]. */
function ritz(A: Tensor, V: Tensor): Svd {
  const { Q, R } = qr(matmul(A, V));
  const { U, S, Vh } = svd(R);
  return { U: matmul(Q, U), S, Vh: matmul(Vh, V, { transposeB: true }) };
}

/** The largest length of A^T u - s v over all parts; A v = s u holds by construction. */
function errorOf(A: Tensor, { U, S, Vh }: Svd): number {
  const residual = matmul(U, A, { transposeA: true }).sub(Vh.mul(S.unsqueeze(-1)));
  return residual.square().sum(-1).sqrt().amax().item();
}

/** What the largest part may grow by in relation to one at the rank: its rounding errors grow along with it. */
const MOST_GROWTH = 1e4;
/** What it may grow by at all, in numbers that float32 holds. */
const LARGEST = 1e30;
/** Shorter rounds find out earlier that it has converged. */
const HIGHEST_DEGREE = 24;

/**
 * T(A^T A) V, [N, width], where T is a Chebyshev polynomial that stays within 1 on [0, s^2], s being the smallest value
 * of V's, and grows as fast as a polynomial can beyond.
 */
function amplify(A: Tensor, { S, Vh }: Svd, rank: number): Tensor {
  const values = Array.from(S.dataSync(), (value) => value ** 2);
  const [first, least] = [values[0] as number, values.at(-1) as number];
  // The interval [0, 2 half] is mapped to [-1, 1].
  const half = Math.max(least, first / LARGEST ** 0.5) / 2;
  const place = (value: number) => value / half - 1;
  const degree = degreeFor(place(first), place(values[rank - 1] as number));
  const V = Vh.transpose();
  const step = (x: Tensor) => matmul(A, matmul(A, x), { transposeA: true }).div(half).sub(x);
  let [before, now] = [V, step(V)];
  for (let k = 1; k < degree; k++) [before, now] = [now, step(now).mul(2).sub(before)];
  return now;
}

/** The highest degree with which nothing grows too much: T(x) is about exp(degree arcosh(x)). */
function degreeFor(first: number, last: number): number {
  const growth = Math.acosh(first);
  const ratio = growth - Math.acosh(Math.max(last, 1));
  const degree = Math.min(Math.log(MOST_GROWTH) / ratio, Math.log(LARGEST) / growth, HIGHEST_DEGREE);
  return Math.max(Math.floor(degree), 1);
}
