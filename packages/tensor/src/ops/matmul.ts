/** Matrix products: batched, broadcast, with transpose flags instead of transposed copies. */
import { dispatch } from '../dispatch.js';
import type { DType } from '../dtype.js';
import { DTypeError, ShapeError } from '../errors.js';
import type { MatmulDims } from '../kernels/dims.js';
import { forEachRow, planWalk } from '../kernels/walk.js';
import { defineOp } from '../op.js';
import { checkOptions } from '../options.js';
import { broadcastShapes, broadcastStrides, formatShape, type Shape } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { mul } from './elementwise.js';
import { checkTensor, commonDType, toTensors } from './operand.js';
import { flatten, reshape, squeeze, unsqueeze } from './shape.js';

export type MatmulAttrs = { readonly transposeA: boolean; readonly transposeB: boolean };

/** The two last lengths, exchanged where the flag says so. */
function matrixShape(shape: Shape, transposed: boolean): readonly [rows: number, columns: number] {
  const rows = shape[shape.length - 2]!;
  const columns = shape[shape.length - 1]!;
  return transposed ? [columns, rows] : [rows, columns];
}

const matmulOp = defineOp<MatmulAttrs>({
  name: 'matmul',
  broadcasts: true,
  infer: ([a, b], attrs) => {
    checkInner(a.shape, b.shape, attrs);
    const [M] = matrixShape(a.shape, attrs.transposeA);
    const [, N] = matrixShape(b.shape, attrs.transposeB);
    const batch = broadcastShapes('matmul', [a.shape.slice(0, -2), b.shape.slice(0, -2)]);
    return { shape: [...batch, M, N], dtype: a.dtype };
  },
  forward: (kernels, [a, b], attrs, output) =>
    kernels.matmul(a.data, b.data, matmulDims(a.shape, b.shape, attrs, output.shape)),
});

/** The lengths that a product sums over: the columns of a, or all of a list, and the rows of b. */
function innerLengths(
  a: Shape,
  b: Shape,
  { transposeA, transposeB }: MatmulAttrs,
): readonly [number, number] {
  const inner = (shape: Shape, last: boolean) => shape.at(shape.length > 1 && !last ? -2 : -1)!;
  return [inner(a, !transposeA), inner(b, transposeB)];
}

/** @throws ShapeError if the inner lengths differ, with the flags that would mend it. */
function checkInner(a: Shape, b: Shape, attrs: MatmulAttrs): void {
  const [left, right] = innerLengths(a, b, attrs);
  if (left === right) return;
  const { transposeA, transposeB } = attrs;
  const mended = [
    { transposeA: !transposeA, transposeB },
    { transposeA, transposeB: !transposeB },
    { transposeA: !transposeA, transposeB: !transposeB },
  ].find((flags) => {
    const [p, q] = innerLengths(a, b, flags);
    return p === q;
  });
  const given = `${formatShape(a)}${transposeA ? '^T' : ''} x ${formatShape(b)}${transposeB ? '^T' : ''}`;
  const hint = mended ? `. Did you mean ${formatCall(mended)}?` : '';
  throw new ShapeError('matmul', `inner dimensions differ: ${given} (${left} vs ${right})${hint}`);
}

/** `matmul(a, b, { transposeA: true })` */
function formatCall(flags: MatmulAttrs): string {
  const set = Object.entries(flags).filter(([, value]) => value);
  const options = set.map(([name, value]) => `${name}: ${value}`).join(', ');
  return options === '' ? 'matmul(a, b)' : `matmul(a, b, { ${options} })`;
}

function matmulDims(a: Shape, b: Shape, attrs: MatmulAttrs, output: Shape): MatmulDims {
  const [M, K] = matrixShape(a, attrs.transposeA);
  const [, N] = matrixShape(b, attrs.transposeB);
  const batch = output.slice(0, -2);
  return {
    transposeA: attrs.transposeA,
    transposeB: attrs.transposeB,
    M,
    N,
    K,
    offsetsA: matrixOffsets(a.slice(0, -2), batch, M * K),
    offsetsB: matrixOffsets(b.slice(0, -2), batch, K * N),
  };
}

const ONE_MATRIX: readonly number[] = [0];

/** Where each matrix of a broadcast batch begins. */
function matrixOffsets(own: Shape, batch: Shape, size: number): readonly number[] {
  if (batch.length === 0) return ONE_MATRIX;
  const offsets: number[] = [];
  const walk = planWalk(batch, [broadcastStrides(own, batch)]);
  const length = walk.shape.at(-1)!;
  const step = walk.strides[0]!.at(-1)!;
  forEachRow(walk, ([start]) => {
    for (let i = 0; i < length; i++) offsets.push((start! + i * step) * size);
  });
  return offsets;
}

export interface MatmulOptions {
  /** Multiply with a's matrices transposed. Default false. */
  readonly transposeA?: boolean;
  /** Multiply with b's matrices transposed. Default false. */
  readonly transposeB?: boolean;
}

/**
 * The matrix product: [..., M, K] x [..., K, N] gives [..., M, N], leading axes broadcast. A list on the left is a row,
 * on the right a column, and its axis disappears from the result. `torch.matmul`
 *
 * @example matmul(x, weight, { transposeB: true }) // [N, in] x [out, in]^T
 * @throws ShapeError if the inner lengths differ or a scalar is given; the flags are only for matrices.
 * @throws DTypeError for bool.
 */
export function matmul(a: Tensor, b: Tensor, options: MatmulOptions = {}): Tensor {
  checkTensor('matmul', a);
  checkTensor('matmul', b);
  checkOptions('matmul', options, ['transposeA', 'transposeB']);
  const { transposeA = false, transposeB = false } = options;
  if (a.ndim === 0 || b.ndim === 0) {
    throw new ShapeError(
      'matmul',
      `takes lists and matrices, got ${formatShape(a.shape)} and ${formatShape(b.shape)}. Use mul for scalars`,
    );
  }
  if ((a.ndim === 1 && transposeA) || (b.ndim === 1 && transposeB)) {
    throw new ShapeError(
      'matmul',
      `a list cannot be transposed: ${formatShape(a.shape)} x ${formatShape(b.shape)}`,
    );
  }
  const dtype = commonDType([a, b]);
  checkNumbers('matmul', dtype);
  // Here too, because a message that shows lists as matrices would puzzle.
  checkInner(a.shape, b.shape, { transposeA, transposeB });
  const [left, right] = toTensors(
    [a.ndim === 1 ? unsqueeze(a, 0) : a, b.ndim === 1 ? unsqueeze(b, 1) : b],
    dtype,
  );
  const product = multiply(left!, right!, { transposeA, transposeB });
  const dropped = [...(a.ndim === 1 ? [-2] : []), ...(b.ndim === 1 ? [-1] : [])];
  return dropped.length === 0 ? product : squeeze(product, dropped);
}

/** One product of many rows is faster than many of few, and so is its gradient: a batch times one matrix is that. */
function multiply(a: Tensor, b: Tensor, attrs: MatmulAttrs): Tensor {
  const isFoldable = a.ndim > 2 && b.ndim === 2 && !attrs.transposeA;
  if (!isFoldable) return dispatch(matmulOp, [a, b], attrs);
  const rows = flatten(a, 0, -2);
  const product = dispatch(matmulOp, [rows, b], attrs);
  return reshape(product, [...a.shape.slice(0, -1), product.shape[1]!]);
}

/** @throws DTypeError for bool, which has no sums. */
function checkNumbers(op: string, dtype: DType): void {
  if (dtype === 'bool') throw new DTypeError(op, "is not defined for bool. Convert with to('float32') first");
}

/**
 * The inner product of two lists of one length. `torch.dot`
 * @throws ShapeError for anything else.
 */
export function dot(a: Tensor, b: Tensor): Tensor {
  checkTensor('dot', a);
  checkTensor('dot', b);
  if (a.ndim !== 1 || b.ndim !== 1 || a.shape[0] !== b.shape[0]) {
    throw new ShapeError(
      'dot',
      `takes two lists of one length, got ${formatShape(a.shape)} and ${formatShape(b.shape)}. Use matmul for matrices`,
    );
  }
  checkNumbers('dot', commonDType([a, b]));
  return matmul(a, b);
}

/**
 * All products of two lists: out[i][j] = a[i] * b[j]. `torch.outer`
 * @throws ShapeError for anything else.
 */
export function outer(a: Tensor, b: Tensor): Tensor {
  checkTensor('outer', a);
  checkTensor('outer', b);
  if (a.ndim !== 1 || b.ndim !== 1) {
    throw new ShapeError(
      'outer',
      `takes two lists, got ${formatShape(a.shape)} and ${formatShape(b.shape)}. Flatten them first`,
    );
  }
  return mul(unsqueeze(a, 1), b);
}
