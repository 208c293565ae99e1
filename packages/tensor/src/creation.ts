/** Making tensors out of numbers, nested arrays, typed arrays, ranges and random draws. */
import { checkDevice } from './device.js';
import { allocate, convert, DTYPES, type DType, dtypeOf, isDType, type TypedArray } from './dtype.js';
import { ArgumentError, DTypeError, ShapeError } from './errors.js';
import { checkShape, formatShape, type Shape, sizeOf } from './shape.js';
import { created, type NestedArray, Tensor, type TensorOptions } from './tensor.js';

/** @internal A tensor around `storage`, after the options have been checked. */
export function wrap(op: string, storage: TypedArray, shape: Shape, dtype: DType, options: TensorOptions): Tensor {
  if (options.device !== undefined) checkDevice(op, options.device);
  return created(new Tensor(storage, shape, dtype), options);
}

/** @throws DTypeError for a name that is no dtype. */
export function checkDType(op: string, dtype: unknown): asserts dtype is DType {
  if (!isDType(dtype)) throw new DTypeError(op, `there is no dtype ${JSON.stringify(dtype)}; known: ${DTYPES.join(', ')}`);
}

function resolveDType(op: string, options: TensorOptions, otherwise: DType): DType {
  const { dtype = otherwise } = options;
  checkDType(op, dtype);
  return dtype;
}

/** What `tensor` takes. */
export type TensorLike = NestedArray<number | boolean> | TypedArray | Tensor;

/**
 * A tensor of the given values, copied. `torch.tensor`, but whole numbers become float32 too, since JavaScript does
 * not tell 1 from 1.0; say `{ dtype: 'int32' }` for integers.
 *
 * @example tensor([[1, 2], [3, 4]])
 * @throws ShapeError for ragged arrays, naming where; ArgumentError for values that are not numbers.
 */
export function tensor(values: TensorLike, options: TensorOptions = {}): Tensor {
  if (values instanceof Tensor) {
    const dtype = resolveDType('tensor', options, values.dtype);
    return wrap('tensor', convert(values.dataSync(), dtype), values.shape, dtype, options);
  }
  if (ArrayBuffer.isView(values)) {
    const dtype = resolveDType('tensor', options, checkedDTypeOf('tensor', values));
    return wrap('tensor', convert(values as TypedArray, dtype), [(values as TypedArray).length], dtype, options);
  }
  const shape = nestedShape(values);
  const flat = new Float64Array(sizeOf(shape));
  const kind = fillFrom(values, shape, flat);
  const dtype = resolveDType('tensor', options, kind);
  return wrap('tensor', convert(flat, dtype), shape, dtype, options);
}

function checkedDTypeOf(op: string, array: ArrayBufferView): DType {
  const dtype = dtypeOf(array);
  if (dtype === undefined) {
    const name = Object.prototype.toString.call(array).slice(8, -1);
    throw new DTypeError(op, `a ${name} has no dtype here. Use Float32Array, Float64Array, Int32Array or Uint8Array (bool)`);
  }
  return dtype;
}

function nestedShape(values: NestedArray<number | boolean>): number[] {
  const shape: number[] = [];
  for (let level: unknown = values; Array.isArray(level); level = level[0]) shape.push(level.length);
  return shape;
}

/** Copies nested values row by row; tells whether all of them were booleans. */
function fillFrom(values: NestedArray<number | boolean>, shape: Shape, out: Float64Array): DType {
  let next = 0;
  let booleans = 0;
  const visit = (value: unknown, path: readonly number[]): void => {
    const where = path.length === 0 ? '' : ` at [${path.join('][')}]`;
    if (path.length < shape.length) {
      const expected = shape[path.length];
      if (!Array.isArray(value) || value.length !== expected) {
        const found = Array.isArray(value) ? `an array of ${value.length}` : typeof value;
        throw new ShapeError('tensor', `ragged nested array: expected an array of ${expected}${where}, found ${found}`);
      }
      value.forEach((inner, i) => visit(inner, [...path, i]));
      return;
    }
    if (Array.isArray(value)) throw new ShapeError('tensor', `ragged nested array: expected a number${where}, found an array`);
    if (typeof value === 'boolean') booleans++;
    else if (typeof value !== 'number') {
      throw new ArgumentError('tensor', `takes numbers and booleans, found ${value === null ? 'null' : typeof value}${where}`);
    }
    out[next++] = Number(value);
  };
  visit(values, []);
  return booleans > 0 && booleans === next ? 'bool' : 'float32';
}

/**
 * A tensor around a typed array, without copying: the array belongs to the tensor from now on.
 * @param shape Default: a list.
 * @throws ShapeError if the shape does not have as many elements as the array.
 */
export function fromTypedArray(array: TypedArray, shape: Shape = [array.length], options: TensorOptions = {}): Tensor {
  const dtype = checkedDTypeOf('fromTypedArray', array);
  checkShape('fromTypedArray', shape);
  if (options.dtype !== undefined && options.dtype !== dtype) {
    throw new DTypeError('fromTypedArray', `the array holds ${dtype}, not ${options.dtype}. Use tensor(array) to convert`);
  }
  if (sizeOf(shape) !== array.length) {
    throw new ShapeError('fromTypedArray', `${array.length} elements do not fill ${formatShape(shape)}`);
  }
  return wrap('fromTypedArray', array, shape, dtype, options);
}

/**
 * `value` everywhere; `true` and `false` make a bool tensor, numbers float32 unless a dtype is named. `torch.full`
 * @throws ShapeError for negative, fractional or NaN lengths.
 */
export function full(shape: Shape, value: number | boolean, options: TensorOptions = {}): Tensor {
  checkShape('full', shape);
  const dtype = resolveDType('full', options, typeof value === 'boolean' ? 'bool' : 'float32');
  const filler = convert([Number(value)], dtype)[0]!;
  return wrap('full', allocate(dtype, sizeOf(shape)).fill(filler), shape, dtype, options);
}

/** 0 everywhere; float32 unless a dtype is named. `torch.zeros` */
export function zeros(shape: Shape, options: TensorOptions = {}): Tensor {
  return full(shape, 0, options);
}

/** 1 everywhere; float32 unless a dtype is named. `torch.ones` */
export function ones(shape: Shape, options: TensorOptions = {}): Tensor {
  return full(shape, 1, options);
}

/** 0 in the shape and dtype of x. `torch.zeros_like` */
export function zerosLike(x: Tensor, options: TensorOptions = {}): Tensor {
  return full(x.shape, 0, { dtype: x.dtype, ...options });
}

/** 1 in the shape and dtype of x. `torch.ones_like` */
export function onesLike(x: Tensor, options: TensorOptions = {}): Tensor {
  return full(x.shape, 1, { dtype: x.dtype, ...options });
}

/** `value` in the shape and dtype of x. `torch.full_like` */
export function fullLike(x: Tensor, value: number | boolean, options: TensorOptions = {}): Tensor {
  return full(x.shape, value, { dtype: x.dtype, ...options });
}

/**
 * start, start + step, ... up to but without `end`; `arange(end)` starts at 0. int32 if all three are whole, else
 * float32. `torch.arange`
 * @throws ArgumentError if the step is 0, leads away from `end`, or anything is not finite.
 */
export function arange(end: number, options?: TensorOptions): Tensor;
export function arange(start: number, end: number, step?: number, options?: TensorOptions): Tensor;
export function arange(first: number, second?: number | TensorOptions, third?: number, fourth?: TensorOptions): Tensor {
  const hasEnd = typeof second === 'number';
  const [start, end, step] = hasEnd ? [first, second, third ?? 1] : [0, first, 1];
  const options = (hasEnd ? fourth : second) ?? {};
  if (![start, end, step].every(Number.isFinite) || step === 0 || (end - start) / step < 0) {
    throw new ArgumentError('arange', `cannot go from ${start} to ${end} in steps of ${step}`);
  }
  const dtype = resolveDType('arange', options, [start, end, step].every(Number.isInteger) ? 'int32' : 'float32');
  const values = Float64Array.from({ length: Math.ceil((end - start) / step) }, (_, i) => start + i * step);
  return wrap('arange', convert(values, dtype), [values.length], dtype, options);
}

/** `steps` values from start to end, both included, evenly spaced; float32 unless a dtype is named. `torch.linspace` */
export function linspace(start: number, end: number, steps: number, options: TensorOptions = {}): Tensor {
  checkShape('linspace', [steps]);
  const dtype = resolveDType('linspace', options, 'float32');
  const step = steps > 1 ? (end - start) / (steps - 1) : 0;
  // From both ends, as PyTorch does, so that the last value is exactly `end`.
  const value = (i: number) => (i < steps / 2 ? start + i * step : end - (steps - 1 - i) * step);
  const values = Float64Array.from({ length: steps }, (_, i) => (steps === 1 ? start : value(i)));
  return wrap('linspace', convert(values, dtype), [steps], dtype, options);
}

/** The identity matrix [n, m] (m defaults to n). `torch.eye` */
export function eye(n: number, m: number = n, options: TensorOptions = {}): Tensor {
  checkShape('eye', [n, m]);
  const dtype = resolveDType('eye', options, 'float32');
  const storage = allocate(dtype, n * m);
  for (let i = 0; i < Math.min(n, m); i++) storage[i * m + i] = 1;
  return wrap('eye', storage, [n, m], dtype, options);
}
