/** Hooks: looking at gradients as they arrive, and replacing them. */
import { describe, expect, it } from '@jest/globals';
import { grad } from '@lowrank/autograd';
import { ArgumentError, GradientError, type Tensor, tensor, zeros } from '@lowrank/tensor';

const leaf = (values: Parameters<typeof tensor>[0]) => tensor(values, { requiresGrad: true });

/** Assigned apart, where the compiler does not go on taking `grad` for null. */
function clear(x: Tensor): void {
  x.grad = null;
}

describe('a hook', () => {
  it('sees the complete gradient of a leaf and of any other tensor, once in each pass', () => {
    const x = leaf([1, 2]);
    const y = x.square();
    const seen: unknown[] = [];
    x.registerHook((g) => void seen.push(['x', g.tolist()]));
    y.registerHook((g) => void seen.push(['y', g.tolist()]));
    y.add(y).sum().backward();
    expect(seen).toEqual([
      ['y', [2, 2]],
      ['x', [4, 8]],
    ]);
  });

  it('replaces the gradient by what it returns', () => {
    const x = leaf([1, 2]);
    const y = x.square();
    y.registerHook((g) => g.mul(10));
    x.registerHook((g) => g.neg());
    y.sum().backward();
    expect(x.grad?.tolist()).toEqual([-20, -40]);
  });

  it('runs after those that were registered before it, on what they made of the gradient', () => {
    const x = leaf(1);
    x.registerHook((g) => g.add(1));
    x.registerHook((g) => g.mul(10));
    x.mul(2).backward();
    expect(x.grad?.item()).toBe(30);
  });

  it('is removed by the function that registering gives', () => {
    const x = leaf(1);
    const remove = x.registerHook((g) => g.mul(10));
    remove();
    remove();
    x.mul(2).backward();
    expect(x.grad?.item()).toBe(2);
  });

  it('runs twice if it is registered twice, and is removed one by one', () => {
    const x = leaf(1);
    const double = (g: Tensor) => g.mul(2);
    const removeFirst = x.registerHook(double);
    x.registerHook(double);
    x.mul(1).backward();
    expect(x.grad?.item()).toBe(4);
    removeFirst();
    clear(x);
    x.mul(1).backward();
    expect(x.grad?.item()).toBe(2);
  });

  it('may remove itself while it runs', () => {
    const x = leaf(1);
    let runs = 0;
    const remove = x.registerHook(() => {
      runs++;
      remove();
      return undefined;
    });
    x.mul(1).backward();
    x.mul(1).backward();
    expect(runs).toBe(1);
  });

  it('comes before the gradient is stored in grad', () => {
    const y = leaf(3).square().retainGrad();
    y.registerHook((g) => g.mul(5));
    y.mul(2).backward();
    expect(y.grad?.item()).toBe(10);
  });

  it('also changes what grad() gives', () => {
    const x = leaf(3);
    x.registerHook((g) => g.mul(100));
    expect(grad(x.square(), [x])[0].item()).toBe(600);
  });

  it('is differentiated with the rest under createGraph', () => {
    const x = leaf(3);
    x.registerHook((g) => g.square());
    const [g] = grad(x.square(), [x], { createGraph: true });
    // (2 x)^2
    expect([g.item(), grad(g, [x])[0].item()]).toEqual([36, 24 * 24]);
  });

  it('does not record what it computes in an ordinary pass', () => {
    const x = leaf(3);
    let recorded = true;
    x.registerHook((g) => {
      recorded = g.mul(x).requiresGrad;
      return undefined;
    });
    x.square().backward();
    expect(recorded).toBe(false);
  });

  it('is refused if it gives a gradient of another shape or dtype', () => {
    const x = leaf([1, 2]);
    const remove = x.registerHook(() => zeros([3]));
    expect(() => x.sum().backward()).toThrow(
      new GradientError(
        'registerHook',
        'a hook replaced a float32 gradient of shape [2] by a float32 one of shape [3]; they must be alike',
      ),
    );
    remove();
    x.registerHook((g) => g.to('float64'));
    expect(() => x.sum().backward()).toThrow(/by a float64 one of shape \[2\]/);
    expect(x.grad).toBeNull();
  });

  it('is refused if it gives what is no tensor', () => {
    const x = leaf(1);
    x.registerHook((() => 5) as unknown as (g: Tensor) => Tensor);
    expect(() => x.mul(1).backward()).toThrow(/gives a tensor to replace the gradient or nothing, got 5/);
  });

  it('needs a tensor that requires a gradient, and a function', () => {
    expect(() => tensor(1).registerHook(() => undefined)).toThrow(GradientError);
    expect(() => leaf(1).registerHook('f' as unknown as () => undefined)).toThrow(ArgumentError);
  });
});
