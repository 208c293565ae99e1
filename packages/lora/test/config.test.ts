/** Configs: defaults, and what is refused before the model is touched. */
import { describe, expect, it } from '@jest/globals';
import { addAdapter, type LoraConfig, listAdapters } from '@lowrank/lora';
import { Linear, Sequential } from '@lowrank/nn';
import { ArgumentError, ones } from '@lowrank/tensor';
import { expectError } from './close.js';

const model = () => new Sequential(new Linear(6, 5));

describe('a config', () => {
  it('has PEFT’s defaults', () => {
    const adapted = addAdapter(model(), { r: 5, targetModules: ['0'] });
    expect(listAdapters(adapted)[0]?.config).toEqual({
      r: 5,
      alpha: 8,
      dropout: 0,
      targetModules: ['0'],
      excludeModules: [],
      rankPattern: {},
      alphaPattern: {},
      useRslora: false,
      useDora: false,
      init: 'default',
      bias: 'none',
      modulesToSave: [],
      layersToTransform: [],
      layersPattern: [],
    });
  });

  it('has the rank 8 by default, which a weight may not have', () => {
    expectError(
      () => addAdapter(model(), { targetModules: ['0'] }),
      ArgumentError,
      'rank 8',
      '[5, 6]',
      'at most 5',
    );
  });
});

describe('a config is refused', () => {
  const WRONG: readonly (readonly [string, object, ...string[]])[] = [
    ['of rank 0', { r: 0 }, 'r is', 'at least 1', 'got 0'],
    ['of a broken rank', { r: 1.5 }, 'r is', 'got 1.5'],
    ['of a rank above that of the weight', { r: 6 }, 'rank 6', '[5, 6]', "rankPattern: { '0': 5 }"],
    ['of a negative alpha', { alpha: -1 }, 'alpha is', 'got -1'],
    ['of an alpha that is no number', { alpha: Number.NaN }, 'alpha is', 'NaN'],
    ['of a dropout of 1', { dropout: 1 }, 'dropout is', 'below 1', 'got 1'],
    ['of a negative dropout', { dropout: -0.1 }, 'dropout is'],
    ['without targets', { targetModules: undefined }, 'targetModules is', "'all-linear'", 'undefined'],
    ['with no name among the targets', { targetModules: [] }, 'targetModules is'],
    ['with an empty name', { targetModules: [''] }, 'targetModules is'],
    ['with a target that is not there', { targetModules: ['query'] }, 'query', 'fits no layer', '0 (Linear)'],
    ['with a broken regular expression', { targetModules: '(0' }, 'targetModules', 'regular expression'],
    ['of an unknown init', { init: 'loftq' }, 'init is one of', "'pissa'", '"loftq"'],
    ['of an init true', { init: true }, 'init is one of', 'true'],
    ['orthogonal of an odd rank', { init: 'orthogonal', r: 3 }, 'orthogonal', 'even'],
    ['of unknown biases', { bias: 'some' }, 'bias is one of', "'lora_only'"],
    ['with a rank 0 in a pattern', { rankPattern: { '0': 0 } }, 'rankPattern is'],
    ['with a rank in a pattern that is too high', { rankPattern: { '0': 9 } }, 'rank 9'],
    ['with a negative alpha in a pattern', { alphaPattern: { '0': -1 } }, 'alphaPattern is'],
    ['with patterns in a list', { rankPattern: [1] }, 'rankPattern is'],
    ['with an unknown module to save', { modulesToSave: ['score'] }, 'modulesToSave', 'score', '0'],
    ['with everything excluded', { excludeModules: /./ }, 'with excludeModules', '0 (Linear)'],
    [
      'with numbers of layers for a regular expression',
      { targetModules: '.*', layersToTransform: 0 },
      'layersToTransform',
    ],
    ['with a negative number of a layer', { layersToTransform: [-1] }, 'layersToTransform is'],
    ['with a name for layers that are not chosen', { layersPattern: 'blocks' }, 'layersPattern'],
    [
      'with a key in the spelling of PEFT',
      { target_modules: ['0'] },
      'no option target_modules',
      'Did you mean targetModules?',
    ],
    ['with a misspelled key', { useRsLora: true }, 'no option useRsLora', 'Did you mean useRslora?'],
    ['with a key like no other', { quantisation: 4 }, 'no option quantisation; there are r, alpha'],
  ];

  it.each(WRONG)('%s, and the model stays as it is', (_, options, ...words) => {
    const plain = model();
    const before = String(plain);
    const config = { r: 2, targetModules: ['0'], ...options } as LoraConfig;
    expectError(() => addAdapter(plain, config), ArgumentError, 'addAdapter', ...words);
    expect(String(plain)).toBe(before);
    expect(plain.parameters().every(({ requiresGrad }) => requiresGrad)).toBe(true);
    expect(listAdapters(plain)).toEqual([]);
  });

  it('that is none, or for what is no module', () => {
    expectError(() => addAdapter(model(), 8 as never), ArgumentError, 'addAdapter', 'object');
    expectError(() => addAdapter(ones([2]) as never, { targetModules: ['0'] }), ArgumentError, 'a module');
  });

  it('with a name that is taken, or cannot be one', () => {
    const adapted = addAdapter(model(), { r: 2, targetModules: ['0'] });
    const add = (name: string) => () => addAdapter(adapted, { r: 2, targetModules: ['0'] }, name);
    expectError(
      add('default'),
      ArgumentError,
      'already an adapter default',
      "deleteAdapter(model, 'default')",
    );
    for (const name of ['', 'a.b', 'forward', 'training', 7 as never]) {
      expectError(add(name), ArgumentError, 'the name of an adapter');
    }
    expect(listAdapters(adapted).map(({ name }) => name)).toEqual(['default']);
  });
});
