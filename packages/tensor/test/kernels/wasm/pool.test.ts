/** Tests of pooling in wasm: the same bits as the reference kernels give. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { AvgPoolDims } from '../../../src/kernels/dims.js';
import { referenceKernels as reference } from '../../../src/kernels/reference/index.js';
import * as wasm from '../../../src/kernels/wasm/pool.js';
import { fractions } from '../values.js';

const floats = (length: number, seed: number) => fractions(Float32Array, length, seed) as Float32Array;

interface Geometry {
  readonly planes?: number;
  readonly size?: readonly [number, number];
  readonly window?: readonly [number, number];
  readonly stride?: readonly [number, number];
  readonly padding?: readonly [number, number];
  readonly dilation?: readonly [number, number];
  /** One more window than fits on either axis. */
  readonly overhang?: boolean;
  readonly countIncludePad?: boolean;
  readonly divisorOverride?: number | null;
}

function dimsOf({ planes = 3, overhang = false, ...rest }: Geometry): AvgPoolDims {
  const { size = [9, 14], window = [2, 3], stride = [1, 1], padding = [0, 0], dilation = [1, 1] } = rest;
  const count = (i: 0 | 1) =>
    Math.floor((size[i] + 2 * padding[i] - dilation[i] * (window[i] - 1) - 1) / stride[i]) +
    1 +
    Number(overhang);
  const plane = { planes, H: size[0], W: size[1], outH: count(0), outW: count(1) };
  const kernel = { kernelH: window[0], kernelW: window[1], strideH: stride[0], strideW: stride[1] };
  const place = { padTop: padding[0], padLeft: padding[1], dilationH: dilation[0], dilationW: dilation[1] };
  const { countIncludePad = true, divisorOverride = null } = rest;
  return { ...plane, ...kernel, ...place, countIncludePad, divisorOverride };
}

/** Equality in every bit but those of a NaN. */
function expectSame(dims: AvgPoolDims, x: Float32Array): void {
  const g = floats(dims.planes * dims.outH * dims.outW, 2);
  const indices = reference.maxPool2dIndices(x, dims);
  expect(wasm.maxPool2dIndices(x, dims)).toEqual(indices);
  expect(wasm.maxPool2dGrad(g, indices, dims)).toEqual(reference.maxPool2dGrad(g, indices, dims));
  expect(wasm.avgPool2d(x, dims)).toEqual(reference.avgPool2d(x, dims));
  expect(wasm.avgPool2dGrad(g, dims)).toEqual(reference.avgPool2dGrad(g, dims));
}

const inputOf = ({ planes, H, W }: AvgPoolDims) => floats(planes * H * W, 1);

const GEOMETRIES: Readonly<Record<string, Geometry>> = {
  'one pixel': { size: [1, 1], window: [1, 1] },
  'no planes': { planes: 0 },
  'a window as large as the plane': { window: [9, 14] },
  'windows side by side': { window: [2, 2], stride: [2, 2] },
  'windows that overlap': { window: [3, 3], stride: [2, 2] },
  'a stride of 1': { window: [3, 2] },
  'a stride beyond the window': { window: [2, 1], stride: [3, 4], size: [11, 37] },
  padding: { window: [3, 3], padding: [1, 1] },
  'padding that does not count': { window: [3, 3], padding: [1, 1], countIncludePad: false },
  'padding as wide as the plane': { size: [2, 2], window: [4, 4], padding: [2, 2] },
  'windows that hang over the edge': { window: [2, 3], stride: [2, 3], size: [9, 13], overhang: true },
  'overhang and padding': { window: [3, 3], stride: [2, 2], size: [8, 16], padding: [1, 1], overhang: true },
  dilation: { window: [3, 2], dilation: [2, 3] },
  'dilation, stride and padding': {
    window: [3, 3],
    dilation: [2, 2],
    stride: [2, 3],
    padding: [1, 1],
    size: [17, 31],
  },
  'a divisor': { window: [2, 2], divisorOverride: -3 },
  'more planes than a chunk has': { planes: 300, window: [3, 3], size: [12, 13] },
};

describe('pooling in wasm', () => {
  for (const [name, geometry] of Object.entries(GEOMETRIES)) {
    it(`is that of the reference for ${name}`, () => {
      const dims = dimsOf(geometry);
      expectSame(dims, inputOf(dims));
    });
  }

  it('takes the first of equal values, and the last NaN', () => {
    for (const stride of [1, 2, 3] as const) {
      const dims = dimsOf({ window: [3, 3], stride: [stride, stride], size: [12, 29], padding: [1, 1] });
      const coarse = inputOf(dims).map((value) => Math.round(2 * value) / 2);
      expectSame(dims, coarse);
      expectSame(
        dims,
        coarse.map((value, i) => (i % 11 === 3 ? Number.NaN : value)),
      );
    }
  });

  it('finds a place even where all is minus infinity', () => {
    const dims = dimsOf({ window: [2, 2], stride: [2, 2] });
    expectSame(dims, inputOf(dims).fill(-Infinity));
  });

  it('is that of the reference for any geometry', () => {
    const upTo = (most: number, least = 1) => fc.integer({ min: least, max: most });
    const pair = (most: number, least = 1) => fc.tuple(upTo(most, least), upTo(most, least));
    const geometries = fc.record({
      planes: upTo(3),
      size: pair(24, 5),
      window: pair(3),
      stride: pair(4),
      dilation: pair(2),
      padding: pair(1, 0),
      countIncludePad: fc.boolean(),
      divisorOverride: fc.constantFrom(null, 5),
    });
    fc.assert(
      fc.property(geometries, (geometry) => {
        const dims = dimsOf(geometry);
        expectSame(dims, inputOf(dims));
      }),
      { numRuns: 150 },
    );
  });

  it('leaves other dtypes to the reference kernels', () => {
    const dims = dimsOf({});
    const x = Float64Array.from(inputOf(dims));
    expect(wasm.avgPool2d(x, dims)).toEqual(reference.avgPool2d(x, dims));
    const indices = reference.maxPool2dIndices(x, dims);
    expect(wasm.maxPool2dIndices(x, dims)).toEqual(indices);
    const g = wasm.avgPool2d(x, dims);
    expect(wasm.maxPool2dGrad(g, indices, dims)).toEqual(reference.maxPool2dGrad(g, indices, dims));
  });
});
