/** The gradient side of a tensor: `requiresGrad`, `grad`, `isLeaf`, `detach()`, `assign()`. */
import { describe, expect, it } from '@jest/globals';
import { noGrad } from '@lowrank/autograd';
import { ArgumentError, GradientError, Tensor, tensor, zeros } from '@lowrank/tensor';

const leaf = (values: Parameters<typeof tensor>[0]) => tensor(values, { requiresGrad: true });

describe('requiresGrad', () => {
  it('is off until it is asked for, at creation or later', () => {
    const x = tensor([1]);
    expect(x.requiresGrad).toBe(false);
    x.requiresGrad = true;
    expect(x.requiresGrad).toBe(true);
    expect(zeros([2], { requiresGrad: true }).requiresGrad).toBe(true);
    expect(zeros([2], { requiresGrad: false }).requiresGrad).toBe(false);
  });

  it('spreads to the results of ops, if they hold fractions', () => {
    const x = leaf([1, 2]);
    expect([x.mul(2), x.gt(1), x.argmax(), x.to('int32')].map((y) => y.requiresGrad)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it('can be switched off again on a leaf', () => {
    const x = leaf([1]);
    x.requiresGrad = false;
    expect(x.requiresGrad).toBe(false);
    expect(x.square().requiresGrad).toBe(false);
  });

  it('cannot be switched off on the result of an op', () => {
    const y = leaf([1]).square();
    y.requiresGrad = true;
    expect(() => {
      y.requiresGrad = false;
    }).toThrow(
      new GradientError(
        'requiresGrad',
        'the result of a recorded op cannot be frozen. Use detach() to get a constant',
      ),
    );
  });

  it('is only for floats', () => {
    const count = tensor([1], { dtype: 'int32' });
    expect(() => {
      count.requiresGrad = true;
    }).toThrow(
      new GradientError('requiresGrad', 'only float tensors can require gradients, this one is int32'),
    );
    expect(() => tensor([true], { requiresGrad: true })).toThrow(GradientError);
    count.requiresGrad = false;
    expect(count.requiresGrad).toBe(false);
  });

  it('is true or false', () => {
    expect(() => {
      tensor([1]).requiresGrad = 1 as unknown as boolean;
    }).toThrow(GradientError);
  });

  it('is there on tensors of every making', () => {
    const x = new Tensor(Float32Array.of(1), [1], 'float32');
    x.requiresGrad = true;
    x.mul(2).backward();
    expect(x.grad?.tolist()).toEqual([2]);
  });
});

describe('isLeaf and gradFn', () => {
  it('tell tensors of the user from results of recorded ops', () => {
    const x = leaf([1]);
    const y = x.square();
    expect([x.isLeaf, y.isLeaf, x.detach().isLeaf, noGrad(() => x.square()).isLeaf]).toEqual([
      true,
      false,
      true,
      true,
    ]);
    expect([x.gradFn, y.gradFn?.name]).toEqual([null, 'square']);
  });
});

describe('grad', () => {
  it('is null until a backward pass, and can be set', () => {
    const x = leaf([1, 2]);
    expect(x.grad).toBeNull();
    x.grad = tensor([5, 6]);
    x.sum().backward();
    expect(x.grad?.tolist()).toEqual([6, 7]);
    const constant = tensor([1]);
    constant.grad = null;
    expect(constant.grad).toBeNull();
  });

  it('refuses another shape or dtype, and what is no tensor', () => {
    const x = leaf([1, 2]);
    const set = (value: unknown) => () => {
      x.grad = value as Tensor;
    };
    expect(set(tensor([1]))).toThrow(
      new GradientError(
        'grad',
        'the gradient of a float32 tensor of shape [2] must be alike, got float32 [1]',
      ),
    );
    expect(set(tensor([1, 2], { dtype: 'float64' }))).toThrow(GradientError);
    expect(set([1, 2])).toThrow(ArgumentError);
    expect(set(undefined)).toThrow(ArgumentError);
  });
});

describe('detach', () => {
  it('gives the same values as a constant', () => {
    const x = leaf([1, 2]);
    const constant = x.square().detach();
    expect([constant.tolist(), constant.requiresGrad, constant.isLeaf]).toEqual([[1, 4], false, true]);
  });

  it('stops gradients there and nowhere else', () => {
    const x = leaf(3);
    x.mul(x.detach()).backward();
    expect(x.grad?.item()).toBe(3);
  });

  it('gives a tensor that can require gradients of its own', () => {
    const x = leaf(3);
    const y = x.square().detach();
    y.requiresGrad = true;
    y.mul(2).backward();
    expect([y.grad?.item(), x.grad]).toEqual([2, null]);
  });
});

describe('assign', () => {
  it('replaces the value of a leaf, inside of noGrad or outside', () => {
    const x = leaf([1]);
    noGrad(() => x.assign(x.sub(0.5)));
    expect([x.tolist(), x.requiresGrad, x.version]).toEqual([[0.5], true, 1]);
    x.assign(tensor([2]));
    x.square().backward();
    expect(x.grad?.tolist()).toEqual([4]);
  });

  it('takes only the value of a recorded result, not its graph', () => {
    const [x, y] = [leaf([1]), leaf([3])];
    x.assign(y.square());
    x.mul(2).backward();
    expect([x.isLeaf, x.grad?.tolist(), y.grad]).toEqual([true, [2], null]);
  });

  it('is refused for results of recorded ops', () => {
    const y = leaf([1]).square();
    expect(() => y.assign(tensor([2]))).toThrow(GradientError);
    expect(() => noGrad(() => y.assign(tensor([2])))).toThrow(/only leaves can be assigned to/);
    expect(y.tolist()).toEqual([1]);
  });
});
