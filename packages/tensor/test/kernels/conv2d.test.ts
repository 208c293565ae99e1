/** Tests of convolution and its gradients against the seven loops that define it. */
import { describe, expect, it } from '@jest/globals';
import type { TypedArray } from '../../src/dtype.js';
import type { Conv2dDims } from '../../src/kernels/dims.js';
import { conv2d, conv2dInputGrad, conv2dWeightGrad } from '../../src/kernels/reference/conv2d.js';
import { type ArrayType, FLOAT_ARRAYS, wholeNumbers } from './values.js';

interface Geometry {
  N?: number;
  C?: number;
  O?: number;
  size?: [number, number];
  kernel?: [number, number];
  stride?: [number, number];
  dilation?: [number, number];
  /** top, left, bottom, right */
  padding?: [number, number, number, number];
  groups?: number;
}

function dimsOf(geometry: Geometry): Conv2dDims {
  const {
    N = 2,
    C = 3,
    O = 4,
    size = [6, 5],
    kernel = [3, 2],
    stride = [1, 1],
    dilation = [1, 1],
  } = geometry;
  const { padding: [padTop, padLeft, bottom, right] = [0, 0, 0, 0], groups = 1 } = geometry;
  const outH = Math.floor((size[0] + padTop + bottom - dilation[0] * (kernel[0] - 1) - 1) / stride[0]) + 1;
  const outW = Math.floor((size[1] + padLeft + right - dilation[1] * (kernel[1] - 1) - 1) / stride[1]) + 1;
  const [[H, W], [KH, KW], [strideH, strideW], [dilationH, dilationW]] = [size, kernel, stride, dilation];
  return {
    N,
    C,
    O,
    H,
    W,
    KH,
    KW,
    outH,
    outW,
    strideH,
    strideW,
    padTop,
    padLeft,
    dilationH,
    dilationW,
    groups,
  };
}

/** Visits the places in y, x and w of each product that a convolution is the sum of; x is -1 in padding. */
function forEachProduct(d: Conv2dDims, visit: (y: number, x: number, w: number) => void): void {
  const [inputs, outputs] = [d.C / d.groups, d.O / d.groups];
  for (let n = 0; n < d.N; n++) {
    for (let o = 0; o < d.O; o++) {
      for (let i = 0; i < d.outH; i++) {
        for (let j = 0; j < d.outW; j++) {
          for (let c = 0; c < inputs; c++) {
            for (let kh = 0; kh < d.KH; kh++) {
              for (let kw = 0; kw < d.KW; kw++) {
                const row = i * d.strideH + kh * d.dilationH - d.padTop;
                const column = j * d.strideW + kw * d.dilationW - d.padLeft;
                const inside = row >= 0 && row < d.H && column >= 0 && column < d.W;
                const channel = n * d.C + Math.floor(o / outputs) * inputs + c;
                visit(
                  ((n * d.O + o) * d.outH + i) * d.outW + j,
                  inside ? (channel * d.H + row) * d.W + column : -1,
                  ((o * inputs + c) * d.KH + kh) * d.KW + kw,
                );
              }
            }
          }
        }
      }
    }
  }
}

function naive(x: TypedArray, weight: TypedArray, g: TypedArray, d: Conv2dDims) {
  const output = new Float64Array(g.length);
  const inputGrad = new Float64Array(x.length);
  const weightGrad = new Float64Array(weight.length);
  forEachProduct(d, (i, j, k) => {
    output[i] += (j < 0 ? 0 : x[j]) * weight[k];
    if (j >= 0) inputGrad[j] += g[i] * weight[k];
    weightGrad[k] += g[i] * (j < 0 ? 0 : x[j]);
  });
  return { output, inputGrad, weightGrad };
}

const GEOMETRIES: Readonly<Record<string, Geometry>> = {
  'one pixel, one tap': { N: 1, C: 1, O: 1, size: [1, 1], kernel: [1, 1] },
  'a kernel as large as the image': { size: [3, 2] },
  'a 1 x 1 kernel': { kernel: [1, 1] },
  'odd sizes': { N: 3, C: 2, O: 5, size: [7, 9] },
  strides: { stride: [2, 3], size: [9, 11] },
  'a stride beyond the kernel': { stride: [4, 4], size: [10, 9] },
  'equal padding': { padding: [1, 1, 1, 1] },
  'unequal padding': { padding: [0, 2, 3, 1], stride: [2, 1] },
  'more padding than image': { size: [2, 1], padding: [3, 4, 3, 4] },
  dilation: { dilation: [2, 3], size: [8, 9] },
  'dilation, stride and padding': { dilation: [2, 2], stride: [3, 2], padding: [2, 1, 2, 3], size: [9, 8] },
  groups: { C: 4, O: 6, groups: 2, padding: [1, 1, 1, 1] },
  'one group for each channel': { C: 3, O: 3, groups: 3 },
  'several outputs for each channel': { C: 3, O: 6, groups: 3, stride: [2, 2] },
  'more images than one column matrix takes': {
    N: 5,
    C: 8,
    O: 3,
    size: [22, 22],
    kernel: [3, 3],
    padding: [1, 1, 1, 1],
  },
  'images of which each takes a column matrix': {
    N: 2,
    C: 8,
    O: 2,
    size: [50, 51],
    kernel: [3, 3],
    groups: 2,
  },
  'the layers of a small network': {
    N: 5,
    C: 4,
    O: 8,
    size: [14, 14],
    kernel: [3, 3],
    stride: [2, 2],
    padding: [1, 1, 1, 1],
  },
};

function inputs(Type: ArrayType, d: Conv2dDims) {
  return {
    x: wholeNumbers(Type, d.N * d.C * d.H * d.W, 1),
    weight: wholeNumbers(Type, ((d.O * d.C) / d.groups) * d.KH * d.KW, 2),
    g: wholeNumbers(Type, d.N * d.O * d.outH * d.outW, 3),
  };
}

describe('conv2d and its gradients', () => {
  it('give the numbers that PyTorch gives', () => {
    const d = dimsOf({
      N: 1,
      C: 2,
      O: 2,
      size: [4, 4],
      kernel: [3, 3],
      stride: [2, 2],
      padding: [1, 1, 1, 1],
    });
    const x = Float64Array.from({ length: 32 }, (_, i) => i * 0.1 - 1);
    const weight = Float64Array.from({ length: 36 }, (_, i) => (i - 17) * 0.05);
    const g = Float64Array.from({ length: 8 }, (_, i) => i - 3);
    const rounded = (values: TypedArray, count: number) =>
      Array.from(values.subarray(0, count), (value) => Math.round(value * 1e4) / 1e4 + 0);
    expect(rounded(conv2d(x, weight, d), 8)).toEqual([1.44, 1.54, -0.465, -2.1, 1.8, 3.7, 6.555, 10.86]);
    expect(rounded(conv2dInputGrad(g, weight, d), 8)).toEqual([2.2, 3.9, 1.8, 1.8, 3, 5, 2.2, 2.4]);
    expect(rounded(conv2dWeightGrad(x, g, d), 9)).toEqual([0, 0.6, 0.5, 1.8, 4.8, 4.2, 1, 2.4, 1.8]);
  });

  for (const ArrayType of FLOAT_ARRAYS) {
    for (const [name, geometry] of Object.entries(GEOMETRIES)) {
      it(`equal the naive loops for ${name}, in ${ArrayType.name}s`, () => {
        const d = dimsOf(geometry);
        const { x, weight, g } = inputs(ArrayType, d);
        const { output, inputGrad, weightGrad } = naive(x, weight, g, d);
        expect(conv2d(x, weight, d)).toEqual(new ArrayType(output));
        expect(conv2dInputGrad(g, weight, d)).toEqual(new ArrayType(inputGrad));
        expect(conv2dWeightGrad(x, g, d)).toEqual(new ArrayType(weightGrad));
      });
    }
  }

  it('are zeros, or nothing, where a dimension is 0', () => {
    for (const zero of [{ N: 0 }, { O: 0 }, { C: 0 }]) {
      const d = dimsOf(zero);
      const { x, weight, g } = inputs(Float32Array, d);
      expect(conv2d(x, weight, d)).toEqual(new Float32Array(g.length));
      expect(conv2dInputGrad(g, weight, d)).toEqual(new Float32Array(x.length));
      expect(conv2dWeightGrad(x, g, d)).toEqual(new Float32Array(weight.length));
    }
  });

  it('carry NaN to what has seen it, and infinity times the zeros of the padding to NaN', () => {
    const d = dimsOf({ N: 2, C: 1, O: 1, size: [4, 4], kernel: [3, 3], padding: [1, 1, 1, 1] });
    const { x, weight, g } = inputs(Float32Array, d);
    x[3] = Number.NaN;
    weight[0] = Infinity;
    g[17] = -Infinity;
    const { output, inputGrad, weightGrad } = naive(x, weight, g, d);
    expect(Array.from(conv2d(x, weight, d))).toEqual(Array.from(output));
    expect(Array.from(conv2dInputGrad(g, weight, d))).toEqual(Array.from(inputGrad));
    expect(Array.from(conv2dWeightGrad(x, g, d))).toEqual(Array.from(weightGrad));
  });
});
