/** Changing dtype and device. */
import { DEVICES, type Device } from '../device.js';
import { dispatch } from '../dispatch.js';
import { DTYPES, type DType, isDType } from '../dtype.js';
import { ArgumentError, DTypeError, formatValue } from '../errors.js';
import { defineOp } from '../op.js';
import { Tensor } from '../tensor.js';

type CastAttrs = { readonly dtype: DType };

export const castOp = defineOp<CastAttrs>({
  name: 'cast',
  infer: ([x], { dtype }) => ({ shape: x.shape, dtype }),
  forward: (kernels, [x], { dtype }) => kernels.cast(x.data, dtype),
});

/** @throws ArgumentError for anything that is not a tensor. (What operand.ts has for this stands on this file.) */
function expectTensor(op: string, x: unknown): asserts x is Tensor {
  if (x instanceof Tensor) return;
  throw new ArgumentError(op, `takes a tensor, got ${formatValue(x)}. Make one with tensor(...)`);
}

/**
 * The same values in another dtype; the tensor itself where nothing changes. Fractions are cut towards zero, int32
 * wraps around, and everything but 0 is true.
 * @throws DTypeError for a name that is no dtype.
 */
export function cast(x: Tensor, dtype: DType): Tensor {
  expectTensor('cast', x);
  if (!isDType(dtype)) {
    throw new DTypeError('cast', `there is no dtype ${formatValue(dtype)}; known: ${DTYPES.join(', ')}`);
  }
  return x.dtype === dtype ? x : dispatch(castOp, [x], { dtype });
}

/**
 * The tensor as another dtype or on another device; itself where nothing changes.
 *
 * @example x.to('float64')
 * @throws DTypeError for a name that is neither.
 */
export function to(x: Tensor, target: DType | Device): Tensor {
  expectTensor('to', x);
  if (DEVICES.includes(target as Device)) return x;
  if (isDType(target)) return cast(x, target);
  throw new DTypeError(
    'to',
    `there is no dtype or device ${formatValue(target)}; known: ${[...DTYPES, ...DEVICES].join(', ')}`,
  );
}
