/** Tests of convolution and its gradients in wasm against the reference kernels, with narrow and with wide tiles. */
import { afterAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Conv2dDims } from '../../../src/kernels/dims.js';
import { referenceKernels as reference } from '../../../src/kernels/reference/index.js';
import * as wasm from '../../../src/kernels/wasm/conv2d.js';
import { Machine, withMachine } from '../../../src/kernels/wasm/machine.js';
import { fractions, wholeNumbers } from '../values.js';

interface Geometry {
  readonly N?: number;
  /** Channels and outputs of each group. */
  readonly C?: number;
  readonly O?: number;
  readonly groups?: number;
  readonly size?: readonly [number, number];
  readonly kernel?: readonly [number, number];
  readonly stride?: readonly [number, number];
  readonly dilation?: readonly [number, number];
  /** top, left, bottom, right */
  readonly padding?: readonly [number, number, number, number];
}

function dimsOf({ N = 2, C = 3, O = 5, groups = 1, ...rest }: Geometry): Conv2dDims {
  const { size = [9, 10], kernel = [3, 3], stride = [1, 1], dilation = [1, 1] } = rest;
  const [padTop, padLeft, bottom, right] = rest.padding ?? [0, 0, 0, 0];
  const [[H, W], [KH, KW], [strideH, strideW], [dilationH, dilationW]] = [size, kernel, stride, dilation];
  const outH = Math.floor((H + padTop + bottom - dilationH * (KH - 1) - 1) / strideH) + 1;
  const outW = Math.floor((W + padLeft + right - dilationW * (KW - 1) - 1) / strideW) + 1;
  const window = { H, W, KH, KW, outH, outW, strideH, strideW, padTop, padLeft, dilationH, dilationW };
  return { N, C: C * groups, O: O * groups, groups, ...window };
}

type Fill = typeof fractions;

function operandsOf(dims: Conv2dDims, fill: Fill) {
  const { N, C, O, H, W, KH, KW, outH, outW, groups } = dims;
  const lengths = { x: N * C * H * W, w: ((O * C) / groups) * KH * KW, g: N * O * outH * outW, bias: O };
  const entries = Object.entries(lengths).map(([name, length], i) => [
    name,
    fill(Float32Array, length, i + 1),
  ]);
  return Object.fromEntries(entries) as Record<keyof typeof lengths, Float32Array>;
}

type Kernels = Pick<typeof reference, 'conv2d' | 'conv2dInputGrad' | 'conv2dWeightGrad'>;

/** All that some kernels compute of a convolution. */
function allOf(kernels: Kernels, dims: Conv2dDims, { x, w, g, bias }: ReturnType<typeof operandsOf>) {
  return {
    output: kernels.conv2d(x, w, dims),
    shifted: kernels.conv2d(x, w, dims, bias),
    inputGrad: kernels.conv2dInputGrad(g, w, dims),
    weightGrad: kernels.conv2dWeightGrad(x, g, dims),
  };
}

type Results = ReturnType<typeof allOf>;
const PARTS = ['output', 'shifted', 'inputGrad', 'weightGrad'] as const;

/** The first elements of each result that are not what they should be. */
function differences(got: Results, want: Results): string[] {
  return PARTS.flatMap((part) => {
    const [a, b] = [got[part], want[part]];
    if (a.length !== b.length) return [`${part} has ${a.length} elements instead of ${b.length}`];
    const wrong: string[] = [];
    for (let i = 0; i < a.length && wrong.length < 3; i++) {
      // Zero has no sign here: it depends on the order of summation.
      if (a[i] !== b[i] && !(Number.isNaN(a[i]) && Number.isNaN(b[i]))) {
        wrong.push(`${part}[${i}] is ${a[i]} instead of ${b[i]}`);
      }
    }
    return wrong;
  });
}

/** Equality with the reference, on sums that are exact in any order. */
function expectEqual(dims: Conv2dDims, operands = operandsOf(dims, wholeNumbers)): void {
  expect(differences(allOf(wasm, dims, operands), allOf(reference, dims, operands))).toEqual([]);
}

const GEOMETRIES: Readonly<Record<string, Geometry>> = {
  'one pixel, one tap': { N: 1, C: 1, O: 1, size: [1, 1], kernel: [1, 1] },
  'a kernel as large as the image': { N: 19, C: 3, O: 7, size: [5, 4], kernel: [5, 4] },
  'a kernel larger than the image': { size: [2, 3], kernel: [4, 5], padding: [1, 2, 1, 2] },
  'a 1 x 1 kernel': { C: 7, O: 9, kernel: [1, 1] },
  'a 1 x 1 kernel with a stride': { kernel: [1, 1], stride: [2, 3], size: [9, 13] },
  'a 1 x 1 kernel with padding': { kernel: [1, 1], padding: [1, 1, 1, 1] },
  'prime sizes': { N: 3, C: 5, O: 7, size: [11, 13], kernel: [3, 5] },
  'one row': { size: [1, 37], kernel: [1, 3] },
  'one column': { size: [37, 1], kernel: [3, 1] },
  'asymmetric strides': { stride: [2, 1], size: [13, 9] },
  'strides beyond those of the vectors': { stride: [3, 4], size: [17, 31] },
  'a stride beyond the kernel': { stride: [5, 5], size: [16, 17], kernel: [2, 2] },
  'equal padding': { padding: [1, 1, 1, 1] },
  'unequal padding': { padding: [0, 3, 2, 1], stride: [1, 2] },
  'more padding than image': { size: [2, 1], padding: [5, 6, 4, 9] },
  'much padding and a stride': { size: [3, 5], padding: [4, 9, 3, 8], stride: [2, 2] },
  dilation: { dilation: [2, 3], size: [9, 15] },
  'dilation, stride and padding': { dilation: [3, 2], stride: [2, 2], padding: [2, 3, 1, 2], size: [15, 14] },
  'dilation that leaves out phases': { dilation: [2, 2], stride: [2, 2], padding: [1, 1, 1, 1] },
  groups: { C: 4, O: 6, groups: 2, padding: [1, 1, 1, 1] },
  'groups of one channel': { C: 1, O: 1, groups: 7, padding: [1, 1, 1, 1] },
  'groups of one channel with a stride': { C: 1, O: 1, groups: 5, padding: [1, 1, 1, 1], stride: [2, 2] },
  'several outputs for each channel': { C: 1, O: 3, groups: 5, stride: [2, 2] },
  'groups of one channel with a large stride': { C: 1, O: 2, groups: 3, size: [11, 19], stride: [3, 4] },
  'groups of one channel, with dilation': {
    C: 1,
    O: 1,
    groups: 4,
    size: [13, 22],
    dilation: [2, 3],
    padding: [2, 1, 0, 3],
  },
  'groups of one channel that are too large to be padded': {
    N: 1,
    C: 1,
    O: 1,
    groups: 2,
    size: [520, 515],
    padding: [1, 1, 1, 1],
  },
  'one past a tile': { N: 1, C: 1, O: 7, size: [19, 3], kernel: [3, 3] },
  'one past a wide tile': { N: 17, C: 2, O: 17, size: [3, 3] },
  'sums of several blocks': { N: 2, C: 57, O: 9, size: [6, 6], kernel: [3, 3] },
  'sums of several blocks of outputs': { N: 1, C: 3, O: 523, size: [4, 4], kernel: [2, 2] },
  'several slabs of pixels': { N: 9, C: 16, O: 24, size: [24, 23], padding: [1, 1, 1, 1] },
  'images of several bands': { N: 2, C: 2, O: 33, size: [90, 61], stride: [2, 2], padding: [1, 1, 1, 1] },
  'images of several bands, without a stride': { N: 1, C: 2, O: 33, size: [70, 71], padding: [2, 1, 1, 2] },
  'rows longer than a band': { N: 1, C: 2, O: 2, size: [3, 9001], kernel: [3, 3] },
};

const LAYERS: Readonly<Record<string, Geometry>> = {
  'the first layer of the MNIST network': { N: 7, C: 1, O: 32, size: [28, 28] },
  'its second layer': { N: 7, C: 32, O: 64, size: [14, 14] },
  'its third layer': { N: 7, C: 64, O: 128, size: [7, 7] },
};

const KERNELS = [
  'packPanels',
  'conv2d',
  'conv2dInputGrad',
  'conv2dWeightSlabs',
  'conv2dWeightSum',
  'depthwise',
  'depthwiseInputGrad',
  'depthwiseWeightGrad',
];

function machineOf(wide: boolean, threads: number): Machine {
  const machine = new Machine('plain', wide, threads);
  // The engine here may not have the pass that these tiles are made for; they are right without it too.
  for (const kernel of KERNELS) machine.sound.add(kernel);
  return machine;
}

describe.each([
  ['narrow', machineOf(false, 1)],
  ['wide', machineOf(true, 1)],
])('convolution in wasm and its gradients, with %s tiles,', (_, machine) => {
  const within = (work: () => void) => () => withMachine(machine, work);

  for (const [name, geometry] of Object.entries(GEOMETRIES)) {
    it(
      `are right for ${name}`,
      within(() => expectEqual(dimsOf(geometry))),
    );
  }

  for (const [name, geometry] of Object.entries(LAYERS)) {
    const dims = dimsOf({ ...geometry, stride: [2, 2], padding: [1, 1, 1, 1] });

    it(
      `are right for ${name}`,
      within(() => expectEqual(dims)),
    );

    it(
      `round no worse than any order of summation would, for ${name}`,
      within(() => {
        const operands = operandsOf(dims, fractions);
        const magnitudes = allOf(
          reference,
          dims,
          operandsOf(dims, (...args) => fractions(...args).map(Math.abs)),
        );
        const [got, want] = [allOf(wasm, dims, operands), allOf(reference, dims, operands)];
        // A sum of n products is off by n + 3 roundings of the sum of their magnitudes at most: see matmul.test.ts.
        const { N, C, O, outH, outW } = dims;
        const terms = { output: 9 * C, shifted: 9 * C + 1, inputGrad: 9 * O, weightGrad: N * outH * outW };
        for (const part of PARTS) {
          const bound = (terms[part] + 3) * 2 ** -24;
          const isFar = (_: number, i: number) =>
            !(Math.abs(got[part][i] - want[part][i]) <= bound * magnitudes[part][i]);
          expect({ part, far: [...got[part]].filter(isFar) }).toEqual({ part, far: [] });
        }
      }),
    );
  }

  it(
    'are right for any geometry',
    within(() => {
      const upTo = (most: number, least = 1) => fc.integer({ min: least, max: most });
      const pair = (most: number, least = 1) => fc.tuple(upTo(most, least), upTo(most, least));
      const geometries = fc.record({
        N: upTo(4),
        C: upTo(9),
        O: upTo(19),
        groups: upTo(3),
        size: pair(20),
        kernel: pair(4),
        stride: pair(3),
        dilation: pair(3),
        padding: fc.tuple(upTo(4, 0), upTo(4, 0), upTo(4, 0), upTo(4, 0)),
      });
      fc.assert(
        fc.property(geometries, (geometry) => {
          const dims = dimsOf(geometry);
          fc.pre(dims.outH > 0 && dims.outW > 0);
          expectEqual(dims);
        }),
        { numRuns: 60 },
      );
    }),
  );

  it(
    'are zeros, or nothing, where a dimension is 0',
    within(() => {
      for (const zero of [{ N: 0 }, { O: 0 }, { C: 0 }]) expectEqual(dimsOf(zero));
    }),
  );

  it(
    'carry NaN to what has seen it, and infinity times the zeros of the padding to NaN',
    within(() => {
      for (const groups of [1, 3]) {
        const dims = dimsOf({ C: 1, O: 1, groups, size: [6, 7], padding: [1, 1, 1, 1] });
        const operands = operandsOf(dims, wholeNumbers);
        operands.x[3] = Number.NaN;
        operands.w[0] = Infinity;
        operands.g[17] = -Infinity;
        expectEqual(dims, operands);
      }
    }),
  );
});

describe('convolution in wasm', () => {
  const [alone, shared] = [machineOf(true, 1), machineOf(true, 3)];
  afterAll(() => shared.pool?.end());

  it('gives the same bits on any number of threads', () => {
    for (const geometry of [LAYERS['its second layer'], GEOMETRIES['images of several bands']]) {
      const dims = dimsOf({ ...geometry, stride: [2, 2], padding: [1, 1, 1, 1] });
      const operands = operandsOf(dims, fractions);
      const results = [alone, shared].map((machine) =>
        withMachine(machine, () => allOf(wasm, dims, operands)),
      );
      expect(differences(results[1], results[0])).toEqual([]);
    }
  });

  it('gives the same bits when the weight comes again, packed already', () => {
    const dims = dimsOf({ C: 16, O: 32, size: [12, 12], padding: [1, 1, 1, 1] });
    const operands = operandsOf(dims, fractions);
    const [first, ...others] = Array.from({ length: 4 }, () => allOf(wasm, dims, operands));
    for (const other of others) expect(differences(other, first)).toEqual([]);
  });

  it('leaves other dtypes to the reference kernels', () => {
    const dims = dimsOf({});
    const { x, w, bias } = operandsOf(dims, wholeNumbers);
    const [x64, w64, bias64] = [x, w, bias].map((values) => Float64Array.from(values));
    expect(wasm.conv2d(x64, w64, dims, bias64)).toEqual(reference.conv2d(x64, w64, dims, bias64));
  });
});
