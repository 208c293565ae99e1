/** Gradients of the reductions. */
import { any, eq, expand, eye, permute, reshape, type Tensor, where } from '@lowrank/tensor';
import { type Call, type Rule, rule } from './rule.js';

type ReduceCall = Call<{ readonly axes: readonly number[]; readonly keepdim: boolean }>;

/** A value per reduced group, in the shape that broadcasts against the input. */
function withKeptAxes(value: Tensor, { inputs: [x], attrs: { axes } }: ReduceCall): Tensor {
  return reshape(
    value,
    x.shape.map((length, axis) => (axes.includes(axis) ? 1 : length)),
  );
}

/** The gradient of an extreme value is shared evenly by all places that reach it. */
const extreme: Rule = rule('both', (g, call: ReduceCall) => {
  const {
    inputs: [x],
    output,
    attrs: { axes },
  } = call;
  const reached = eq(x, withKeptAxes(output, call)).to(x.dtype);
  return withKeptAxes(g, call)
    .div(reached.sum(axes, { keepdim: true }))
    .mul(reached);
});

/** The product of all the others in each group: of a matrix with the group in every row and ones on its diagonal. */
function productOfOthers({ inputs: [x], attrs: { axes } }: ReduceCall): Tensor {
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const order = [...kept, ...axes];
  const lead = kept.map((axis) => x.shape[axis] as number);
  const grouped = permute(x, order);
  const count = axes.reduce((product, axis) => product * (x.shape[axis] as number), 1);
  const rows = where(
    eye(count, count, { dtype: 'bool', device: x.device }),
    1,
    reshape(grouped, [...lead, 1, count]),
  );
  const products = reshape(rows.prod(-1), grouped.shape);
  return permute(
    products,
    order.map((_, axis) => order.indexOf(axis)),
  );
}

export const reduceRules: Readonly<Record<string, Rule>> = {
  sum: rule('nothing', (g, call: ReduceCall) => expand(withKeptAxes(g, call), call.inputs[0].shape)),
  prod: rule('both', (g, call: ReduceCall) => {
    const {
      inputs: [x],
      output,
      attrs: { axes },
    } = call;
    if (axes.length === 0) return g;
    // On the GPU that is not to be known at once, and products of others are right in any case.
    const hasZeros = x.device === 'gpu' || any(eq(x, 0)).item() === 1;
    const others = hasZeros ? productOfOthers(call) : withKeptAxes(output, call).div(x);
    return withKeptAxes(g, call).mul(others);
  }),
  amax: extreme,
  amin: extreme,
};
