/** Matrix products in WGSL: which kernel suits the shapes, and what its text depends on. */
import type { MatmulDims } from '../../dims.js';
import { activated, addParts, type Ending, NO_ENDING } from './epilogue.js';
import { gemm, type Target, workgroupsOf } from './gemm.js';
import { elementOf, type MatrixLayout, matrixOperand } from './matrix.js';
import { isInFours, placesOf, tableInput } from './places.js';
import { type Capabilities, defineStep, type KernelText, lines, type Plan, type Source } from './program.js';
import { cutOf, isTiny, type Tile } from './tile.js';
import { planVector } from './vector.js';

/** Numbers of the operands of a plan. */
const A = 0;
const B = 1;
const BIAS = 2;

/**
 * C[i] = op(A[i]) · op(B[i]) for each batch i, then the ending: a bias [N] in each row, an activation. The operands are A, B and,
 * if there is one, the bias. M, N and the batch are at least 1; where K is 0, the sums are.
 */
export function planMatmul(dims: MatmulDims, capabilities: Capabilities, ending: Ending = NO_ENDING): Plan {
  const { M, N, K, transposeA, transposeB, offsetsA, offsetsB } = dims;
  const biases: readonly Source[] = ending.bias ? [BIAS] : [];
  const sizes = { M, N, K, batch: offsetsA.length };
  if (isTiny(sizes, capabilities)) return [];
  if (M === 1 || N === 1)
    return planVector(dims, capabilities, ending, {
      matrix: M === 1 ? B : A,
      vector: M === 1 ? A : B,
      biases,
    });
  const { tile, parts, depth } = cutOf(sizes, capabilities);
  const { hasTable, params, tables } = placesOf(offsetsA, offsetsB);
  const length = sizes.batch * M * N;
  const isWhole = parts === 1;
  const product = defineStep({
    kind: 'matmul',
    options: {
      tile,
      unrolled: !capabilities.isSoftware,
      a: { isAlongK: !transposeA, inFours: isInFours(offsetsA, transposeA ? M : K), hasTable },
      b: { isAlongK: transposeB, inFours: isInFours(offsetsB, transposeB ? K : N), hasTable },
      outInFours: N % 4 === 0,
      ending: isWhole ? ending : NO_ENDING,
    },
    text: matmulText,
    params: { ...sizes, depth, ...params },
    inputs: [A, B, ...tables, ...(isWhole ? biases : [])],
    groups: workgroupsOf({ ...sizes, depth }, tile),
    length: parts * length,
  });
  return isWhole ? [product] : [product, addParts({ parts, length, channels: N, inner: 1, ending, biases })];
}

/** All that the text of a product depends on. */
interface MatmulOptions {
  readonly tile: Tile;
  readonly unrolled: boolean;
  readonly a: MatrixLayout;
  readonly b: MatrixLayout;
  readonly outInFours: boolean;
  readonly ending: Ending;
}

function matmulText({ tile, unrolled, a, b, outInFours, ending }: MatmulOptions): KernelText {
  const output = outInFours ? 'vec4f' : 'f32';
  return gemm({
    inputs: {
      a: elementOf(a),
      b: elementOf(b),
      ...tableInput(a.hasTable),
      ...(ending.bias && { bias: output }),
    },
    output,
    tile,
    unrolled,
    a: matrixOperand('A', a),
    b: matrixOperand('B', b),
    target: outInFours ? fours(ending) : ones(ending),
  });
}

const MATRIX = 'let beginOut = (part * params.batch + matrix) * params.M * params.N;';

/** Rows of the output whose length is a multiple of four. */
function fours(ending: Ending): Target {
  return {
    matrix: MATRIX,
    columns: (n, name) => (ending.bias ? `let bias${name} = bias[min(${n}, params.N - 4u) / 4u];` : ''),
    store: (m, n, sum, name) => {
      const value = ending.bias ? `(${sum} + bias${name})` : sum;
      return `if (${n} < params.N) { out[(beginOut + ${m} * params.N + ${n}) / 4u] = ${activated(value, ending.activation)}; }`;
    },
  };
}

function ones(ending: Ending): Target {
  const biasAt = (n: string) => (i: number) => `bias[min(${n} + ${i}u, params.N - 1u)]`;
  return {
    matrix: MATRIX,
    columns: (n, name) =>
      ending.bias ? `let bias${name} = vec4f(${[0, 1, 2, 3].map(biasAt(n)).join(', ')});` : '',
    store: (m, n, sum, name) => {
      const value = ending.bias ? `(${sum} + bias${name})` : sum;
      return `{
let value = ${activated(value, ending.activation)};
${lines(4, (i) => `if (${n} + ${i}u < params.N) { out[beginOut + ${m} * params.N + ${n} + ${i}u] = value.${'xyzw'[i]}; }`)}
}`;
    },
  };
}
