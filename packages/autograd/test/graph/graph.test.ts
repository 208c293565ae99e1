/** The graph of a tensor as plain data: what it holds, without modules. */
import { describe, expect, it } from '@jest/globals';
import { graph, graphValues, type NamedModules, named, traceCalls } from '@lowrank/autograd';
import { ArgumentError, GradientError, ones, svd, tensor } from '@lowrank/tensor';

const leaf = (values: Parameters<typeof tensor>[0]) => tensor(values, { requiresGrad: true });

describe('graph', () => {
  it('has a node for each call and each tensor that went in, in an order in which they can be computed', () => {
    const x = named(leaf([1, 2]), 'x');
    const y = named(x.mul(leaf(3)), 'y')
      .clamp(0, Number.POSITIVE_INFINITY)
      .sum();
    const { nodes, edges, modules } = graph(y);
    expect(nodes.map(({ id }) => id)).toEqual([...nodes.keys()]);
    expect(nodes.map(({ kind, op, name }) => [kind, op, name])).toEqual([
      ['leaf', null, 'x'],
      ['leaf', null, null],
      ['op', 'mul', 'y'],
      ['constant', null, null],
      ['constant', null, null],
      ['op', 'clamp', null],
      ['op', 'sum', null],
    ]);
    for (const { from, to } of edges) expect(from).toBeLessThan(to);
    expect(modules).toEqual([]);
  });

  it('tells shapes, dtypes and attributes', () => {
    const { nodes } = graph(ones([2, 3], { requiresGrad: true }).sum(1));
    expect(nodes[1]).toMatchObject({
      outputs: [{ shape: [2], dtype: 'float32' }],
      attrs: { axes: [1], keepdim: false },
    });
  });

  it('tells which edges carry gradients, and which values are kept', () => {
    const { edges } = graph(leaf(2).mul(tensor(3)));
    expect(edges.map(({ input, carriesGradient, isKept }) => [input, carriesGradient, isKept])).toEqual([
      [0, true, false],
      [1, false, true],
    ]);
    expect(graph(leaf(2).exp()).nodes[1].keepsOutput).toBe(true);
  });

  it('tells which of several outputs went on', () => {
    const { S } = svd(
      leaf([
        [1, 2],
        [3, 5],
      ]),
    );
    expect(graph(S.sum()).edges.at(-1)).toMatchObject({ from: 1, output: 1, to: 2 });
  });

  it('is still there when a backward pass has freed the values', () => {
    const y = leaf(2).mul(tensor(3)).square();
    const before = graph(y);
    y.backward();
    expect(graph(y)).toEqual(before);
  });

  it('joins the graphs of several tensors', () => {
    const x = leaf(1);
    expect(graph([x.mul(2), x.exp()]).nodes.filter(({ kind }) => kind === 'leaf')).toHaveLength(1);
  });

  it('shows a leaf alone', () => {
    expect(graph(named(leaf(1), 'x')).nodes).toMatchObject([{ kind: 'leaf', name: 'x' }]);
  });

  it('refuses a tensor without a graph, and things that are no modules', () => {
    expect(() => graph(tensor(1))).toThrow(GradientError);
    expect(() => graph(leaf(1), { modules: {} as NamedModules })).toThrow(ArgumentError);
    expect(() => named(leaf(1), 1 as unknown as string)).toThrow(ArgumentError);
  });
});

describe('a traced graph', () => {
  it('knows the line that called each op', () => {
    const output = traceCalls(() => leaf(1).exp());
    expect(graph(output).nodes[1].place).toMatchObject({
      file: expect.stringContaining('graph.test.ts'),
      line: expect.any(Number),
    });
    expect(graph(leaf(1).exp()).nodes[1].place).toBeNull();
  });

  it('knows values, and that two uses of a constant are one', () => {
    const c = named(tensor([1, 2]), 'c');
    const output = traceCalls(() => leaf([3, 4]).mul(c).add(c).sum());
    const values = graphValues(output);
    const found = graph(output);
    expect(found.nodes.map(({ id, op, name }) => [op ?? name, values.get(id)?.tolist()])).toEqual([
      [null, [3, 4]],
      ['c', [1, 2]],
      ['mul', [3, 8]],
      ['add', [4, 10]],
      ['sum', 14],
    ]);
  });

  it('refuses asynchronous functions', () => {
    expect(() => traceCalls(async () => undefined)).toThrow(GradientError);
  });
});
