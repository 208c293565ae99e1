/** Work that is one pass over the values: elementwise functions, reductions, normalisations. */
import { add, exp, gelu, layerNorm, relu, softmax, sum, type Tensor, tanh } from 'lowrank';
import { scattered } from '../inputs.js';
import * as loops from '../naive/elementwise.js';
import type { Suite } from '../suite.js';
import { timed } from '../timed.js';

const ROWS = 400;
const COLUMNS = 1000;

type Values = ArrayLike<number>;

interface Pair {
  readonly lowrank: (x: Tensor, y: Tensor) => Tensor;
  readonly loop: (x: Values, y: Values) => Values;
}

const FUNCTIONS: Readonly<Record<string, Pair>> = {
  relu: { lowrank: relu, loop: loops.loopRelu },
  add: { lowrank: add, loop: loops.loopAdd },
  exp: { lowrank: exp, loop: loops.loopExp },
  tanh: { lowrank: tanh, loop: loops.loopTanh },
  'gelu (tanh)': { lowrank: (x) => gelu(x, { approximate: 'tanh' }), loop: loops.loopGelu },
  sum: { lowrank: (x) => sum(x), loop: loops.loopSum },
  softmax: { lowrank: (x) => softmax(x), loop: (x) => loops.loopSoftmax(x, COLUMNS) },
  layerNorm: { lowrank: (x) => layerNorm(x, [COLUMNS]), loop: (x) => loops.loopLayerNorm(x, COLUMNS) },
};

const operands = () => [scattered([ROWS, COLUMNS]), scattered([ROWS, COLUMNS], 1)] as const;

const cases = Object.entries(FUNCTIONS).map(([name, { lowrank, loop }]) =>
  timed({
    name,
    prepare: () => {
      const [x, y] = operands();
      // Operands of their own: what was read through `dataSync` could be written to, and is brought to the kernels anew each time.
      const [u, v] = operands().map((operand) => operand.dataSync());
      return {
        lowrank: () => lowrank(x, y).dataSync(),
        'plain loops': () => loop(u!, v!),
      };
    },
  }),
);

export const elementwiseSuite: Suite = {
  name: 'elementwise',
  about: `elementwise functions, reductions and normalisations of [${ROWS}, ${COLUMNS}] against plain loops`,
  cases,
};
