// LoRA in one formula: W + A B, first on a matrix of whole numbers, then on the weights of layers.
// @ts-check

import { Linear, manualSeed, rand, tensor } from 'lowrank';

manualSeed(0);
const rank = 2;

/**
 * @param {string} name
 * @param {import('lowrank').Tensor} value
 */
const show = (name, value) => console.log(`\n${name}\n${value}`);

console.log(`An update of rank ${rank} for a matrix of whole numbers`);
const whole = tensor(
  [
    [1, 1, 2],
    [3, 1, 2],
    [3, 4, 1],
  ],
  { dtype: 'int32' },
);
const [d, k] = whole.shape;
const left = rand([d, rank]);
const right = rand([rank, k]);
const update = left.matmul(right);
// int32 and float32 meet in float32, as in PyTorch.
const updated = whole.add(update);
show('W', whole);
show('A', left);
show('B', right);
show('A B', update);
show('W + A B', updated);

// A layer keeps its weight as [outputs, inputs] and computes x W^T: A leads down to `rank` numbers, B up again.
console.log('\nThe same between layers of 5 inputs and 7 outputs');
const [W, A, B] = [new Linear(5, 7), new Linear(5, rank), new Linear(rank, 7)].map(({ weight }) =>
  weight.detach(),
);
const x = rand([3, 5]);

const base = x.matmul(W, { transposeB: true });
const low = x.matmul(A, { transposeB: true }).matmul(B, { transposeB: true });
const apart = base.add(low);

const BA = A.matmul(B, { transposeA: true, transposeB: true }).transpose();
const merged = x.matmul(W.add(BA), { transposeB: true });

show('x W^T', base);
show('x A^T B^T', low);
show('x W^T + x A^T B^T', apart);
show('(A^T B^T)^T', BA);
show('x (W + (A^T B^T)^T)^T', merged);

const maxDifference = apart.sub(merged).abs().amax().item();
console.log(`\nLargest difference of the last two products: ${maxDifference.toExponential(1)}`);

export const results = {
  whole: {
    W: whole.tolist(),
    A: left.tolist(),
    B: right.tolist(),
    sum: updated.tolist(),
    dtype: updated.dtype,
  },
  layers: { apart: apart.tolist(), merged: merged.tolist(), maxDifference },
};
