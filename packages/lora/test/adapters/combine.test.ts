/** Combining adapters into a new one. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  type AdaptedLayer,
  addAdapter,
  combineAdapters,
  listAdapters,
  merge,
  setAdapter,
} from '@lowrank/lora';
import { Conv2d, Sequential } from '@lowrank/nn';
import { ArgumentError, manualSeed, matmul, type NestedArray, svd, type Tensor } from '@lowrank/tensor';
import { expectClose, expectError } from '../close.js';
import { addLearned, bits, KINDS, modelOf, Network, tokens } from './models.js';

beforeEach(() => {
  manualSeed(42);
});

const EACH_KIND = KINDS.map((kind) => [kind.name, kind] as const);

function nested(value: Tensor): NestedArray<number> {
  return value.tolist() as NestedArray<number>;
}

function layerOf(model: Sequential): AdaptedLayer {
  return model[0] as unknown as AdaptedLayer;
}

function weightedDelta(model: Sequential, weights: Readonly<Record<string, number>>): Tensor {
  return Object.entries(weights)
    .map(([name, weight]) => layerOf(model).delta(name).mul(weight))
    .reduce((sum, term) => sum.add(term));
}

describe('combineAdapters', () => {
  it.each(EACH_KIND)('stacks A and B into the sum exactly: cat, %s', (_, kind) => {
    const model = modelOf(kind);
    addLearned(model, { r: 2, alpha: 3 }, 'a');
    addLearned(model, { r: 1, useRslora: true }, 'b');
    combineAdapters(model, ['a', 'b'], [0.7, -0.4], { name: 'both', method: 'cat' });
    expectClose(layerOf(model).delta('both'), nested(weightedDelta(model, { a: 0.7, b: -0.4 })), 1e-5);
    expect(layerOf(model).settings('both')).toMatchObject({ rank: 3, scale: 1 });
  });

  it.each(EACH_KIND)('finds the best update of the rank for the sum: svd, %s', (_, kind) => {
    const model = modelOf(kind);
    addLearned(model, { alpha: 3 }, 'a');
    addLearned(model, { useDora: true }, 'b');
    const sum = weightedDelta(model, { a: 0.7, b: 1 });
    const matrix = kind.name === 'Embedding' ? sum.transpose() : sum.flatten(1);
    combineAdapters(model, ['a', 'b'], [0.7, 1], { name: 'best' });
    combineAdapters(model, ['a', 'b'], [0.7, 1], { name: 'one', rank: 1 });
    const { U, S, Vh } = svd(matrix);
    for (const [name, rank] of [
      ['best', 2],
      ['one', 1],
    ] as const) {
      const kept = matmul(U.narrow(1, 0, rank).mul(S.narrow(0, 0, rank)), Vh.narrow(0, 0, rank));
      const delta = layerOf(model).delta(name);
      expectClose(kind.name === 'Embedding' ? delta.transpose() : delta.flatten(1), nested(kept), 1e-4);
      expect(layerOf(model).settings(name).rank).toBe(rank);
    }
  });

  it.each(EACH_KIND)('adds up A and B, by the roots of the weights: linear, %s', (_, kind) => {
    const model = modelOf(kind);
    addLearned(model, { alpha: 3 }, 'a');
    addLearned(model, {}, 'b');
    const [a, b] = ['a', 'b'].map((name) => layerOf(model).factors(name)) as [
      { A: Tensor; B: Tensor },
      { A: Tensor; B: Tensor },
    ];
    combineAdapters(model, ['a', 'b'], [0.5, -2], { name: 'sum', method: 'linear' });
    const { A, B } = layerOf(model).factors('sum');
    const [rootA, rootB] = [Math.sqrt(0.5 * 1.5), Math.sqrt(2 * 4)];
    expectClose(A, nested(a.A.mul(rootA).sub(b.A.mul(rootB))), 1e-5);
    expectClose(B, nested(a.B.mul(rootA).add(b.B.mul(rootB))), 1e-5);
  });

  it('of one adapter with weight 1 gives the same update by each method', () => {
    const model = modelOf(KINDS[0] as (typeof KINDS)[number]);
    addLearned(model, { alpha: 3 }, 'a');
    for (const method of ['linear', 'cat', 'svd'] as const) {
      combineAdapters(model, ['a'], [1], { name: method, method });
      expectClose(layerOf(model).delta(method), nested(layerOf(model).delta('a')), 1e-5);
    }
  });

  it('counts what PiSSA took out of the weight', () => {
    const model = modelOf(KINDS[0] as (typeof KINDS)[number]);
    addLearned(model, { init: 'pissa', r: 1 }, 'a');
    addLearned(model, { r: 1 }, 'b');
    combineAdapters(model, ['a', 'b'], [1, 1], { name: 'both', method: 'cat' });
    expectClose(layerOf(model).delta('both'), nested(weightedDelta(model, { a: 1, b: 1 })), 1e-5);
    const linear = () => combineAdapters(model, ['a', 'b'], [1, 1], { name: 'sum', method: 'linear' });
    expectError(linear, ArgumentError, "'linear'", 'took out');
  });

  it('goes over whole models, where each adapter has layers and ranks of its own', () => {
    const model = new Network();
    const x = tokens();
    const base = model.forward(x);
    addAdapter(model, { r: 2, targetModules: ['query', 'head'], init: false, rankPattern: { head: 1 } }, 'a');
    addAdapter(model, { r: 1, targetModules: ['query', 'conv'], init: false }, 'b');
    setAdapter(model, ['a', 'b']);
    const both = model.forward(x);
    for (const method of ['cat', 'svd'] as const) {
      combineAdapters(model, ['a', 'b'], [1, 1], {
        name: method,
        method,
        ...(method === 'svd' && { rank: 3 }),
      });
      expect(listAdapters(model).at(-1)?.layers).toEqual([
        'blocks.0.query',
        'blocks.1.query',
        'head',
        'conv',
      ]);
      expect(bits(model.forward(x))).toEqual(bits(both));
      setAdapter(model, method);
      expectClose(model.forward(x), nested(both), 1e-4);
      expect(bits(model.forward(x))).not.toEqual(bits(base));
      setAdapter(model, ['a', 'b']);
    }
  });
});

describe('combineAdapters refuses', () => {
  const combine =
    (model: Sequential | Network, names: unknown, weights: unknown, options: object = {}) =>
    () =>
      combineAdapters(model, names as never, weights as never, { name: 'new', ...options });

  it('names, weights, methods and ranks that are none', () => {
    const model = modelOf(KINDS[0] as (typeof KINDS)[number]);
    addLearned(model, {}, 'a');
    addLearned(model, { r: 1 }, 'b');
    const wrong: readonly (readonly [() => void, ...string[]])[] = [
      [combine(model, ['a', 'c'], [1, 1]), '"c"', 'there are a, b'],
      [combine(model, ['a', 'b'], [1]), 'a finite weight for each'],
      [combine(model, ['a', 'b'], [1, Number.NaN]), 'a finite weight for each'],
      [combine(model, [], []), 'a finite weight for each'],
      [combine(model, ['a'], [1], { methd: 'cat' }), 'no option methd', 'Did you mean method?'],
      [combine(model, ['a'], [1], { method: 'ties' }), '"ties"', "'linear', 'cat', 'svd'"],
      [combine(model, ['a'], [1], { rank: 0 }), 'rank', 'got 0'],
      [combine(model, ['a'], [1], { rank: 2, method: 'cat' }), "only 'svd'"],
      [combine(model, ['a', 'b'], [1, 1], { method: 'linear' }), 'a has rank 2, b has rank 1'],
      [combine(model, ['a'], [1], { name: 'b' }), 'already an adapter b'],
      [combine(model, ['a', 'a'], [1, 1]), 'twice'],
    ];
    for (const [f, ...words] of wrong) expectError(f, ArgumentError, 'combineAdapters', ...words);
    merge(model, 'a');
    expectError(combine(model, ['a'], [1]), ArgumentError, 'unmerge');
    expect(listAdapters(model).map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it('stacks of more ranks than the weight has', () => {
    const model = modelOf(KINDS[0] as (typeof KINDS)[number]);
    for (const name of ['a', 'b']) addLearned(model, { r: 3 }, name);
    expectError(
      combine(model, ['a', 'b'], [1, 1], { method: 'cat' }),
      ArgumentError,
      'add up to 6',
      'at most 5',
      "'svd'",
    );
  });

  it('DoRA by methods that add up factors, groups by methods that do not, and copies of modules', () => {
    const model = modelOf(KINDS[0] as (typeof KINDS)[number]);
    addLearned(model, { useDora: true }, 'a');
    for (const method of ['linear', 'cat']) {
      expectError(combine(model, ['a'], [1], { method }), ArgumentError, 'a has DoRA', "'svd'");
    }
    const grouped = new Sequential(new Conv2d(4, 4, 3, { groups: 2 }));
    addLearned(grouped, {}, 'a');
    for (const method of ['svd', 'cat']) {
      expectError(combine(grouped, ['a'], [1], { method }), ArgumentError, '2 groups', "'linear'");
    }
    combineAdapters(grouped, ['a'], [1], { name: 'same', method: 'linear' });
    const network = new Network();
    addAdapter(network, { r: 1, targetModules: ['conv'], modulesToSave: ['head'] }, 'a');
    expectError(combine(network, ['a'], [1]), ArgumentError, 'a has a copy of head');
  });
});
