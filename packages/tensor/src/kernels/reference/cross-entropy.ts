/** The cross entropy of rows of logits against classes, and its gradient, without writing probabilities in between. */
import type { TypedArray } from '../../dtype.js';
import { emptyLike } from './storage.js';

/** log(sum(exp(x))) - x[class] for each row of C logits. */
export function crossEntropy(x: TypedArray, classes: TypedArray, C: number): TypedArray {
  const losses = emptyLike(x, classes.length);
  for (let i = 0; i < losses.length; i++) {
    const row = x.subarray(i * C, (i + 1) * C);
    const max = largestOf(row);
    let sum = 0;
    for (let k = 0; k < C; k++) sum += Math.exp(row[k] - max);
    losses[i] = Math.log(sum) - (row[classes[i]] - max);
  }
  return losses;
}

/** The gradient of `crossEntropy` with respect to x, for the gradients `g` of the losses: g (softmax(x) - onehot(class)). */
export function crossEntropyGrad(g: TypedArray, x: TypedArray, classes: TypedArray, C: number): TypedArray {
  const out = emptyLike(x, x.length);
  const exponentials = new Float64Array(C);
  for (let i = 0; i < classes.length; i++) {
    const row = x.subarray(i * C, (i + 1) * C);
    const max = largestOf(row);
    let sum = 0;
    for (let k = 0; k < C; k++) sum += exponentials[k] = Math.exp(row[k] - max);
    // One rounding after the difference: the probability of a right guess is close to 1.
    for (let k = 0; k < C; k++) {
      out[i * C + k] = (g[i] * (exponentials[k] - (k === classes[i] ? sum : 0))) / sum;
    }
  }
  return out;
}

function largestOf(row: TypedArray): number {
  let max = -Infinity;
  for (let k = 0; k < row.length; k++) max = Math.max(max, row[k]);
  return max;
}
