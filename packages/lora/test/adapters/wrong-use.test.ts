/** What is refused, or put right, so that no adapter is silently without effect. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  addAdapter,
  deleteAdapter,
  effectiveRank,
  extractLora,
  Lora,
  type LoraConfig,
  listAdapters,
  loraParameters,
  merge,
  mergeAndUnload,
  safeMerge,
  scaleAdapter,
  serializeAdapter,
  setAdapter,
  unmerge,
  withAdaptersDisabled,
} from '@lowrank/lora';
import {
  copyModule,
  type Linear,
  type Module,
  registerParametrization,
  removeParametrizations,
} from '@lowrank/nn';
import { ArgumentError, manualSeed, type Tensor } from '@lowrank/tensor';
import { expectError } from '../close.js';
import { bits, learn, Network, tokens } from './models.js';

let model: Network;
let base: readonly number[];

beforeEach(() => {
  manualSeed(42);
  model = new Network();
  base = bits(model.forward(tokens()));
});

const CONFIG: LoraConfig = { r: 1, targetModules: ['query', 'value'], init: false };

/** The paths of what is trained. */
function trained(module: Module): string[] {
  return [...module.namedParameters()].flatMap(([path, { requiresGrad }]) => (requiresGrad ? [path] : []));
}

describe('a model within another', () => {
  it('does not adapt what the other has adapted, whose switches would not turn it on', () => {
    addAdapter(model, CONFIG, 'a');
    const output = bits(model.forward(tokens()));
    const block = model.blocks[0] as Module;
    expectError(() => addAdapter(block, CONFIG, 'b'), ArgumentError, 'query has adapters', 'another model');
    const { query } = block as unknown as { query: Module };
    expectError(() => addAdapter(query, CONFIG, 'b'), ArgumentError, 'this lora.Linear has adapters');
    expect(bits(model.forward(tokens()))).toEqual(output);
  });

  it('is not adapted by the other where it has adapters', () => {
    addAdapter(model.blocks[0] as Module, CONFIG, 'a');
    const output = bits(model.forward(tokens()));
    expectError(() => addAdapter(model, CONFIG, 'b'), ArgumentError, 'blocks.0.query has adapters');
    expect(bits(model.forward(tokens()))).toEqual(output);
    expect(listAdapters(model)).toEqual([]);
  });

  it('goes on being trained when the other gets adapters elsewhere', () => {
    addAdapter(model.blocks[0] as Module, { ...CONFIG, targetModules: ['query'] }, 'a');
    addAdapter(model, { ...CONFIG, targetModules: ['head'] }, 'b');
    expect(trained(model)).toEqual([
      'blocks.0.query.lora_A.a.weight',
      'blocks.0.query.lora_B.a.weight',
      'head.lora_A.b.weight',
      'head.lora_B.b.weight',
    ]);
  });
});

it('a model to which nothing can be added is left as it is', () => {
  Object.seal(model);
  expectError(() => addAdapter(model, CONFIG), ArgumentError, 'this Network is frozen or sealed');
  expect(bits(model.forward(tokens()))).toEqual(base);
  expect(loraParameters.bind(null, model)).toThrow(ArgumentError);
});

it('rows have no adapters of their own in a forward that waits, and would forget them', () => {
  class Waiting extends Network {
    override forward(input: Tensor): never {
      return Promise.resolve().then(() => super.forward(input)) as never;
    }
  }
  const waiting = addAdapter(new Waiting(), CONFIG, 'a');
  const forward = () => waiting.forward(tokens(), { adapters: Array(6).fill('a') });
  expectError(forward, ArgumentError, 'asynchronous forward');
});

it('an adapted model has no copies, which would compute with its parameters', () => {
  addAdapter(model, CONFIG);
  expectError(
    () => copyModule(model),
    ArgumentError,
    'lora.Linear obeys the switches',
    'Copy a model before',
  );
  deleteAdapter(model, 'default');
  addAdapter(model, { ...CONFIG, modulesToSave: ['head'] });
  const { head } = model as { head: Module };
  expectError(() => copyModule(head), ArgumentError, 'obeys the switches');
});

it('what happens to a config afterwards does not change the adapter', () => {
  const [targetModules, rankPattern] = [['query'], { query: 2 } as Record<string, number>];
  addAdapter(model, { r: 1, alpha: 4, targetModules, rankPattern, init: false });
  const output = bits(model.forward(tokens()));
  targetModules.push('value');
  rankPattern.query = 1;
  scaleAdapter(model, 'default', 1);
  expect(bits(model.forward(tokens()))).toEqual(output);
  expect(listAdapters(model)[0]?.config).toMatchObject({
    targetModules: ['query'],
    rankPattern: { query: 2 },
  });
});

it("'all-linear' is taken in any case of letters, and written as the layers that it meant", () => {
  addAdapter(model, { r: 1, targetModules: 'All-Linear' });
  const config = JSON.parse(serializeAdapter(model, 'default').config) as { target_modules: string[] };
  expect(config.target_modules).toEqual(listAdapters(model)[0]?.layers);
});

it('biases that were trained with an adapter are frozen when it is deleted', () => {
  addAdapter(model, { ...CONFIG, targetModules: ['query'], bias: 'all' }, 'a');
  addAdapter(model, { ...CONFIG, targetModules: ['conv'] }, 'b');
  setAdapter(model, ['a', 'b']);
  expect(trained(model)).toContain('head.bias');
  deleteAdapter(model, 'a');
  expect(trained(model)).toEqual(['conv.lora_A.b.weight', 'conv.lora_B.b.weight']);
});

describe('merging', () => {
  const withHead = { ...CONFIG, targetModules: ['query'], modulesToSave: ['head'] };

  it('is refused for an adapter whose copies of modules do not compute', () => {
    addAdapter(model, CONFIG, 'a');
    addAdapter(model, withHead, 'b');
    for (const f of [merge, safeMerge]) {
      expectError(() => f(model, 'b'), ArgumentError, 'b has a copy of head', "setAdapter(model, 'b')");
    }
    setAdapter(model, ['a', 'b']);
    merge(model, 'b');
    expect(listAdapters(model).map(({ isMerged }) => isMerged)).toEqual([false, true]);
  });

  it('for good is refused for two adapters with copies of the same module', () => {
    for (const name of ['a', 'b']) addAdapter(model, withHead, name);
    expectError(() => mergeAndUnload(model, ['a', 'b']), ArgumentError, 'a and b each have a copy of head');
    setAdapter(model, 'b');
    learn([...loraParameters(model).values()]);
    const output = bits(model.forward(tokens()));
    mergeAndUnload(model, 'b');
    expect(
      Math.max(...bits(model.forward(tokens())).map((y, i) => Math.abs(y - (output[i] as number)))),
    ).toBeLessThan(1e-4);
  });

  it('is not undone in a weight that has been parametrized since, which would lose it', () => {
    addAdapter(model, { ...CONFIG, targetModules: ['conv', 'head'] });
    const output = bits(model.forward(tokens()));
    merge(model);
    const { base_layer } = model.head as unknown as { base_layer: Linear };
    registerParametrization(base_layer, 'weight', new Lora(base_layer.weight.shape));
    expectError(() => unmerge(model), ArgumentError, 'head is parametrized', 'removeParametrizations');
    expect(listAdapters(model)[0]?.isMerged).toBe(true);
    removeParametrizations(base_layer, 'weight');
    unmerge(model);
    expect(bits(model.forward(tokens()))).toEqual(output);
  });
});

it('an adapter with a factor that is computed is not saved without it', () => {
  addAdapter(model, { ...CONFIG, targetModules: ['conv'] });
  const { lora_A } = model.conv as unknown as { lora_A: { default: { weight: Tensor } & Module } };
  registerParametrization(lora_A.default, 'weight', new Lora(lora_A.default.weight.shape));
  expectError(() => serializeAdapter(model, 'default'), ArgumentError, 'default in conv is parametrized');
});

describe('arguments of another type are refused:', () => {
  it.each<readonly [string, () => unknown, ...string[]]>([
    ['no function', () => withAdaptersDisabled(model, 3 as never), 'takes a function, got 3'],
    ['no list of singular values', () => effectiveRank({} as never), 'singular values', 'an Object'],
    ['negative singular values', () => effectiveRank([1, -1]), 'at least 0'],
    [
      'a Map of ranks',
      () => addAdapter(model, { ...CONFIG, rankPattern: new Map() as never }),
      'rankPattern',
    ],
    ['a text for modulesToSave', () => extract({ modulesToSave: 'head' }), 'modulesToSave is a list'],
    ['a text for strict', () => extract({ strict: 'yes' }), 'strict is true or false'],
    ['an option that there is not', () => extract({ stric: true }), 'Did you mean strict?'],
    [
      'a number for baseModel',
      () => serializeAdapter(model, 'default', { baseModel: 3 as never }),
      'baseModel',
    ],
    ['null for options', () => serializeAdapter(model, 'default', null as never), 'serializeAdapter'],
  ])('%s', (_, f, ...words) => {
    addAdapter(model, { ...CONFIG, targetModules: ['conv'] });
    expectError(f, ArgumentError, ...words);
  });

  function extract(options: object): void {
    extractLora(new Network(), new Network(), 1, options);
  }
});
