/** Matrix products: squares, and the two thin products of a LoRA update. */
import { Generator, matmul, randn } from 'lowrank';
import { naiveMatmul } from '../naive.js';
import type { Case, Suite } from '../suite.js';

/** M, K, N */
type Sizes = readonly [number, number, number];

const SQUARES = [64, 128, 256, 512].map((n): Sizes => [n, n, n]);

const LORA: readonly Sizes[] = [
  [1024, 256, 8],
  [1024, 8, 256],
];

function productOf([M, K, N]: Sizes): Case {
  return {
    name: `[${M}, ${K}] x [${K}, ${N}]`,
    prepare: () => {
      const generator = new Generator(1);
      const a = randn([M, K], { generator });
      const b = randn([K, N], { generator });
      return {
        lowrank: () => matmul(a, b).dataSync(),
        'naive loops': () => naiveMatmul(a.dataSync(), b.dataSync(), { M, K, N }),
      };
    },
  };
}

export const matmulSuite: Suite = {
  name: 'matmul',
  about: 'float32 matrix products against the triple loop',
  cases: [...SQUARES, ...LORA].map(productOf),
};
