/** Keeping and replacing values by a condition on their position: masks, triangles, one-hot rows. */
import { arange } from '../creation.js';
import { ArgumentError, DeviceError, DTypeError, ShapeError } from '../errors.js';
import { broadcastShapes, checkInteger, formatShape } from '../shape.js';
import { knownValues, Tensor } from '../tensor.js';
import { cast } from './cast.js';
import { add, eq, ge, le, where } from './elementwise.js';
import { checkIndices } from './indexing.js';
import { checkOperand, checkTensor, commonDType, type Operand } from './operand.js';
import { unsqueeze } from './shape.js';

/**
 * x, with `value` wherever the mask (broadcast) holds. `torch.masked_fill`
 * @throws DTypeError unless the mask is bool and x's dtype can hold the value.
 */
export function maskedFill(x: Tensor, mask: Tensor, value: Operand): Tensor {
  checkTensor('maskedFill', x);
  checkTensor('maskedFill', mask);
  if (mask.dtype !== 'bool')
    throw new DTypeError('maskedFill', `a mask is bool, got ${mask.dtype}. Compare first`);
  checkOperand('maskedFill', value);
  broadcastShapes('maskedFill', [x.shape, mask.shape, value instanceof Tensor ? value.shape : []]);
  if (commonDType([value, x]) !== x.dtype) {
    const what = value instanceof Tensor ? value.dtype : value;
    throw new DTypeError('maskedFill', `${x.dtype} cannot hold ${what}. Convert one of them with to(...)`);
  }
  return where(mask, value, x);
}

/** The lower triangle of the last two axes, up to diagonal k (default 0, the main one); zeros above. `torch.tril` */
export function tril(x: Tensor, k = 0): Tensor {
  // `false`, because the number 0 would make an int32 of a bool.
  return where(ge(rowsPlus('tril', x, k), columns(x)), x, false);
}

/** The upper triangle of the last two axes, from diagonal k (default 0, the main one); zeros below. `torch.triu` */
export function triu(x: Tensor, k = 0): Tensor {
  return where(le(rowsPlus('triu', x, k), columns(x)), x, false);
}

function rowsPlus(op: string, x: Tensor, k: number): Tensor {
  checkTensor(op, x);
  if (x.ndim < 2) throw new ShapeError(op, `takes matrices, got shape ${formatShape(x.shape)}`);
  checkInteger(op, 'a diagonal', k);
  return unsqueeze(add(arange(x.shape.at(-2)!, { device: x.device }), k), 1);
}

function columns(x: Tensor): Tensor {
  return arange(x.shape.at(-1)!, { device: x.device });
}

/**
 * int32 rows of zeros with a one at each index: [...] becomes [..., numClasses]. `torch.nn.functional.one_hot`
 * @param numClasses Default: the largest index + 1.
 * @throws DTypeError unless the index is int32, ShapeError for an index that is no class.
 * @throws ArgumentError if the number of classes is not given and cannot be told, because there is no index.
 */
export function oneHot(index: Tensor, numClasses?: number): Tensor {
  if (numClasses !== undefined) checkInteger('oneHot', 'the number of classes', numClasses, 1);
  checkIndices('oneHot', index, numClasses ?? Number.POSITIVE_INFINITY);
  if (numClasses === undefined && index.numel() === 0) {
    throw new ArgumentError(
      'oneHot',
      `${formatShape(index.shape)} holds no index. Name the number of classes`,
    );
  }
  const count = numClasses ?? largestOf(index) + 1;
  return cast(eq(unsqueeze(index, -1), arange(count, { device: index.device })), 'int32');
}

/** @throws DeviceError for indices that were computed on the GPU. */
function largestOf(index: Tensor): number {
  const values = knownValues(index);
  if (values !== undefined) return (values as Int32Array).reduce((a, b) => Math.max(a, b));
  throw new DeviceError(
    'oneHot',
    'the indices are on the GPU, so their largest is not known. Name the number of classes',
  );
}
