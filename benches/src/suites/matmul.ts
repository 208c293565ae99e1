/** Matrix products: squares, the thin products of LoRA updates, and a matrix with a vector. */
import { fromTypedArray, Generator, getNumThreads, matmul, randn, type Tensor } from 'lowrank';
import { type MatmulSizes, naiveMatmul } from '../naive/matmul.js';
import type { Suite } from '../suite.js';
import { type Contestants, type TimedCase, timed } from '../timed.js';

/** Beyond, the triple loop would take minutes. */
const LARGEST_NAIVE_SQUARE = 512;

function square(n: number): MatmulSizes {
  return { M: n, K: n, N: n };
}

/** x [4096, 1024] times A [1024, rank], and the result times B [rank, 1024]. */
function loraProducts(rank: number): readonly MatmulSizes[] {
  return [
    { M: 4096, K: 1024, N: rank },
    { M: 4096, K: rank, N: 1024 },
  ];
}

type Operands = readonly [a: Tensor, b: Tensor];

/** Contestants who are handed the same operands again and again, if they want each their own. */
type Rivals = (draw: () => Operands, sizes: MatmulSizes) => Contestants;

function product(sizes: MatmulSizes, rivals: Rivals, remark = ''): TimedCase {
  const { M, K, N } = sizes;
  const draw = (): Operands => {
    const generator = new Generator(1);
    return [randn([M, K], { generator }), randn([K, N], { generator })];
  };
  return {
    name: `[${M}, ${K}] x [${K}, ${N}]${remark}`,
    flops: 2 * M * K * N,
    prepare: () => rivals(draw, sizes),
  };
}

/** The operands stay the same from run to run, as weights that are not trained do. */
const againstLoops: Rivals = (draw, sizes) => {
  const [a, b] = draw();
  // Operands of their own: what was read through `dataSync` could be written to, and is brought to the kernels anew each time.
  const [x, y] = draw().map((operand) => operand.dataSync());
  return {
    lowrank: () => matmul(a, b).dataSync(),
    'naive loops': () => naiveMatmul(x!, y!, sizes),
  };
};

/** As where each batch is another one: nothing of the operands can be kept from the run before. */
const withNewOperands: Rivals = (draw, sizes) => {
  const { M, K, N } = sizes;
  const [x, y] = draw().map((operand) => operand.dataSync()) as [Float32Array, Float32Array];
  return {
    lowrank: () => {
      const [a, b] = [fromTypedArray(x.slice(), [M, K]), fromTypedArray(y.slice(), [K, N])];
      return matmul(a, b).dataSync();
    },
    'naive loops': () => naiveMatmul(x.slice(), y.slice(), sizes),
  };
};

const againstOneThread: Rivals = (draw) => {
  const [a, b] = draw();
  const run = () => matmul(a, b).dataSync();
  return { lowrank: run, ...(getNumThreads() > 1 && { 'lowrank, 1 thread': { run, mode: { threads: 1 } } }) };
};

const squares = [64, 128, 256, 512, 1024, 2048].map((n) =>
  product(square(n), n <= LARGEST_NAIVE_SQUARE ? againstLoops : againstOneThread),
);

export const matmulSuite: Suite = {
  name: 'matmul',
  about: 'float32 matrix products against the triple loop, and large ones against one thread',
  cases: [
    ...squares,
    product(square(512), withNewOperands, ', new each time'),
    ...[1, 8, 64].flatMap(loraProducts).map((sizes) => product(sizes, againstLoops)),
    product({ M: 2048, K: 2048, N: 1 }, againstLoops),
    product({ M: 1, K: 2048, N: 2048 }, againstLoops),
  ].map(timed),
};
