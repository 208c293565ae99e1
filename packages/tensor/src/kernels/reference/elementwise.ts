/** Elementwise kernels, all derived from the table of scalar functions. */
import { allocate, convert, type DType, type TypedArray } from '../../dtype.js';
import { type Shape, sizeOf, stridesOf } from '../../shape.js';
import { SCALARS, type ScalarFunction, type ScalarName, type ScalarOp } from '../scalars.js';
import { forEachRow, planWalk, type Strided } from '../walk.js';

/** out[i] = f(inputs[0][i], inputs[1][i], ...) for every i of `shape`, each input walked by its own strides. */
export function elementwise(name: ScalarName, inputs: readonly Strided[], shape: Shape, dtype: DType): TypedArray {
  const { f, int32 }: ScalarOp = SCALARS[name];
  const computesInt32 = int32 !== undefined && dtype === 'int32';
  const out = allocate(dtype, sizeOf(shape));
  apply(computesInt32 ? int32 : f, inputs, shape, out);
  return out;
}

function apply(scalar: ScalarFunction, inputs: readonly Strided[], shape: Shape, out: TypedArray): void {
  // A store into a byte array would wrap: bool results are truth values.
  const f = out instanceof Uint8Array ? (...x: number[]) => (scalar(...x) ? 1 : 0) : (scalar as (...x: number[]) => number);
  const walk = planWalk(shape, [stridesOf(shape), ...inputs.map((input) => input.strides)]);
  const length = walk.shape[walk.shape.length - 1];
  const [so, sa, sb, sc] = walk.strides.map((strides) => strides[strides.length - 1]);
  const [a, b, c] = inputs.map((input) => input.data);
  if (inputs.length === 1) {
    forEachRow(walk, ([o, ia]) => {
      for (let i = 0; i < length; i++) out[o + i * so] = f(a[ia + i * sa]);
    });
  } else if (inputs.length === 2) {
    forEachRow(walk, ([o, ia, ib]) => {
      for (let i = 0; i < length; i++) out[o + i * so] = f(a[ia + i * sa], b[ib + i * sb]);
    });
  } else {
    forEachRow(walk, ([o, ia, ib, ic]) => {
      for (let i = 0; i < length; i++) out[o + i * so] = f(a[ia + i * sa], b[ib + i * sb], c[ic + i * sc]);
    });
  }
}

/** The same values in another dtype: fractions are cut towards zero, and everything but 0 is true. */
export function cast(x: TypedArray, dtype: DType): TypedArray {
  return convert(x, dtype);
}
