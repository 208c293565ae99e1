/** The steps of optimisers as ops: what they give, and what they refuse. The formulas are tested with the optimisers. */
import { describe, expect, it } from '@jest/globals';
import {
  type AdamMove,
  type AdamStepOptions,
  ArgumentError,
  adamStep,
  DTypeError,
  ones,
  type SgdStepOptions,
  ShapeError,
  sgdStep,
  tensor,
  zeros,
} from '../../src/index.js';
import { itRefuses, untyped } from '../tables.js';

const ADAM: AdamStepOptions = {
  step: 1,
  lr: 0.5,
  betas: [0.5, 0.75],
  eps: 0,
  weightDecay: 0,
  decoupled: false,
  amsgrad: false,
  maximize: false,
};

const SGD: SgdStepOptions = {
  lr: 0.5,
  momentum: 0,
  dampening: 0,
  weightDecay: 0,
  nesterov: false,
  maximize: false,
};

function adamMove(some: Partial<AdamMove> = {}): AdamMove {
  return { parameter: ones([2]), gradient: ones([2]), expAvg: zeros([2]), expAvgSq: zeros([2]), ...some };
}

describe('adamStep', () => {
  it('gives new values and moments, and leaves the old ones', () => {
    const move = adamMove({ gradient: tensor([2, -4]) });
    const [moved] = adamStep([move], ADAM);
    // The first step has the length of the rate, against the gradient's sign.
    expect(moved.value.tolist()).toEqual([0.5, 1.5]);
    expect(moved.expAvg.tolist()).toEqual([1, -2]);
    expect(moved.expAvgSq.tolist()).toEqual([1, 4]);
    expect(moved).not.toHaveProperty('maxExpAvgSq');
    expect(move.parameter.tolist()).toEqual([1, 1]);
    expect(move.expAvg.tolist()).toEqual([0, 0]);
  });

  it('moves parameters of all shapes in one call', () => {
    const scalar = adamMove({
      parameter: tensor(1),
      gradient: tensor(2),
      expAvg: tensor(0),
      expAvgSq: tensor(0),
    });
    const empty = zeros([0, 3]);
    const nothing = adamMove({ parameter: empty, gradient: empty, expAvg: empty, expAvgSq: empty });
    const moved = adamStep([adamMove(), scalar, nothing], ADAM);
    expect(moved.map(({ value }) => value.tolist())).toEqual([[0.5, 0.5], 0.5, []]);
    expect(moved.map(({ value }) => value.shape)).toEqual([[2], [], [0, 3]]);
    expect(adamStep([], ADAM)).toEqual([]);
  });

  it('keeps the largest mean square where it is asked for', () => {
    const options = { ...ADAM, amsgrad: true };
    const [moved] = adamStep([adamMove({ maxExpAvgSq: tensor([0, 9]) })], options);
    expect(moved.maxExpAvgSq?.tolist()).toEqual([0.25, 9]);
  });

  itRefuses(ShapeError, {
    "adamStep: gradient and state have the parameter's shape [2], got [3]": () =>
      adamStep([adamMove({ gradient: ones([3]) })], ADAM),
  });
  itRefuses(DTypeError, {
    "adamStep: gradient and state are float32 like the parameter, got float64. Convert with to('float32')":
      () => adamStep([adamMove({ expAvg: zeros([2], { dtype: 'float64' }) })], ADAM),
    "adamStep: is not defined for int32. Convert with to('float32') first": () =>
      adamStep([adamMove({ parameter: zeros([2], { dtype: 'int32' }) })], ADAM),
  });
  itRefuses(ArgumentError, {
    'adamStep: expAvgSq of parameter 1 is a tensor, got undefined': () =>
      adamStep([adamMove(), untyped({ ...adamMove(), expAvgSq: undefined })], ADAM),
    'adamStep: maxExpAvgSq of parameter 0 is a tensor, got undefined': () =>
      adamStep([adamMove()], { ...ADAM, amsgrad: true }),
    'adamStep: step is a whole number of at least 1, got 0': () =>
      adamStep([adamMove()], { ...ADAM, step: 0 }),
    'adamStep: lr is a finite number, got undefined': () =>
      adamStep([adamMove()], untyped({ ...ADAM, lr: undefined })),
    'adamStep: betas are two numbers from 0 up to 1, got [0.5, 1]': () =>
      adamStep([adamMove()], { ...ADAM, betas: [0.5, 1] }),
    'adamStep: what is moved must be a list, got an Object': () => adamStep(untyped({}), ADAM),
    'adamStep: takes its options as an object, { name: value }, got undefined': () =>
      adamStep([adamMove()], untyped(undefined)),
  });
});

describe('sgdStep', () => {
  const move = { parameter: ones([2]), gradient: tensor([2, -4]) };

  it('gives new values, and no buffer without momentum', () => {
    expect(sgdStep([move], SGD)[0].value.tolist()).toEqual([0, 3]);
    expect(sgdStep([move], SGD)[0]).not.toHaveProperty('momentumBuffer');
  });

  it('begins the momentum with the gradient, whatever the dampening, and goes on with it', () => {
    const options = { ...SGD, momentum: 0.5, dampening: 0.5 };
    const [first] = sgdStep([move], options);
    expect(first.momentumBuffer?.tolist()).toEqual([2, -4]);
    const [second] = sgdStep([{ ...move, ...first }], options);
    expect(second.momentumBuffer?.tolist()).toEqual([2, -4]);
    expect(second.value.tolist()).toEqual([0, 3]);
  });

  itRefuses(ArgumentError, {
    'sgdStep: momentumBuffer of parameter 1 is a tensor, got undefined': () =>
      sgdStep([{ ...move, momentumBuffer: zeros([2]) }, move], { ...SGD, momentum: 0.5 }),
    'sgdStep: momentum is a finite number, got NaN': () => sgdStep([move], { ...SGD, momentum: Number.NaN }),
    'sgdStep: what is moved must be a list, got null': () => sgdStep(untyped(null), SGD),
  });
});
