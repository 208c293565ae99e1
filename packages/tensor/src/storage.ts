/** From checked options and checked values to a new tensor: what all creation functions have in common. */
import { backendOf, place, placeScalar } from './backend.js';
import { checkDevice, type Device, getDefaultDevice } from './device.js';
import { allocate, convert, DTYPES, type DType, isDType, type TypedArray } from './dtype.js';
import { ArgumentError, DTypeError, formatValue } from './errors.js';
import { created } from './life-cycle.js';
import { checkOptions } from './options.js';
import { type Shape, sizeOf } from './shape.js';
import { Tensor, type TensorOptions } from './tensor.js';

/**
 * The dtype that the options name, or else `otherwise`.
 * @throws DTypeError for a name that is no dtype.
 */
export function resolveDType(op: string, options: TensorOptions, otherwise: DType): DType {
  checkOptions(op, options);
  const { dtype = otherwise } = options;
  if (isDType(dtype)) return dtype;
  throw new DTypeError(op, `there is no dtype ${formatValue(dtype)}; known: ${DTYPES.join(', ')}`);
}

/**
 * Copies `values` into a storage of `dtype`.
 * @throws ArgumentError for what int32 cannot hold, such as NaN.
 */
export function toStorage(op: string, values: ArrayLike<number>, dtype: DType): TypedArray {
  if (dtype === 'int32') {
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number;
      if (Math.trunc(value) === (value | 0)) continue;
      throw new ArgumentError(op, `${value} does not fit into int32. Name another dtype, such as 'float64'`);
    }
  }
  return convert(values, dtype);
}

/**
 * A number as an element of `dtype`.
 * @throws ArgumentError for what is no number or does not fit.
 */
export function toElement(op: string, value: unknown, dtype: DType): number {
  if (typeof value !== 'number' && typeof value !== 'boolean') {
    throw new ArgumentError(op, `the value is a number or a boolean, got ${formatValue(value)}`);
  }
  return toStorage(op, [Number(value)], dtype)[0]!;
}

/**
 * A tensor of these values, on the device that the options name: on the CPU around the array itself.
 * @throws DeviceError for a device that there is not, DTypeError for what it cannot hold.
 */
export function wrap(
  op: string,
  values: TypedArray,
  shape: Shape,
  dtype: DType,
  options: TensorOptions,
): Tensor {
  const device = deviceOf(op, options);
  return created(new Tensor(place(op, values, device), shape, dtype), options);
}

/** As `wrap` for one value everywhere, which a GPU fills in by itself. */
export function wrapFilled(
  op: string,
  value: number,
  shape: Shape,
  dtype: DType,
  options: TensorOptions,
): Tensor {
  const device = deviceOf(op, options);
  if (device === 'cpu') return wrap(op, allocate(dtype, sizeOf(shape)).fill(value), shape, dtype, options);
  const element = placeScalar(op, allocate(dtype, 1).fill(value), device);
  const region = { offset: 0, strides: shape.map(() => 0) };
  return created(
    new Tensor(backendOf(op, device).stridedRead(element, shape, dtype, region), shape, dtype),
    options,
  );
}

/** @throws DeviceError for a device that there is not. */
function deviceOf(op: string, { device = getDefaultDevice() }: TensorOptions): Device {
  checkDevice(op, device);
  return device;
}
