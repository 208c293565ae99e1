/** Ops made of the table of scalar functions, with broadcasting and type promotion. */
import { dispatch } from '../dispatch.js';
import type { DType } from '../dtype.js';
import { DTypeError } from '../errors.js';
import { type DTypeRule, SCALARS, type ScalarName } from '../kernels/scalars.js';
import { type Attrs, defineOp, type Op } from '../op.js';
import { broadcastShapes, broadcastStrides } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { checkOperand, commonDType, floatDType, type Operand, toTensors } from './operand.js';

/** The dtype of the result, given that of the operands after promotion. */
function outputDType(rule: DTypeRule, operand: DType): DType {
  return rule === 'comparison' || rule === 'logical' ? 'bool' : operand;
}

/** The dtype that the operands are brought to before the kernel runs. */
function operandDType(name: ScalarName, operands: readonly Operand[]): DType {
  const { rule } = SCALARS[name];
  if (rule === 'logical') return 'bool';
  const common = commonDType(operands);
  if (rule === 'float') return floatDType(common);
  if (rule === 'numeric' && common === 'bool') {
    const logical = LOGICAL_COUNTERPARTS[name];
    const hint = logical === undefined ? '' : `, or use ${logical}`;
    throw new DTypeError(name, `is not defined for bool. Convert with to('int32')${hint}`);
  }
  return common;
}

/** What someone who subtracts or negates bools is after. */
const LOGICAL_COUNTERPARTS: Readonly<Partial<Record<ScalarName, ScalarName>>> = {
  sub: 'logicalXor',
  neg: 'logicalNot',
};

const NO_ATTRS: Attrs = {};

function defineElementwise(name: ScalarName): Op {
  const { rule } = SCALARS[name];
  return defineOp({
    name,
    broadcasts: true,
    infer: (inputs) => ({
      shape: broadcastShapes(
        name,
        inputs.map((input) => input.shape),
      ),
      // The last input: the first one of `where` is a condition.
      dtype: outputDType(rule, inputs[inputs.length - 1]!.dtype),
    }),
    forward: (kernels, inputs, _, { shape, dtype }) => {
      const operands = inputs.map(({ data, shape: own }) => ({
        data,
        strides: broadcastStrides(own, shape),
      }));
      return kernels.elementwise(name, operands, shape, dtype);
    },
  });
}

/** The op of each scalar function. */
const SCALAR_OPS = Object.fromEntries(
  (Object.keys(SCALARS) as ScalarName[]).map((name) => [name, defineElementwise(name)]),
) as Readonly<Record<ScalarName, Op>>;

/** Calls an op on operands of any dtypes. */
export function call(name: ScalarName, operands: readonly Operand[]): Tensor {
  for (const operand of operands) checkOperand(name, operand);
  return callPromoted(name, toTensors(operands, operandDType(name, operands)));
}

/** Calls an op on operands that have the dtypes that its kernel takes. */
export function callPromoted(name: ScalarName, operands: readonly Tensor[]): Tensor {
  return dispatch(SCALAR_OPS[name], operands, NO_ATTRS);
}
