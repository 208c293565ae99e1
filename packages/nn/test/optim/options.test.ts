/** Tests of what optimisers refuse. */
import { describe, expect, it } from '@jest/globals';
import { Adam, AdamW, Linear, Parameter, SGD } from '@lowrank/nn';
import { ArgumentError, tensor } from '@lowrank/tensor';

const OPTIMIZERS = { SGD, Adam, AdamW };
type Name = keyof typeof OPTIMIZERS;

const p = () => new Parameter(tensor([1, 2]));
const make = (name: Name, params: unknown, options?: unknown) =>
  new OPTIMIZERS[name](params as Parameter[], options as { lr: number });

const NON_NEGATIVE = 'is a finite number of at least 0, got';
const PAIR = 'betas is two numbers from 0 to below 1, got';

const BAD_OPTIONS: readonly [name: Name, options: object, message: string][] = [
  ['SGD', {}, `lr ${NON_NEGATIVE} undefined`],
  ['SGD', { lr: -0.1 }, `lr ${NON_NEGATIVE} -0.1`],
  ['SGD', { lr: Number.NaN }, `lr ${NON_NEGATIVE} NaN`],
  ['SGD', { lr: null }, `lr ${NON_NEGATIVE} null`],
  ['SGD', { lr: '0.1' }, `lr ${NON_NEGATIVE} "0.1"`],
  ['SGD', { lr: 1, momentum: -1 }, `momentum ${NON_NEGATIVE} -1`],
  ['SGD', { lr: 1, dampening: Infinity }, 'dampening is a finite number, got Infinity'],
  ['SGD', { lr: 1, weightDecay: -1e-9 }, `weightDecay ${NON_NEGATIVE} -1e-9`],
  ['SGD', { lr: 1, maximize: 1 }, 'maximize is true or false, got 1'],
  ['SGD', { lr: 1, nesterov: 'yes' }, 'nesterov is true or false, got "yes"'],
  [
    'SGD',
    { lr: 1, nesterov: true },
    'nesterov needs momentum and no dampening, got momentum 0 and dampening 0',
  ],
  [
    'SGD',
    { lr: 1, nesterov: true, momentum: 0.9, dampening: 0.1 },
    'nesterov needs momentum and no dampening, got momentum 0.9 and dampening 0.1',
  ],
  ['SGD', { lr: 1, betas: [0.9, 0.99] }, 'there is no option betas; there are lr, momentum, dampening'],
  ['Adam', { lr: -1 }, `lr ${NON_NEGATIVE} -1`],
  ['Adam', { learningRate: 1 }, 'there is no option learningRate; there are lr, betas, eps'],
  ['Adam', { weight_decay: 1 }, 'there is no option weight_decay; there are lr, betas, eps'],
  ['Adam', { betas: [0.9, 1] }, `${PAIR} [0.9, 1]`],
  ['Adam', { betas: [-0.1, 0.9] }, `${PAIR} [-0.1, 0.9]`],
  ['Adam', { betas: [0.9] }, `${PAIR} [0.9]`],
  ['Adam', { betas: 0.9 }, `${PAIR} 0.9`],
  ['Adam', { eps: -1e-8 }, `eps ${NON_NEGATIVE} -1e-8`],
  ['Adam', { weightDecay: Infinity }, `weightDecay ${NON_NEGATIVE} Infinity`],
  ['Adam', { amsgrad: 'on' }, 'amsgrad is true or false, got "on"'],
  ['AdamW', { maximize: null }, 'maximize is true or false, got null'],
  ['AdamW', { weightDecay: -1 }, `weightDecay ${NON_NEGATIVE} -1`],
];

describe('bad options', () => {
  it.each(BAD_OPTIONS)('of %s, %p, are refused by name and value', (name, options, message) => {
    const construct = () => make(name, [p()], options);
    expect(construct).toThrow(ArgumentError);
    expect(construct).toThrow(`${name}: ${message}`);
  });

  it.each(BAD_OPTIONS)('of a group of %s, %p, are refused alike', (name, options, message) => {
    const construct = () => make(name, [{ params: [p()], ...options }], {});
    expect(construct).toThrow(ArgumentError);
    expect(construct).toThrow(`${name}: ${message}`);
  });

  it.each([0.1, null, 'lr'])('that are not an object but %p are refused', (options) => {
    const construct = () => make('SGD', [p()], options);
    expect(construct).toThrow(ArgumentError);
    expect(construct).toThrow('SGD: takes its options as an object, { lr: 0.1 }, got');
  });

  it('that are undefined count as not given', () => {
    const [group] = new Adam([p()], { lr: undefined, weightDecay: undefined }).paramGroups;
    expect(group).toMatchObject({ lr: 1e-3, weightDecay: 0, betas: [0.9, 0.999], eps: 1e-8 });
    expect(new AdamW([p()], { weightDecay: undefined }).paramGroups[0].weightDecay).toBe(0.01);
  });
});

describe('bad parameters', () => {
  const shared = p();

  it.each([
    ['none', [], 'got no parameters. Pass model.parameters()'],
    ['empty groups', [{ params: [] }], 'got no parameters'],
    ['a module', new Linear(2, 2), 'takes a list of parameters, got a Linear. Pass model.parameters()'],
    ['a single tensor', p(), 'takes a list of parameters, got a Parameter'],
    ['nothing', undefined, 'takes a list of parameters, got undefined'],
    [
      'named ones',
      [...new Linear(2, 2).namedParameters()],
      'parameters are tensors, got ["weight", a Parameter] at 0',
    ],
    ['groups mixed with parameters', [p(), { params: [p()] }], 'parameters are tensors, got an'],
    ['a group of something else', [{ params: [p(), 3] }], 'parameters are tensors, got 3 at 1'],
    ['one twice', [shared, p(), shared], 'a parameter is listed twice'],
    ['one in two groups', [{ params: [shared] }, { params: [shared] }], 'a parameter is listed twice'],
    ['the result of an op', [p().mul(2)], 'can only move leaves, got the result of an op'],
  ])('(%s) are refused', (_, params, message) => {
    const construct = () => make('Adam', params);
    expect(construct).toThrow(ArgumentError);
    expect(construct).toThrow(`Adam: ${message}`);
  });

  it('are not what can only be gone through once', () => {
    const layer = new Linear(2, 2);
    const optimizer = new SGD(new Set(layer.parameters()).values(), { lr: 1 });
    expect(optimizer.paramGroups[0].params).toEqual([layer.weight, layer.bias]);
  });
});
