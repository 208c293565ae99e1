/** The cross entropy of logits against classes as one op: softmax, logarithm and the choice of the class without arrays in between. */
import { dispatch } from '../dispatch.js';
import { DTypeError, ShapeError } from '../errors.js';
import { defineOp } from '../op.js';
import { formatShape, sameShape } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { checkIndices } from './indexing.js';
import { checkFloat, checkTensor } from './operand.js';

/** Ops without parameters. */
type NoAttrs = Record<string, never>;

const crossEntropyOp = defineOp<NoAttrs>({
  name: 'crossEntropyRows',
  infer: ([x, classes]) => ({ shape: classes.shape, dtype: x.dtype }),
  forward: (kernels, [x, classes]) => kernels.crossEntropy(x.data, classes.data, x.shape[1]!),
});

/**
 * The cross entropy of each row of logits against its class, log(sum(exp(x[i]))) - x[i][classes[i]], without overflow.
 * `torch.nn.functional.cross_entropy` with `reduction='none'`
 *
 * @param x Logits [N, C].
 * @param classes int32 [N].
 * @returns Losses [N].
 * @throws ShapeError if the shapes do not fit or a class does not exist, DTypeError for logits that are not floats or classes
 * that are not int32.
 */
export function crossEntropyRows(x: Tensor, classes: Tensor): Tensor {
  checkRows('crossEntropyRows', x, classes);
  return dispatch(crossEntropyOp, [x, classes], {});
}

const crossEntropyGradOp = defineOp<NoAttrs>({
  name: 'crossEntropyRowsGrad',
  infer: ([, x]) => x,
  forward: (kernels, [g, x, classes]) => kernels.crossEntropyGrad(g.data, x.data, classes.data, x.shape[1]!),
});

/**
 * The gradient of `crossEntropyRows` with respect to the logits: g[i] (softmax(x[i]) - onehot(classes[i])).
 *
 * @param g The gradients of the losses, [N].
 * @throws ShapeError, DTypeError as `crossEntropyRows`.
 */
export function crossEntropyRowsGrad(g: Tensor, x: Tensor, classes: Tensor): Tensor {
  checkRows('crossEntropyRowsGrad', x, classes);
  checkTensor('crossEntropyRowsGrad', g);
  if (!sameShape(g.shape, classes.shape)) {
    throw new ShapeError(
      'crossEntropyRowsGrad',
      `there is one gradient for each loss, so they must be ${formatShape(classes.shape)}, got ${formatShape(g.shape)}`,
    );
  }
  if (g.dtype !== x.dtype) {
    throw new DTypeError(
      'crossEntropyRowsGrad',
      `the gradients are ${g.dtype} and the logits ${x.dtype}. Convert one with to()`,
    );
  }
  return dispatch(crossEntropyGradOp, [g, x, classes], {});
}

function checkRows(op: string, x: Tensor, classes: Tensor): void {
  checkTensor(op, x);
  checkFloat(op, x.dtype);
  checkTensor(op, classes);
  const [N, C] = x.shape;
  if (x.ndim !== 2 || !sameShape(classes.shape, [N!])) {
    throw new ShapeError(
      op,
      `takes logits [N, C] and classes [N], got ${formatShape(x.shape)} and ${formatShape(classes.shape)}`,
    );
  }
  checkIndices(op, classes, C!);
}
