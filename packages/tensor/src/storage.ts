/** From checked options and checked values to a new tensor: what all creation functions have in common. */
import { checkDevice } from './device.js';
import { convert, DTYPES, type DType, isDType, type TypedArray } from './dtype.js';
import { ArgumentError, DTypeError, formatValue } from './errors.js';
import { created } from './life-cycle.js';
import { checkOptions } from './options.js';
import type { Shape } from './shape.js';
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
 * A tensor around `storage`.
 * @throws DeviceError for a device that there is not.
 */
export function wrap(
  op: string,
  storage: TypedArray,
  shape: Shape,
  dtype: DType,
  options: TensorOptions,
): Tensor {
  if (options.device !== undefined) checkDevice(op, options.device);
  return created(new Tensor(storage, shape, dtype), options);
}
