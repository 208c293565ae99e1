/** An adapter out of the difference of two models: how near it comes, what it leaves, what is refused. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { noGrad } from '@lowrank/autograd';
import {
  Conv2d,
  Embedding,
  Flatten,
  LayerNorm,
  Linear,
  Module,
  ModuleDict,
  registerParametrization,
  Sequential,
} from '@lowrank/nn';
import {
  ArgumentError,
  arange,
  manualSeed,
  matmul,
  randn,
  type Shape,
  ShapeError,
  type Tensor,
} from '@lowrank/tensor';
import type { AdaptedLayer } from '../../src/adapters/adapted-layer.js';
import { addAdapter, listAdapters, setAdapter } from '../../src/adapters/life.js';
import { merge } from '../../src/adapters/merge.js';
import { extractLora } from '../../src/analysis/extract-lora.js';
import { factorize } from '../../src/analysis/factorize.js';
import { Lora } from '../../src/lora.js';
import { expectError } from '../close.js';

beforeEach(() => {
  manualSeed(42);
});

/** Embedding, Linear, LayerNorm, Linear: 6 numbers in, each an index below 10. */
const language = () =>
  new Sequential(
    new Embedding(10, 8),
    new Flatten(),
    new Linear(48, 12),
    new LayerNorm(12),
    new Linear(12, 3),
  );
const vision = () => new Sequential(new Conv2d(1, 4, 3), new Conv2d(4, 6, 3, { groups: 2 }), new Flatten());

/** Names that are regular expressions of another meaning. */
class Named extends Module {
  readonly parts = new ModuleDict({ 'a+b': new Linear(4, 4), '(c)': new Linear(4, 4) });
  forward(x: Tensor): Tensor {
    return [...this.parts].reduce((value, [, layer]) => layer.forward(value), x);
  }
}

const LANGUAGE_INPUT = arange(12).remainder(10).reshape([2, 6]);

/** A copy of a model in which some tensors were moved by a random amount of a rank. */
function moved<M extends Module>(make: () => M, base: M, paths: readonly string[], rank = 100): M {
  const copy = make();
  copy.loadStateDict(base.stateDict());
  for (const [path, parameter] of copy.namedParameters()) {
    if (paths.includes(path)) parameter.assign(parameter.detach().add(change(parameter.shape, rank)));
  }
  return copy;
}

function change(shape: Shape, rank: number): Tensor {
  if (shape.length < 2) return randn(shape).mul(0.1);
  const matrix = randn(shape).flatten(1);
  const [rows, columns] = matrix.shape as [number, number];
  if (rank >= Math.min(rows, columns)) return matrix.mul(0.1).reshape(shape);
  return matmul(randn([rows, rank]), randn([rank, columns]))
    .mul(0.1)
    .reshape(shape);
}

const distance = (a: Tensor, b: Tensor) => a.sub(b).abs().amax().item();
const bits = (model: Module) => Object.values(model.stateDict()).map((value) => value.tolist());

describe('extractLora', () => {
  it('gives the base model what the fine-tuned one has learned, where the rank is enough', () => {
    const base = language();
    const finetuned = moved(language, base, ['0.weight', '2.weight', '4.weight'], 3);
    const before = bits(finetuned);
    const { modules, left } = extractLora(finetuned, base, 3);
    expect(modules.map(({ module, rank }) => [module, rank])).toEqual([
      ['0', 3],
      ['2', 3],
      ['4', 3],
    ]);
    for (const { error, relativeError } of modules) {
      expect(error).toBeLessThan(1e-4);
      expect(relativeError).toBeLessThan(1e-5);
    }
    expect(left).toEqual([]);
    noGrad(() => {
      expect(distance(base.forward(LANGUAGE_INPUT), finetuned.forward(LANGUAGE_INPUT))).toBeLessThan(1e-4);
    });
    expect(bits(finetuned)).toEqual(before);
  });

  it('adapts convolutions, and what has changed alone', () => {
    const base = vision();
    const finetuned = moved(vision, base, ['0.weight']);
    const { modules } = extractLora(finetuned, base, 4, { name: 'seen' });
    expect(modules.map(({ module }) => module)).toEqual(['0']);
    expect(listAdapters(base).map(({ name, isActive, layers }) => [name, isActive, layers])).toEqual([
      ['seen', true, ['0']],
    ]);
    const x = randn([2, 1, 7, 7]);
    noGrad(() => expect(distance(base.forward(x), finetuned.forward(x))).toBeLessThan(1e-5));
  });

  it('comes as near as a rank can: the error is that of Eckart and Young', () => {
    const base = language();
    const finetuned = moved(language, base, ['2.weight']);
    const difference = (finetuned[2] as Linear).weight.sub((base[2] as Linear).weight).detach();
    const [found] = extractLora(finetuned, base, 5).modules;
    const best = factorize(difference, 5);
    expect(found?.error).toBeCloseTo(best.error, 5);
    expect(found?.relativeError).toBeCloseTo(best.relativeError, 5);
    const update = (base[2] as unknown as AdaptedLayer).delta('default').detach();
    expect(update.sub(difference).square().sum().sqrt().item()).toBeCloseTo(best.error, 4);
  });

  it('takes the rank that each difference needs for an energy, and no more than a weight has', () => {
    const base = language();
    const finetuned = moved(language, moved(language, base, ['0.weight'], 1), ['2.weight'], 4);
    const { modules } = extractLora(finetuned, base, { energy: 0.9999 });
    expect(modules.map(({ rank }) => rank)).toEqual([1, 4]);
    const other = language();
    const { modules: cut } = extractLora(moved(language, other, ['2.weight', '4.weight']), other, 9);
    expect(cut.map(({ module, rank }) => [module, rank])).toEqual([
      ['2', 9],
      ['4', 3],
    ]);
  });

  it('reports what an adapter cannot hold, or takes it over with whole modules', () => {
    const base = language();
    const finetuned = moved(language, base, [
      '2.weight',
      '2.bias',
      '3.weight',
      '3.bias',
      '4.weight',
      '4.bias',
    ]);
    const options = { modulesToSave: ['3', '4'] };
    const { modules, left } = extractLora(finetuned, base, 12, options);
    expect(modules.map(({ module }) => module)).toEqual(['2']);
    expect(left).toEqual(['2.bias']);
    const { bias } = base[2] as unknown as AdaptedLayer;
    (bias as Tensor).assign(((finetuned[2] as Linear).bias as Tensor).detach());
    noGrad(() => {
      expect(distance(base.forward(LANGUAGE_INPUT), finetuned.forward(LANGUAGE_INPUT))).toBeLessThan(1e-4);
    });
  });

  it('finds modules of any name', () => {
    const make = () => new Sequential(new Named());
    const base = make();
    const finetuned = moved(make, base, ['0.parts.a+b.weight', '0.parts.(c).weight'], 1);
    const { modules, left } = extractLora(finetuned, base, { energy: 0.999 });
    expect(modules.map(({ module }) => module)).toEqual(['0.parts.a+b', '0.parts.(c)']);
    expect(left).toEqual([]);
  });

  it('adds to the adapters that there are, and leaves them as they are', () => {
    const base = language();
    const finetuned = moved(language, base, ['2.weight'], 2);
    addAdapter(base, { r: 2, targetModules: ['2', '4'], modulesToSave: ['3'] }, 'first');
    extractLora(finetuned, base, 2, { name: 'second' });
    expect(listAdapters(base).map(({ name, isActive }) => [name, isActive])).toEqual([
      ['first', true],
      ['second', false],
    ]);
    setAdapter(base, 'second');
    noGrad(() => {
      expect(distance(base.forward(LANGUAGE_INPUT), finetuned.forward(LANGUAGE_INPUT))).toBeLessThan(1e-4);
    });
  });
});

describe('extractLora refuses, and leaves the base as it was:', () => {
  function refuses(finetuned: Module, base: Module, options: object, ...words: string[]): void {
    const [before, printed] = [bits(base), String(base)];
    expectError(() => extractLora(finetuned, base, 2, options), ArgumentError, 'extractLora', ...words);
    expect([bits(base), String(base)]).toEqual([before, printed]);
  }

  it('models that are equal, or differ in what no adapter holds alone', () => {
    const base = language();
    refuses(moved(language, base, []), base, {}, 'no weight');
    refuses(moved(language, base, ['2.bias']), base, {}, 'no weight', '2.bias');
    const convolutions = vision();
    refuses(moved(vision, convolutions, ['1.weight']), convolutions, {}, '1.weight');
  });

  it('what strict does not allow', () => {
    const base = language();
    refuses(moved(language, base, ['2.weight', '2.bias']), base, { strict: true }, '2.bias', 'modulesToSave');
  });

  it('models that are not built alike', () => {
    refuses(vision(), language(), {}, 'not built alike', '4.weight');
    const wider = new Sequential(new Linear(3, 4));
    const base = new Sequential(new Linear(3, 2));
    expectError(() => extractLora(wider, base, 1), ShapeError, 'extractLora', '0.weight', '[4, 3]', '[2, 3]');
  });

  it('differences that are not finite', () => {
    const base = language();
    const finetuned = moved(language, base, ['2.weight']);
    const { weight } = finetuned[2] as Linear;
    weight.assign(weight.detach().div(0));
    refuses(finetuned, base, {}, '2', 'finite');
  });

  it('fine-tuned models with adapters or parametrizations, and a base with merged ones', () => {
    const base = language();
    const adapted = moved(language, base, ['2.weight']);
    addAdapter(adapted, { targetModules: ['2'] });
    refuses(adapted, base, {}, 'mergeAndUnload');
    const parametrized = moved(language, base, ['2.weight']);
    const layer = parametrized[2] as Linear;
    registerParametrization(layer, 'weight', new Lora(layer.weight.shape));
    refuses(parametrized, base, {}, 'removeParametrizations');
    const finetuned = moved(language, base, ['2.weight']);
    addAdapter(base, { r: 2, targetModules: ['2'] }, 'merged');
    merge(base);
    refuses(finetuned, base, {}, 'unmerge');
  });

  it('a name that is taken, and arguments that are none', () => {
    const base = language();
    const finetuned = moved(language, base, ['2.weight']);
    addAdapter(base, { r: 2, targetModules: ['2'] }, 'taken');
    refuses(finetuned, base, { name: 'taken' }, 'already an adapter taken');
    refuses(finetuned, base, { modulesToSave: ['nothing'] }, 'modulesToSave', 'nothing');
    refuses({} as Module, base, {}, 'two modules');
    refuses(finetuned, base, [] as object, 'options');
    for (const rank of [0, 1.5, Number.NaN]) {
      expectError(() => extractLora(finetuned, base, rank), ArgumentError, 'extractLora', 'at least 1');
    }
  });
});
