// The gradients of LoRA's two factors over ten steps: with B zero at first, and with A zero at first.
// @ts-check

import { Module, manualSeed, Parameter, randn, SGD, zeros } from 'lowrank';

manualSeed(0);

const DIM = 16;
const RANK = 2;
const STEPS = 10;

/** y = x A B, with one factor at zero and the other ~ N(0, 1 / rank). */
class Lora extends Module {
  /** @param {'A' | 'B'} zero */
  constructor(zero) {
    super();
    /** @param {'A' | 'B'} name @param {number[]} shape */
    const factor = (name, shape) =>
      new Parameter(name === zero ? zeros(shape) : randn(shape).div(Math.sqrt(RANK)));
    this.A = factor('A', [DIM, RANK]);
    this.B = factor('B', [RANK, DIM]);
  }

  /** @param {import('lowrank').Tensor} x */
  forward(x) {
    return x.matmul(this.A).matmul(this.B);
  }
}

/**
 * Steps of SGD that make the mean of the output smaller, on a new random input each; the norms at each of them.
 * @param {'A' | 'B'} zero
 * @param {number} lr
 */
function gradientNorms(zero, lr) {
  const lora = new Lora(zero);
  const optimizer = new SGD(lora.parameters(), { lr, momentum: 0.9 });
  console.log(`\n${zero} is zero at first; learning rate ${lr}`);
  console.log('step   gradient of A   gradient of B        output');
  return Array.from({ length: STEPS }, (_, step) => {
    optimizer.zeroGrad();
    const y = lora.forward(randn([DIM]));
    y.mean().backward();
    const looked = /** @type {import('lowrank').Tensor[]} */ ([lora.A.grad, lora.B.grad, y]);
    const [A, B, output] = looked.map((each) => each.norm().item());
    optimizer.step();
    console.log(
      [String(step).padStart(4), ...[A, B, output].map((n) => n.toFixed(4).padStart(13))].join('   '),
    );
    return { step, A, B, output };
  });
}

export const results = { zeroB: gradientNorms('B', 0.01), zeroA: gradientNorms('A', 0.1) };
