/** Functions with a derivative of the user's own. */
import { describe, expect, it, jest } from '@jest/globals';
import {
  defineFunction,
  type FunctionDefinition,
  grad,
  gradcheck,
  gradgradcheck,
  isGradEnabled,
  noGrad,
} from '@lowrank/autograd';
import { ArgumentError, fromTypedArray, GradientError, type Tensor, tensor, zeros } from '@lowrank/tensor';

const leaf = (values: Parameters<typeof tensor>[0]) =>
  tensor(values, { dtype: 'float64', requiresGrad: true });

const cube = defineFunction({
  name: 'cube',
  forward: ([x]) => x.pow(3),
  backward: (g, { inputs: [x] }) => g.mul(x.square()).mul(3),
  reads: 'inputs',
});

const scale = defineFunction<{ readonly by: number }>({
  name: 'scale',
  forward: ([x], { by }) => x.mul(by),
  backward: (g, { attrs: { by } }) => g.mul(by),
  reads: 'nothing',
});

describe('a defined function', () => {
  it('computes forward and backward by its own formulas, and prints its name', () => {
    const x = leaf([1, 2]);
    const y = cube([x]);
    expect(String(y)).toBe('tensor([1., 8.], dtype=float64, grad_fn=<CubeBackward0>)');
    y.sum().backward();
    expect(x.grad?.tolist()).toEqual([3, 12]);
  });

  it('has gradients of gradients', () => {
    expect(gradcheck((x) => cube([x]), [leaf([0.5, -2])])).toBe(true);
    expect(gradgradcheck((x) => cube([x]), [leaf([0.5, -2])])).toBe(true);
  });

  it('passes attributes to both', () => {
    const x = leaf([1, 2]);
    scale([x], { by: 5 }).sum().backward();
    expect(x.grad?.tolist()).toEqual([5, 5]);
  });

  it('may give any gradient, not only the true one', () => {
    const straightThrough = defineFunction({
      name: 'roundThrough',
      forward: ([x]) => x.round(),
      backward: (g) => g,
    });
    const x = leaf([0.4, 1.6]);
    straightThrough([x]).mul(3).sum().backward();
    expect(x.grad?.tolist()).toEqual([3, 3]);
  });

  it('computes outside of the tensor ops if it likes', () => {
    const swap = defineFunction({
      name: 'swap',
      forward: ([x]) => fromTypedArray(Float64Array.from(x.dataSync()).reverse(), x.shape),
      backward: (g) => g.flip(0),
      reads: 'nothing',
    });
    const x = leaf([1, 2]);
    swap([x])
      .mul(tensor([1, 10]))
      .sum()
      .backward();
    expect(x.grad?.tolist()).toEqual([10, 1]);
  });

  it('of several inputs computes only the gradients that are wanted', () => {
    const forA = jest.fn((g: Tensor) => g);
    const forB = jest.fn((g: Tensor) => g.mul(2));
    const f = defineFunction({
      name: 'weighted',
      forward: ([a, b]) => a.add(b.mul(2)),
      backward: (g) => [() => forA(g), () => forB(g), null],
    });
    const [a, b, c] = [leaf([1]), tensor([2], { dtype: 'float64' }), leaf([3])];
    f([a, b, c]).sum().backward();
    expect([a.grad?.tolist(), c.grad]).toEqual([[1], null]);
    expect([forA.mock.calls.length, forB.mock.calls.length]).toEqual([1, 0]);
  });

  it('does not record what happens inside of forward', () => {
    let wasEnabled = true;
    const f = defineFunction({
      name: 'probe',
      forward: ([x]) => {
        wasEnabled = isGradEnabled();
        return x.mul(1);
      },
      backward: (g) => g,
    });
    f([leaf([1])]);
    expect([wasEnabled, isGradEnabled()]).toEqual([false, true]);
  });

  it('is not recorded under noGrad, for constants, or if its result holds no fractions', () => {
    expect(noGrad(() => cube([leaf([1])])).requiresGrad).toBe(false);
    expect(cube([tensor([1])]).requiresGrad).toBe(false);
    const count = defineFunction({
      name: 'count',
      forward: ([x]) => x.gt(0).sum(),
      backward: () => zeros([1]),
    });
    expect(count([leaf([1])]).requiresGrad).toBe(false);
  });

  it('can hand an input through', () => {
    const identity = defineFunction({ name: 'identity', forward: ([x]) => x, backward: (g) => g.neg() });
    const x = leaf([1]);
    const y = identity([x]);
    expect(y).not.toBe(x);
    y.sum().backward();
    expect(x.grad?.tolist()).toEqual([-1]);
  });

  it('can return a tensor that was there before, which keeps its own graph', () => {
    const [x, other] = [leaf([1]), leaf([5])];
    const result = other.square();
    const f = defineFunction({ name: 'fixed', forward: () => result, backward: (g) => g.mul(7) });
    const y = f([x]);
    expect([y.gradFn?.name, result.gradFn?.name]).toEqual(['fixed', 'square']);
    y.sum().backward();
    expect([x.grad?.tolist(), other.grad]).toEqual([[7], null]);
  });

  it('keeps what it says that it reads, by default everything', () => {
    const kept = (reads?: FunctionDefinition<Record<string, never>>['reads']) => {
      let readable: boolean[] = [];
      const f = defineFunction({
        name: 'f',
        forward: ([x]) => x.mul(2),
        backward: (g, { inputs: [x], output }) => {
          readable = [x, output].map((value) => {
            try {
              return value.dataSync().length > 0;
            } catch {
              return false;
            }
          });
          return g;
        },
        ...(reads === undefined ? {} : { reads }),
      });
      f([leaf([1])])
        .sum()
        .backward();
      return readable;
    };
    expect([kept(), kept('inputs'), kept('output'), kept('nothing'), kept([0])]).toEqual([
      [true, true],
      [true, false],
      [false, true],
      [false, false],
      [true, false],
    ]);
  });
});

describe('a defined function is refused', () => {
  const broken = (backward: unknown) =>
    defineFunction({ name: 'broken', forward: ([x]) => x.mul(2), backward: backward as () => Tensor });

  it('if it reads what it does not keep', () => {
    const f = defineFunction({
      name: 'forgetful',
      forward: ([x]) => x.exp(),
      backward: (g, { output }) => g.mul(output),
      reads: 'inputs',
    });
    expect(() =>
      f([leaf([1])])
        .sum()
        .backward(),
    ).toThrow(
      new GradientError('forgetful', 'its gradient rule reads output 0, which the rule does not keep'),
    );
  });

  it('if a gradient has another shape or dtype than its input', () => {
    expect(() =>
      broken((g: Tensor) => g.sum())([leaf([1, 2])])
        .sum()
        .backward(),
    ).toThrow(
      new GradientError(
        'broken',
        'its gradient rule gave float64 [] for an input that is float64 [2]. ' +
          'A rule must give each input a gradient of its own shape and dtype',
      ),
    );
    expect(() =>
      broken((g: Tensor) => g.to('float32'))([leaf([1])])
        .sum()
        .backward(),
    ).toThrow(/gave float32 \[1\]/);
  });

  it('if it gives too few gradients or too many', () => {
    expect(() =>
      broken((g: Tensor) => g)([leaf([1]), leaf([2])])
        .sum()
        .backward(),
    ).toThrow(/gave 1 gradients for 2 inputs/);
    expect(() =>
      broken((g: Tensor) => [() => g, () => g])([leaf([1])])
        .sum()
        .backward(),
    ).toThrow(/gave 2 gradients for 1/);
  });

  it('if it gives what is no tensor', () => {
    expect(() =>
      broken(() => undefined)([leaf([1])])
        .sum()
        .backward(),
    ).toThrow(/gave undefined for an input/);
    expect(() =>
      broken(() => [() => 3])([leaf([1])])
        .sum()
        .backward(),
    ).toThrow(/gave 3 for an input/);
  });

  it('if forward gives no tensor, or is asynchronous', () => {
    const define = (forward: unknown) =>
      defineFunction({ name: 'f', forward: forward as () => Tensor, backward: (g) => g });
    expect(() => define(() => 3)([leaf([1])])).toThrow(
      new ArgumentError('f', 'the result of forward must be a tensor, got 3. Make one with tensor(...)'),
    );
    expect(() => define(async () => 3)([leaf([1])])).toThrow(GradientError);
  });

  it('if it is called with what is no tensor, or defined without functions', () => {
    expect(() => cube([3 as unknown as Tensor])).toThrow(ArgumentError);
    expect(() => cube(leaf([1]) as unknown as Tensor[])).toThrow(ArgumentError);
    expect(() => defineFunction({ name: 'f' } as unknown as Parameters<typeof defineFunction>[0])).toThrow(
      ArgumentError,
    );
  });

  it('by grad, where it gives no gradient for the input asked for', () => {
    const f = defineFunction({ name: 'f', forward: ([a]) => a.mul(1), backward: (g) => [() => g, null] });
    const [a, b] = [leaf([1]), leaf([2])];
    expect(() => grad(f([a, b]).sum(), [b])).toThrow(/do not depend on input 0/);
  });
});
