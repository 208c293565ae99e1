/** Changing dtype and device. */
import { DEVICES, type Device } from '../device.js';
import { dispatch } from '../dispatch.js';
import { DTYPES, type DType, isDType } from '../dtype.js';
import { DTypeError, formatValue } from '../errors.js';
import { defineOp } from '../op.js';
import type { Tensor } from '../tensor.js';

type CastAttrs = { readonly dtype: DType };

export const castOp = defineOp<CastAttrs>({
  name: 'cast',
  infer: ([x], { dtype }) => ({ shape: x.shape, dtype }),
  forward: (kernels, [x], { dtype }) => kernels.cast(x.data, dtype),
});

/** The same values in another dtype; the tensor itself where nothing changes. Fractions are cut towards zero. */
export function cast(x: Tensor, dtype: DType): Tensor {
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
  if (DEVICES.includes(target as Device)) return x;
  if (isDType(target)) return cast(x, target);
  throw new DTypeError(
    'to',
    `there is no dtype or device ${formatValue(target)}; known: ${[...DTYPES, ...DEVICES].join(', ')}`,
  );
}
