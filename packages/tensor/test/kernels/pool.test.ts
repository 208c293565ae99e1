/** Tests of pooling against PyTorch's numbers and against naive loops. */
import { describe, expect, it } from '@jest/globals';
import type { TypedArray } from '../../src/dtype.js';
import type { AvgPoolDims } from '../../src/kernels/dims.js';
import {
  avgPool2d,
  avgPool2dGrad,
  maxPool2dGrad,
  maxPool2dIndices,
} from '../../src/kernels/reference/pool.js';
import { FLOAT_ARRAYS, fractions, wholeNumbers } from './values.js';

interface Geometry extends Partial<Pick<AvgPoolDims, 'countIncludePad' | 'divisorOverride'>> {
  planes?: number;
  size?: [number, number];
  kernel?: [number, number];
  stride?: [number, number];
  padding?: [number, number];
  dilation?: [number, number];
  ceil?: boolean;
}

function dimsOf(geometry: Geometry): AvgPoolDims {
  const {
    planes = 2,
    size = [7, 8],
    kernel = [2, 3],
    padding = [0, 0],
    dilation = [1, 1],
    ceil = false,
  } = geometry;
  const { stride = kernel, countIncludePad = true, divisorOverride = null } = geometry;
  const count = (axis: 0 | 1) => {
    const steps = (size[axis] + 2 * padding[axis] - dilation[axis] * (kernel[axis] - 1) - 1) / stride[axis];
    return (ceil ? Math.ceil(steps) : Math.floor(steps)) + 1;
  };
  const [[H, W], [kernelH, kernelW], [strideH, strideW], [padTop, padLeft]] = [size, kernel, stride, padding];
  const [dilationH, dilationW] = dilation;
  return {
    ...{ planes, H, W, kernelH, kernelW, strideH, strideW, padTop, padLeft, dilationH, dilationW },
    ...{ outH: count(0), outW: count(1), countIncludePad, divisorOverride },
  };
}

/** For each window its elements, as places in x, and how many places in the padded planes it covers. */
function windows(d: AvgPoolDims): { elements: number[]; covered: number }[] {
  const out = [];
  for (let plane = 0; plane < d.planes; plane++) {
    for (let i = 0; i < d.outH; i++) {
      for (let j = 0; j < d.outW; j++) {
        const elements = [];
        let covered = 0;
        for (let kh = 0; kh < d.kernelH; kh++) {
          for (let kw = 0; kw < d.kernelW; kw++) {
            const row = i * d.strideH + kh * d.dilationH - d.padTop;
            const column = j * d.strideW + kw * d.dilationW - d.padLeft;
            if (row < d.H + d.padTop && column < d.W + d.padLeft) covered++;
            const inside = row >= 0 && row < d.H && column >= 0 && column < d.W;
            if (inside) elements.push((plane * d.H + row) * d.W + column);
          }
        }
        out.push({ elements, covered });
      }
    }
  }
  return out;
}

const GEOMETRIES: Readonly<Record<string, Geometry>> = {
  'windows side by side': {},
  'windows that overlap': { kernel: [3, 3], stride: [1, 2] },
  'windows with gaps between them': { stride: [3, 4] },
  padding: { kernel: [3, 4], padding: [1, 2], stride: [2, 1] },
  'windows that hang over the edge': { kernel: [3, 3], stride: [2, 2], size: [6, 8], ceil: true },
  'windows that hang over the padding': {
    kernel: [3, 3],
    stride: [3, 2],
    size: [6, 7],
    padding: [1, 1],
    ceil: true,
  },
  'a window of one element': { kernel: [1, 1] },
  'a window of all': { size: [4, 5], kernel: [4, 5], planes: 3 },
};

/** Mean pooling has no dilation. */
const DILATED: Readonly<Record<string, Geometry>> = {
  'dilated windows': { kernel: [2, 3], dilation: [3, 2], stride: [1, 1], padding: [1, 1] },
};

const x = Float32Array.from([1, 3, 2, 0, 5, 4, 4, -1, 2, 2, 0, 1, 7, 7, 3]);
const small = { planes: 1, size: [3, 5] as [number, number] };

describe('maxPool2dIndices', () => {
  it('gives the indices that PyTorch gives', () => {
    expect(Array.from(maxPool2dIndices(x, dimsOf({ ...small, kernel: [2, 2], ceil: true })))).toEqual([
      5, 2, 4, 11, 12, 14,
    ]);
    const padded = dimsOf({ ...small, kernel: [3, 2], stride: [1, 2], padding: [1, 1] });
    expect(Array.from(maxPool2dIndices(x, padded))).toEqual([5, 6, 4, 5, 12, 13, 5, 12, 13]);
  });

  for (const [name, geometry] of Object.entries({ ...GEOMETRIES, ...DILATED })) {
    it(`finds the first of the largest elements of ${name}`, () => {
      const d = dimsOf(geometry);
      const values = wholeNumbers(Float32Array, d.planes * d.H * d.W);
      const first = windows(d).map(({ elements }) => {
        const largest = Math.max(...elements.map((at) => values[at]));
        return elements.find((at) => values[at] === largest)! % (d.H * d.W);
      });
      expect(Array.from(maxPool2dIndices(values, d))).toEqual(first);
    });
  }

  it('takes NaN for the largest, and the last of several', () => {
    const { NaN: nan } = Number;
    const d = dimsOf({ planes: 1, size: [1, 4], kernel: [1, 4] });
    expect(Array.from(maxPool2dIndices(Float32Array.of(1, nan, Infinity, 2), d))).toEqual([1]);
    expect(Array.from(maxPool2dIndices(Float32Array.of(nan, 1, nan, 2), d))).toEqual([2]);
  });

  it('points into the image even where all there is is minus infinity', () => {
    const d = dimsOf({ planes: 1, size: [2, 2], kernel: [2, 2], stride: [1, 1], padding: [1, 1] });
    const values = new Float32Array(4).fill(-Infinity);
    expect(Array.from(maxPool2dIndices(values, d))).toEqual([0, 0, 1, 0, 0, 1, 2, 2, 3]);
  });

  it('takes integers, and no planes at all', () => {
    expect(Array.from(maxPool2dIndices(Int32Array.from(x), dimsOf({ ...small, kernel: [3, 5] })))).toEqual([
      12,
    ]);
    expect(maxPool2dIndices(new Float32Array(0), dimsOf({ planes: 0 }))).toHaveLength(0);
  });
});

describe('maxPool2dGrad', () => {
  for (const [name, geometry] of Object.entries({ ...GEOMETRIES, ...DILATED })) {
    it(`gives the gradients to the largest elements of ${name}`, () => {
      for (const ArrayType of FLOAT_ARRAYS) {
        const d = dimsOf(geometry);
        const indices = maxPool2dIndices(wholeNumbers(ArrayType, d.planes * d.H * d.W), d);
        const g = fractions(ArrayType, indices.length, 2);
        const grad = new Float64Array(d.planes * d.H * d.W);
        indices.forEach((at, i) => {
          grad[Math.floor(i / (d.outH * d.outW)) * d.H * d.W + at] += g[i];
        });
        expectClose(maxPool2dGrad(g, indices, d), new ArrayType(grad));
      }
    });
  }

  it('keeps NaN to the places that they are meant for', () => {
    const d = dimsOf({ planes: 1, size: [1, 4], kernel: [1, 2] });
    const g = Float32Array.of(Number.NaN, Infinity);
    expect(maxPool2dGrad(g, Int32Array.of(1, 2), d)).toEqual(Float32Array.of(0, Number.NaN, Infinity, 0));
  });

  it('gives nothing for no planes', () => {
    const none = new Float64Array(0);
    expect(maxPool2dGrad(none, new Int32Array(0), dimsOf({ planes: 0 }))).toEqual(none);
  });
});

describe('avgPool2d', () => {
  const means = (geometry: Geometry) =>
    Array.from(avgPool2d(x, dimsOf({ ...small, ...geometry })), (value) => Math.round(value * 1e4) / 1e4);
  const padded: Geometry = { kernel: [3, 2], stride: [2, 2], padding: [1, 1] };

  it('gives the means that PyTorch gives, with each way of counting', () => {
    expect(means({ kernel: [2, 2], ceil: true })).toEqual([3, 0.75, 3.5, 0.5, 7, 3]);
    expect(means(padded)).toEqual([0.8333, 1.3333, 1.5, 0.6667, 1.8333, 2.3333]);
    expect(means({ ...padded, countIncludePad: false })).toEqual([2.5, 2, 2.25, 2, 2.75, 3.5]);
    expect(means({ ...padded, divisorOverride: 5 })).toEqual([1, 1.6, 1.8, 0.8, 2.2, 2.8]);
  });

  const countings = [{}, { countIncludePad: false }, { divisorOverride: 3 }, { divisorOverride: -2 }];
  for (const [name, geometry] of Object.entries(GEOMETRIES)) {
    it(`and its gradient equal the naive loops for ${name}`, () => {
      for (const ArrayType of FLOAT_ARRAYS) {
        for (const counting of countings) {
          const d = dimsOf({ ...geometry, ...counting });
          const values = fractions(ArrayType, d.planes * d.H * d.W, 1);
          const g = fractions(ArrayType, d.planes * d.outH * d.outW, 2);
          const mean: number[] = [];
          const grad = new Float64Array(values.length);
          windows(d).forEach(({ elements, covered }, i) => {
            const divisor = d.divisorOverride ?? (d.countIncludePad ? covered : elements.length);
            mean.push(elements.reduce((sum, at) => sum + values[at], 0) / divisor);
            for (const at of elements) grad[at] += g[i] / divisor;
          });
          expectClose(avgPool2d(values, d), new ArrayType(mean));
          expectClose(avgPool2dGrad(g, d), new ArrayType(grad));
        }
      }
    });
  }

  it('gives nothing for no planes', () => {
    const none = new Float64Array(0);
    expect(avgPool2d(none, dimsOf({ planes: 0 }))).toEqual(none);
    expect(avgPool2dGrad(none, dimsOf({ planes: 0 }))).toEqual(none);
  });
});

function expectClose(actual: TypedArray, expected: TypedArray): void {
  expect(actual.constructor).toBe(expected.constructor);
  expect(actual).toHaveLength(expected.length);
  expected.forEach((value, i) => {
    expect(actual[i]).toBeCloseTo(value, actual instanceof Float32Array ? 6 : 14);
  });
}
