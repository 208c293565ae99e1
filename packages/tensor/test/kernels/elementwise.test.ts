/** The elementwise kernel against the table of scalar functions, element by element. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { allocate, type DType } from '../../src/dtype.js';
import { elementwise } from '../../src/kernels/reference/elementwise.js';
import { SCALARS, type ScalarName, type ScalarOp } from '../../src/kernels/scalars.js';
import { broadcastShapes, broadcastStrides, type Shape, sizeOf, stridesOf } from '../../src/shape.js';

const NAMES = Object.keys(SCALARS) as ScalarName[];

/** The position in row-major order of element number `i` of `shape`, walked by other strides. */
function offsetOf(i: number, shape: Shape, strides: readonly number[]): number {
  return stridesOf(shape).reduce(
    (offset, step, axis) => offset + (Math.floor(i / step) % shape[axis]!) * strides[axis]!,
    0,
  );
}

/** Shapes that can be stretched to a common one. */
const operandShapes = (count: number) =>
  fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 4 }).chain((shape) =>
    fc.array(
      fc
        .tuple(fc.nat({ max: shape.length }), fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }))
        .map(([dropped, ones]) => shape.map((length, axis) => (ones[axis] ? 1 : length)).slice(dropped)),
      { minLength: count, maxLength: count },
    ),
  );

/** Numbers that hit the corners, in an order that depends on the seed. */
const CORNERS = [0, -0, 1, -1, 0.5, -2.5, 3, 1e30, -1e-30, NaN, Infinity, -Infinity];
const cornersFrom = (seed: number, length: number, dtype: DType) => {
  const values = Array.from({ length }, (_, i) => CORNERS[(i * 5 + seed * 7) % CORNERS.length]!);
  const out = allocate(dtype, length);
  out.set(dtype === 'bool' ? values.map((value) => (value > 0 ? 1 : 0)) : values);
  return out;
};

/** Calls the kernel and, beside it, the scalar function on every element, which is stored as the dtype stores it. */
function bothWays(name: ScalarName, shapes: readonly Shape[], dtype: DType) {
  const { rule, f, int32 }: ScalarOp = SCALARS[name];
  const shape = broadcastShapes(name, shapes);
  const inputs = shapes.map((own, i) => ({
    data: cornersFrom(i + 1, sizeOf(own), dtype),
    strides: broadcastStrides(own, shape),
  }));
  const outputDType = rule === 'comparison' || rule === 'logical' ? 'bool' : dtype;
  const scalar = dtype === 'int32' && int32 !== undefined ? int32 : f;
  const expected = allocate(outputDType, sizeOf(shape));
  for (let i = 0; i < expected.length; i++) {
    const value = scalar(...inputs.map(({ data, strides }) => data[offsetOf(i, shape, strides)]!));
    expected[i] = outputDType === 'bool' ? Number(Boolean(value)) : Number(value);
  }
  return { actual: elementwise(name, inputs, shape, outputDType), expected };
}

describe.each(NAMES)('%s', (name) => {
  const { rule, f } = SCALARS[name];
  const dtypes: DType[] = ['float32', 'float64'];
  if (rule !== 'float') dtypes.push('int32');
  if (rule !== 'float' && rule !== 'numeric') dtypes.push('bool');

  it.each(dtypes)('applies its line of the table to every element of %s operands', (dtype) => {
    fc.assert(
      fc.property(operandShapes(f.length), (shapes) => {
        const { actual, expected } = bothWays(name, shapes, dtype);
        expect(actual).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });
});
