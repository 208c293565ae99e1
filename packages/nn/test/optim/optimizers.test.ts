/** Tests of the optimisers' steps: groups, and which parameters move. Where they go is tested in ../pytorch. */
import { describe, expect, it } from '@jest/globals';
import { Adam, AdamW, Optimizer, Parameter, SGD } from '@lowrank/nn';
import { ones, type Tensor, tensor } from '@lowrank/tensor';

const float64 = { dtype: 'float64' } as const;

describe('a step', () => {
  const values = (p: Tensor) => [...p.dataSync()];
  const withGrad = (start: readonly number[], grad: readonly number[]) => {
    const p = new Parameter(tensor([...start], float64));
    p.grad = tensor([...grad], float64);
    return p;
  };

  it('gives each group its own options, and the shared ones for the rest', () => {
    // One step of SGD by hand: p - lr * (g + weightDecay * p).
    const [a, b, c] = [withGrad([1], [2]), withGrad([1], [2]), withGrad([1], [2])];
    const optimizer = new SGD(
      [{ params: [a] }, { params: [b], lr: 0.5 }, { params: [c], weightDecay: 1, lr: undefined }],
      { lr: 0.25 },
    );
    optimizer.step();
    expect([a, b, c].flatMap(values)).toEqual([0.5, 0, 0.25]);
    expect(optimizer.paramGroups.map(({ lr, weightDecay }) => [lr, weightDecay])).toEqual([
      [0.25, 0],
      [0.5, 0],
      [0.25, 1],
    ]);
  });

  it('uses the options that its groups have by then', () => {
    const p = withGrad([1], [2]);
    const optimizer = new SGD([p], { lr: 0 });
    optimizer.step();
    expect(values(p)).toEqual([1]);
    optimizer.paramGroups[0].lr = 0.5;
    optimizer.step();
    expect(values(p)).toEqual([0]);
  });

  it.each([
    ['SGD', (params: Parameter[]) => new SGD(params, { lr: 0.1, weightDecay: 1, momentum: 0.9 })],
    ['Adam', (params: Parameter[]) => new Adam(params, { weightDecay: 1 })],
    ['AdamW', (params: Parameter[]) => new AdamW(params)],
  ] as const)('of %s leaves parameters without a gradient alone, weight decay or not', (_, make) => {
    const [moved, unused] = [withGrad([1], [2]), new Parameter(tensor([1], float64))];
    const frozen = new Parameter(tensor([1], float64), { requiresGrad: false });
    const optimizer = make([moved, unused, frozen]);
    optimizer.zeroGrad();
    moved.mul(frozen).mul(3).sum().backward();
    optimizer.step();
    expect(values(moved)).not.toEqual([1]);
    expect([unused, frozen].flatMap(values)).toEqual([1, 1]);
    expect([moved, unused, frozen].map(({ version }) => version)).toEqual([1, 0, 0]);
    expect(optimizer.stateDict().state.slice(1)).toEqual([null, null]);
  });

  it('counts the steps of a parameter that comes later from its own first one', () => {
    // torch.optim.Adam([a, b], lr=0.1), where b has no gradient in the first two of three steps.
    const [a, b] = [withGrad([1], [2]), new Parameter(tensor([1], float64))];
    const optimizer = new Adam([a, b], { lr: 0.1 });
    optimizer.step();
    optimizer.step();
    b.grad = tensor([-3], float64);
    optimizer.step();
    expect(a.item()).toBeCloseTo(0.7000000015000007, 14);
    expect(b.item()).toBeCloseTo(1.0999999996666667, 14);
  });

  it('moves a parameter that was frozen with a gradient left, as PyTorch does, and not after zeroGrad', () => {
    const p = withGrad([1], [2]);
    const optimizer = new SGD([p], { lr: 0.25 });
    p.requiresGrad = false;
    optimizer.step();
    expect(values(p)).toEqual([0.5]);
    optimizer.zeroGrad();
    optimizer.step();
    expect(values(p)).toEqual([0.5]);
    expect(p.grad).toBeNull();
  });

  it('is not recorded', () => {
    const p = withGrad([1], [2]);
    new AdamW([p]).step();
    expect(p.isLeaf).toBe(true);
    expect(p.requiresGrad).toBe(true);
  });

  it('moves a parameter in place, so that its module computes with the new value', () => {
    const p = new Parameter(ones([2]));
    const loss = () => p.mul(tensor([1, 2])).sum();
    const optimizer = new SGD([p], { lr: 1 });
    loss().backward();
    optimizer.step();
    expect(values(p)).toEqual([0, -1]);
    expect(loss().item()).toBe(-2);
  });

  it('of an optimiser of the user’s own gets the options and state that it defines', () => {
    /** Sign descent, counting. */
    class SignSGD extends Optimizer<{ lr: number }> {
      constructor(params: Iterable<Parameter>, options: { lr?: number } = {}) {
        const lr = { otherwise: 0.5, range: 'at most 1', holds: (value: unknown) => (value as number) <= 1 };
        super(params, options, { options: { lr }, remembers: { step: 'count' } });
      }

      protected override update(p: Tensor, g: Tensor, { lr }: { lr: number }, state?: { step?: unknown }) {
        return { value: p.sub(g.sign().mul(lr)), state: { step: Number(state?.step ?? 0) + 1 } };
      }
    }
    const p = withGrad([1, 1], [4, -4]);
    const optimizer = new SignSGD([p]);
    optimizer.step();
    optimizer.step();
    expect(values(p)).toEqual([0, 2]);
    expect(optimizer.stateDict()).toEqual({ paramGroups: [{ lr: 0.5, params: [0] }], state: [{ step: 2 }] });
    expect(() => new SignSGD([p], { lr: 2 })).toThrow('SignSGD: lr is at most 1, got 2');
  });
});
