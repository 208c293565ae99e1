/**
 * No op of the tensor package goes without a gradient by oversight, and no rule without the samples on which
 * `gradcheck.test.ts` checks gradients and gradients of gradients, by each of its inputs.
 */
import { describe, expect, it, jest } from '@jest/globals';
import { type Node, noGrad, RULES } from '@lowrank/autograd';
import * as lr from '@lowrank/tensor';
import { OP_SAMPLES } from './samples/index.js';

const x = lr.tensor([
  [1, 2],
  [3, 4],
]);

/** Ops whose results hold no fractions, each with a function that calls it. */
const WITHOUT_FRACTIONS: Readonly<Record<string, () => lr.Tensor>> = {
  eq: () => lr.eq(x, 1),
  ne: () => lr.ne(x, 1),
  lt: () => lr.lt(x, 1),
  le: () => lr.le(x, 1),
  gt: () => lr.gt(x, 1),
  ge: () => lr.ge(x, 1),
  isnan: () => lr.isnan(x),
  isinf: () => lr.isinf(x),
  isfinite: () => lr.isfinite(x),
  logicalNot: () => lr.logicalNot(x),
  logicalAnd: () => lr.logicalAnd(x, 1),
  logicalOr: () => lr.logicalOr(x, 1),
  logicalXor: () => lr.logicalXor(x, 1),
  any: () => lr.any(x),
  all: () => lr.all(x),
  argmax: () => lr.argmax(x),
  argmin: () => lr.argmin(x),
  argsort: () => lr.argsort(x),
  maxPool2dIndices: () => lr.maxPool2d(x.reshape([1, 2, 2]), 2),
};

/** Ops that stop gradients, which is what they are for. */
const STOPS: readonly string[] = ['stopGradient'];

/** The steps of optimisers, which are taken under noGrad; each with a call. */
const STEPS: Readonly<Record<string, (parameter: lr.Tensor) => unknown>> = {
  adamStep: (parameter) =>
    lr.adamStep([{ parameter, gradient: x, expAvg: x, expAvgSq: x }], {
      step: 1,
      lr: 0.1,
      betas: [0.9, 0.99],
      eps: 1e-8,
      weightDecay: 0,
      decoupled: false,
      amsgrad: false,
      maximize: false,
    }),
  sgdStep: (parameter) =>
    lr.sgdStep([{ parameter, gradient: x }], {
      lr: 0.1,
      momentum: 0,
      dampening: 0,
      weightDecay: 0,
      nesterov: false,
      maximize: false,
    }),
};

/** Inputs that are no variables of the function, by their positions: no gradient is wanted of them. */
const CONSTANTS: Readonly<Record<string, { readonly inputs: readonly number[]; readonly why: string }>> = {
  softplus: { inputs: [1, 2], why: 'beta and threshold are options' },
  where: { inputs: [0], why: 'the condition is made of truth values' },
  crossEntropyRows: { inputs: [1], why: 'classes are integers' },
  crossEntropyRowsGrad: { inputs: [2], why: 'classes are integers' },
  gather: { inputs: [1], why: 'an index is made of integers' },
  scatterAdd: { inputs: [1], why: 'an index is made of integers' },
  indexSelect: { inputs: [1], why: 'an index is made of integers' },
  indexAdd: { inputs: [1], why: 'an index is made of integers' },
  maxPool2d: { inputs: [1], why: 'an index is made of integers' },
  maxPool2dGrad: { inputs: [1], why: 'an index is made of integers' },
};

/** All calls that went into the outputs. */
function nodesOf(outputs: readonly lr.Tensor[]): readonly Node[] {
  const nodes = new Set<Node>();
  const visit = (node: Node | null | undefined): void => {
    if (!node || nodes.has(node)) return;
    nodes.add(node);
    for (const input of node.inputs) visit(input?.node);
  };
  for (const { gradFn } of outputs) visit(gradFn);
  return [...nodes];
}

/** The calls of one op in each of its samples. */
function callsOf(name: string): readonly (readonly Node[])[] {
  return (OP_SAMPLES[name] ?? []).map(({ f, inputs }) =>
    nodesOf([f(...inputs)].flat() as lr.Tensor[]).filter((node) => node.name === name),
  );
}

describe('the table of gradient rules', () => {
  it('has one for every op, but for those that are named here with their reason', () => {
    const isExcepted = (name: string) => STOPS.includes(name) || name in WITHOUT_FRACTIONS || name in STEPS;
    expect([...lr.OPS.keys()].filter((name) => !RULES.has(name) && !isExcepted(name))).toEqual([]);
  });

  it.each(Object.entries(WITHOUT_FRACTIONS))(
    'needs no rule for %s, which gives integers or truth values',
    (name, call) => {
      const infer = jest.spyOn(lr.OPS.get(name) as lr.Op, 'infer');
      call();
      const outputs = infer.mock.results.flatMap(({ value }) => value as readonly lr.TensorSpec[]);
      infer.mockRestore();
      expect(RULES.has(name)).toBe(false);
      expect(outputs.map(({ dtype }) => lr.isFloat(dtype))).toEqual([false]);
    },
  );

  it.each(Object.entries(STEPS))('has none for %s, which moves only what needs no gradient', (name, call) => {
    const parameter = lr.ones([2, 2], { requiresGrad: true });
    expect(RULES.has(name)).toBe(false);
    expect(() => call(parameter)).toThrow(`${name}: has no gradient rule. Call it under noGrad()`);
    expect(() => noGrad(() => call(parameter))).not.toThrow();
  });

  it('has no rules for ops that do not exist', () => {
    expect([...RULES.keys()].filter((name) => !lr.OPS.has(name))).toEqual([]);
  });
});

describe('the samples that rules are checked on, first and second order', () => {
  it('exist for every rule', () => {
    expect([...RULES.keys()].filter((name) => !OP_SAMPLES[name]?.length)).toEqual([]);
  });

  it.each([...RULES.keys()])('call %s, each of them', (name) => {
    expect(callsOf(name).filter((calls) => calls.length === 0)).toEqual([]);
  });

  it.each([...RULES.keys()])('check %s by every input that is a variable', (name) => {
    const calls = callsOf(name).flat();
    const isChecked = (i: number) => calls.some(({ inputs }) => inputs[i]);
    const positions = calls.reduce((most, { inputs }) => Math.max(most, inputs.length), 0);
    const unchecked = [...Array(positions).keys()].filter((i) => !isChecked(i));
    expect(unchecked).toEqual(CONSTANTS[name]?.inputs ?? []);
  });
});
