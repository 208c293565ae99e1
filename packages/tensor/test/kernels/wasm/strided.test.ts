/** Tests of moving values in wasm: the reference kernels' results, bit for bit, whether or not wasm takes over. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import * as reference from '../../../src/kernels/reference/strided.js';
import { concat, stridedRead, stridedWrite } from '../../../src/kernels/wasm/strided.js';
import { type Shape, sizeOf, stridesOf } from '../../../src/shape.js';
import { fractions } from '../values.js';

type Region = reference.Region;

/** The region that a permutation of a contiguous array reads. */
function permuted(shape: Shape, axes: readonly number[]): [Shape, Region] {
  const strides = stridesOf(shape);
  return [axes.map((axis) => shape[axis]), { offset: 0, strides: axes.map((axis) => strides[axis]) }];
}

describe('a strided read', () => {
  const reads: Record<string, [Shape, Region, number]> = {
    'a matrix of whole tiles, transposed': [...permuted([64, 96], [1, 0]), 64 * 96],
    'a matrix with tiles left over, transposed': [...permuted([67, 101], [1, 0]), 67 * 101],
    'a tall matrix, transposed': [...permuted([2111, 3], [1, 0]), 2111 * 3],
    'a flat matrix, transposed': [...permuted([2, 4099], [1, 0]), 2 * 4099],
    'a batch of matrices, transposed': [...permuted([3, 5, 37, 33], [0, 1, 3, 2]), 3 * 5 * 37 * 33],
    'channels to the end': [...permuted([3, 33, 8, 7], [0, 2, 3, 1]), 3 * 33 * 8 * 7],
    'all axes in reverse': [...permuted([5, 7, 11, 13], [3, 2, 1, 0]), 5 * 7 * 11 * 13],
    'short rows, exchanged': [...permuted([17, 23, 12], [1, 0, 2]), 17 * 23 * 12],
    'long rows, exchanged': [...permuted([17, 5, 130], [1, 0, 2]), 17 * 5 * 130],
    'rows in reverse': [[70, 90], { offset: 89, strides: [90, -1] }, 70 * 90],
    'every third column': [[80, 60], { offset: 2, strides: [180, 3] }, 80 * 180],
    'one number for all': [[70, 80], { offset: 0, strides: [0, 0] }, 1],
    'a column, stretched': [[70, 80], { offset: 0, strides: [1, 0] }, 70],
    'a row, stretched': [[200, 30], { offset: 0, strides: [0, 1] }, 30],
    'windows that overlap': [[500, 20], { offset: 1, strides: [1, 1] }, 520],
    'transposed and stretched': [[9, 32, 4, 33], { offset: 0, strides: [1, 0, 0, 9] }, 9 * 33],
    'a little of much': [[70, 70], { offset: 0, strides: [1000, 3] }, 70000],
    'next to nothing': [[3, 2], { offset: 1, strides: [1, 3] }, 9],
    nothing: [[0, 5000], { offset: 0, strides: [5000, 1] }, 0],
  };
  it.each(Object.entries(reads))('of %s', (_, [shape, region, length]) => {
    const x = fractions(Float32Array, length) as Float32Array;
    const expected = reference.stridedRead(x, shape, 'float32', region);
    expect(stridedRead(x, shape, 'float32', region)).toEqual(expected);
    // Resident by now.
    expect(stridedRead(x, shape, 'float32', region)).toEqual(expected);
  });

  it('gives what any permutation of any shape gives', () => {
    const axes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 });
    const cases = axes.chain((shape) =>
      fc.tuple(fc.constant(shape), fc.shuffledSubarray([...shape.keys()], { minLength: shape.length })),
    );
    fc.assert(
      fc.property(cases, ([shape, order]) => {
        fc.pre(sizeOf(shape) <= 40000);
        const x = fractions(Float32Array, sizeOf(shape));
        const [permutedShape, region] = permuted(shape, order);
        const expected = reference.stridedRead(x, permutedShape, 'float32', region);
        expect(stridedRead(x, permutedShape, 'float32', region)).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it.each([Float64Array, Int32Array])('keeps %p, with the reference kernel', (type) => {
    const x = fractions(type, 100 * 60).map((value) => 100 * value);
    const [shape, region] = permuted([100, 60], [1, 0]);
    const dtype = type === Int32Array ? 'int32' : 'float64';
    const expected = reference.stridedRead(x, shape, dtype, region);
    expect(stridedRead(x, shape, dtype, region)).toEqual(expected);
  });

  it('keeps NaN, infinities, and the sign of 0', () => {
    const x = new Float32Array(5000);
    x.set([Number.NaN, -0, Infinity, -Infinity]);
    const read = stridedRead(x, [1000, 5], 'float32', { offset: 0, strides: [1, 1000] });
    expect([0, 5, 10, 15].map((i) => read[i])).toEqual([Number.NaN, -0, Infinity, -Infinity]);
  });
});

describe('a strided write', () => {
  const writes: Record<string, [Shape, Region, number]> = {
    'a plane with a border': [[6, 30, 30], { offset: 2 * 34 + 2, strides: [34 * 34, 34, 1] }, 6 * 34 * 34],
    'long rows with a border': [[60, 100], { offset: 7, strides: [110, 1] }, 60 * 110],
    'every other column': [[70, 70], { offset: 1, strides: [140, 2] }, 70 * 140],
    'every other element of all': [[5000], { offset: 0, strides: [2] }, 9999],
    'rows in reverse': [[70, 70], { offset: 69 * 70, strides: [-70, 1] }, 70 * 70],
    'columns for rows': [[70, 80], { offset: 0, strides: [1, 70] }, 70 * 80],
    'a little of much': [[70, 70], { offset: 0, strides: [500, 3] }, 35000],
    nothing: [[0, 70], { offset: 0, strides: [70, 1] }, 5001],
  };
  it.each(Object.entries(writes))('of %s', (_, [shape, region, size]) => {
    const x = fractions(Float32Array, sizeOf(shape)) as Float32Array;
    for (const fill of [0, -1.5]) {
      const expected = reference.stridedWrite(x, shape, 'float32', region, size, fill);
      expect(stridedWrite(x, shape, 'float32', region, size, fill)).toEqual(expected);
    }
  });
});

describe('joining', () => {
  it.each([
    ['columns', 5000, [1, 1, 1]],
    ['short rows of several lengths', 300, [3, 17, 0, 8]],
    ['long rows', 40, [100, 200]],
    ['one after the other', 1, [3000, 4000]],
    ['little', 3, [2, 1]],
    ['nothing', 0, [2, 1]],
  ])('%s', (_, outer, lengths) => {
    const inputs = lengths.map((length, i) => fractions(Float32Array, outer * length, i + 1));
    const expected = reference.concat(inputs, outer, lengths, 'float32');
    expect(concat(inputs, outer, lengths, 'float32')).toEqual(expected);
  });

  it('keeps int32, with the reference kernel', () => {
    const inputs = [1, 2].map((seed) => fractions(Int32Array, 5000, seed).map((_, i) => seed * i));
    const expected = reference.concat(inputs, 5000, [1, 1], 'int32');
    expect(concat(inputs, 5000, [1, 1], 'int32')).toEqual(expected);
  });
});
