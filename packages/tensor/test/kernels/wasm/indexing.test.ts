/** Tests of reading and adding by index in wasm: the reference kernels' results, bit for bit. */
import { describe, expect, it } from '@jest/globals';
import * as reference from '../../../src/kernels/reference/indexing.js';
import { gather, indexAdd, indexSelect, scatterAdd } from '../../../src/kernels/wasm/indexing.js';
import { sizeOf } from '../../../src/shape.js';
import { fractions } from '../values.js';

/** Indices below `length`, most of them several times, in no order. */
function indices(count: number, length: number): Int32Array {
  return Int32Array.from(fractions(Float64Array, count, 5), (x) => Math.floor(((x + 1) / 2) * length));
}

/** What is indexed as [outer, length, inner], by `count` indices: most of it large enough for wasm, some not. */
const LANES: readonly (readonly [outer: number, length: number, inner: number, count: number])[] = [
  [1, 100, 16, 1000],
  [1, 50, 33, 301],
  [1, 30, 64, 200],
  [1, 20, 65, 150],
  [1, 7, 130, 100],
  [1, 500, 1, 5000],
  [40, 100, 1, 150],
  [9, 10, 47, 31],
  [3, 20, 100, 40],
  [5000, 3, 1, 1],
  [1, 30000, 1, 5000],
  [2, 3, 4, 5],
  [1, 5, 0, 3],
  [1, 5, 3, 0],
  [0, 5, 3, 4],
];

describe.each(LANES)('of [%i, %i, %i] by %i indices', (outer, length, inner, count) => {
  const lanes = { outer, length, inner };
  const shape = [outer, length, inner];
  const indexShape = [outer, count, inner];
  const x = fractions(Float32Array, sizeOf(shape));
  const source = fractions(Float32Array, sizeOf(indexShape), 2);
  const list = indices(count, length);
  const each = indices(sizeOf(indexShape), length);

  it('rows are selected', () => {
    expect(indexSelect(x, list, lanes)).toEqual(reference.indexSelect(x, list, lanes));
  });

  it('rows are added, in the order of the index', () => {
    const before = x.slice();
    const expected = reference.indexAdd(x, list, source, lanes);
    expect(indexAdd(x, list, source, lanes)).toEqual(expected);
    expect(x).toEqual(before);
  });

  it('elements are gathered', () => {
    const expected = reference.gather(x, shape, each, indexShape, 1);
    expect(gather(x, shape, each, indexShape, 1)).toEqual(expected);
  });

  it('elements are added, in the order of the index', () => {
    const expected = reference.scatterAdd(x, shape, each, indexShape, source, indexShape, 1);
    expect(scatterAdd(x, shape, each, indexShape, source, indexShape, 1)).toEqual(expected);
  });
});

describe('what wasm does not do', () => {
  it('is an index of a part of the lanes, or a larger source', () => {
    const [shape, part, larger] = [
      [80, 100],
      [70, 90],
      [75, 120],
    ];
    const [x, source] = [fractions(Float32Array, 8000), fractions(Float32Array, 9000)];
    const index = indices(6300, 80);
    for (const axis of [0, 1]) {
      const gathered = reference.gather(x, shape, index, part, axis);
      expect(gather(x, shape, index, part, axis)).toEqual(gathered);
      const added = reference.scatterAdd(x, shape, index, part, source, larger, axis);
      expect(scatterAdd(x, shape, index, part, source, larger, axis)).toEqual(added);
    }
  });

  it.each([Float64Array, Int32Array])('is done for %p all the same', (type) => {
    const lanes = { outer: 1, length: 100, inner: 10 };
    const x = fractions(type, 1000).map((value) => 1000 * value);
    const source = fractions(type, 6000, 3).map((value) => 1000 * value);
    const index = indices(600, 100);
    expect(indexSelect(x, index, lanes)).toEqual(reference.indexSelect(x, index, lanes));
    expect(indexAdd(x, index, source, lanes)).toEqual(reference.indexAdd(x, index, source, lanes));
  });
});
