/** The cases of the wide pass's self-check for convolution and pooling: all strides that have loops of their own, whole tiles and rests. */
import type { AvgPoolDims, Conv2dDims } from '../dims.js';
import type { Case } from './self-check.js';

/** Values between -1 and 1 in no short rhythm. */
const floats = (length: number, seed: number) =>
  Float32Array.from({ length }, (_, i) => ((i * 6007 + seed * 3571) % 1013) / 506.5 - 1);

/** Square images and kernels with a padding of 1. */
function convolution(
  [N, C, O, size]: readonly [number, number, number, number],
  kernel: number,
  stride: number,
  groups = 1,
): Conv2dDims {
  const out = Math.floor((size + 2 - kernel) / stride) + 1;
  const shape = { N, C, O, H: size, W: size, KH: kernel, KW: kernel, outH: out, outW: out, groups };
  return { ...shape, strideH: stride, strideW: stride, padTop: 1, padLeft: 1, dilationH: 1, dilationW: 1 };
}

const CONVOLUTIONS: readonly Conv2dDims[] = [
  convolution([3, 5, 19, 14], 3, 2),
  convolution([2, 3, 17, 7], 3, 1),
  convolution([1, 2, 7, 23], 2, 1),
  convolution([2, 2, 5, 10], 3, 3),
];

/** Those in which each output sees one channel. */
const DEPTHWISE: readonly Conv2dDims[] = [1, 2, 3].map((stride) => convolution([2, 3, 6, 23], 3, stride, 3));

/** What a kernel makes of the input, the weight and the output's gradient of each convolution. */
function convolved(
  convolutions: readonly Conv2dDims[],
  run: (
    kernels: Parameters<Case>[0],
    operands: { readonly x: Float32Array; readonly w: Float32Array; readonly g: Float32Array },
    dims: Conv2dDims,
  ) => ArrayLike<number>,
): Case {
  return (kernels) =>
    convolutions.map((dims) => {
      const { N, C, O, H, W, KH, KW, outH, outW, groups } = dims;
      const [x, w] = [floats(N * C * H * W, 1), floats(((O * C) / groups) * KH * KW, 2)];
      const g = floats(N * O * outH * outW, 3);
      return run(kernels, { x, w, g }, dims);
    });
}

const forward = (convolutions: readonly Conv2dDims[]) =>
  convolved(convolutions, (kernels, { x, w }, dims) => kernels.conv2d(x, w, dims, floats(dims.O, 6)));
const inputGrad = (convolutions: readonly Conv2dDims[]) =>
  convolved(convolutions, (kernels, { w, g }, dims) => kernels.conv2dInputGrad(g, w, dims));
const weightGrad = (convolutions: readonly Conv2dDims[]) =>
  convolved(convolutions, (kernels, { x, g }, dims) => kernels.conv2dWeightGrad(x, g, dims));
const slabs = weightGrad(CONVOLUTIONS);

const POOLS: readonly AvgPoolDims[] = [1, 2, 3].map((stride) => {
  const [size, kernel] = [17, 3];
  const out = Math.floor((size + 2 - kernel) / stride) + 1;
  const plane = { planes: 2, H: size, W: size, outH: out, outW: out, kernelH: kernel, kernelW: kernel };
  const movement = { strideH: stride, strideW: stride, padTop: 1, padLeft: 1, dilationH: 1, dilationW: 1 };
  return { ...plane, ...movement, countIncludePad: false, divisorOverride: null };
});

const planes = ({ planes: count, H, W }: AvgPoolDims) => floats(count * H * W, 4);
const windows = ({ planes: count, outH, outW }: AvgPoolDims) => floats(count * outH * outW, 5);

/** An element of its plane for each window, some of them for several. */
const places = ({ planes: count, H, W, outH, outW }: AvgPoolDims) =>
  Int32Array.from({ length: count * outH * outW }, (_, i) => (i * i) % (H * W));

/** By the name of the wasm kernel that they check. */
export const CONVOLUTION_CASES: Readonly<Record<string, Case>> = {
  conv2d: forward(CONVOLUTIONS),
  conv2dInputGrad: inputGrad(CONVOLUTIONS),
  conv2dWeightSlabs: slabs,
  conv2dWeightSum: slabs,
  depthwise: forward(DEPTHWISE),
  depthwiseInputGrad: inputGrad(DEPTHWISE),
  depthwiseWeightGrad: weightGrad(DEPTHWISE),
  maxPool2dIndices: (kernels) => POOLS.map((dims) => kernels.maxPool2dIndices(planes(dims), dims)),
  maxPool2dGrad: (kernels) => POOLS.map((dims) => kernels.maxPool2dGrad(windows(dims), places(dims), dims)),
  avgPool2d: (kernels) => POOLS.map((dims) => kernels.avgPool2d(planes(dims), dims)),
  avgPool2dGrad: (kernels) => POOLS.map((dims) => kernels.avgPool2dGrad(windows(dims), dims)),
};
