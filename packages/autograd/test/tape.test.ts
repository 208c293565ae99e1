/** What the tape holds on to: the values that gradient rules read, and nothing else. */
import { describe, expect, it } from '@jest/globals';
import { enableGrad, type Node, noGrad } from '@lowrank/autograd';
import * as lr from '@lowrank/tensor';
import { held } from './garbage.js';

const leaf = (shape: lr.Shape) => lr.ones(shape, { requiresGrad: true });
const frozen = (shape: lr.Shape) => lr.ones(shape);

function isKept(tensor: lr.Tensor): boolean {
  try {
    tensor.dataSync();
    return true;
  } catch {
    return false;
  }
}

/** Which inputs a recorded call keeps, and whether it keeps its output. */
function kept(output: lr.Tensor) {
  const { inputs, outputs } = (output.gradFn as Node).unpack();
  return { inputs: inputs.map(isKept), output: isKept(outputs[0]) };
}

describe('a recorded call', () => {
  it('knows its op, its attributes, and where the gradients of its inputs go', () => {
    const [x, y] = [leaf([2, 3]), frozen([3])];
    const sum = x.mul(y).sum(1, { keepdim: true });
    const node = sum.gradFn as Node;
    expect([node.name, node.title, node.attrs]).toEqual([
      'sum',
      'SumBackward0',
      { axes: [1], keepdim: true },
    ]);
    const product = node.inputs[0]?.node as Node;
    expect([product.name, product.inputs[0]?.node, product.inputs[1]]).toEqual(['mul', null, null]);
  });

  it('has a greater number than those that it was computed from', () => {
    const x = leaf([1]);
    const y = x.square();
    const z = x.mul(3).add(y);
    const ids = [y, z].map((tensor) => (tensor.gradFn as Node).id);
    expect(ids[1]).toBeGreaterThan(ids[0]);
  });

  it('is not made where no input requires a gradient, or under noGrad', () => {
    expect(frozen([1]).square().gradFn).toBeNull();
    expect(noGrad(() => leaf([1]).square()).gradFn).toBeNull();
    expect(noGrad(() => enableGrad(() => leaf([1]).square())).gradFn).not.toBeNull();
  });
});

describe('an op without a gradient rule', () => {
  const mirror = lr.defineOp({
    name: 'mirror',
    infer: ([x]) => x,
    forward: (_, [x]) => (x.data as lr.TypedArray).slice(),
  });

  it('is refused where a gradient would be wanted, with the way out', () => {
    expect(() => lr.dispatch(mirror, [leaf([2])], {})).toThrow(
      new lr.GradientError(
        'mirror',
        'has no gradient rule. Call it under noGrad(), detach its inputs, or wrap it with defineFunction()',
      ),
    );
  });

  it('runs where none is', () => {
    expect(noGrad(() => lr.dispatch(mirror, [leaf([2])], {})).tolist()).toEqual([1, 1]);
    expect(lr.dispatch(mirror, [frozen([2])], {}).requiresGrad).toBe(false);
  });
});

describe('the values that are kept', () => {
  const x = leaf([2, 2]);
  const w = frozen([2, 2]);
  const image = leaf([1, 1, 3, 3]);
  const kernel = frozen([1, 1, 2, 2]);
  const at = lr.tensor([[0, 1]], { dtype: 'int32' });

  it.each<[string, lr.Tensor, boolean[], boolean]>([
    [
      'of a product, the others: both where both are trained',
      lr.matmul(x, leaf([2, 2])),
      [true, true],
      false,
    ],
    ['of a product with a frozen weight, only that', lr.matmul(x, w), [false, true], false],
    ['of a product of a frozen input, only that', lr.matmul(w, x), [true, false], false],
    ['of a convolution with a frozen weight, only that', lr.conv2d(image, kernel), [false, true], false],
    ['of an element-wise product with a constant, only that', x.mul(w), [false, true], false],
    ['of a quotient by a constant, only that', x.div(w), [false, true], false],
    ['of a quotient of a constant, both', w.div(x), [true, true], false],
    ['of a sum, none', x.add(leaf([2])), [false, false], false],
    ['of a reshape, none', x.reshape([4]), [false], false],
    ['of a mean, none', x.sum(), [false], false],
    ['of an exponential, its result', x.exp(), [false], true],
    ['of a relu, its result', x.relu(), [false], true],
    ['of a softmax, its result', x.softmax(), [false], true],
    ['of a logarithm, its input', x.log(), [true], false],
    ['of a power, no result', x.pow(3), [true, true], false],
    ['of a choice, the condition', lr.where(w.gt(0), x, w), [true, false, false], false],
    ['of a gather, the index', lr.gather(x, 0, at), [false, true], false],
    [
      'of a scatterAdd, the index if the source is trained',
      lr.scatterAdd(w, 0, at, x),
      [false, true, false],
      false,
    ],
    [
      'of a scatterAdd, nothing if only the target is trained',
      lr.scatterAdd(x, 0, at, w),
      [false, false, false],
      false,
    ],
    ['of a decomposition, its results', lr.svd(x).S, [false], true],
  ])('are %s', (_, output, inputs, ownOutput) => {
    expect(kept(output)).toEqual({ inputs, output: ownOutput });
  });

  it('say so where a rule reads another', () => {
    const { inputs } = (lr.matmul(x, w).gradFn as Node).unpack();
    expect(inputs[0].shape).toEqual([2, 2]);
    expect(() => inputs[0].tolist()).toThrow(
      new lr.GradientError('matmul', 'its gradient rule reads input 0, which the rule does not keep'),
    );
  });
});

describe('garbage collection', () => {
  it('takes what no rule reads at once, and what was kept after the backward pass', async () => {
    const x = leaf([4]);
    const { loss, refs } = ((): { loss: lr.Tensor; refs: WeakRef<object>[] } => {
      const added = x.add(1);
      const hidden = added.exp();
      return {
        loss: hidden.square().sum(),
        refs: [added, hidden].map((tensor) => new WeakRef<object>(tensor)),
      };
    })();
    expect(await held(refs)).toEqual([false, true]);
    loss.backward();
    expect(await held(refs)).toEqual([false, false]);
    expect(loss.requiresGrad).toBe(true);
  });

  it('takes the graph with the last tensor that came out of it', async () => {
    const x = leaf([4]);
    const refs = (() => {
      const y = x.square();
      return [new WeakRef<object>(y), new WeakRef<object>(y.gradFn as Node)];
    })();
    expect(await held(refs)).toEqual([false, false]);
  });
});
