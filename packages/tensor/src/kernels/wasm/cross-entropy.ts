/** The cross entropy of rows of float32 logits against classes, and its gradient, in wasm. */
import type { TypedArray } from '../../dtype.js';
import type { Lanes } from '../lanes.js';
import { compute } from './frame.js';
import { launchRows } from './lanes.js';
import { reference } from './reference.js';

/** log(sum(exp(x))) - x[class] for each row of C logits. */
export function crossEntropy(x: TypedArray, classes: TypedArray, C: number): TypedArray {
  const result =
    x instanceof Float32Array && classes instanceof Int32Array && x.length > 0
      ? compute((frame) => {
          const [from, right] = [frame.input(x), frame.input(classes)];
          const to = frame.output(classes.length);
          launchRows(frame, 'crossEntropyRows', rowsOf(classes, C), [from, to], [right]);
          return frame.result(to, classes.length);
        })
      : undefined;
  return result ?? reference.crossEntropy(x, classes, C);
}

/** The gradient of `crossEntropy` with respect to x, for the gradients `g` of the losses. */
export function crossEntropyGrad(g: TypedArray, x: TypedArray, classes: TypedArray, C: number): TypedArray {
  const isSuited = g instanceof Float32Array && x instanceof Float32Array && classes instanceof Int32Array;
  const result =
    isSuited && x.length > 0
      ? compute((frame) => {
          const [from, right, gradient] = [frame.input(x), frame.input(classes), frame.input(g)];
          const to = frame.output(x.length);
          launchRows(frame, 'crossEntropyGradRows', rowsOf(classes, C), [from, to], [right, gradient]);
          return frame.result(to, x.length);
        })
      : undefined;
  return result ?? reference.crossEntropyGrad(g, x, classes, C);
}

function rowsOf(classes: TypedArray, C: number): Lanes {
  return { outer: classes.length, length: C, inner: 1 };
}
