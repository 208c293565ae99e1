/** Methods are the functions of the same name, called on their first argument. */
import { describe, expect, it } from '@jest/globals';
import * as lowrank from '../src/index.js';
import { ArgumentError, arange, ShapeError, Tensor, tensor } from '../src/index.js';
import { itRefuses, untyped } from './tables.js';

const functions = lowrank as unknown as Readonly<Record<string, (...parameters: unknown[]) => unknown>>;
const index = tensor([[1, 0]], { dtype: 'int32' });
const places = tensor([1, 0], { dtype: 'int32' });
const x = tensor([
  [0.5, 1.5],
  [2.5, 0.25],
]);

/** What is passed beside the tensor, where it cannot do alone. */
const PARAMETERS: Readonly<Record<string, readonly unknown[]>> = {
  ...Object.fromEntries(
    ['add', 'sub', 'mul', 'div', 'floorDivide', 'remainder', 'pow', 'maximum', 'minimum'].map((name) => [
      name,
      [2],
    ]),
  ),
  ...Object.fromEntries(['eq', 'ne', 'lt', 'le', 'gt', 'ge'].map((name) => [name, [1.5]])),
  ...Object.fromEntries(['logicalAnd', 'logicalOr', 'logicalXor'].map((name) => [name, [x]])),
  clamp: [0, 1],
  cumsum: [0],
  matmul: [x, { transposeB: true }],
  dot: [tensor([1, 2])],
  outer: [tensor([1, 2])],
  reshape: [[4]],
  unsqueeze: [0],
  permute: [[1, 0]],
  expand: [[3, 2, 2]],
  flip: [0],
  tile: [[2]],
  slice: [[0]],
  narrow: [0, 0, 1],
  select: [0, 1],
  split: [1],
  pad: [[1, 1], { value: 7 }],
  gather: [0, index],
  scatterAdd: [0, index, x],
  indexSelect: [0, places],
  indexAdd: [0, places, x],
  maskedFill: [tensor([true, false]), 9],
  topk: [1, { axis: 0 }],
  to: ['int32'],
};

/** The tensor itself, where it cannot be a matrix of fractions. */
const SUBJECTS: Readonly<Record<string, Tensor>> = { dot: tensor([3, 4]), outer: tensor([3, 4]) };

const names = Object.getOwnPropertyNames(Tensor.prototype).filter((name) => name in functions);

describe('the methods of a tensor', () => {
  it.each(names)('%s gives what the function gives', (name) => {
    const subject = SUBJECTS[name] ?? x;
    const parameters = PARAMETERS[name] ?? [];
    const method = (subject as unknown as typeof functions)[name]!.bind(subject);
    const show = (result: unknown) =>
      (result instanceof Tensor ? [result] : Object.values(result as object)).map(String);
    const expected = show(functions[name]!(subject, ...parameters));
    expect(expected.length).toBeGreaterThan(0);
    expect(expected.every((printed) => printed.startsWith('tensor('))).toBe(true);
    expect(show(method(...parameters))).toEqual(expected);
  });

  it('are there for every function that begins with a tensor and reads well after it', () => {
    expect(names).toEqual(expect.arrayContaining(Object.keys(PARAMETERS)));
    expect(names).toEqual(
      expect.arrayContaining([
        'exp',
        'relu',
        'sum',
        'mean',
        'softmax',
        'argmax',
        'sort',
        'tril',
        'squeeze',
        'norm',
      ]),
    );
  });

  it('chain', () => {
    expect(arange(6).reshape([2, 3]).mul(2).sum(-1).tolist()).toEqual([6, 24]);
  });

  it('give the largest value, or values with their places, as the function max does', () => {
    expect(x.max().item()).toBe(2.5);
    expect(x.max(0).indices.tolist()).toEqual([1, 0]);
    expect(x.min(1, { keepdim: true }).values.tolist()).toEqual([[0.5], [0.25]]);
  });

  it('do not show up when a tensor is looked through', () => {
    expect(Object.keys(x)).not.toContain('add');
    const listed: string[] = [];
    for (const key in x) listed.push(key);
    expect(listed).not.toContain('add');
  });

  itRefuses(ShapeError, {
    'matmul: inner dimensions differ: [2, 2] x [3] (2 vs 3)': () => x.matmul(arange(3)),
    'select: index 2 is out of range': () => x.select(0, 2),
  });
  itRefuses(ArgumentError, {
    'add: takes tensors and numbers, got': () => x.add(untyped('1')),
    'permute: the order of axes must be a list, got 1': () => x.permute(untyped(1)),
  });
});
