/** Tests of convolution and its gradients in WGSL against the reference kernels, with whole numbers, whose sums are exact. */
import { expect, it } from '@jest/globals';
import type { Conv2dDims } from '../../../src/kernels/dims.js';
import {
  planConv2d,
  planConv2dInputGrad,
  planConv2dWeightGrad,
} from '../../../src/kernels/gpu/wgsl/conv2d.js';
import type { Plan } from '../../../src/kernels/gpu/wgsl/program.js';
import { conv2d, conv2dInputGrad, conv2dWeightGrad } from '../../../src/kernels/reference/conv2d.js';
import { wholeNumbers } from '../../kernels/values.js';
import { software } from './capabilities.js';
import { onDawn } from './dawn.js';

type Pair = readonly [vertical: number, horizontal: number];

interface Geometry {
  readonly N?: number;
  /** Channels and outputs of each group. */
  readonly C?: number;
  readonly O?: number;
  readonly groups?: number;
  readonly size?: Pair;
  readonly kernel?: Pair;
  readonly stride?: Pair;
  readonly dilation?: Pair;
  /** top, left, bottom, right */
  readonly padding?: readonly [number, number, number, number];
}

function dimsOf({ N = 2, C = 3, O = 5, groups = 1, ...rest }: Geometry): Conv2dDims {
  const { size = [7, 6], kernel = [3, 2], stride = [1, 1], dilation = [1, 1] } = rest;
  const [padTop, padLeft, bottom, right] = rest.padding ?? [0, 0, 0, 0];
  const [[H, W], [KH, KW], [strideH, strideW], [dilationH, dilationW]] = [size, kernel, stride, dilation];
  const outH = Math.floor((H + padTop + bottom - dilationH * (KH - 1) - 1) / strideH) + 1;
  const outW = Math.floor((W + padLeft + right - dilationW * (KW - 1) - 1) / strideW) + 1;
  const window = { H, W, KH, KW, outH, outW, strideH, strideW, padTop, padLeft, dilationH, dilationW };
  return { N, C: C * groups, O: O * groups, groups, ...window };
}

function operandsOf({ N, C, O, H, W, KH, KW, outH, outW, groups }: Conv2dDims) {
  const values = (length: number, seed: number) => wholeNumbers(Float32Array, length, seed) as Float32Array;
  return {
    x: values(N * C * H * W, 1),
    w: values(((O * C) / groups) * KH * KW, 2),
    g: values(N * O * outH * outW, 3),
    bias: values(O, 4),
  };
}

const VECTORS: Geometry = { C: 4, O: 18, size: [4, 6], kernel: [3, 3], padding: [1, 1, 1, 1] };

const GEOMETRIES: Readonly<Record<string, Geometry>> = {
  'one pixel, one tap': { N: 1, C: 1, O: 1, size: [1, 1], kernel: [1, 1] },
  'planes of whole vectors': VECTORS,
  'groups, strides and unequal padding': {
    O: 3,
    groups: 2,
    size: [9, 11],
    stride: [2, 3],
    padding: [0, 2, 3, 1],
  },
  'a stride beyond the kernel': { size: [10, 9], stride: [4, 4] },
  'dilation, stride and padding': { dilation: [2, 3], stride: [3, 2], padding: [2, 1, 2, 3], size: [9, 8] },
  'pixels that no tap reaches': { dilation: [2, 2], stride: [2, 2], size: [9, 8] },
  'one group for each channel': { C: 1, O: 1, groups: 3, stride: [1, 2], padding: [1, 0, 1, 0] },
  'two outputs for each channel': { C: 1, O: 2, groups: 3, dilation: [1, 2] },
};

onDawn('conv2d in WGSL', (run) => {
  /** Compares all three with the reference; they are computed in K parts, where there are tiles. */
  async function expectConvolutions(geometry: Geometry, parts = 1): Promise<readonly Plan[]> {
    const dims = dimsOf(geometry);
    const capabilities = software(`16x16x8/4x4@${parts}`);
    const { x, w, g, bias } = operandsOf(dims);
    const output = planConv2d(dims, capabilities, { bias: true });
    const inputGrad = planConv2dInputGrad(dims, capabilities);
    const weightGrad = planConv2dWeightGrad(dims, capabilities);
    expect(await run(output, [x, w, bias])).toEqual(conv2d(x, w, dims, bias));
    expect(await run(inputGrad, [g, w])).toEqual(conv2dInputGrad(g, w, dims));
    expect(await run(weightGrad, [x, g])).toEqual(conv2dWeightGrad(x, g, dims));
    return [output, inputGrad, weightGrad];
  }

  for (const [name, geometry] of Object.entries(GEOMETRIES)) {
    it(`equals the reference for ${name}`, async () => {
      await expectConvolutions(geometry);
    });
  }

  it('is a sum of parts where there is much to sum', async () => {
    const plans = await expectConvolutions({ C: 9, O: 12, groups: 2, stride: [2, 1] }, 2);
    for (const plan of plans) expect(plan).toHaveLength(2);
  });

  it('shares long sums among invocations where there are few of them', async () => {
    const geometry = { N: 2, C: 1, O: 1, groups: 2, size: [21, 20], kernel: [3, 3] } as const;
    const [, , weightGrad] = await expectConvolutions(geometry);
    expect(weightGrad![0]!.key).toContain('"lanes":64');
  });

  it('ends with an activation', async () => {
    for (const C of [1, 3]) {
      const dims = dimsOf({ C, O: C });
      const { x, w, bias } = operandsOf(dims);
      const plan = planConv2d(dims, software('16x16x8/4x4@1'), { bias: true, activation: 'relu' });
      const expected = conv2d(x, w, dims, bias).map((value) => Math.max(value, 0));
      expect(await run(plan, [x, w, bias])).toEqual(expected);
    }
  });

  it('carries NaN to what has seen it, and infinity times the zeros of the padding to NaN', async () => {
    const dims = dimsOf(VECTORS);
    const { x, w, g, bias } = operandsOf(dims);
    const capabilities = software('16x16x8/4x4@1');
    const same = async (plan: Plan, operands: readonly Float32Array[], expected: ArrayLike<number>) =>
      expect(Array.from(await run(plan, operands))).toEqual(Array.from(expected));
    x[3] = Number.NaN;
    g[17] = Number.NEGATIVE_INFINITY;
    await same(planConv2dInputGrad(dims, capabilities), [g, w], conv2dInputGrad(g, w, dims));
    await same(planConv2dWeightGrad(dims, capabilities), [x, g], conv2dWeightGrad(x, g, dims));
    w[0] = Number.POSITIVE_INFINITY;
    await same(planConv2d(dims, capabilities, { bias: true }), [x, w, bias], conv2d(x, w, dims, bias));
  });
});
