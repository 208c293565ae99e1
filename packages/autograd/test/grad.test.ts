/** `grad`: gradients as values, without touching the leaves. */
import { describe, expect, it } from '@jest/globals';
import { grad } from '@lowrank/autograd';
import { ArgumentError, GradientError, type Tensor, tensor } from '@lowrank/tensor';

const leaf = (values: Parameters<typeof tensor>[0]) => tensor(values, { requiresGrad: true });

describe('grad', () => {
  it('gives the gradients of all inputs, and leaves their grad alone', () => {
    const [a, b] = [leaf([2]), leaf([3])];
    const gradients = grad(a.mul(b.square()).sum(), [a, b]);
    expect(gradients.map((g) => g.tolist())).toEqual([[9], [12]]);
    expect([a.grad, b.grad]).toEqual([null, null]);
  });

  it('gives gradients of tensors that are no leaves', () => {
    const x = leaf(3);
    const y = x.square();
    expect(grad(y.mul(x), [y, x]).map((g) => g.item())).toEqual([3, 27]);
  });

  it('gives the gradient of an output by itself', () => {
    const x = leaf(3);
    const y = x.square();
    expect(grad(y, [y])[0].item()).toBe(1);
  });

  it('sums over several outputs, each with a gradient of its own', () => {
    const x = leaf([1, 2]);
    const gradOutputs = [tensor([1, 10]), undefined];
    const [g] = grad([x.square(), x.sum()], [x], { gradOutputs });
    expect(g.tolist()).toEqual([3, 41]);
  });

  it('counts an output that is given twice twice', () => {
    const x = leaf(3);
    const y = x.square();
    expect(grad([y, y], [x])[0].item()).toBe(12);
  });

  it('follows outputs that other outputs were computed from', () => {
    const x = leaf(3);
    const y = x.square();
    expect(grad([y.mul(2), y], [x, y]).map((g) => g.item())).toEqual([18, 3]);
  });

  it('does not run parts of the graph that no input depends on', () => {
    const [x, w] = [leaf(3), leaf(2)];
    let runs = 0;
    const hidden = w.square();
    hidden.registerHook(() => {
      runs++;
      return undefined;
    });
    expect(grad(x.mul(hidden), [x])[0].item()).toBe(4);
    expect(runs).toBe(0);
  });

  it('refuses an input that the outputs do not depend on, or gives null if that is allowed', () => {
    const [x, unused] = [leaf(3), leaf(4)];
    expect(() => grad(x.square(), [x, unused])).toThrow(
      new GradientError(
        'grad',
        'the outputs do not depend on input 1. Pass { allowUnused: true } to get null for it',
      ),
    );
    const [g, none] = grad(x.square(), [x, unused], { allowUnused: true });
    expect([g?.item(), none]).toEqual([6, null]);
  });

  it('refuses an input that requires no gradient', () => {
    const x = leaf(3);
    expect(() => grad(x.mul(tensor(2)), [x, tensor(2)])).toThrow(
      new GradientError(
        'grad',
        'input 1 does not require a gradient. Set requiresGrad = true before it is used',
      ),
    );
  });

  it('refuses an output of several elements without a gradient', () => {
    const x = leaf([1, 2]);
    expect(() => grad([x.sum(), x.square()], [x])).toThrow(/only a tensor of one element/);
  });

  it('refuses what is no tensor and no list of tensors', () => {
    const x = leaf(1);
    expect(() => grad('y' as unknown as Tensor, [x])).toThrow(ArgumentError);
    expect(() => grad(x.square(), x as unknown as Tensor[])).toThrow(
      'inputs are a list of tensors, got a Tensor',
    );
    expect(() => grad(x.square(), [null as unknown as Tensor])).toThrow('input 0 must be a tensor, got null');
  });

  it('uses up the graph unless told otherwise', () => {
    const x = leaf(3);
    const y = x.square();
    grad(y, [x], { retainGraph: true });
    grad(y, [x]);
    expect(() => grad(y, [x])).toThrow(/used by an earlier backward pass/);
  });
});
