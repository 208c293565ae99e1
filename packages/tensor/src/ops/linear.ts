/** The affine map that layers are made of: a matrix product and a bias in one op. */
import { dispatch } from '../dispatch.js';
import { DTypeError, ShapeError } from '../errors.js';
import { defineOp } from '../op.js';
import { checkOptions } from '../options.js';
import { formatShape, type Shape, sameShape, sizeOf } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { checkTensor, commonDType, toTensors } from './operand.js';

const linearOp = defineOp<Record<string, never>>({
  name: 'linear',
  infer: ([x, weight, bias]) => {
    checkShapes(x.shape, weight.shape, bias?.shape);
    return { shape: x.shape.with(-1, weight.shape[0] as number), dtype: x.dtype };
  },
  forward: (kernels, [x, weight, bias]) => {
    const [N, K] = weight.shape as [number, number];
    const M = sizeOf(x.shape.slice(0, -1));
    const dims = { M, N, K, transposeA: false, transposeB: true, offsetsA: [0], offsetsB: [0] };
    return kernels.linear(x.data, weight.data, bias?.data, dims);
  },
});

/** @throws ShapeError unless x is [..., in], the weight [out, in], and the bias, if there is one, [out]. */
function checkShapes(x: Shape, weight: Shape, bias: Shape | undefined): void {
  if (weight.length !== 2) {
    throw new ShapeError(
      'linear',
      `the weight is [out, in], got ${formatShape(weight)}. Use matmul for others`,
    );
  }
  const [N, K] = weight as [number, number];
  if (x.length === 0) throw new ShapeError('linear', `takes x [..., ${K}], got a scalar`);
  if (x.at(-1) !== K) {
    const hint = x.at(-1) === N ? '. Did you mean to pass weight.transpose()?' : '';
    throw new ShapeError(
      'linear',
      `inner dimensions differ: ${formatShape(x)} x ${formatShape(weight)}^T (${x.at(-1)} vs ${K})${hint}`,
    );
  }
  if (bias !== undefined && !sameShape(bias, [N])) {
    throw new ShapeError(
      'linear',
      `the bias is [${N}], one number for each row of the weight ${formatShape(weight)}, got ${formatShape(bias)}`,
    );
  }
}

export interface LinearOptions {
  /** [out]; added to each row. Default: none. */
  readonly bias?: Tensor | null;
}

/**
 * y = x W^T + b, from [..., in] to [..., out]. `torch.nn.functional.linear`
 * @param x [..., in]
 * @param weight [out, in]
 * @throws ShapeError if the shapes do not fit, DTypeError for bool.
 */
export function linear(x: Tensor, weight: Tensor, options: LinearOptions = {}): Tensor {
  checkOptions('linear', options, ['bias']);
  const { bias } = options;
  const operands = bias == null ? [x, weight] : [x, weight, bias];
  for (const operand of operands) checkTensor('linear', operand);
  const dtype = commonDType(operands);
  if (dtype === 'bool') {
    throw new DTypeError('linear', "is not defined for bool. Convert with to('float32') first");
  }
  return dispatch(linearOp, toTensors(operands, dtype), {});
}
