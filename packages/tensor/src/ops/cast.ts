/** Changing dtype and device. */
import { place } from '../backend.js';
import { DEVICES, type Device } from '../device.js';
import { dispatch } from '../dispatch.js';
import { DTYPES, type DType, isDType } from '../dtype.js';
import { ArgumentError, DTypeError, formatValue } from '../errors.js';
import { moving } from '../life-cycle.js';
import { defineOp } from '../op.js';
import { Tensor, valuesOf } from '../tensor.js';

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

/** The same values on another device, as a constant. */
function move(x: Tensor, device: Device): Tensor {
  if (x.device === device) return x;
  const values = valuesOf('to', x);
  moving(x);
  return new Tensor(place('to', values, device), x.shape, x.dtype);
}

/**
 * The tensor as another dtype, or from the CPU on the GPU; itself where nothing changes.
 *
 * @example x.to('float64')
 * @throws DTypeError for a name that is neither, and for values that the GPU cannot hold: float64, and integers beyond 2^24.
 * @throws DeviceError for 'gpu' if none is in use, and for 'cpu' from the GPU, which must be awaited: `cpu()`.
 * @throws GradientError for 'gpu' if the tensor requires a gradient, which could not come back.
 */
export function to(x: Tensor, target: DType | Device): Tensor {
  expectTensor('to', x);
  if (DEVICES.includes(target as Device)) return move(x, target as Device);
  if (isDType(target)) return cast(x, target);
  throw new DTypeError(
    'to',
    `there is no dtype or device ${formatValue(target)}; known: ${[...DTYPES, ...DEVICES].join(', ')}`,
  );
}
