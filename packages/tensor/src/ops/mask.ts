/** Keeping and replacing values by a condition on their position: masks, triangles, one-hot rows. */
import { arange } from '../creation.js';
import { ArgumentError, DTypeError, ShapeError } from '../errors.js';
import { formatShape } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { cast } from './cast.js';
import { add, eq, ge, le, where } from './elementwise.js';
import { checkIndices } from './indexing.js';
import { checkTensor, type Operand } from './operand.js';
import { amax } from './reduce.js';
import { unsqueeze } from './shape.js';

/** x, with `value` wherever the mask (broadcast) holds. `torch.masked_fill` */
export function maskedFill(x: Tensor, mask: Tensor, value: Operand): Tensor {
  checkTensor('maskedFill', x);
  checkTensor('maskedFill', mask);
  if (mask.dtype !== 'bool') throw new DTypeError('maskedFill', `a mask is bool, got ${mask.dtype}. Compare first`);
  const filled = where(mask, value, x);
  if (filled.dtype !== x.dtype) {
    throw new DTypeError('maskedFill', `a ${x.dtype} tensor cannot hold the value ${String(value)}. Convert it first`);
  }
  return filled;
}

/** The lower triangle of the last two axes, up to diagonal k (default 0, the main one); zeros above. `torch.tril` */
export function tril(x: Tensor, k = 0): Tensor {
  return where(ge(rowsPlus('tril', x, k), columns(x)), x, 0);
}

/** The upper triangle of the last two axes, from diagonal k (default 0, the main one); zeros below. `torch.triu` */
export function triu(x: Tensor, k = 0): Tensor {
  return where(le(rowsPlus('triu', x, k), columns(x)), x, 0);
}

function rowsPlus(op: string, x: Tensor, k: number): Tensor {
  checkTensor(op, x);
  if (x.ndim < 2) throw new ShapeError(op, `takes matrices, got shape ${formatShape(x.shape)}`);
  if (!Number.isInteger(k)) throw new ArgumentError(op, `a diagonal is a whole number, got ${k}`);
  return unsqueeze(add(arange(x.shape.at(-2)!), k), 1);
}

function columns(x: Tensor): Tensor {
  return arange(x.shape.at(-1)!);
}

/**
 * int32 rows of zeros with a one at each index: [...] becomes [..., numClasses]. `torch.nn.functional.one_hot`
 * @param numClasses Default: the largest index + 1.
 */
export function oneHot(index: Tensor, numClasses?: number): Tensor {
  checkTensor('oneHot', index);
  const count = numClasses ?? (index.numel() === 0 ? 0 : amax(index).item() + 1);
  if (!Number.isInteger(count) || count < 1) {
    throw new ArgumentError('oneHot', `the number of classes is a whole number of at least 1, got ${count}`);
  }
  checkIndices('oneHot', index, count);
  return cast(eq(unsqueeze(index, -1), arange(count)), 'int32');
}
