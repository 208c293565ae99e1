/** Samples of the elementwise ops. */
import * as lr from '@lowrank/tensor';
import { describeShapes, leaf, leafOf, type Sample, type Samples, type Spread } from './sample.js';

interface Unary extends Spread {
  readonly f: (x: lr.Tensor) => lr.Tensor;
}

const UNARY: Readonly<Record<string, Unary>> = {
  neg: { f: lr.neg },
  abs: { f: lr.abs },
  square: { f: lr.square },
  sign: { f: lr.sign },
  floor: { f: lr.floor },
  ceil: { f: lr.ceil },
  round: { f: lr.round },
  exp: { f: lr.exp },
  expm1: { f: lr.expm1 },
  log: { f: lr.log, low: 0.1, high: 3 },
  log1p: { f: lr.log1p, low: -0.9, high: 3 },
  sqrt: { f: lr.sqrt, low: 0.1, high: 3 },
  rsqrt: { f: lr.rsqrt, low: 0.2, high: 3 },
  reciprocal: { f: lr.reciprocal, low: 0.3, high: 3 },
  sin: { f: lr.sin },
  cos: { f: lr.cos },
  tan: { f: lr.tan, low: -1.2, high: 1.2 },
  tanh: { f: lr.tanh },
  erf: { f: lr.erf },
  relu: { f: lr.relu },
  sigmoid: { f: lr.sigmoid },
  silu: { f: lr.silu },
  softplus: { f: lr.softplus },
  gelu: { f: lr.gelu },
  geluTanh: { f: (x) => lr.gelu(x, { approximate: 'tanh' }) },
};

function unary([name, { f, ...spread }]: [string, Unary]): [string, Sample[]] {
  const shapes = [[], [5], [2, 3], [0, 2]];
  return [name, shapes.map((shape) => ({ about: describeShapes(shape), f, inputs: [leaf(shape, spread)] }))];
}

interface Binary {
  readonly f: (a: lr.Operand, b: lr.Operand) => lr.Tensor;
  readonly a?: Spread;
  readonly b?: Spread;
}

const BINARY: Readonly<Record<string, Binary>> = {
  add: { f: lr.add },
  sub: { f: lr.sub },
  mul: { f: lr.mul },
  div: { f: lr.div, b: { low: 0.5, high: 2 } },
  remainder: { f: lr.remainder, b: { low: 0.7, high: 1.9 } },
  floorDivide: { f: lr.floorDivide, b: { low: 0.7, high: 1.9 } },
  pow: { f: lr.pow, a: { low: 0.3, high: 2 }, b: { low: -1.5, high: 2.5 } },
  maximum: { f: lr.maximum },
  minimum: { f: lr.minimum },
  tanhGrad: { f: lr.tanhGrad },
  sigmoidGrad: { f: lr.sigmoidGrad },
  siluGrad: { f: lr.siluGrad },
  geluGrad: { f: lr.geluGrad },
};

const PAIRS = [
  [[], []],
  [
    [2, 3],
    [2, 3],
  ],
  [[2, 3], [3]],
  [[3], [2, 1]],
  [
    [2, 1, 2],
    [3, 1],
  ],
  [[], [2]],
  [[2, 2], []],
  [
    [0, 3],
    [1, 3],
  ],
];

function binary([name, { f, a, b }]: [string, Binary]): [string, Sample[]] {
  const left = (shape: lr.Shape) => leaf(shape, a);
  const right = (shape: lr.Shape) => leaf(shape, { ...b, seed: 1 });
  const pairs = PAIRS.map(([p, q]) => ({ about: describeShapes(p, q), f, inputs: [left(p), right(q)] }));
  const oneSided = [
    { about: 'a constant on the right', f, inputs: [left([2, 3]), right([3]).detach()] },
    { about: 'a constant on the left', f, inputs: [left([3]).detach(), right([2, 3])] },
    { about: 'a number on the right', f: (x: lr.Tensor) => f(x, 1.3), inputs: [left([3])] },
    { about: 'a number on the left', f: (x: lr.Tensor) => f(1.3, x), inputs: [right([3])] },
  ];
  return [name, [...pairs, ...oneSided]];
}

const binarySamples = Object.fromEntries(Object.entries(BINARY).map(binary));
const mask = lr.tensor([
  [true, false, true],
  [false, false, true],
]);

export const elementwiseSamples: Samples = {
  // The slope of relu does not change with its place: 0 y lets the result depend on y all the same.
  reluGrad: PAIRS.map(([p, q]) => ({
    about: describeShapes(p, q),
    f: (g, y) => lr.reluGrad(g, y).add(lr.mul(y, 0)),
    inputs: [leaf(p), leaf(q, { seed: 1 })],
  })),
  ...Object.fromEntries(Object.entries(UNARY).map(unary)),
  ...binarySamples,
  mul: [...binarySamples.mul, { about: 'a tensor with itself', f: (x) => lr.mul(x, x), inputs: [leaf([3])] }],
  pow: [
    ...binarySamples.pow,
    ...[0, 1, 2, 3, -2].map((p) => ({
      about: `to the power ${p}, from below and above 0`,
      f: (x: lr.Tensor) => lr.pow(x, p),
      inputs: [leaf([4])],
    })),
    { about: 'squares at 0', f: (x) => lr.pow(x, 2), inputs: [leafOf([0, 1])] },
    { about: 'cubes at 0', f: (x) => lr.pow(x, 3), inputs: [leafOf([0, -1])] },
  ],
  softplus: [
    { about: 'defaults', f: (x) => lr.softplus(x), inputs: [leaf([2, 3])] },
    { about: 'beta', f: (x) => lr.softplus(x, { beta: 2.5 }), inputs: [leaf([5])] },
    {
      about: 'on both sides of the threshold',
      f: (x) => lr.softplus(x, { beta: 2, threshold: 1 }),
      inputs: [leaf([6])],
    },
  ],
  where: [
    {
      about: 'no broadcasting',
      f: (a, b) => lr.where(mask, a, b),
      inputs: [leaf([2, 3]), leaf([2, 3], { seed: 1 })],
    },
    {
      about: 'both sides stretched',
      f: (a, b) => lr.where(mask, a, b),
      inputs: [leaf([3]), leaf([2, 1], { seed: 1 })],
    },
    {
      about: 'the condition stretched',
      f: (a, b) => lr.where(mask, a, b),
      inputs: [leaf([2, 2, 3]), leaf([])],
    },
    { about: 'a number instead', f: (a) => lr.where(mask, a, 7), inputs: [leaf([2, 3])] },
    { about: 'nothing', f: (a) => lr.where(lr.zeros([0], { dtype: 'bool' }), a, 0), inputs: [leaf([0])] },
  ],
  clamp: [
    { about: 'between numbers', f: (x) => lr.clamp(x, -1, 1.5), inputs: [leaf([2, 3])] },
    { about: 'only a minimum', f: (x) => lr.clamp(x, -0.5), inputs: [leaf([5])] },
    { about: 'only a maximum', f: (x) => lr.clamp(x, null, 0.5), inputs: [leaf([5])] },
    {
      about: 'between tensors, stretched',
      f: (x, low, high) => lr.clamp(x, low, high),
      inputs: [
        leaf([3, 4]),
        leaf([4], { low: -1.5, high: -0.2, seed: 1 }),
        leaf([3, 1], { low: 0.2, high: 1.5, seed: 2 }),
      ],
    },
    {
      about: 'the minimum above the maximum',
      f: (x, low, high) => lr.clamp(x, low, high),
      inputs: [
        leaf([4]),
        leaf([4], { low: 0.5, high: 1, seed: 1 }),
        leaf([4], { low: -1, high: -0.5, seed: 2 }),
      ],
    },
    { about: 'a scalar', f: (x) => lr.clamp(x, -1, 1), inputs: [leaf([])] },
  ],
  // Linear, so that a wide step is exact; float32 in between has too few digits for a narrow one.
  cast: [
    {
      about: 'to float32 and back',
      f: (x) => x.to('float32').to('float64'),
      inputs: [leaf([2, 3])],
      options: { eps: 0.25 },
    },
    {
      about: 'a scalar',
      f: (x) => x.to('float32').to('float64'),
      inputs: [leaf([])],
      options: { eps: 0.25 },
    },
  ],
};
