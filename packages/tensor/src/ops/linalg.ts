/** Decompositions of matrices, what follows from them, and triangular systems. */
import { dispatch, dispatchAll } from '../dispatch.js';
import { ArgumentError, DTypeError, formatValue, ShapeError } from '../errors.js';
import { defineMultiOp, defineOp } from '../op.js';
import { checkOptions } from '../options.js';
import { formatShape, sameShape, sizeOf } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { gt, maximum, mul } from './elementwise.js';
import { checkFloat, checkTensor } from './operand.js';
import { amax, sum } from './reduce.js';
import { stopGradient } from './statistics.js';

const svdOp = defineMultiOp<Record<string, never>>({
  name: 'svd',
  infer: ([x]) => {
    const [M, N] = x.shape.slice(-2) as [number, number];
    const K = Math.min(M, N);
    const batch = x.shape.slice(0, -2);
    return [[M, K], [K], [K, N]].map((shape) => ({ shape: [...batch, ...shape], dtype: x.dtype }));
  },
  forward: (kernels, [x]) => {
    const [M, N] = x.shape.slice(-2) as [number, number];
    const { U, S, Vh } = kernels.svd(x.data, sizeOf(x.shape.slice(0, -2)), M, N);
    return [U, S, Vh];
  },
});

export interface Svd {
  /** [..., M, K], orthonormal columns. */
  readonly U: Tensor;
  /** [..., K], the singular values, largest first. */
  readonly S: Tensor;
  /** [..., K, N], orthonormal rows. */
  readonly Vh: Tensor;
}

/**
 * The reduced singular value decomposition x = U diag(S) Vh of matrices [..., M, N], K = min(M, N): that of
 * `torch.linalg.svd(x, full_matrices=False)`. Signs of singular vectors are arbitrary; gradients through U and Vh are
 * only defined where the singular values differ.
 */
export function svd(x: Tensor): Svd {
  checkMatrices('svd', x);
  const [U, S, Vh] = dispatchAll(svdOp, [x], {}) as [Tensor, Tensor, Tensor];
  return { U, S, Vh };
}

const qrOp = defineMultiOp<Record<string, never>>({
  name: 'qr',
  infer: ([x]) => {
    const [M, N] = x.shape.slice(-2) as [number, number];
    const K = Math.min(M, N);
    const batch = x.shape.slice(0, -2);
    return [
      [M, K],
      [K, N],
    ].map((shape) => ({ shape: [...batch, ...shape], dtype: x.dtype }));
  },
  forward: (kernels, [x]) => {
    const [M, N] = x.shape.slice(-2) as [number, number];
    const { Q, R } = kernels.qr(x.data, sizeOf(x.shape.slice(0, -2)), M, N);
    return [Q, R];
  },
});

export interface Qr {
  /** [..., M, K], orthonormal columns. */
  readonly Q: Tensor;
  /** [..., K, N], zero below the diagonal. */
  readonly R: Tensor;
}

/**
 * The reduced QR decomposition x = Q R of matrices [..., M, N], K = min(M, N), with the signs that PyTorch gives it.
 * Gradients are only defined where the first K columns are linearly independent. `torch.linalg.qr`
 */
export function qr(x: Tensor): Qr {
  checkMatrices('qr', x);
  const [Q, R] = dispatchAll(qrOp, [x], {}) as [Tensor, Tensor];
  return { Q, R };
}

export type TriangularAttrs = { readonly upper: boolean; readonly transpose: boolean };

const solveTriangularOp = defineOp<TriangularAttrs>({
  name: 'solveTriangular',
  infer: ([, b]) => b,
  forward: (kernels, [a, b], attrs) => {
    const [N, columns] = b.shape.slice(-2) as [number, number];
    return kernels.solveTriangular(a.data, b.data, {
      batch: sizeOf(b.shape.slice(0, -2)),
      N,
      columns,
      ...attrs,
    });
  },
});

export interface TriangularOptions {
  /** Whether a is upper triangular, else lower. What stands on the other side of its diagonal is not read. */
  readonly upper: boolean;
  /** Solve with a's transpose. Default false. */
  readonly transpose?: boolean;
}

/**
 * The x that solves a x = b, for triangular a [..., N, N] and b [..., N, K] with the same leading axes. A zero on the
 * diagonal gives infinities or NaN. `torch.linalg.solve_triangular`
 * @throws ShapeError unless the shapes fit, DTypeError unless both are of one dtype of fractions.
 */
export function solveTriangular(a: Tensor, b: Tensor, options: TriangularOptions): Tensor {
  checkMatrices('solveTriangular', a);
  checkMatrices('solveTriangular', b);
  checkOptions('solveTriangular', options, ['upper', 'transpose']);
  const { upper, transpose = false } = options;
  if (typeof upper !== 'boolean' || typeof transpose !== 'boolean') {
    throw new ArgumentError(
      'solveTriangular',
      `upper and transpose are true or false, got ${formatValue(upper)} and ${formatValue(transpose)}`,
    );
  }
  if (a.dtype !== b.dtype) {
    throw new DTypeError(
      'solveTriangular',
      `both sides have the same dtype, got ${a.dtype} and ${b.dtype}. Convert one of them with to(...)`,
    );
  }
  const N = b.shape.at(-2) as number;
  if (!sameShape(a.shape, [...b.shape.slice(0, -2), N, N])) {
    throw new ShapeError(
      'solveTriangular',
      `takes [..., N, N] and [..., N, K] with the same leading axes, got ${formatShape(a.shape)} and ${formatShape(b.shape)}`,
    );
  }
  return dispatch(solveTriangularOp, [a, b], { upper, transpose });
}

function checkMatrices(op: string, x: Tensor): void {
  checkTensor(op, x);
  checkFloat(op, x.dtype);
  if (x.ndim < 2) throw new ShapeError(op, `takes matrices [..., M, N], got ${formatShape(x.shape)}`);
}

export interface MatrixRankOptions {
  /** Singular values up to this are taken for zero. Default 0. */
  readonly atol?: number;
  /** The same, relative to the largest one. Default: 0 where `atol` is above 0, else max(M, N) times the dtype's epsilon. */
  readonly rtol?: number;
}

/** The distance from 1 to the next number. */
export const EPSILON = { float32: 2 ** -23, float64: 2 ** -52 };

/** The number of singular values that are not negligible, int32 [...]. `torch.linalg.matrix_rank` */
export function matrixRank(x: Tensor, options: MatrixRankOptions = {}): Tensor {
  checkMatrices('matrixRank', x);
  checkOptions('matrixRank', options, ['atol', 'rtol']);
  const [M, N] = x.shape.slice(-2) as [number, number];
  const epsilon = EPSILON[x.dtype as keyof typeof EPSILON];
  const { atol = 0, rtol = options.atol ? 0 : Math.max(M, N) * epsilon } = options;
  if (!(atol >= 0) || !(rtol >= 0))
    throw new ArgumentError(
      'matrixRank',
      `tolerances are at least 0, got ${formatValue(atol)} and ${formatValue(rtol)}`,
    );
  const { S } = svd(stopGradient(x));
  if (S.shape.at(-1) === 0) return sum(gt(S, 0), -1);
  const tolerance = maximum(mul(amax(S, -1, { keepdim: true }), rtol), atol);
  return sum(gt(S, tolerance), -1);
}
