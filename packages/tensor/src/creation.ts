/** Making tensors out of numbers, nested arrays, typed arrays and ranges. */
import { allocate, type DType, dtypeOf, type TypedArray } from './dtype.js';
import { ArgumentError, DTypeError, formatValue, ShapeError } from './errors.js';
import { checkTensor } from './ops/operand.js';
import { checkOptions } from './options.js';
import { checkInteger, checkShape, formatShape, type Shape, sizeOf } from './shape.js';
import { resolveDType, toElement, toStorage, wrap, wrapFilled } from './storage.js';
import { type NestedArray, Tensor, type TensorOptions, valuesOf } from './tensor.js';

/** What `tensor` takes. */
export type TensorLike = NestedArray<number | boolean> | TypedArray | Tensor;

/**
 * A tensor of the given values, copied. `torch.tensor`, but whole numbers become float32 too, since JavaScript does
 * not tell 1 from 1.0; say `{ dtype: 'int32' }` for integers.
 *
 * @example tensor([[1, 2], [3, 4]])
 * @throws ShapeError for ragged arrays, naming where; ArgumentError for values that are not numbers, or that int32
 * cannot hold.
 */
export function tensor(values: TensorLike, options: TensorOptions = {}): Tensor {
  const { data, shape, dtype: found } = readValues(values);
  const dtype = resolveDType('tensor', options, found);
  return wrap('tensor', toStorage('tensor', data, dtype), shape, dtype, options);
}

/** Numbers as they were given: row-major values, their shape, and the dtype that suits them. */
interface Values {
  readonly data: ArrayLike<number>;
  readonly shape: Shape;
  readonly dtype: DType;
}

function readValues(values: TensorLike): Values {
  if (values instanceof Tensor)
    return { data: valuesOf('tensor', values), shape: values.shape, dtype: values.dtype };
  if (!ArrayBuffer.isView(values)) return readNested(values);
  const dtype = checkedDTypeOf('tensor', values);
  return { data: values as TypedArray, shape: [(values as TypedArray).length], dtype };
}

function checkedDTypeOf(op: string, array: unknown): DType {
  const dtype = ArrayBuffer.isView(array) ? dtypeOf(array) : undefined;
  if (dtype === undefined) {
    throw new DTypeError(
      op,
      `${formatValue(array)} has no dtype here. Use Float32Array, Float64Array, Int32Array or Uint8Array (bool)`,
    );
  }
  return dtype;
}

/** As many axes as PyTorch's tensors can have. */
const MAX_NESTING = 64;

/** The shape of nested arrays, taken from the first element of each level. */
function nestedShape(values: NestedArray<number | boolean>): number[] {
  const shape: number[] = [];
  for (let level: unknown = values; Array.isArray(level); level = level[0]) {
    shape.push(level.length);
    if (shape.length > MAX_NESTING) {
      throw new ShapeError('tensor', `nested more than ${MAX_NESTING} deep. Does an array contain itself?`);
    }
  }
  return shape;
}

/** Checks nested values against their shape and lays them out row by row. */
function readNested(values: NestedArray<number | boolean>): Values {
  const shape = nestedShape(values);
  const data: number[] = [];
  const path: number[] = [];
  let booleans = 0;
  const where = () => (path.length === 0 ? '' : ` at [${path.join('][')}]`);
  const ragged = (expected: string, found: unknown) => {
    const what = Array.isArray(found) ? `an array of ${found.length}` : formatValue(found);
    return new ShapeError('tensor', `ragged nested array: expected ${expected}${where()}, found ${what}`);
  };
  const visit = (value: unknown): void => {
    const expected = shape[path.length];
    if (expected !== undefined) {
      if (!Array.isArray(value) || value.length !== expected) throw ragged(`an array of ${expected}`, value);
      for (let i = 0; i < expected; i++) {
        path.push(i);
        visit(value[i]);
        path.pop();
      }
    } else if (typeof value === 'number') data.push(value);
    else if (typeof value === 'boolean') {
      booleans++;
      data.push(Number(value));
    } else if (Array.isArray(value)) throw ragged('a number', value);
    else
      throw new ArgumentError('tensor', `takes numbers and booleans, found ${formatValue(value)}${where()}`);
  };
  visit(values);
  return { data, shape, dtype: booleans > 0 && booleans === data.length ? 'bool' : 'float32' };
}

/**
 * A tensor around a typed array, without copying: the array belongs to the tensor from now on.
 * @param shape Default: a list.
 * @throws ShapeError if the shape does not have as many elements as the array.
 */
export function fromTypedArray(array: TypedArray, shape?: Shape, options: TensorOptions = {}): Tensor {
  const dtype = checkedDTypeOf('fromTypedArray', array);
  const target = shape ?? [array.length];
  checkShape('fromTypedArray', target);
  if (resolveDType('fromTypedArray', options, dtype) !== dtype) {
    throw new DTypeError(
      'fromTypedArray',
      `the array holds ${dtype}, not ${options.dtype}. Use tensor(array) to convert`,
    );
  }
  if (sizeOf(target) !== array.length) {
    throw new ShapeError('fromTypedArray', `${array.length} elements do not fill ${formatShape(target)}`);
  }
  const strange = dtype === 'bool' ? array.find((byte) => byte > 1) : undefined;
  if (strange !== undefined) {
    throw new ArgumentError(
      'fromTypedArray',
      `bool is bytes of 0 and 1, found ${strange}. Use tensor(array) to convert`,
    );
  }
  return wrap('fromTypedArray', array, target, dtype, options);
}

/**
 * `value` everywhere; `true` and `false` make a bool tensor, numbers float32 unless a dtype is named. `torch.full`
 * @throws ShapeError for negative, fractional or NaN lengths.
 */
export function full(shape: Shape, value: number | boolean, options: TensorOptions = {}): Tensor {
  return filled('full', shape, value, options, typeof value === 'boolean' ? 'bool' : 'float32');
}

function filled(
  op: string,
  shape: Shape,
  value: number | boolean,
  options: TensorOptions,
  otherwise: DType,
): Tensor {
  checkShape(op, shape);
  const dtype = resolveDType(op, options, otherwise);
  const element = toElement(op, value, dtype);
  return wrapFilled(op, element, shape, dtype, options);
}

function filledLike(op: string, x: Tensor, value: number | boolean, options: TensorOptions): Tensor {
  checkTensor(op, x);
  return filled(op, x.shape, value, { device: x.device, ...options }, x.dtype);
}

/** 0 everywhere; float32 unless a dtype is named. `torch.zeros` */
export function zeros(shape: Shape, options: TensorOptions = {}): Tensor {
  return filled('zeros', shape, 0, options, 'float32');
}

/** 1 everywhere; float32 unless a dtype is named. `torch.ones` */
export function ones(shape: Shape, options: TensorOptions = {}): Tensor {
  return filled('ones', shape, 1, options, 'float32');
}

/** 0 in the shape and, unless others are named, the dtype and device of x. `torch.zeros_like` */
export function zerosLike(x: Tensor, options: TensorOptions = {}): Tensor {
  return filledLike('zerosLike', x, 0, options);
}

/** 1 in the shape and, unless others are named, the dtype and device of x. `torch.ones_like` */
export function onesLike(x: Tensor, options: TensorOptions = {}): Tensor {
  return filledLike('onesLike', x, 1, options);
}

/** `value` in the shape and, unless others are named, the dtype and device of x. `torch.full_like` */
export function fullLike(x: Tensor, value: number | boolean, options: TensorOptions = {}): Tensor {
  return filledLike('fullLike', x, value, options);
}

/** The dtypes of ranges. @throws DTypeError for bool, which has no room for one. */
function rangeDType(op: string, options: TensorOptions, otherwise: DType): DType {
  const dtype = resolveDType(op, options, otherwise);
  if (dtype === 'bool')
    throw new DTypeError(op, 'is not defined for bool. Compare a range with a number instead');
  return dtype;
}

/** The values of f from 0 to count - 1. */
function tabulate(count: number, f: (i: number) => number): Float64Array {
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) values[i] = f(i);
  return values;
}

/**
 * start, start + step, ... up to but without `end`; `arange(end)` starts at 0. int32 if all three are whole, else
 * float32. `torch.arange`
 * @throws ArgumentError if the step is 0, leads away from `end`, or anything is not finite.
 */
export function arange(end: number, options?: TensorOptions): Tensor;
export function arange(start: number, end: number, options?: TensorOptions): Tensor;
export function arange(start: number, end: number, step?: number, options?: TensorOptions): Tensor;
export function arange(...parameters: readonly (number | TensorOptions | undefined)[]): Tensor {
  const options = parameters.find((parameter) => typeof parameter === 'object') ?? {};
  checkOptions('arange', options);
  const numbers = parameters.filter((parameter) => typeof parameter !== 'object') as number[];
  const [start, end, step = 1] = (numbers.length === 1 ? [0, ...numbers] : numbers) as [
    number,
    number,
    number?,
  ];
  if (![start, end, step].every(Number.isFinite) || step === 0 || (end - start) / step < 0) {
    const [from, to, by] = [start, end, step].map(formatValue);
    throw new ArgumentError('arange', `cannot go from ${from} to ${to} in steps of ${by}`);
  }
  const count = Math.ceil((end - start) / step);
  checkShape('arange', [count]);
  const dtype = rangeDType(
    'arange',
    options,
    [start, end, step].every(Number.isInteger) ? 'int32' : 'float32',
  );
  const values = tabulate(count, (i) => start + i * step);
  return wrap('arange', toStorage('arange', values, dtype), [count], dtype, options);
}

/** `steps` values from start to end, both included, evenly spaced; float32 unless a dtype is named. `torch.linspace` */
export function linspace(start: number, end: number, steps: number, options: TensorOptions = {}): Tensor {
  if (typeof start !== 'number' || typeof end !== 'number') {
    throw new ArgumentError(
      'linspace',
      `goes from number to number, got ${formatValue(start)} and ${formatValue(end)}`,
    );
  }
  checkInteger('linspace', 'the number of steps', steps, 0);
  checkShape('linspace', [steps]);
  const dtype = rangeDType('linspace', options, 'float32');
  const [first, last] = toStorage('linspace', [start, end], dtype) as unknown as [number, number];
  const step = (last - first) / (steps - 1);
  const half = Math.floor(steps / 2);
  // From both ends, as PyTorch does, so that the last value is exactly `end`.
  const value = (i: number) => (i < half ? first + i * step : last - (steps - 1 - i) * step);
  const values = tabulate(steps, steps === 1 ? () => first : value);
  return wrap('linspace', toStorage('linspace', values, dtype), [steps], dtype, options);
}

/** The identity matrix [n, m] (m defaults to n). `torch.eye` */
export function eye(n: number, options?: TensorOptions): Tensor;
export function eye(n: number, m?: number, options?: TensorOptions): Tensor;
export function eye(n: number, second: number | TensorOptions = n, third: TensorOptions = {}): Tensor {
  const [m, options] = typeof second === 'object' ? [n, second] : [second, third];
  checkShape('eye', [n, m]);
  const dtype = resolveDType('eye', options, 'float32');
  const storage = allocate(dtype, n * m);
  for (let i = 0; i < Math.min(n, m); i++) storage[i * m + i] = 1;
  return wrap('eye', storage, [n, m], dtype, options);
}
