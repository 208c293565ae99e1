/** The backward pass: what it computes, what it adds up, and when it refuses. */
import { describe, expect, it } from '@jest/globals';
import { backward, grad, noGrad } from '@lowrank/autograd';
import { ArgumentError, GradientError, matmul, type Tensor, tensor } from '@lowrank/tensor';

const leaf = (values: Parameters<typeof tensor>[0]) => tensor(values, { requiresGrad: true });

/** Assigned apart, where the compiler does not go on taking `grad` for null. */
function clear(x: Tensor): void {
  x.grad = null;
}

describe('backward', () => {
  it('computes the gradient of a chain of ops', () => {
    const x = leaf([1, 2, 3]);
    x.square().mul(2).sum().backward();
    expect(x.grad?.tolist()).toEqual([4, 8, 12]);
  });

  it('reaches every leaf, and only those that require gradients', () => {
    const [a, b, c] = [leaf([2]), leaf([3]), tensor([4])];
    a.mul(b).mul(c).sum().backward();
    expect([a.grad?.tolist(), b.grad?.tolist(), c.grad]).toEqual([[12], [8], null]);
  });

  it('adds up over several passes until grad is set to null', () => {
    const x = leaf([1, 2]);
    x.sum().backward();
    x.mul(3).sum().backward();
    expect(x.grad?.tolist()).toEqual([4, 4]);
    clear(x);
    x.sum().backward();
    expect(x.grad?.tolist()).toEqual([1, 1]);
  });

  it('adds up all ways by which a tensor is used', () => {
    const x = leaf(3);
    const y = x.mul(x);
    y.add(y).add(x).mul(y).backward();
    // (2 x^2 + x) x^2 has the slope 8 x^3 + 3 x^2.
    expect(x.grad?.item()).toBe(243);
  });

  it('visits each node of a graph of diamonds once', () => {
    const x = leaf(1);
    let visits = 0;
    let y = x;
    for (let i = 0; i < 30; i++) {
      y = y.add(y);
      y.registerHook(() => {
        visits++;
        return undefined;
      });
    }
    y.backward();
    expect(x.grad?.item()).toBe(2 ** 30);
    expect(visits).toBe(30);
  });

  it('goes through a graph of 20,000 nodes', () => {
    const x = leaf(1);
    let y = x;
    for (let i = 0; i < 20_000; i++) y = y.add(1);
    y.backward();
    expect(x.grad?.item()).toBe(1);
  });

  it('starts from a gradient that it is given', () => {
    const x = leaf([1, 2]);
    x.square().backward(tensor([10, 100]));
    expect(x.grad?.tolist()).toEqual([20, 400]);
  });

  it('takes 1 for the gradient of any tensor of one element', () => {
    const x = leaf([[3]]);
    x.square().backward();
    expect(x.grad?.tolist()).toEqual([[6]]);
  });

  it('gives a leaf that is its own output the gradient itself', () => {
    const x = leaf(2);
    x.backward();
    x.backward(tensor(5));
    expect(x.grad?.item()).toBe(6);
  });

  it('is a function as well as a method', () => {
    const x = leaf(2);
    backward(x.square());
    expect(x.grad?.item()).toBe(4);
  });

  it('sums gradients over axes that were stretched', () => {
    const [row, scalar] = [leaf([[1, 2, 3]]), leaf(2)];
    row
      .mul(tensor([[1], [10]]))
      .mul(scalar)
      .sum()
      .backward();
    expect(row.grad?.tolist()).toEqual([[22, 22, 22]]);
    expect(scalar.grad?.item()).toBe(66);
  });

  it('gives gradients of the dtype of their leaf', () => {
    const [a, b] = [leaf([1]), tensor([2], { dtype: 'float64', requiresGrad: true })];
    a.mul(b).sum().backward();
    expect([a.grad?.dtype, b.grad?.dtype]).toEqual(['float32', 'float64']);
  });

  it('gives gradients that require none themselves', () => {
    const x = leaf([1]);
    x.square().backward(leaf([1]));
    expect(x.grad?.requiresGrad).toBe(false);
  });

  it('gives each leaf a gradient of its own, which can be assigned to without changing another', () => {
    const [a, b, g] = [leaf([1]), leaf([2]), tensor([1])];
    a.add(b).backward(g);
    a.grad?.assign(tensor([7]));
    expect([b.grad?.tolist(), g.tolist()]).toEqual([[1], [1]]);
  });

  it('works inside of noGrad', () => {
    const x = leaf(3);
    const y = x.square();
    noGrad(() => y.backward());
    expect(x.grad?.item()).toBe(6);
  });

  it('leaves a leaf alone that was frozen after the forward pass', () => {
    const [x, y] = [leaf(3), leaf(2)];
    const product = x.mul(y);
    x.requiresGrad = false;
    product.backward();
    expect([x.grad, y.grad?.item()]).toEqual([null, 3]);
  });
});

describe('the gradient of a tensor that is no leaf', () => {
  it('is not kept', () => {
    const x = leaf(3);
    const y = x.square();
    y.mul(2).backward();
    expect(y.grad).toBeNull();
  });

  it('is kept after retainGrad', () => {
    const x = leaf(3);
    const y = x.square().retainGrad();
    y.mul(2).backward();
    expect([y.grad?.item(), x.grad?.item()]).toEqual([2, 12]);
  });

  it('cannot be kept where there is none', () => {
    expect(() => tensor(1).retainGrad()).toThrow(GradientError);
  });
});

describe('a graph that is used twice', () => {
  it('is refused, with the way out', () => {
    const y = leaf(3).square();
    y.backward();
    expect(() => y.backward()).toThrow(
      new GradientError(
        'backward',
        'the graph through square was used by an earlier backward pass, which freed its values. ' +
          'Compute the forward pass again, or call the first pass with { retainGraph: true }',
      ),
    );
  });

  it('works if the first pass retained it', () => {
    const x = leaf(3);
    const y = x.square();
    y.backward(undefined, { retainGraph: true });
    y.backward();
    expect(x.grad?.item()).toBe(12);
  });

  it('works where no op needed a value, as in PyTorch', () => {
    const x = leaf([1, 2]);
    const y = x.add(1).sum();
    y.backward();
    y.backward();
    expect(x.grad?.tolist()).toEqual([2, 2]);
  });

  it('is not used up where the first pass did not go', () => {
    const [x, w] = [leaf(3), leaf(2)];
    const hidden = x.square();
    expect(grad(hidden.mul(w), [w])[0].item()).toBe(9);
    expect(grad(hidden, [x])[0].item()).toBe(6);
  });

  it('is refused where two losses share a part, the second time that the part is reached', () => {
    const x = leaf(3);
    const shared = x.square();
    shared.mul(2).backward();
    expect(() => shared.mul(3).backward()).toThrow(/the graph through square was used/);
  });
});

describe('a value that was overwritten since', () => {
  it('is refused if the rule of an op needs it', () => {
    const [x, w] = [leaf([2]), leaf([3])];
    const y = x.mul(w);
    w.assign(tensor([4]));
    expect(() => y.backward()).toThrow(
      new GradientError(
        'backward',
        'mul needs a tensor of shape [1] as it was in the forward pass, but assign() has replaced its value since ' +
          '(version 1, recorded at 0). Run backward before the optimiser step, or compute the forward pass again',
      ),
    );
  });

  it('does not matter if no rule needs it', () => {
    const [x, w] = [leaf([2]), leaf([3])];
    const y = x.add(w).sum();
    w.assign(tensor([4]));
    y.backward();
    expect(w.grad?.tolist()).toEqual([1]);
  });

  it('does not matter for a gradient that does not read it', () => {
    const [x, w] = [tensor([2]), leaf([3])];
    const y = x.mul(w);
    w.assign(tensor([4]));
    y.backward();
    expect(w.grad?.tolist()).toEqual([2]);
  });

  it('is noticed in constants too', () => {
    const [x, w] = [tensor([2]), leaf([3])];
    const y = x.mul(w);
    x.assign(tensor([5]));
    expect(() => y.backward()).toThrow(/version 1, recorded at 0/);
  });
});

describe('createGraph', () => {
  it('leaves gradients alone that another leaf shares, or whoever gave them', () => {
    const [a, b, c] = [1, 2, 3].map((value) => tensor([value], { requiresGrad: true })) as [
      Tensor,
      Tensor,
      Tensor,
    ];
    const given = tensor([4]);
    a.add(b).square().backward(undefined, { createGraph: true });
    c.backward(given, { createGraph: true });
    const { grad } = a;
    b.grad = null;
    c.grad = null;
    expect([grad?.tolist(), given.tolist()]).toEqual([[6], [4]]);
  });

  it('makes gradients that have gradients, up to the third order', () => {
    const x = leaf(2);
    const [first] = grad(x.pow(4), [x], { createGraph: true });
    const [second] = grad(first, [x], { createGraph: true });
    const [third] = grad(second, [x]);
    expect([first.item(), second.item(), third.item()]).toEqual([32, 48, 48]);
    expect(third.requiresGrad).toBe(false);
  });

  it('gives leaves a grad that can be differentiated', () => {
    const x = leaf(3);
    x.pow(3).backward(undefined, { createGraph: true });
    const g = x.grad as Tensor;
    expect([g.item(), g.requiresGrad]).toEqual([27, true]);
    clear(x);
    g.backward();
    expect(x.grad?.item()).toBe(18);
  });

  it('adds up gradients that can be differentiated', () => {
    const x = leaf(3);
    x.square().backward(undefined, { createGraph: true });
    x.pow(3).backward(undefined, { createGraph: true });
    const g = x.grad as Tensor;
    expect(g.item()).toBe(33);
    expect(grad(g, [x])[0].item()).toBe(20);
  });

  it('trains on the norm of a gradient', () => {
    const [x, w] = [tensor([[1, 2]]), leaf([[1], [1]])];
    const input = x.detach();
    input.requiresGrad = true;
    const [g] = grad(matmul(input, w).square().sum(), [input], { createGraph: true });
    g.square().sum().backward();
    // |2 (x w) w|^2 = 4 (x w)^2 |w|^2, whose slope in w is 8 (x w) |w|^2 x + 8 (x w)^2 w.
    expect(w.grad?.tolist()).toEqual([[48 + 72], [96 + 72]]);
  });

  it('retains the graph unless told otherwise', () => {
    const x = leaf(3);
    const y = x.square();
    y.backward(undefined, { createGraph: true });
    y.backward(undefined, { createGraph: true, retainGraph: false });
    expect(() => y.backward()).toThrow(/used by an earlier backward pass/);
  });
});

describe('backward refuses', () => {
  it('a tensor of several elements without a gradient', () => {
    expect(() => leaf([1, 2]).square().backward()).toThrow(
      new GradientError(
        'backward',
        'only a tensor of one element has an implicit gradient, this one has shape [2]. ' +
          'Reduce it with sum() or mean(), or pass a gradient of the same shape',
      ),
    );
  });

  it('a gradient of another shape or dtype', () => {
    const y = leaf([1, 2]).square();
    expect(() => y.backward(tensor([1]))).toThrow(
      new GradientError(
        'backward',
        'the gradient is float32 [1], the output float32 [2]; they must be alike',
      ),
    );
    expect(() => y.backward(tensor([1, 2], { dtype: 'float64' }))).toThrow(GradientError);
  });

  it('an output that requires no gradient', () => {
    const x = leaf(1);
    expect(() => tensor(1).backward()).toThrow(/does not require a gradient/);
    expect(() => x.detach().backward()).toThrow(GradientError);
    expect(() => noGrad(() => x.square()).backward()).toThrow(GradientError);
    expect(() => x.gt(0).backward()).toThrow(GradientError);
  });

  it('what is no tensor', () => {
    expect(() => backward(3 as unknown as Tensor)).toThrow(ArgumentError);
    expect(() => leaf(1).backward(1 as unknown as Tensor)).toThrow('the gradient must be a tensor, got 1');
  });
});
