/** The backward pass step by step: the numbers are the engine's, and looking changes nothing. */
import { describe, expect, it } from '@jest/globals';
import {
  type BackwardStep,
  backwardSteps,
  defineFunction,
  grad,
  graph,
  graphValues,
  isGradEnabled,
  named,
  RULES,
  traceCalls,
} from '@lowrank/autograd';
import { GradientError, type Tensor, tensor } from '@lowrank/tensor';
import { PROGRAMS } from './programs.js';

const leaf = (values: Parameters<typeof tensor>[0]) => tensor(values, { requiresGrad: true });
const withoutLayout = (text: string) => text.replace(/\s+/g, '');

function gradientOf(output: Tensor, input: Tensor): unknown {
  return grad(output, [input], { retainGraph: true })[0].tolist();
}

describe.each(Object.entries(PROGRAMS))('the steps of %s', (_, program) => {
  const output = traceCalls(program);
  const { nodes } = graph(output);
  const values = graphValues(output);
  const valueAt = (node: number) => values.get(node) as Tensor;
  const steps = [...backwardSteps(output)];
  const rules = steps.filter((step) => step.kind === 'rule');

  it('bring to each node the gradient that grad gives', () => {
    expect(rules.length).toBeGreaterThan(0);
    for (const { node, incoming } of rules)
      expect(incoming[0]?.tolist()).toEqual(gradientOf(output, valueAt(node)));
  });

  it('send out gradients that add up to what grad gives', () => {
    const last = new Map(rules.flatMap(({ outgoing }) => outgoing.map(({ to, received }) => [to, received])));
    expect(last.size).toBeGreaterThan(0);
    for (const [to, received] of last) {
      if (nodes[to].outputs.length === 1) expect(received.tolist()).toEqual(gradientOf(output, valueAt(to)));
    }
  });

  it('end on the leaves with what backward leaves in grad', () => {
    const leaves = steps.filter((step) => step.kind === 'leaf');
    output.backward(undefined, { retainGraph: true });
    const trained = nodes.filter(({ kind }) => kind === 'leaf');
    expect(new Set(leaves.map(({ node }) => node))).toEqual(new Set(trained.map(({ id }) => id)));
    for (const { node, grad } of leaves) expect(grad.tolist()).toEqual(valueAt(node).grad?.tolist());
  });

  it('visit every op once, after all that used its output', () => {
    const ids = rules.map(({ node }) => node);
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => b - a));
    expect(ids.length).toBe(nodes.filter(({ kind }) => kind === 'op').length);
  });
});

describe('backwardSteps', () => {
  const rulesOf = (output: Tensor) =>
    [...backwardSteps(output)].flatMap((step) => (step.kind === 'rule' ? [step] : []));

  it('shows the rule as it stands in the table, and of it the part for each input', () => {
    const [{ rule, outgoing }] = rulesOf(leaf(2).mul(leaf(3)));
    expect(withoutLayout(rule)).toBe(withoutLayout(String(RULES.get('mul')?.gradient)));
    for (const { formula } of outgoing) expect(withoutLayout(rule)).toContain(withoutLayout(formula));
    expect(outgoing[0].formula).not.toBe(outgoing[1].formula);
  });

  it('shows the whole rule of an op with one input', () => {
    const [{ rule, outgoing }] = rulesOf(leaf(2).exp());
    expect(outgoing[0].formula).toBe(rule);
    expect(withoutLayout(rule)).toBe(withoutLayout(String(RULES.get('exp')?.gradient)));
  });

  it("shows a user's own rule", () => {
    const backward = (g: Tensor) => g.mul(7);
    const seven = defineFunction({ name: 'seven', forward: ([x]) => x.mul(7), backward });
    expect(rulesOf(seven([leaf(1)]))[0]).toMatchObject({ op: 'seven', rule: String(backward) });
  });

  it('shows how gradients add up where paths meet', () => {
    const x = leaf(2);
    const output = x.mul(3).add(x);
    const toX = rulesOf(output).flatMap(({ outgoing }) => outgoing.filter(({ to }) => to === 0));
    expect(toX.map(({ gradient, received }) => [gradient.item(), received.item()])).toEqual([
      [1, 1],
      [3, 4],
    ]);
  });

  it('tells which gradients were summed, since the input was stretched', () => {
    const [{ outgoing }] = rulesOf(leaf([1, 2]).mul(leaf(3)).sum()).slice(1);
    expect(outgoing.map(({ isSummed }) => isSummed)).toEqual([false, true]);
  });

  it('adds to the grad that is there, and changes none', () => {
    const x = leaf([1, 2]);
    const output = named(x, 'x').square().sum();
    output.backward(undefined, { retainGraph: true });
    const last = [...backwardSteps(output)].at(-1) as BackwardStep & { kind: 'leaf' };
    expect([last.name, last.gradient.tolist(), last.grad.tolist()]).toEqual(['x', [2, 4], [4, 8]]);
    expect(x.grad?.tolist()).toEqual([2, 4]);
    output.backward();
    expect(x.grad?.tolist()).toEqual([4, 8]);
  });

  it('leaves the recording mode alone between two steps', () => {
    const steps = backwardSteps(leaf(2).exp().square());
    steps.next();
    expect(isGradEnabled()).toBe(true);
    expect(leaf(1).mul(2).requiresGrad).toBe(true);
    expect([...steps].length).toBe(2);
  });

  it('runs hooks, which take part in what gradients are', () => {
    const x = leaf(2);
    const h = x.mul(3);
    h.registerHook((g) => g.mul(10));
    expect(rulesOf(h.square()).at(-1)?.incoming[0]?.item()).toBe(120);
  });

  it('begins with the gradient that it is given', () => {
    const x = leaf([1, 2]);
    const steps = [...backwardSteps(x.mul(2), { gradient: tensor([10, 20]) })];
    expect((steps.at(-1) as BackwardStep & { kind: 'leaf' }).grad.tolist()).toEqual([20, 40]);
  });

  it('refuses what backward refuses', () => {
    expect(() => [...backwardSteps(tensor(1))]).toThrow(GradientError);
    expect(() => [...backwardSteps(leaf([1, 2]).mul(2))]).toThrow(
      /^backwardSteps: only a tensor of one element/,
    );
  });
});
