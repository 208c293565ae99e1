// The cross entropy of logits against classes, row by row, and its gradient: no probabilities are written in between.
import { largestNumber } from './extremes';
import { logarithm } from './logarithm';
import { int, pointer } from './parameters';
import { exponentials, scale, sumOfExponentials } from './softmax';

/** log(sum(exp(x))) - x[class]; a chunk is some rows: 0 x, 1 the losses, 2 number of rows, 3 classes, 4 rows of a chunk, 5 the class of each. */
export function crossEntropyRows(p: usize, chunk: i32): void {
  const length = int(p, 3);
  const perChunk = int(p, 4);
  const first = chunk * perChunk;
  const last = min(first + perChunk, int(p, 2));
  for (let i = first; i < last; i++) {
    const x = pointer(p, 0) + ((<usize>i * <usize>length) << 2);
    const right = load<f32>(x + (<usize>load<i32>(pointer(p, 5) + (<usize>i << 2)) << 2));
    const largest = largestNumber(x, length);
    const logSum = logarithm(sumOfExponentials(x, length, largest));
    store<f32>(pointer(p, 1) + (<usize>i << 2), <f32>(logSum - (<f64>right - <f64>largest)));
  }
}

/**
 * g (softmax(x) - onehot(class)); a chunk is some rows: 0 x, 1 the result, 2 number of rows, 3 classes, 4 rows of a chunk, 5 the
 * class of each, 6 g.
 */
export function crossEntropyGradRows(p: usize, chunk: i32): void {
  const length = int(p, 3);
  const perChunk = int(p, 4);
  const first = chunk * perChunk;
  const last = min(first + perChunk, int(p, 2));
  for (let i = first; i < last; i++) {
    const offset = (<usize>i * <usize>length) << 2;
    const x = pointer(p, 0) + offset;
    const to = pointer(p, 1) + offset;
    const g = load<f32>(pointer(p, 6) + (<usize>i << 2));
    const sum = exponentials(x, to, length, largestNumber(x, length));
    const right = to + (<usize>load<i32>(pointer(p, 5) + (<usize>i << 2)) << 2);
    const exponential = <f64>load<f32>(right);
    scale(to, length, <f32>(<f64>g / sum));
    // In double precision: the probability of a right guess is close to 1.
    store<f32>(right, <f32>(<f64>g * (exponential - sum) / sum));
  }
}
