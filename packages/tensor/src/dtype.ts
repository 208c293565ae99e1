/** The element types of tensors, the arrays that hold them, and PyTorch's rules of type promotion. */

/** `bool` is stored as bytes of 0 and 1. */
export type DType = 'float32' | 'float64' | 'int32' | 'bool';

/** The storage of a CPU tensor. */
export type TypedArray = Float32Array | Float64Array | Int32Array | Uint8Array;

interface DTypeInfo {
  readonly array: {
    new (length: number): TypedArray;
    new (buffer: ArrayBuffer, offset: number, length: number): TypedArray;
    readonly BYTES_PER_ELEMENT: number;
  };
  readonly category: 'bool' | 'integer' | 'float';
  /** The order within and across categories: the larger one wins a promotion. */
  readonly rank: number;
}

const INFO: Readonly<Record<DType, DTypeInfo>> = {
  bool: { array: Uint8Array, category: 'bool', rank: 0 },
  int32: { array: Int32Array, category: 'integer', rank: 1 },
  float32: { array: Float32Array, category: 'float', rank: 2 },
  float64: { array: Float64Array, category: 'float', rank: 3 },
};

/** All dtypes, from the narrowest to the widest. */
export const DTYPES = Object.keys(INFO) as readonly DType[];

/** The dtype of tensors made of fractions when none is named, as in PyTorch. */
export const DEFAULT_FLOAT: DType = 'float32';

/** Whether `value` names a dtype. */
export function isDType(value: unknown): value is DType {
  return typeof value === 'string' && Object.hasOwn(INFO, value);
}

/** Whether tensors of this dtype hold fractions, and can therefore require gradients. */
export function isFloat(dtype: DType): boolean {
  return INFO[dtype].category === 'float';
}

/** Zeros. */
export function allocate(dtype: DType, length: number): TypedArray {
  return new INFO[dtype].array(length);
}

/** The first `length` elements of a buffer. */
export function viewOf(dtype: DType, buffer: ArrayBuffer, length: number): TypedArray {
  return new INFO[dtype].array(buffer, 0, length);
}

/** Bytes of an element. */
export function bytesOf(dtype: DType): number {
  return INFO[dtype].array.BYTES_PER_ELEMENT;
}

const BY_ARRAY = new Map<unknown, DType>(DTYPES.map((dtype) => [INFO[dtype].array, dtype]));

/** The dtype that a typed array holds; bytes are read as `bool`. `undefined` for arrays that no dtype uses. */
export function dtypeOf(array: ArrayBufferView): DType | undefined {
  const known = BY_ARRAY.get((array as ArrayBufferView | undefined)?.constructor);
  if (known !== undefined) return known;
  // Arrays of another realm (an iframe, a vm context) have constructors of their own, but the same names.
  const name = Object.prototype.toString.call(array).slice('[object '.length, -1);
  return DTYPES.find((dtype) => INFO[dtype].array.name === name);
}

/** Copies `values` into a new array of `dtype`, converting as C does: truncation to int32, `!= 0` to bool. */
export function convert(values: ArrayLike<number>, dtype: DType): TypedArray {
  const out = allocate(dtype, values.length);
  if (dtype !== 'bool') {
    out.set(values);
    return out;
  }
  for (let i = 0; i < out.length; i++) out[i] = values[i] === 0 ? 0 : 1;
  return out;
}

/** What takes part in a promotion: a tensor, or a plain number next to one. */
export interface Promotable {
  readonly dtype: DType;
  readonly kind: 'tensor' | 'scalar tensor' | 'number';
}

/**
 * The dtype of the result of an op on mixed operands, as `torch.result_type` decides: tensors with dimensions win
 * over 0-d tensors, and these over plain numbers, unless the weaker one is of a higher category.
 */
export function resultType(operands: readonly Promotable[]): DType {
  const widest = (kind: Promotable['kind']) =>
    operands
      .filter((operand) => operand.kind === kind)
      .reduce<DType | undefined>((a, b) => promote(a, b.dtype), undefined);
  const [tensors, scalars, numbers] = [widest('tensor'), widest('scalar tensor'), widest('number')];
  return prefer(tensors, prefer(scalars, numbers)) ?? DEFAULT_FLOAT;
}

function promote(a: DType | undefined, b: DType | undefined): DType | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return INFO[a].rank >= INFO[b].rank ? a : b;
}

function prefer(strong: DType | undefined, weak: DType | undefined): DType | undefined {
  if (strong === undefined || weak === undefined) return strong ?? weak;
  const higherCategory = CATEGORY_RANK[INFO[weak].category] > CATEGORY_RANK[INFO[strong].category];
  return higherCategory ? promote(strong, weak) : strong;
}

const CATEGORY_RANK = { bool: 0, integer: 1, float: 2 } as const;
