/** Turning what users pass to ops (tensors, plain numbers, mixed dtypes) into tensors of one dtype. */
import { placeScalar } from '../backend.js';
import { type Device, getDefaultDevice } from '../device.js';
import { type DType, isFloat, resultType } from '../dtype.js';
import { ArgumentError, DTypeError, formatValue } from '../errors.js';
import { Tensor } from '../tensor.js';
import { cast } from './cast.js';

/** What binary ops take: a tensor, or a plain number or boolean that is stretched to any shape. */
export type Operand = Tensor | number | boolean;

/** The dtype that a plain number stands for: whole numbers count as int32, as Python's ints do. */
function dtypeOfNumber(value: number | boolean): DType {
  if (typeof value === 'boolean') return 'bool';
  return Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 31 ? 'int32' : 'float32';
}

/** @throws ArgumentError for anything that is neither a tensor nor a number. */
export function checkOperand(op: string, value: unknown): asserts value is Operand {
  if (value instanceof Tensor || typeof value === 'number' || typeof value === 'boolean') return;
  throw new ArgumentError(
    op,
    `takes tensors and numbers, got ${formatValue(value)}. Make a tensor of it with tensor(...)`,
  );
}

/** @throws ArgumentError for anything that is not a tensor. */
export function checkTensor(op: string, value: unknown): asserts value is Tensor {
  if (value instanceof Tensor) return;
  throw new ArgumentError(op, `takes a tensor, got ${formatValue(value)}. Make one with tensor(...)`);
}

/** The dtype that PyTorch would compute an op on these operands in. */
export function commonDType(operands: readonly Operand[]): DType {
  return resultType(
    operands.map((operand) =>
      operand instanceof Tensor
        ? { dtype: operand.dtype, kind: operand.ndim === 0 ? 'scalar tensor' : 'tensor' }
        : { dtype: dtypeOfNumber(operand), kind: 'number' },
    ),
  );
}

/** The operands as tensors of `dtype`: numbers on the device of the tensors. */
export function toTensors(operands: readonly Operand[], dtype: DType): Tensor[] {
  const device = operands.find((operand) => operand instanceof Tensor)?.device ?? getDefaultDevice();
  return operands.map((operand) =>
    operand instanceof Tensor ? cast(operand, dtype) : scalar(operand, dtype, device),
  );
}

/** A 0-d tensor. */
export function scalar(value: number | boolean, dtype: DType, device: Device): Tensor {
  return new Tensor(placeScalar('scalar', SCALAR_STORAGE[dtype](Number(value)), device), [], dtype);
}

const SCALAR_STORAGE = {
  float32: (value: number) => Float32Array.of(value),
  float64: (value: number) => Float64Array.of(value),
  int32: (value: number) => Int32Array.of(value),
  bool: (value: number) => Uint8Array.of(value === 0 ? 0 : 1),
} as const satisfies Record<DType, (value: number) => unknown>;

/** Integers and bools become float32, as in all of PyTorch's functions of the reals. */
export function floatDType(dtype: DType): DType {
  return isFloat(dtype) ? dtype : 'float32';
}

/** @throws DTypeError unless the dtype holds fractions. */
export function checkFloat(op: string, dtype: DType): void {
  if (!isFloat(dtype))
    throw new DTypeError(op, `is not defined for ${dtype}. Convert with to('float32') first`);
}
