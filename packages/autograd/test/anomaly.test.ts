/** Finding the op whose gradient is the first to be NaN or infinite. */
import { describe, expect, it } from '@jest/globals';
import { AnomalyError, backwardSteps, detectAnomaly, grad, graph, type Node } from '@lowrank/autograd';
import { ArgumentError, DeviceError, GradientError, type Tensor, tensor } from '@lowrank/tensor';
import { checkArriving } from '../src/anomaly.js';

const leaf = (values: Parameters<typeof tensor>[0]) => tensor(values, { requiresGrad: true });

function messageOf(f: () => unknown): string {
  try {
    f();
  } catch (error) {
    expect(error).toBeInstanceOf(GradientError);
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
}

/** Calls the op that has an infinite slope at 0. */
function rootOf(x: Tensor): Tensor {
  return x.sqrt();
}

describe('detectAnomaly', () => {
  it('names the op whose gradient is the first to be infinite, and where it was called', () => {
    const message = messageOf(() =>
      detectAnomaly(() => {
        const x = leaf([4, 0]);
        rootOf(x.mul(2)).add(1).sum().backward();
      }),
    );
    expect(message).toMatch(
      /^sqrt: the gradient of its input 0, \[2\], holds NaN or infinity, while that of its output is finite\. It was called here:\n/,
    );
    expect(message).toContain('at rootOf');
    expect(message).toContain('anomaly.test.ts');
  });

  it('finds NaN', () => {
    const x = leaf([0]);
    // 0 / 0 in the slope, and finite before.
    const f = () => detectAnomaly(() => x.sqrt().mul(0).sum().backward());
    expect(messageOf(f)).toMatch(/^sqrt: the gradient of its input 0, \[1\], holds NaN/);
  });

  it('counts the input that it is about', () => {
    const [x, y] = [leaf([1]), leaf([0])];
    const f = () => detectAnomaly(() => x.detach().div(y).sum().backward());
    expect(messageOf(f)).toMatch(/^div: the gradient of its input 1/);
  });

  it('says how to learn the place if the forward pass was outside', () => {
    const y = leaf([0]).sqrt();
    expect(messageOf(() => detectAnomaly(() => y.backward()))).toMatch(
      /Run the forward pass inside of detectAnomaly\(\) too, to learn where it was called$/,
    );
  });

  it('blames no op for a gradient that was not finite to begin with', () => {
    const y = leaf([1]).mul(2);
    expect(messageOf(() => detectAnomaly(() => y.backward(tensor([Number.NaN]))))).toMatch(
      /^mul: the gradient of its output, \[1\], holds NaN or infinity: the gradient that backward was given, a hook, or the sum/,
    );
  });

  it('finds hooks that spoil a gradient', () => {
    const y = leaf([1]).exp();
    y.registerHook((g) => g.mul(Number.POSITIVE_INFINITY));
    expect(messageOf(() => detectAnomaly(() => y.mul(3).backward()))).toMatch(
      /^exp: the gradient of its output.* a hook/,
    );
  });

  it('works for grad, and for gradients of gradients', () => {
    const x = leaf(0);
    expect(() => detectAnomaly(() => grad(x.sqrt(), [x]))).toThrow(GradientError);
    const twice = () => {
      const [g] = grad(x.pow(1.5), [x], { createGraph: true });
      grad(g, [x]);
    };
    expect(messageOf(() => detectAnomaly(twice))).toMatch(/^pow: /);
  });

  it('lets finite gradients pass, and gives what the function returns', () => {
    const x = leaf([1, 2]);
    expect(detectAnomaly(() => grad(x.log().sum(), [x])[0]).tolist()).toEqual([1, 0.5]);
  });

  it('is over with the function', () => {
    const x = leaf([0]);
    expect(() => detectAnomaly(() => x.sqrt().sum().backward())).toThrow(GradientError);
    x.sqrt().sum().backward();
    expect(x.grad?.tolist()).toEqual([Number.POSITIVE_INFINITY]);
  });

  it('captures places only while it is on, and leaves the length of stack traces as it was', () => {
    const before = Error.stackTraceLimit;
    const inside = detectAnomaly(() => leaf([1]).exp());
    expect(inside.gradFn?.place).toContain('at ');
    expect(leaf([1]).exp().gradFn?.place).toBeNull();
    expect(Error.stackTraceLimit).toBe(before);
  });

  it('looks at nothing on the GPU, and says so', () => {
    const [node, onGpu] = [leaf(1).exp().gradFn as Node, { device: 'gpu' } as Tensor];
    expect(() => detectAnomaly(() => checkArriving(onGpu, node, []))).toThrow(DeviceError);
    expect(checkArriving(onGpu, node, [])).toBeUndefined();
  });

  it('refuses asynchronous functions, and what is no function', () => {
    expect(() => detectAnomaly(async () => 1)).toThrow(GradientError);
    expect(() => detectAnomaly(1 as unknown as () => void)).toThrow(ArgumentError);
  });
});

describe('what detectAnomaly throws', () => {
  function anomalyOf(f: () => unknown): AnomalyError {
    try {
      detectAnomaly(f);
    } catch (error) {
      expect(error).toBeInstanceOf(AnomalyError);
      return error as AnomalyError;
    }
    throw new Error('nothing was thrown');
  }

  it('knows the graph, and the node in it', () => {
    const error = anomalyOf(() =>
      rootOf(leaf([4, 0]).mul(2))
        .add(1)
        .sum()
        .backward(),
    );
    const { nodes } = graph(error.output);
    expect(error.output.shape).toEqual([]);
    expect(nodes[error.node]).toMatchObject({ op: 'sqrt', place: { function: 'rootOf' } });
    expect(error.note).toMatch(/^the gradient of its input 0, \[2\], holds NaN or infinity/);
  });

  it('leaves the graph with its values, so that the pass can be walked through', () => {
    const error = anomalyOf(() =>
      leaf([4, 0])
        .sqrt()
        .square()
        .backward(tensor([1, 3])),
    );
    const { output, gradient, node } = error;
    expect(gradient.tolist()).toEqual([1, 3]);
    const steps = [...backwardSteps(output, { gradient })];
    const at = steps.find((step) => step.kind === 'rule' && step.node === node);
    expect(at?.kind === 'rule' && at.incoming[0]?.tolist()).toEqual([4, 0]);
    expect(at?.kind === 'rule' && at.outgoing[0].gradient.tolist()).toEqual([1, Number.NaN]);
  });

  it('names, of several outputs, one that the op is a part of', () => {
    const [x, y] = [leaf(1), leaf(0)];
    const [fine, faulty] = [x.exp(), y.sqrt()];
    const error = anomalyOf(() => grad([fine, faulty], [x, y]));
    expect(error.output).toBe(faulty);
    expect(graph(error.output).nodes[error.node].op).toBe('sqrt');
  });

  it('is not there in a pass without one, whose values are let go as ever', () => {
    const y = leaf([1, 2]).square().sum();
    detectAnomaly(() => y.backward());
    expect(() => y.backward()).toThrow(/freed its values/);
  });
});
