/** Which layers a config means. */
import { describe, expect, it } from '@jest/globals';
import { addAdapter, type LoraConfig, listAdapters, unload } from '@lowrank/lora';
import { Linear, Module, ReLU, Sequential } from '@lowrank/nn';
import { ArgumentError, type Tensor } from '@lowrank/tensor';
import { expectError } from '../close.js';
import { Network } from './models.js';

function layersFor(config: LoraConfig, model: Module = new Network()): readonly string[] {
  addAdapter(model, { r: 1, ...config });
  return listAdapters(model)[0]?.layers ?? [];
}

const QUERIES = ['blocks.0.query', 'blocks.1.query'];
const VALUES = ['blocks.0.value', 'blocks.1.value'];

describe('targetModules', () => {
  it('are paths, or the ends of paths', () => {
    expect(layersFor({ targetModules: ['query'] })).toEqual(QUERIES);
    expect(layersFor({ targetModules: ['0.query', 'embed', 'nothing'] })).toEqual([
      'embed',
      'blocks.0.query',
    ]);
    expectError(() => layersFor({ targetModules: ['ery'] }), ArgumentError, 'fits no layer');
  });

  it('are a regular expression that the whole path matches, as in PEFT', () => {
    expect(layersFor({ targetModules: '.*\\.(query|value)' })).toEqual(
      [0, 1].flatMap((i) => [`blocks.${i}.query`, `blocks.${i}.value`]),
    );
    expect(layersFor({ targetModules: 'conv|embed' })).toEqual(['embed', 'conv']);
    expectError(() => layersFor({ targetModules: 'query' }), ArgumentError, 'query fits no layer');
  });

  it('are a RegExp that is searched for in the path', () => {
    expect(layersFor({ targetModules: /QUERY/i })).toEqual(QUERIES);
    expect(layersFor({ targetModules: /blocks\.1\.[qv]/g })).toEqual(['blocks.1.query', 'blocks.1.value']);
  });

  it('are all Linear, also where there are adapters already', () => {
    const all = ['blocks.0.query', 'blocks.0.value', 'blocks.1.query', 'blocks.1.value', 'head'];
    const model = new Network();
    expect(layersFor({ targetModules: 'all-linear' }, model)).toEqual(all);
    addAdapter(model, { r: 1, targetModules: 'all-linear' }, 'second');
    expect(listAdapters(model)[1]?.layers).toEqual(all);
    expect(layersFor({ targetModules: 'all-linear', modulesToSave: ['head'] })).toEqual(all.slice(0, -1));
  });

  it('are refused with a list of candidates where nothing fits', () => {
    const error = 'embed (Embedding), blocks.0.query (Linear), blocks.0.value (Linear)';
    expectError(() => layersFor({ targetModules: ['wq', 'wk'] }), ArgumentError, 'wq, wk', 'Network', error);
    const deep = new Sequential(...Array.from({ length: 25 }, () => new Linear(2, 2)));
    expectError(() => layersFor({ targetModules: ['x'] }, deep), ArgumentError, '19 (Linear) and 5 more');
    expectError(
      () => layersFor({ targetModules: ['x'] }, new Sequential(new ReLU())),
      ArgumentError,
      'no layers',
    );
    expectError(
      () => layersFor({ targetModules: ['x'] }, new Linear(2, 2)),
      ArgumentError,
      'into a Sequential',
    );
  });

  it('are refused where one cannot be adapted', () => {
    expectError(
      () => layersFor({ targetModules: /blocks/ }),
      ArgumentError,
      'blocks.0 is a Block',
      'Linear, Conv2d and Embedding',
    );
  });
});

describe('excludeModules', () => {
  it('leave out some of the targets, by all the ways in which these are named', () => {
    const config = { targetModules: ['query', 'value'] };
    expect(layersFor({ ...config, excludeModules: ['value'] })).toEqual(QUERIES);
    expect(layersFor({ ...config, excludeModules: '.*query' })).toEqual(VALUES);
    expect(layersFor({ ...config, excludeModules: /1/ })).toEqual(['blocks.0.query', 'blocks.0.value']);
  });
});

describe('layersToTransform', () => {
  it('chooses among layers by their numbers', () => {
    expect(layersFor({ targetModules: ['query'], layersToTransform: 1 })).toEqual(['blocks.1.query']);
    expect(layersFor({ targetModules: ['query'], layersToTransform: [0, 1] })).toEqual(QUERIES);
    expectError(
      () => layersFor({ targetModules: ['query'], layersToTransform: [5] }),
      ArgumentError,
      'layersToTransform',
    );
  });

  it('takes a whole path for meant', () => {
    const config = { targetModules: ['head', 'query'], layersToTransform: [0] };
    expect(layersFor(config)).toEqual(['blocks.0.query', 'head']);
  });

  it('counts those of the lists in layersPattern', () => {
    class Experts extends Module {
      readonly layers = [0, 1].map(() => new Sequential(new Sequential(new Linear(2, 2)), new Linear(2, 2)));
      forward(x: Tensor): Tensor {
        return this.layers.reduce((value, layer) => layer.forward(value), x);
      }
    }
    const targets = { targetModules: /never/, layersToTransform: 1 };
    const named = { ...targets, targetModules: ['0.0', '1'] };
    expect(
      layersFor(
        { ...named, layersPattern: 'layers', excludeModules: ['layers.1', 'layers.0'] },
        new Experts(),
      ),
    ).toEqual(['layers.1.0.0', 'layers.1.1']);
    expectError(
      () => layersFor({ ...named, layersPattern: ['h'] }, new Experts()),
      ArgumentError,
      'layersToTransform',
    );
  });
});

describe('rankPattern and alphaPattern', () => {
  const settings = (config: LoraConfig) => {
    const model = new Network();
    addAdapter(model, { r: 2, ...config });
    return [...model.namedParameters()].flatMap(([path, { shape }]) =>
      path.endsWith('lora_A.default.weight') ? [[path.slice(0, -22), shape[0]]] : [],
    );
  };

  it('are looked up by path, end of the path or regular expression, the first that fits', () => {
    const rankPattern = { 'blocks.0.query': 3, query: 4, '^blocks\\.1\\.v.*': 5 };
    expect(settings({ targetModules: ['query', 'value'], rankPattern })).toEqual([
      ['blocks.0.query', 3],
      ['blocks.0.value', 2],
      ['blocks.1.query', 4],
      ['blocks.1.value', 5],
    ]);
  });

  it('refuse what is no regular expression', () => {
    expectError(
      () => settings({ targetModules: ['query'], rankPattern: { '[': 3 } }),
      ArgumentError,
      'rankPattern',
    );
  });
});

describe('a layer that stands in several places', () => {
  it('is adapted in all of them, and put back into all', () => {
    const shared = new Linear(2, 2);
    const model = new Sequential(shared, new ReLU(), shared);
    expect(layersFor({ targetModules: ['0'] }, model)).toEqual(['0']);
    expect(model[0]).not.toBe(shared);
    expect(model[2]).toBe(model[0]);
    unload(model);
    expect([model[0], model[2]]).toEqual([shared, shared]);
    expect(model[0]).toBe(shared);
  });

  it('is refused where it cannot be replaced', () => {
    class Frozen extends Module {
      readonly layers = Object.freeze([new Linear(2, 2)]);
      forward(x: Tensor): Tensor {
        return (this.layers[0] as Linear).forward(x);
      }
    }
    expectError(() => layersFor({ targetModules: 'all-linear' }, new Frozen()), ArgumentError, 'frozen');
  });
});

describe('a convolution with groups', () => {
  it('takes ranks that split into them, and no DoRA', async () => {
    const { Conv2d } = await import('@lowrank/nn');
    const model = () => new Sequential(new Conv2d(4, 6, 3, { groups: 2 }));
    expectError(
      () => layersFor({ targetModules: ['0'], r: 3 }, model()),
      ArgumentError,
      '2 groups',
      'multiple',
      'got 3',
    );
    expectError(
      () => layersFor({ targetModules: ['0'], r: 2, useDora: true }, model()),
      ArgumentError,
      'DoRA',
    );
    expect(layersFor({ targetModules: ['0'], r: 2 }, model())).toEqual(['0']);
  });
});
