/** Mixed batches: each row through an adapter of its own. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  type Adapted,
  type AdaptedLayer,
  addAdapter,
  disableAdapters,
  merge,
  type RowAdapters,
  setAdapter,
} from '@lowrank/lora';
import { Linear, Module, Sequential } from '@lowrank/nn';
import {
  ArgumentError,
  indexSelect,
  manualSeed,
  type NestedArray,
  ShapeError,
  type Tensor,
  tensor,
} from '@lowrank/tensor';
import { expectClose, expectError } from '../close.js';
import { addLearned, bits, KINDS, learn, modelOf, Network, tokens } from './models.js';

beforeEach(() => {
  manualSeed(42);
});

/** What a model computes for each row alone, with the row's adapter set. */
function rowByRow(
  model: Module & { forward(x: Tensor): Tensor },
  x: Tensor,
  adapters: RowAdapters,
): NestedArray<number> {
  const rows = adapters.map((name, i) => {
    setAdapter(model, name === null ? [] : name);
    const row = model.forward(indexSelect(x, 0, tensor([i], { dtype: 'int32' })));
    return (row.tolist() as NestedArray<number>[])[0] as NestedArray<number>;
  });
  return rows;
}

describe('a mixed batch', () => {
  it.each(KINDS.map((kind) => [kind.name, kind] as const))(
    'computes each row with its adapter: %s',
    (_, kind) => {
      const model = modelOf(kind);
      addLearned(model, {}, 'a');
      addLearned(model, { r: 1, useRslora: true }, 'b');
      addLearned(model, { useDora: true }, 'dora');
      addLearned(model, { init: 'pissa' }, 'pissa');
      const x = kind.batch();
      const layer = model[0] as unknown as AdaptedLayer;
      for (const adapters of [
        ['b', null, 'a', 'b'],
        ['dora', 'a', 'pissa', null],
        ['a', 'a', 'a', 'a'],
        [null, null, null, null],
      ]) {
        const mixed = layer.forward(x, { adapters });
        expectClose(mixed, rowByRow(model, x, adapters), 1e-5);
        expectClose(
          (model as Adapted<Sequential>).forward(x, { adapters }),
          rowByRow(model, x, adapters),
          1e-5,
        );
      }
    },
  );

  it('goes through whole models, where each adapter adapts other layers and saves other modules', () => {
    const network = new Network();
    const model = addAdapter(
      network,
      { r: 2, targetModules: ['query', 'conv'], init: false, modulesToSave: ['head'] },
      'a',
    );
    addAdapter(model, { r: 1, targetModules: ['embed', 'value'], init: false }, 'b');
    addAdapter(model, { r: 1, targetModules: ['conv'], init: false, modulesToSave: ['head'] }, 'c');
    learn(model.parameters());
    const adapters = ['c', 'a', null, 'b', 'a', 'c'];
    const mixed = model.forward(tokens(), { adapters });
    expectClose(mixed, rowByRow(network, tokens(), adapters), 1e-4);
    setAdapter(model, 'a');
    expect(bits(model.forward(tokens(), {}))).toEqual(bits(model.forward(tokens())));
  });

  it('computes the base layer once, for all rows', () => {
    let calls = 0;
    class Counted extends Linear {
      override forward(x: Tensor): Tensor {
        calls++;
        return super.forward(x);
      }
    }
    const model = new Sequential(new Counted(6, 5));
    for (const name of ['a', 'b', 'c']) addLearned(model, {}, name);
    calls = 0;
    (model[0] as unknown as AdaptedLayer).forward(KINDS[0]?.batch() as Tensor, {
      adapters: ['a', 'b', 'c', null],
    });
    expect(calls).toBe(1);
  });

  it('sends gradients to the adapters of its rows', () => {
    const model = modelOf(KINDS[0] as (typeof KINDS)[number]);
    for (const name of ['a', 'b', 'c']) addLearned(model, {}, name);
    setAdapter(model, ['a', 'b', 'c']);
    const x = KINDS[0]?.batch() as Tensor;
    const layer = model[0] as unknown as AdaptedLayer;
    layer
      .forward(x, { adapters: ['a', 'b', null, 'a'] })
      .square()
      .sum()
      .backward();
    const gradient = (name: string) =>
      layer.lora_A.get(name)?.weight.grad?.tolist() as NestedArray<number> | undefined;
    expect(gradient('c')).toBeUndefined();
    const mixed = gradient('a') as NestedArray<number>;
    model.zeroGrad();
    setAdapter(model, 'a');
    model
      .forward(indexSelect(x, 0, tensor([0, 3], { dtype: 'int32' })))
      .square()
      .sum()
      .backward();
    expectClose(layer.lora_A.get('a')?.weight.grad as Tensor, mixed, 1e-5);
  });

  it('does not let the broken adapter of one row reach the others', () => {
    const model = modelOf(KINDS[0] as (typeof KINDS)[number]);
    for (const name of ['good', 'broken']) addLearned(model, {}, name);
    const layer = model[0] as unknown as AdaptedLayer;
    const B = layer.factors('broken').B;
    B.assign(B.detach().mul(Number.NaN));
    const y = layer.forward(KINDS[0]?.batch() as Tensor, { adapters: ['broken', 'good', null, 'good'] });
    expect(bits(y.isfinite().all(1))).toEqual([0, 1, 1, 1]);
  });

  it('is the base model’s where adapters are switched off', () => {
    const model = modelOf(KINDS[0] as (typeof KINDS)[number]);
    const x = KINDS[0]?.batch() as Tensor;
    const base = bits(model.forward(x));
    addLearned(model, {}, 'a');
    disableAdapters(model);
    expect(bits((model as Adapted<Sequential>).forward(x, { adapters: ['a', 'a', null, 'a'] }))).toEqual(
      base,
    );
  });
});

describe('a mixed batch is refused', () => {
  it('with names that are none, or for another number of rows', () => {
    const model = addAdapter(new Network(), { r: 1, targetModules: ['conv', 'head'] }, 'a');
    const forward = (adapters: unknown) => () => model.forward(tokens(), { adapters } as never);
    expectError(forward(['b', null]), ArgumentError, 'forward', '"b"', 'there are a', 'null');
    expectError(forward([undefined]), ArgumentError, 'no adapter undefined');
    expectError(forward('a'), ArgumentError, 'a list', '"a"');
    expectError(forward(['a', null]), ShapeError, 'lora.Conv2d', '[6, 2, 4, 4]', '2 rows', 'first axis');
    expect(model.forward(tokens()).shape).toEqual([6, 3]);
  });

  it('where a layer does not see the rows on the first axis', () => {
    class Sums extends Module {
      readonly fc = new Linear(6, 5);
      forward(x: Tensor): Tensor {
        return this.fc.forward(x.sum(0));
      }
    }
    const model = addAdapter(new Sums(), { r: 1, targetModules: ['fc'] });
    const x = KINDS[0]?.batch() as Tensor;
    expectError(
      () => model.forward(x, { adapters: Array(4).fill('default') }),
      ShapeError,
      'lora.Linear',
      '[6]',
    );
  });

  it('while adapters are merged', () => {
    const model = addAdapter(new Network(), { r: 1, targetModules: ['conv', 'head'] }, 'a');
    merge(model);
    expectError(() => model.forward(tokens(), { adapters: Array(6).fill('a') }), ArgumentError, 'unmerge');
  });

  it('by copies of modules that are no functions of one batch', () => {
    class Pair extends Module {
      readonly fc = new Linear(4, 2);
      forward(x: Tensor, y: Tensor): Tensor {
        return this.fc.forward(x.add(y));
      }
    }
    class Twice extends Module {
      readonly pair = new Pair();
      readonly fc = new Linear(2, 2);
      forward(x: Tensor): Tensor {
        return this.fc.forward(this.pair.forward(x, x));
      }
    }
    const model = addAdapter(new Twice(), { r: 1, targetModules: /^fc/, modulesToSave: ['pair'] });
    const x = tokens().to('float32');
    expect(model.forward(x).shape).toEqual([6, 2]);
    const mixed = () => model.forward(x, { adapters: Array(6).fill('default') });
    expectError(mixed, ArgumentError, 'ModulesToSaveWrapper', 'one tensor');
  });
});
