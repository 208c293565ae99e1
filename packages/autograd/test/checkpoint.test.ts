/** Checkpointing: the same gradients, with less kept and the function run again. */
import { describe, expect, it } from '@jest/globals';
import {
  checkpoint,
  defineFunction,
  enableGrad,
  grad,
  gradcheck,
  gradgradcheck,
  noGrad,
} from '@lowrank/autograd';
import {
  ArgumentError,
  defaultGenerator,
  GradientError,
  manualSeed,
  matmul,
  rand,
  type Tensor,
  tensor,
} from '@lowrank/tensor';
import { held } from './garbage.js';

const leaf = (values: Parameters<typeof tensor>[0]) =>
  tensor(values, { dtype: 'float64', requiresGrad: true });

/** A function that counts how often it is run. */
function counted<R>(f: (...inputs: Tensor[]) => R) {
  const count = { runs: 0 };
  const g = (...inputs: Tensor[]): R => {
    count.runs++;
    return f(...inputs);
  };
  return { g, count };
}

describe('checkpoint', () => {
  it('gives the result and the gradients of the function, which is run again by the backward pass', () => {
    const { g, count } = counted((x, y) => x.exp().mul(y).square());
    const [x, y] = [leaf([0.5, 1]), leaf([2, 3])];
    const output = checkpoint(g, [x, y]);
    expect(count.runs).toBe(1);
    expect(output.tolist()).toEqual(g(x, y).tolist());
    count.runs = 0;
    const gradients = grad(output.sum(), [x, y]);
    expect(count.runs).toBe(1);
    expect(gradients.map(String)).toEqual(grad(g(x, y).sum(), [x, y]).map(String));
  });

  it('reaches parameters that the function refers to', () => {
    const [x, w, bias] = [leaf([[1, 2]]), leaf([[3], [4]]), leaf([0.5])];
    const layer = (input: Tensor) => matmul(input, w).add(bias).tanh();
    const expected = grad(layer(x).sum(), [x, w, bias]).map(String);
    checkpoint(layer, [x]).sum().backward();
    expect([x, w, bias].map((p) => String(p.grad))).toEqual(expected);
  });

  it('keeps no value that is made inside of the function, and lets go of the second run too', async () => {
    const refs: WeakRef<object>[] = [];
    const f = (x: Tensor) => {
      const hidden = x.exp();
      refs.push(new WeakRef<object>(hidden));
      return hidden.square().sum();
    };
    const x = leaf([1, 2]);
    const loss = checkpoint(f, [x]);
    expect(await held(refs)).toEqual([false]);
    loss.backward();
    expect(await held(refs)).toEqual([false, false]);
  });

  it('runs the function again for each pass through a graph that is retained', () => {
    const { g, count } = counted((x) => x.exp().square());
    const x = leaf(1);
    const y = checkpoint(g, [x]);
    y.backward(undefined, { retainGraph: true });
    y.backward();
    expect(count.runs).toBe(3);
    expect(x.grad?.item()).toBeCloseTo(4 * Math.exp(2), 12);
    expect(() => y.backward()).toThrow(/used by an earlier backward pass/);
  });

  it('does not run the function again where no value is read', () => {
    const { g, count } = counted((x) => x.add(1).sum());
    checkpoint(g, [leaf([1])]).backward();
    expect(count.runs).toBe(1);
  });

  it('has gradients of gradients', () => {
    const f = (x: Tensor, y: Tensor) => checkpoint((a, b) => a.exp().mul(b).sin().mul(a), [x, y]);
    expect(gradcheck(f, [leaf([0.3, 0.7]), leaf([1.2, -0.4])])).toBe(true);
    expect(gradgradcheck(f, [leaf([0.3, 0.7]), leaf([1.2, -0.4])])).toBe(true);
  });

  it('has gradients of the third order', () => {
    const x = leaf(2);
    const f = (a: Tensor) => a.mul(a).mul(a).mul(a);
    const [first] = grad(checkpoint(f, [x]), [x], { createGraph: true });
    const [second] = grad(first, [x], { createGraph: true });
    expect([first.item(), second.item(), grad(second, [x])[0].item()]).toEqual([32, 48, 48]);
  });

  it('nests', () => {
    const inner = counted((x) => x.exp().square());
    const outer = counted((x) => checkpoint(inner.g, [x.sin()]).mul(x));
    const x = leaf(0.7);
    const y = checkpoint(outer.g, [x]);
    expect([outer.count.runs, inner.count.runs]).toEqual([1, 1]);
    const expected = grad(x.sin().exp().square().mul(x), [x])[0].item();
    y.backward();
    expect(x.grad?.item()).toBeCloseTo(expected, 12);
    expect(
      gradgradcheck((a) => checkpoint((b) => checkpoint(inner.g, [b.sin()]).mul(b), [a]), [leaf([0.7])]),
    ).toBe(true);
  });

  it('keeps of a nested checkpoint not even its inputs', async () => {
    const refs: WeakRef<object>[] = [];
    const f = (x: Tensor) => {
      const hidden = x.sin();
      refs.push(new WeakRef<object>(hidden));
      return checkpoint((h) => h.exp().square(), [hidden]);
    };
    const y = checkpoint(f, [leaf(1)]);
    expect(await held(refs)).toEqual([false]);
    y.backward();
    expect(refs).toHaveLength(2);
  });

  it('nests through several levels', () => {
    const deep = (levels: number, x: Tensor): Tensor =>
      levels === 0 ? x.sin() : checkpoint((y) => deep(levels - 1, y.mul(1.5)).mul(y), [x]);
    const flat = (levels: number, x: Tensor): Tensor =>
      levels === 0 ? x.sin() : flat(levels - 1, x.mul(1.5)).mul(x);
    const x = leaf([0.4, 0.9]);
    expect(String(grad(deep(4, x).sum(), [x])[0])).toBe(String(grad(flat(4, x).sum(), [x])[0]));
  });

  it('follows noGrad, enableGrad and detach inside of the function', () => {
    const f = (x: Tensor) => {
      const constant = noGrad(() => x.exp().mul(enableGrad(() => x.square()).detach()));
      return x.exp().mul(constant).add(x.detach().mul(x));
    };
    const x = leaf([0.5, 1]);
    const expected = String(grad(f(x).sum(), [x])[0]);
    expect(String(grad(checkpoint(f, [x]).sum(), [x])[0])).toBe(expected);
  });

  it('is just the function under noGrad', () => {
    const { g, count } = counted((x) => x.exp());
    const y = noGrad(() => checkpoint(g, [leaf([1])]));
    expect([y.requiresGrad, count.runs]).toEqual([false, 1]);
  });

  it('allows a gradient to be taken inside of the function', () => {
    const penalty = (x: Tensor) => {
      const y = x.pow(3);
      const [g] = grad(y, [x], { createGraph: true });
      return y.add(g.square());
    };
    const x = leaf(2);
    const expected = grad(penalty(x), [x])[0].item();
    expect(grad(checkpoint(penalty, [x]), [x])[0].item()).toBeCloseTo(expected, 10);
    const inner = (a: Tensor) => a.mul(grad(a.detach().mul(2).mul(w).square(), [w])[0]);
    const w = leaf(3);
    expect(grad(checkpoint(inner, [x]), [x])[0].item()).toBe(grad(inner(x), [x])[0].item());
  });

  it('gives several results, in any form', () => {
    const x = leaf([1, 2]);
    const { a, rest } = checkpoint((y) => ({ a: y.exp(), rest: [y.square(), 'more'] as const }), [x]);
    expect(rest[1]).toBe('more');
    a.add(rest[0]).sum().backward();
    expect(x.grad?.tolist()).toEqual([Math.exp(1) + 2, Math.exp(2) + 4]);
  });

  it('gives only the gradients asked for, and can be asked again', () => {
    const [x, y] = [leaf(2), leaf(3)];
    const output = checkpoint((a, b) => a.exp().mul(b.square()), [x, y]);
    expect(grad(output, [y], { retainGraph: true })[0].item()).toBeCloseTo(6 * Math.exp(2), 10);
    expect(grad(output, [x], { retainGraph: true })[0].item()).toBeCloseTo(9 * Math.exp(2), 10);
    expect(grad(output, [x, y]).map((g) => g.item())).toHaveLength(2);
  });

  it('holds functions with a derivative of their own', () => {
    const cube = defineFunction({
      name: 'cube',
      forward: ([x]) => x.pow(3),
      backward: (g, { inputs: [x] }) => g.mul(x.square()).mul(3),
      reads: 'inputs',
    });
    expect(gradgradcheck((x) => checkpoint((a) => cube([a.mul(2)]), [x]), [leaf([0.5, -1])])).toBe(true);
  });

  it('runs hooks of tensors inside of the function once', () => {
    const x = leaf(2);
    const y = checkpoint(
      (a) => {
        const hidden = a.square();
        hidden.registerHook((g) => g.mul(10));
        return hidden.exp();
      },
      [x],
    );
    y.backward();
    expect(x.grad?.item()).toBeCloseTo(40 * Math.exp(4), 8);
  });

  it('draws the same random numbers again, and leaves the generator where it was', () => {
    manualSeed(5);
    const x = leaf([1, 1, 1, 1]);
    const y = checkpoint(
      (a) =>
        a
          .exp()
          .mul(rand([4]).gt(0.5))
          .mul(rand([4])),
      [x],
    );
    const state = defaultGenerator.getState();
    y.sum().backward();
    // The slope of exp is exp, whatever it is multiplied with.
    expect(x.grad?.tolist()).toEqual(y.tolist());
    expect(defaultGenerator.getState()).toEqual(state);
  });
});

describe('checkpoint refuses', () => {
  it('inputs and parameters that were overwritten since', () => {
    const [x, w, bias] = [leaf(2), leaf(3), leaf(1)];
    const f = (a: Tensor) => a.mul(w).add(bias).square();
    const overwriting = (p: Tensor) => {
      const y = checkpoint(f, [x]);
      p.assign(tensor(5, { dtype: 'float64' }));
      return () => y.backward();
    };
    expect(overwriting(w)).toThrow(/mul needs a tensor of shape \[\] as it was in the forward pass/);
    // Nothing but the second run reads the bias.
    expect(overwriting(bias)).toThrow(/add needs a tensor of shape \[\] as it was in the forward pass/);
    expect(overwriting(x)).toThrow(/checkpoint needs a tensor of shape \[\] as it was in the forward pass/);
  });

  it('a function that does something else the second time', () => {
    let runs = 0;
    const moody = (change: (x: Tensor) => Tensor) => {
      runs = 0;
      const y = checkpoint((x) => (runs++ === 0 ? x.exp().mul(x) : change(x)), [leaf([1, 2])]);
      return () => y.sum().backward();
    };
    expect(moody((x) => x.exp().add(x))).toThrow(
      new GradientError(
        'checkpoint',
        'the second run of the function was not like the first: it recorded 5 values instead of 5, add where mul had ' +
          'been. It must do the same every time it is called',
      ),
    );
    expect(moody((x) => x.exp())).toThrow(/recorded 2 values instead of 5/);
    expect(moody((x) => x.exp().mul(x).neg())).toThrow(
      /recorded 7 values instead of 5, neg where nothing had been/,
    );
    expect(moody((x) => x.narrow(0, 0, 1).exp().mul(1))).toThrow(GradientError);
  });

  it('an asynchronous function', () => {
    expect(() => checkpoint(async (x) => x.exp(), [leaf(1)])).toThrow(GradientError);
  });

  it('inputs that are no list of tensors', () => {
    expect(() => checkpoint((x) => x, leaf(1) as unknown as Tensor[])).toThrow(ArgumentError);
    expect(() => checkpoint((x) => x, [1 as unknown as Tensor])).toThrow(ArgumentError);
    expect(() => checkpoint('f' as unknown as (x: Tensor) => Tensor, [leaf(1)])).toThrow(ArgumentError);
  });

  it('nothing for good: an error inside leaves recording as it was', () => {
    const fail = () => {
      throw new Error('inside');
    };
    expect(() => checkpoint(fail, [leaf(1)])).toThrow('inside');
    const x = leaf(2);
    x.square().backward();
    expect(x.grad?.item()).toBe(4);
  });
});
