/** The algebra of shapes: strides, axes and broadcasting against definitions that are slower and plainer. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ArgumentError, ShapeError } from '../src/index.js';
import {
  axisIn,
  broadcastShapes,
  broadcastStrides,
  checkInteger,
  checkList,
  checkShape,
  formatShape,
  listAxes,
  normalizeAxes,
  normalizeAxis,
  reducedShape,
  sameShape,
  sizeOf,
  stridesOf,
} from '../src/shape.js';
import { itRefuses, shapes, untyped } from './tables.js';

/** Shapes in which broadcasting often succeeds. */
const stretchable = fc.array(fc.constantFrom(0, 1, 1, 2, 3), { maxLength: 4 });

/** NumPy's rule, axis by axis from the last one; undefined where it fails. */
function naiveBroadcast(a: readonly number[], b: readonly number[]): number[] | undefined {
  const out: number[] = [];
  for (let i = 1; i <= Math.max(a.length, b.length); i++) {
    const [p, q] = [a.at(-i) ?? 1, b.at(-i) ?? 1];
    if (p !== q && p !== 1 && q !== 1) return undefined;
    out.unshift(p === 1 ? q : p);
  }
  return out;
}

function attempt<T>(f: () => T): T | undefined {
  try {
    return f();
  } catch (error) {
    if (error instanceof ShapeError) return undefined;
    throw error;
  }
}

describe('sizes and strides', () => {
  it.each([
    [[], 1, []],
    [[3], 3, [1]],
    [[2, 3, 4], 24, [12, 4, 1]],
    [[2, 0, 4], 0, [0, 4, 1]],
    [[1, 1], 1, [1, 1]],
  ])('%j has %d elements and strides %j', (shape, size, strides) => {
    expect(sizeOf(shape)).toBe(size);
    expect(stridesOf(shape)).toEqual(strides);
  });

  it('are what a naive count of the positions in row-major order gives', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const strides = stridesOf(shape);
        let position = 0;
        const visit = (axis: number, offset: number): void => {
          if (axis === shape.length) expect(offset).toBe(position++);
          else for (let i = 0; i < shape[axis]!; i++) visit(axis + 1, offset + i * strides[axis]!);
        };
        visit(0, 0);
        expect(position).toBe(sizeOf(shape));
      }),
    );
  });

  it('compares shapes by their lengths and tells ranks apart', () => {
    expect(sameShape([2, 3], [2, 3])).toBe(true);
    expect(sameShape([2, 3], [3, 2])).toBe(false);
    expect(sameShape([2], [2, 1])).toBe(false);
    expect(sameShape([2, 1], [2])).toBe(false);
  });

  it('writes shapes as lists', () => {
    expect([[], [3], [2, 3]].map(formatShape)).toEqual(['[]', '[3]', '[2, 3]']);
  });

  it('drops reduced axes or keeps them with length 1', () => {
    expect(reducedShape([2, 3, 4], [0, 2], false)).toEqual([3]);
    expect(reducedShape([2, 3, 4], [0, 2], true)).toEqual([1, 3, 1]);
    expect(reducedShape([], [], true)).toEqual([]);
  });
});

describe('broadcasting', () => {
  it.each([
    [[], [2, 3], [2, 3]],
    [
      [3, 1],
      [1, 4],
      [3, 4],
    ],
    [[4], [2, 1], [2, 4]],
    [[0], [1], [0]],
    [[2, 1], [0], [2, 0]],
  ])('stretches %j and %j to %j', (a, b, expected) => {
    expect(broadcastShapes('op', [a, b])).toEqual(expected);
  });

  it('agrees with the definition, and does not depend on the order', () => {
    fc.assert(
      fc.property(stretchable, stretchable, (a, b) => {
        const expected = naiveBroadcast(a, b);
        expect(attempt(() => broadcastShapes('op', [a, b]))).toEqual(expected);
        expect(attempt(() => broadcastShapes('op', [b, a]))).toEqual(expected);
      }),
    );
  });

  it('is associative', () => {
    fc.assert(
      fc.property(stretchable, stretchable, stretchable, (a, b, c) => {
        const together = attempt(() => broadcastShapes('op', [a, b, c]));
        const inPairs = attempt(() => broadcastShapes('op', [a, broadcastShapes('op', [b, c])]));
        expect(inPairs).toEqual(together);
      }),
    );
  });

  it('walks stretched and missing axes with stride 0', () => {
    expect(broadcastStrides([3, 1], [2, 3, 4])).toEqual([0, 1, 0]);
    expect(broadcastStrides([], [2, 2])).toEqual([0, 0]);
    expect(broadcastStrides([2, 3], [2, 3])).toEqual([3, 1]);
  });

  it('gives 1 for no shapes at all', () => {
    expect(broadcastShapes('op', [])).toEqual([]);
  });

  itRefuses(ShapeError, {
    'add: [2, 3] and [4] cannot be broadcast: axis -1 is 3 and 4. Lengths must be equal or 1': () =>
      broadcastShapes('add', [[2, 3], [4]]),
    'add: [0] and [2] cannot be broadcast: axis -1 is 0 and 2': () => broadcastShapes('add', [[0], [2]]),
  });
});

describe('axes', () => {
  it('count from the end when negative', () => {
    expect([-3, -1, 0, 2].map((axis) => normalizeAxis('sum', axis, 3))).toEqual([0, 2, 0, 2]);
  });

  it('0 and -1 exist in a scalar', () => {
    expect([0, -1].map((axis) => normalizeAxis('sum', axis, 0))).toEqual([0, 0]);
    expect(normalizeAxes('sum', -1, 0)).toEqual([]);
  });

  it('are sorted, and all of them when none is named', () => {
    expect(normalizeAxes('sum', [-1, 0], 3)).toEqual([0, 2]);
    expect(normalizeAxes('sum', undefined, 3)).toEqual([0, 1, 2]);
    expect(normalizeAxes('sum', [], 3)).toEqual([0, 1, 2]);
    expect(normalizeAxes('sum', 1, 3)).toEqual([1]);
  });

  it('are none where an empty list names none', () => {
    expect(listAxes('flip', [], 3)).toEqual([]);
  });

  itRefuses(ShapeError, {
    'sum: axis 2 does not exist in a tensor with 2 dimensions; it must be from -2 to 1': () =>
      normalizeAxis('sum', 2, 2),
    'sum: axis -3 does not exist': () => normalizeAxis('sum', -3, 2),
    'sum: axis 1 does not exist': () => normalizeAxis('sum', 1, 0),
    'sum: axis 0.5 does not exist': () => normalizeAxis('sum', 0.5, 2),
    'sum: axis NaN does not exist': () => normalizeAxis('sum', Number.NaN, 2),
    'sum: axis "x" does not exist': () => normalizeAxis('sum', untyped('x'), 2),
    'sum: axis Symbol(s)': () => normalizeAxis('sum', untyped(Symbol('s')), 2),
    'sort: axis undefined': () => normalizeAxis('sort', untyped(undefined), 2),
    'sum: axes [1, -1] name the same axis twice': () => normalizeAxes('sum', [1, -1], 2),
    'select: a scalar has no axis. Give it one with reshape(x, [1])': () => axisIn('select', 0, []),
  });

  itRefuses(ArgumentError, {
    'sum: axes must be a list, got null': () => normalizeAxes('sum', untyped(null), 2),
    'sum: axes must be a list, got "x"': () => normalizeAxes('sum', untyped('x'), 2),
  });
});

describe('checks', () => {
  it('let good values pass', () => {
    expect(() => {
      checkShape('zeros', [0, 2 ** 31]);
      checkShape('zeros', []);
      checkShape('reshape', [-1, 2], -1);
      checkInteger('pad', 'an amount', -3);
      checkInteger('topk', 'k', 0, 0);
      checkList('permute', 'axes', []);
    }).not.toThrow();
  });

  const wholeNumbers = 'zeros: a shape is a list of whole numbers of at least 0, got ';
  itRefuses(ShapeError, {
    [`${wholeNumbers}[2, -1]`]: () => checkShape('zeros', [2, -1]),
    [`${wholeNumbers}[NaN]`]: () => checkShape('zeros', [Number.NaN]),
    [`${wholeNumbers}[Infinity]`]: () => checkShape('zeros', [Infinity]),
    [`${wholeNumbers}[1.5]`]: () => checkShape('zeros', [1.5]),
    [`${wholeNumbers}["2"]`]: () => checkShape('zeros', untyped(['2'])),
    [`${wholeNumbers}[undefined]`]: () => checkShape('zeros', new Array(1)),
    [`${wholeNumbers}[[...]]`]: () => checkShape('zeros', untyped([[2]])),
    [`${wholeNumbers}3. Write [3]`]: () => checkShape('zeros', untyped(3)),
    [`${wholeNumbers}null`]: () => checkShape('zeros', untyped(null)),
    [`${wholeNumbers}an Object`]: () => checkShape('zeros', untyped({})),
    [`${wholeNumbers}an Int32Array`]: () => checkShape('zeros', untyped(new Int32Array(2))),
    'zeros: [65536, 65536] has 4294967296 elements; the most is 2147483647': () =>
      checkShape('zeros', [65536, 65536]),
  });

  itRefuses(ArgumentError, {
    'pad: an amount is a whole number, got 0.5': () => checkInteger('pad', 'an amount', 0.5),
    'topk: k is a whole number of at least 0, got -1': () => checkInteger('topk', 'k', -1, 0),
    'permute: axes must be a list, got 1. Write [1]': () => checkList('permute', 'axes', 1),
    'permute: axes must be a list, got a function': () => checkList('permute', 'axes', Math.max),
    'pad: an amount is a whole number, got [1, [...]]': () => {
      const list: unknown[] = [1];
      list.push(list);
      checkInteger('pad', 'an amount', list);
    },
    'pad: an amount is a whole number, got an array of 100': () =>
      checkInteger('pad', 'an amount', new Array(100).fill(7)),
  });
});
