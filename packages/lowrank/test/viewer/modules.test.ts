/** Graphs that know modules: the paths of parameters, runs of forward, folding. */
import { describe, expect, it } from '@jest/globals';
import {
  foldGraph,
  graph,
  Linear,
  Module,
  named,
  ones,
  ReLU,
  registerParametrization,
  Sequential,
  type Tensor,
  tensor,
  traceCalls,
} from 'lowrank';

const leaf = (values: Parameters<typeof tensor>[0]) => tensor(values, { requiresGrad: true });

class Net extends Module {
  readonly first = new Linear(2, 3);
  readonly rest = new Sequential(new ReLU(), new Linear(3, 1));
  forward(x: Tensor): Tensor {
    return this.rest.forward(this.first.forward(x)).mul(2);
  }
}

describe('the graph of a module', () => {
  it('knows the paths of parameters if it is told of the module', () => {
    const net = new Net();
    const y = net.forward(ones([1, 2])).sum();
    const paths = (options = {}) =>
      graph(y, options).nodes.flatMap(({ kind, name }) => (kind === 'parameter' ? [name] : []));
    expect(paths()).toEqual([]);
    expect(paths({ modules: net })).toEqual(['first.weight', 'first.bias', 'rest.1.weight', 'rest.1.bias']);
  });
});

describe('a traced graph', () => {
  const net = new Net();
  const x = named(ones([4, 2]), 'x');
  const y = traceCalls(() => net.forward(x).sum(), { modules: net });
  const { nodes, edges, modules } = graph(y);
  const pathOf = (module: number | null) => (module === null ? null : modules[module].path);

  it('knows in which run of which module an op was called', () => {
    expect(nodes.filter(({ kind }) => kind === 'op').map(({ op, module }) => [op, pathOf(module)])).toEqual([
      ['linear', 'first'],
      ['relu', 'rest.0'],
      ['linear', 'rest.1'],
      ['mul', null],
      ['sum', null],
    ]);
    expect(modules.map(({ path, type, parent }) => [path, type, pathOf(parent)])).toEqual([
      ['first', 'Linear', null],
      ['rest', 'Sequential', null],
      ['rest.0', 'ReLU', 'rest'],
      ['rest.1', 'Linear', 'rest'],
    ]);
  });

  it('puts parameters into the module that they go into, and leaves inputs outside', () => {
    const homes = nodes.filter(({ kind }) => kind !== 'op').map(({ name, module }) => [name, pathOf(module)]);
    expect(homes).toEqual([
      ['x', null],
      ['first.weight', 'first'],
      ['first.bias', 'first'],
      ['rest.1.weight', 'rest.1'],
      ['rest.1.bias', 'rest.1'],
      [null, null],
    ]);
  });

  it('tells a module that runs twice apart, and holds what both runs share outside of them', () => {
    const shared = new Linear(2, 2);
    const twice = new Sequential(shared, new ReLU(), shared);
    const found = graph(traceCalls(() => twice.forward(x).sum(), { modules: twice }));
    expect(found.modules.map(({ path }) => path)).toEqual(['0', '1', '0']);
    expect(found.nodes.filter(({ kind }) => kind === 'parameter').map(({ module }) => module)).toEqual([
      null,
      null,
    ]);
  });

  it('leaves the modules as they were, also after an error, and their printed form', () => {
    const before = [Object.keys(net.first), String(net)];
    const fail = () => {
      net.forward(x);
      throw new RangeError('stop');
    };
    expect(() => traceCalls(fail, { modules: net })).toThrow(RangeError);
    expect([Object.keys(net.first), String(net)]).toEqual(before);
    expect(Object.hasOwn(net.first, 'forward')).toBe(false);
    expect(graph(net.forward(x).sum()).modules).toEqual([]);
  });

  it('gives back a forward that was replaced before', () => {
    const layer = new Linear(2, 2);
    const own = (input: Tensor) => input.mul(3);
    Object.assign(layer, { forward: own });
    const model = new Sequential(layer);
    expect(graph(traceCalls(() => model.forward(leaf([1, 2])), { modules: model })).modules).toHaveLength(1);
    expect(layer.forward).toBe(own);
    expect(Object.keys(layer)).toContain('forward');
  });

  it('shows parametrizations as modules', () => {
    const layer = registerParametrization(new Linear(2, 2), 'weight', new ReLU());
    const model = new Sequential(layer);
    const found = graph(traceCalls(() => model.forward(x).sum(), { modules: model }));
    expect(found.modules.map(({ path }) => path)).toContain('0.parametrizations.weight.0');
  });

  it('folds: what is inside of a closed module is one box', () => {
    const found = { nodes, edges, modules };
    const rest = modules.findIndex(({ path }) => path === 'rest');
    const closed = foldGraph(found, new Set());
    expect(
      closed.boxes.map(({ key, isModule, ops }) => [isModule ? pathOf(Number(key.slice(1))) : key, ops]),
    ).toEqual([
      ['n0', 0],
      ['first', 1],
      ['rest', 2],
      [expect.stringMatching(/^n/), 0],
      [expect.stringMatching(/^n/), expect.any(Number)],
      [expect.stringMatching(/^n/), expect.any(Number)],
    ]);
    expect(closed.links).toContainEqual({ from: 'm0', to: `m${rest}`, carriesGradient: true });
    const opened = foldGraph(found, new Set([rest]));
    expect(opened.open).toEqual([rest]);
    expect(opened.boxes.filter(({ within }) => within === rest).map(({ id }) => pathOf(id))).toEqual([
      'rest.0',
      'rest.1',
    ]);
    // One inside of a closed module is not seen.
    expect(foldGraph(found, new Set([rest + 1]))).toEqual(closed);
    const all = foldGraph(found, new Set(modules.keys()));
    expect(all.boxes.map(({ id }) => id).sort((a, b) => a - b)).toEqual([...nodes.keys()]);
    expect(all.links).toHaveLength(edges.length);
  });
});
