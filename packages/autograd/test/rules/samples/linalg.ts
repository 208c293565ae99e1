/** Samples of matrix products, decompositions and triangular systems. */
import * as lr from '@lowrank/tensor';
import { describeShapes, leaf, type Sample, type Samples } from './sample.js';

/** Shapes as the product sees them; the operands are stored transposed where the flag says so. */
const PRODUCTS = [
  [
    [2, 3],
    [3, 2],
  ],
  [
    [2, 2, 3],
    [2, 3, 2],
  ],
  [
    [2, 1, 3],
    [3, 2],
  ],
  [
    [1, 3],
    [2, 3, 1],
  ],
  [
    [2, 1, 1, 2],
    [3, 2, 1],
  ],
  [
    [1, 2, 2],
    [2, 2, 2],
  ],
  [
    [2, 0],
    [0, 2],
  ],
  [
    [0, 2, 3],
    [3, 2],
  ],
];

const FLAGS = [false, true].flatMap((transposeA) =>
  [false, true].map((transposeB) => ({ transposeA, transposeB })),
);

const stored = (shape: lr.Shape, transposed: boolean) =>
  transposed ? [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!] : shape;

const products: Sample[] = PRODUCTS.flatMap(([a, b]) =>
  FLAGS.map((flags) => ({
    about: `${describeShapes(a)}${flags.transposeA ? '^T' : ''} and ${describeShapes(b)}${flags.transposeB ? '^T' : ''}`,
    f: (x, y) => lr.matmul(x, y, flags),
    inputs: [leaf(stored(a, flags.transposeA)), leaf(stored(b, flags.transposeB), { seed: 1 })],
  })),
);

const lists: Sample[] = [
  [[3], [3]],
  [[3], [3, 2]],
  [[2, 3], [3]],
  [[3], [2, 3, 2]],
  [[2, 2, 3], [3]],
].map(([a, b]) => ({
  about: describeShapes(a, b),
  f: (x, y) => lr.matmul(x, y),
  inputs: [leaf(a), leaf(b, { seed: 1 })],
}));

const LINEAR_INPUTS = [[3], [1, 3], [2, 3], [2, 2, 3], [0, 3]];

const affine: Sample[] = LINEAR_INPUTS.flatMap((shape) => [
  {
    about: `${describeShapes(shape)} with a bias`,
    f: (x, weight, bias) => lr.linear(x, weight, { bias }),
    inputs: [leaf(shape), leaf([2, 3], { seed: 1 }), leaf([2], { seed: 2 })],
  },
  {
    about: `${describeShapes(shape)} without a bias`,
    f: (x, weight) => lr.linear(x, weight),
    inputs: [leaf(shape), leaf([2, 3], { seed: 1 })],
  },
]);

/** U diag(S) Vh, which is x again. */
function composed({ U, S, Vh }: lr.Svd): lr.Tensor {
  return lr.matmul(U.mul(S.unsqueeze(-2)), Vh);
}

const SVD_SHAPES = [
  [3, 3],
  [4, 2],
  [2, 4],
  [2, 3, 2],
  [1, 3],
  [0, 2, 3],
];

function throughSvd(about: string, f: (parts: lr.Svd) => lr.Tensor): Sample[] {
  return SVD_SHAPES.map((shape) => ({
    about: `${about}, ${describeShapes(shape)}`,
    f: (x) => f(lr.svd(x)),
    inputs: [leaf(shape)],
  }));
}

function throughQr(about: string, f: (parts: lr.Qr) => lr.Tensor): Sample[] {
  return SVD_SHAPES.map((shape) => ({
    about: `${about}, ${describeShapes(shape)}`,
    f: (x) => f(lr.qr(x)),
    inputs: [leaf(shape)],
  }));
}

/** Far enough from a zero on the diagonal. */
const triangular = (batch: readonly number[]) => leaf([...batch, 3, 3], { low: 0.5, high: 2 });

const systems: Sample[] = FLAGS.flatMap(({ transposeA: upper, transposeB: transpose }) =>
  [[], [2], [0]].map((batch) => ({
    about: `${describeShapes(batch)} systems, upper: ${upper}, transpose: ${transpose}`,
    f: (a, b) => lr.solveTriangular(a, b, { upper, transpose }),
    inputs: [triangular(batch), leaf([...batch, 3, 2], { seed: 1 })],
  })),
);

/** The gradients must not depend on the signs of singular vectors, which are arbitrary. */
export const linalgSamples: Samples = {
  matmul: [
    ...products,
    ...lists,
    { about: 'a matrix with itself', f: (x) => lr.matmul(x, x), inputs: [leaf([2, 2])] },
    {
      about: 'a constant on the left',
      f: (x) => lr.matmul(leaf([2, 2]).detach(), x),
      inputs: [leaf([2, 2])],
    },
    { about: 'dot', f: lr.dot, inputs: [leaf([3]), leaf([3], { seed: 1 })] },
  ],
  linear: [
    ...affine,
    {
      about: 'nothing',
      f: (x, weight, bias) => lr.linear(x, weight, { bias }),
      inputs: [leaf([2, 0]), leaf([3, 0]), leaf([3])],
    },
    {
      about: 'a frozen weight',
      f: (x, bias) => lr.linear(x, leaf([2, 3]).detach(), { bias }),
      inputs: [leaf([2, 3]), leaf([2], { seed: 1 })],
    },
    { about: 'a matrix with itself', f: (x) => lr.linear(x, x), inputs: [leaf([2, 2])] },
  ],
  svd: [
    ...throughSvd('the singular values', ({ S }) => S),
    ...throughSvd('|U|', ({ U }) => U.abs()),
    ...throughSvd('|Vh|', ({ Vh }) => Vh.abs()),
    ...throughSvd('U diag(S) Vh', composed),
    ...throughSvd('U diag(S^2) U^T', ({ U, S }) =>
      lr.matmul(U.mul(S.square().unsqueeze(-2)), U, { transposeB: true }),
    ),
    ...throughSvd('U Vh', ({ U, Vh }) => lr.matmul(U, Vh)),
  ],
  qr: [
    ...throughQr('Q', ({ Q }) => Q),
    ...throughQr('R', ({ R }) => R),
    ...throughQr('Q R^2', ({ Q, R }) => lr.matmul(Q, R.square())),
  ],
  solveTriangular: systems,
};

export const outerSamples: Samples = {
  outer: [{ about: 'two lists', f: lr.outer, inputs: [leaf([3]), leaf([2], { seed: 1 })] }],
};
