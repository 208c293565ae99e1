/** A workload, ready to be run again and again in the mode that was entered before. */
import { Adam, crossEntropy, Generator, MnistCnn, manualSeed, matmul, rand, randint, randn } from 'lowrank';
import type { Mode } from './contestants.js';
import { naiveMatmul } from './naive-matmul.js';
import type { Workload } from './workload.js';

/** Does the work once, and gives the numbers that came out of it. */
export type Work = () => ArrayLike<number> | Promise<ArrayLike<number>>;

/** All contestants get the same numbers, and results are always read. */
export function workOf(workload: Workload, mode: Mode): Work {
  return workload.kind === 'matmul' ? product(workload.size, mode) : training(workload.batch, mode);
}

/** The operands stay the same from run to run, as weights do that are not trained. */
function product(size: number, { kind }: Mode): Work {
  const generator = new Generator(1);
  const [a, b] = [randn([size, size], { generator }), randn([size, size], { generator })];
  if (kind === 'loops') {
    const [x, y] = [a.dataSync() as Float32Array, b.dataSync() as Float32Array];
    return () => naiveMatmul(x, y, size);
  }
  if (kind === 'wasm') return () => matmul(a, b).dataSync();
  const [x, y] = [a.to('gpu'), b.to('gpu')];
  return async () => {
    const result = matmul(x, y);
    const values = await result.data();
    result.dispose();
    return values;
  };
}

/** Step after step on one batch. What comes out is the loss. */
function training(batch: number, { kind }: Mode): Work {
  const device = kind === 'gpu' ? 'gpu' : 'cpu';
  manualSeed(1);
  const model = new MnistCnn().to(device);
  const images = rand([batch, 1, 28, 28]).to(device);
  const labels = randint([batch], 0, 10).to(device);
  const optimizer = new Adam(model.parameters(), { lr: 1e-3 });
  return () => {
    optimizer.zeroGrad();
    const loss = crossEntropy(model.forward(images), labels);
    loss.backward();
    optimizer.step();
    return loss.data();
  };
}
