/** Graphs as text: what Graphviz and Mermaid are given, whatever tensors are called. */
import { describe, expect, it } from '@jest/globals';
import { graph, named, toDot, toJSON, toMermaid, traceCalls } from '@lowrank/autograd';
import { matmul, ones, type Tensor, tensor } from '@lowrank/tensor';

const leaf = (values: Parameters<typeof tensor>[0]) => tensor(values, { requiresGrad: true });
const small = () =>
  graph(
    named(leaf([1, 2]), 'x')
      .mul(tensor(3))
      .sum(),
  );

/** All that a module needs to have. */
class Linear {
  readonly weight = ones([2, 1], { requiresGrad: true });
  readonly forward = (x: Tensor) => matmul(x, this.weight);
}
const layer = new Linear();
const modules = {
  namedModules: () => [['0', layer] as const],
  namedParameters: () => [['0.weight', layer.weight] as const],
};
const layered = graph(traceCalls(() => layer.forward(ones([1, 2])).sum(), { modules }));

const HOSTILE = [
  '"]; evil -> evil; x [label="',
  '\\',
  '\\"',
  '</script><script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  'a\nb -> c\r\u2028d',
  '&quot;&#34;#quot;',
  '"]\nclick n0 call alert()',
  '`**bold**`',
];

describe('toDot', () => {
  it('writes a graph from left to right', () => {
    expect(toDot(small())).toBe(`digraph {
  rankdir=LR;
  n0 [label="x\\n[2]", shape=ellipse];
  n1 [label="constant\\n[]", shape=ellipse, style=dashed];
  n2 [label="mul\\n[2]", shape=box];
  n3 [label="sum\\n[]", shape=box];
  n0 -> n2;
  n1 -> n2 [style=dashed];
  n2 -> n3;
}
`);
  });

  it('frames modules, or folds them', () => {
    expect(toDot(layered)).toContain('subgraph cluster_0 { label="0 (Linear)";');
    const folded = toDot(layered, { folded: true });
    expect(folded).toContain('m0 [label="0\\nLinear, 1 op", shape=box3d];');
    expect(folded).not.toContain('weight');
  });

  it.each(HOSTILE)('keeps the name %j within its label', (name) => {
    const lines = toDot(graph(named(leaf(1), name).exp())).split('\n');
    expect(lines).toHaveLength(7);
    expect(lines[2]).toMatch(/^ {2}n0 \[label="(?:[^"\\]|\\["\\n])*", shape=ellipse\];$/);
  });
});

describe('toMermaid', () => {
  it('writes a flowchart', () => {
    expect(toMermaid(small())).toBe(`flowchart LR
  n0(["x<br/>[2]"])
  n1("constant<br/>[]")
  n2["mul<br/>[2]"]
  n3["sum<br/>[]"]
  n0 --> n2
  n1 -.-> n2
  n2 --> n3
`);
  });

  it('frames modules, or folds them', () => {
    expect(toMermaid(layered)).toMatch(/ {2}subgraph s0\["0 \(Linear\)"\]\n( {4}n\d.*\n){2} {2}end\n/);
    expect(toMermaid(layered, { folded: true })).toContain('m0[["0<br/>Linear, 1 op"]]');
  });

  it.each(HOSTILE)('keeps the name %j within its label', (name) => {
    const lines = toMermaid(graph(named(leaf(1), name).exp())).split('\n');
    expect(lines).toHaveLength(5);
    expect(lines[1]).toMatch(/^ {2}n0\(\["(?:[^"<>&`*#]|#\d+;)*<br\/>\[\]"\]\)$/);
  });
});

describe('toJSON', () => {
  it('gives the graph back', () => {
    expect(JSON.parse(toJSON(layered))).toEqual(JSON.parse(JSON.stringify(layered)));
    expect(JSON.parse(toJSON(layered))).toEqual(layered);
  });

  it('writes numbers that JSON does not have by their names', () => {
    const [node] = layered.nodes;
    const endless = { ...layered, nodes: [{ ...node, attrs: { limit: -Infinity } }] };
    expect(JSON.parse(toJSON(endless)).nodes[0].attrs).toEqual({ limit: '-Infinity' });
  });
});
