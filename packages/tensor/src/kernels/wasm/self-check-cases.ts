/** The cases of the wide pass's self-check: for each kernel small operands that fill vectors and tiles and leave some over. */
import { type Shape, sizeOf, stridesOf } from '../../shape.js';
import type { MatmulDims } from '../dims.js';
import type { Lanes } from '../lanes.js';
import type { ReductionName } from '../reference/reduce.js';
import { SCALARS, type ScalarName, type ScalarOp } from '../scalars.js';
import type { AdamStepOptions, SgdStepOptions } from '../steps.js';
import { CONVOLUTION_CASES } from './conv2d-checks.js';
import type { Case } from './self-check.js';

/** Values between -1 and 1 of which no two within a thousand neighbours are equal, so that none can stand in for another. */
function floats(length: number, seed: number): Float32Array {
  const values = new Float32Array(length);
  for (let i = 0; i < length; i++) values[i] = ((i * 7919 + seed * 3571) % 1009) / 504.5 - 1;
  return values;
}

/** The same above 0. */
function positive(length: number, seed: number): Float32Array {
  return floats(length, seed).map((value) => value + 1.25);
}

/** Bytes that are true or false in no short rhythm. */
function truths(length: number, seed: number): Uint8Array {
  return Uint8Array.from(floats(length, seed), (value) => Number(value > 0));
}

const TRANSPOSES = [false, true].flatMap((transposeA) =>
  [false, true].map((transposeB) => ({ transposeA, transposeB })),
);

/** Products of two matrices, stored in several ways, and the first one with a bias. The smaller, the sooner the first product is there. */
function products(M: number, N: number, K: number, ways = TRANSPOSES): Case {
  return ({ matmul, linear }) => {
    const [a, b, bias] = [floats(M * K, 1), floats(K * N, 2), floats(N, 3)];
    const dims: MatmulDims = { M, N, K, transposeA: false, transposeB: false, offsetsA: [0], offsetsB: [0] };
    return [
      ...ways.map((transposes) => matmul(a, b, { ...dims, ...transposes })),
      linear(a, b, bias, { ...dims, ...ways[0] }),
    ];
  };
}

/** All of several cases. */
function together(...cases: readonly Case[]): Case {
  return (kernels) => cases.flatMap((run) => run(kernels));
}

/** Whole tiles and partial ones on both edges, sums over several blocks of K, and so few rows that B is read where it lies. */
const tiles = together(products(19, 18, 37), products(19, 18, 259, []), products(7, 18, 67, []));

/** Few columns, which fill no panel of either width and no pair of dot products, and the same with few rows instead. */
const fewColumns = together(
  ...[11, 5].map((N) => products(39, N, 37)),
  products(39, 3, 36),
  ...[11, 5, 3].map((M) => products(M, 39, 36, [{ transposeA: false, transposeB: true }])),
);

/** What IEEE 754 has besides ordinary numbers, and what functions treat in a way of its own. */
const SPECIAL = [0, -0, Number.NaN, Infinity, -Infinity, 1e-40, 1e30, -1e30, 100, -100, 0.5, 2.5];

const MATRIX: Shape = [9, 43];

/** As it is, and stretched along either axis. */
const STRETCHED: readonly Shape[] = [MATRIX, [1, 43], [9, 1]];

/** An elementwise op on operands of one shape, and on ones that are stretched, each in turn. */
function elementwiseCase(name: ScalarName): Case {
  const { rule, f }: ScalarOp = SCALARS[name];
  const isBool = rule === 'comparison' || rule === 'logical';
  const valuesOf = (i: number, length: number): Float32Array | Uint8Array => {
    if (rule === 'logical' || (rule === 'choice' && i === 0)) return truths(length, i);
    const values = floats(length, i);
    // So coarse that some of them are equal.
    return isBool ? values.map((value) => Math.round(4 * value) / 4) : values;
  };
  const operand = (i: number, shape: Shape) => {
    const data = valuesOf(i, sizeOf(shape));
    // At other places in each operand, so that all of them meet ordinary numbers too.
    if (data instanceof Float32Array)
      for (const [k, value] of SPECIAL.entries()) data[(17 * k + 5 * i) % data.length] = value;
    return { data, strides: stridesOf(shape).map((stride, axis) => (shape[axis] === 1 ? 0 : stride)) };
  };
  const shapes = [
    () => MATRIX,
    ...STRETCHED.map((_, turn) => (i: number) => STRETCHED[(i + turn) % STRETCHED.length]),
  ];
  return ({ elementwise }) =>
    shapes.map((shapeOf) => {
      const operands = Array.from({ length: f.length }, (_, i) => operand(i, shapeOf(i)));
      return elementwise(name, operands, MATRIX, isBool ? 'bool' : 'float32');
    });
}

/**
 * Kernels that call functions of vectors, which are compiled without the wide pass: V8 14 (Node 26) ends the process when it
 * is to fuse the results of two calls.
 */
export const NARROW: readonly ScalarName[] = [
  ...(['pow', 'floorDivide', 'remainder', 'sin', 'cos', 'tan', 'softplus', 'geluTanh'] as const),
];

const elementwiseCases = Object.fromEntries(
  (Object.keys(SCALARS) as ScalarName[]).map((name) => [name, elementwiseCase(name)]),
);

/** Lanes in one piece. */
const ROWS: Lanes = { outer: 11, length: 45, inner: 1 };
/** Lanes side by side. */
const COLUMNS: Lanes = { outer: 3, length: 7, inner: 45 };

const REDUCTIONS: readonly ReductionName[] = ['sum', 'prod', 'amax', 'amin'];

/** All reductions of a tensor along some axes. */
function reductions(shape: Shape, axes: readonly number[]): Case {
  return ({ reduce }) => {
    // Close to 1, so that products neither vanish nor overflow.
    const x = floats(sizeOf(shape), 1).map((value) => 1 + value / 64);
    return REDUCTIONS.map((name) => reduce(name, x, shape, axes, 'float32'));
  };
}

const sumRows = together(reductions([11, 45], [1]), reductions([5, 3, 45], [0, 2]));
const sumColumns = together(reductions([7, 45], [0]), reductions([3, 7, 45], [1]));
/** So long that they are cut into pieces. */
const sumSlabs: Case = ({ reduce }) =>
  [[2 ** 16], [2 ** 13, 8]].map((shape) => reduce('sum', floats(2 ** 16, 1), shape, [0], 'float32'));

/** Kernels of one operand that look at lanes. */
function alongLanes(
  lanes: Lanes,
  run: (kernels: Parameters<Case>[0], x: Float32Array, lanes: Lanes) => readonly ArrayLike<number>[],
): Case {
  return (kernels) => run(kernels, floats(lanes.outer * lanes.length * lanes.inner, 1), lanes);
}

const extremes = (lanes: Lanes) =>
  alongLanes(lanes, ({ argReduce }, x) => [argReduce('argmax', x, lanes), argReduce('argmin', x, lanes)]);
const runningSums = (lanes: Lanes) => alongLanes(lanes, ({ cumsum }, x) => [cumsum(x, lanes, 'float32')]);
const logSoftmax = alongLanes(ROWS, (kernels, x) => [kernels.logSoftmax(x, ROWS)]);

const layerNormGrad = alongLanes(ROWS, (kernels, x) => [
  kernels.layerNormGrad(floats(x.length, 2), x, ROWS, 1e-5),
]);

/** The classes of the rows. */
const classes = () => Int32Array.from({ length: ROWS.outer }, (_, i) => (i * 17) % ROWS.length);

const crossEntropyGrad = alongLanes(ROWS, (kernels, x) => [
  kernels.crossEntropyGrad(floats(ROWS.outer, 2), x, classes(), ROWS.length),
]);

const ADAM: AdamStepOptions = {
  step: 3,
  lr: 0.1,
  betas: [0.9, 0.99],
  eps: 1e-3,
  weightDecay: 0.1,
  decoupled: false,
  amsgrad: false,
  maximize: false,
};

const SGD: SgdStepOptions = {
  lr: 0.1,
  momentum: 0.9,
  dampening: 0.1,
  weightDecay: 0.1,
  nesterov: false,
  maximize: false,
};

/** Parameters and what belongs to them, `count` arrays each; what may stand under a root is positive. */
const parameterRows = (count: number) =>
  [83, 16, 5].map((length) =>
    Array.from({ length: count }, (_, i) => (i < 3 ? floats : positive)(length, i)),
  );

const adamStep: Case = (kernels) =>
  [
    kernels.adamStep(parameterRows(4), ADAM),
    kernels.adamStep(parameterRows(4), { ...ADAM, decoupled: true, maximize: true }),
    kernels.adamStep(parameterRows(5), { ...ADAM, amsgrad: true }),
  ].flat(2);

const sgdStep: Case = (kernels) =>
  [
    kernels.sgdStep(parameterRows(2), { ...SGD, momentum: 0 }),
    kernels.sgdStep(parameterRows(2), SGD),
    kernels.sgdStep(parameterRows(3), { ...SGD, nesterov: true, maximize: true }),
  ].flat(2);

/** Rows that are a part of longer ones, and every other value. Fewer values than some thousand are not moved in wasm. */
const copies: Case = ({ stridedRead, stridedWrite }) => [
  stridedRead(floats(243 * 19, 1), [243, 17], 'float32', { offset: 2, strides: [19, 1] }),
  stridedRead(floats(9000, 1), [83, 53], 'float32', { offset: 0, strides: [106, 2] }),
  stridedWrite(floats(83 * 53, 1), [83, 53], 'float32', { offset: 1, strides: [106, 2] }, 9000, 1.5),
];

/** A matrix, and several of them. */
const transpositions: Case = ({ stridedRead }) => [
  stridedRead(floats(67 * 71, 1), [67, 71], 'float32', { offset: 0, strides: [1, 67] }),
  stridedRead(floats(5 * 33 * 37, 1), [5, 33, 37], 'float32', { offset: 0, strides: [33 * 37, 1, 33] }),
];

/** Whole numbers from 0 to `limit - 1`. */
const indices = (length: number, limit: number) =>
  Int32Array.from({ length }, (_, i) => (i * 7919 + 5) % limit);

const select: Case = ({ indexSelect }) =>
  [1, 37].map((inner) => {
    const lanes: Lanes = { outer: 3, length: 40, inner };
    return indexSelect(floats(3 * 40 * inner, 1), indices(1400, 40), lanes);
  });

const TABLE: Shape = [67, 71];

const gather: Case = (kernels) =>
  [0, 1].map((axis) => kernels.gather(floats(67 * 71, 1), TABLE, indices(67 * 71, TABLE[axis]), TABLE, axis));

const scatter: Case = ({ indexAdd, scatterAdd }) => [
  indexAdd(floats(67 * 71, 1), indices(80, 67), floats(80 * 71, 2), { outer: 1, length: 67, inner: 71 }),
  ...[0, 1].map((axis) => {
    const [x, source] = [floats(67 * 71, 1), floats(67 * 71, 2)];
    return scatterAdd(x, TABLE, indices(67 * 71, TABLE[axis]), TABLE, source, TABLE, axis);
  }),
];

/** Numbers that have a fraction, and some zeros. */
const quarters = () => floats(387, 1).map((value) => Math.round(40 * value) / 4);

/** By the name of the wasm kernel that they check. */
export const CASES: Readonly<Record<string, Case>> = {
  packPanels: tiles,
  matmulTiles: tiles,
  matmulRows: fewColumns,
  ...elementwiseCases,
  reduceRows: sumRows,
  reduceColumns: sumColumns,
  reduceSlabs: sumSlabs,
  argReduceRows: extremes(ROWS),
  argReduceColumns: extremes(COLUMNS),
  cumsumRows: runningSums(ROWS),
  cumsumColumns: runningSums(COLUMNS),
  softmaxRows: alongLanes(ROWS, ({ softmax }, x) => [softmax(x, ROWS)]),
  logSoftmaxRows: logSoftmax,
  softmaxColumns: alongLanes(COLUMNS, (kernels, x) => [
    kernels.softmax(x, COLUMNS),
    kernels.logSoftmax(x, COLUMNS),
  ]),
  layerNormRows: alongLanes(ROWS, ({ layerNorm }, x) => [layerNorm(x, ROWS, 1e-5)]),
  layerNormGradRows: layerNormGrad,
  crossEntropyRows: alongLanes(ROWS, ({ crossEntropy }, x) => [crossEntropy(x, classes(), ROWS.length)]),
  crossEntropyGradRows: crossEntropyGrad,
  squaredDeviationsRows: alongLanes(ROWS, (kernels, x) => [kernels.squaredDeviations(x, ROWS)]),
  adamStep,
  sgdStep,
  copyRows: copies,
  fill: copies,
  transposeStripes: transpositions,
  selectRows: select,
  gatherRows: gather,
  addRows: scatter,
  floatToBool: ({ cast }) => [cast(quarters(), 'bool')],
  floatToInt: ({ cast }) => [cast(quarters(), 'int32')],
  boolToFloat: ({ cast }) => [cast(truths(387, 1), 'float32')],
  intToFloat: ({ cast }) => [cast(indices(387, 1000), 'float32')],
  ...CONVOLUTION_CASES,
};
