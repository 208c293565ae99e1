/** No op of the tensor package goes without a gradient by oversight, and no rule without samples. */
import { describe, expect, it } from '@jest/globals';
import { type Node, noGrad, RULES } from '@lowrank/autograd';
import * as lr from '@lowrank/tensor';
import { OP_SAMPLES } from './samples/index.js';

const x = lr.tensor([
  [1, 2],
  [3, 4],
]);

/** Ops whose results hold no fractions, each with a call that shows it. */
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
  maxPool2dIndices: () => lr.maxPool2d(x.reshape([1, 1, 2, 2]), 2).to('int32'),
};

/** Ops that stop gradients, which is what they are for. */
const STOPS = ['stopGradient'];

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

function namesIn(output: lr.Tensor): string[] {
  const names = new Set<string>();
  const visit = (node: Node | null | undefined): void => {
    if (!node) return;
    names.add(node.name);
    for (const input of node.inputs) visit(input?.node);
  };
  visit(output.gradFn);
  return [...names];
}

describe('the table of gradient rules', () => {
  it.each([...lr.OPS.keys()])('knows what to do with %s', (name) => {
    const known = RULES.has(name) || STOPS.includes(name) || name in WITHOUT_FRACTIONS || name in STEPS;
    expect(known ? [] : [name]).toEqual([]);
  });

  it.each(Object.entries(WITHOUT_FRACTIONS))(
    'needs no rule for %s, which gives integers or truth values',
    (name, call) => {
      expect(RULES.has(name)).toBe(false);
      expect(['bool', 'int32']).toContain(call().dtype);
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

describe('the samples that rules are checked on', () => {
  it.each([...RULES.keys()])('call %s, each of them', (name) => {
    const samples = OP_SAMPLES[name] ?? [];
    expect(samples.length).toBeGreaterThan(0);
    for (const { f, inputs } of samples) {
      const outputs = [f(...inputs)].flat() as lr.Tensor[];
      expect(outputs.flatMap(namesIn)).toContain(name);
    }
  });
});
