/** Tests of saving optimisers and of going on from what was saved. */
import { describe, expect, it } from '@jest/globals';
import { Adam, AdamW, type Optimizer, type OptimizerState, Parameter, SGD } from '@lowrank/nn';
import { FormatError, type Tensor, tensor, zeros } from '@lowrank/tensor';

const SHAPES = [[2, 3], [3], []];

function makeParameters(): Parameter[] {
  return SHAPES.map((shape) => new Parameter(zeros(shape, { dtype: 'float64' })));
}

/** A step with gradients that depend on the parameters and on `round`, and are never the same. */
function step(optimizer: Pick<Optimizer, 'step'>, parameters: readonly Parameter[], round: number): void {
  parameters.forEach((p, i) => {
    p.grad = p
      .detach()
      .mul(0.3)
      .add(Math.sin(round + i))
      .detach();
  });
  optimizer.step();
}

const values = (parameters: readonly Tensor[]) => parameters.map((p) => [...p.dataSync()]);

const MAKERS = {
  'SGD with momentum': (params: Parameter[]) => new SGD(params, { lr: 0.1, momentum: 0.9, dampening: 0.1 }),
  'plain SGD': (params: Parameter[]) => new SGD(params, { lr: 0.1 }),
  Adam: (params: Parameter[]) => new Adam(params, { lr: 0.1, betas: [0.8, 0.9] }),
  'Adam with amsgrad': (params: Parameter[]) => new Adam(params, { lr: 0.1, amsgrad: true }),
  AdamW: (params: Parameter[]) => new AdamW(params, { lr: 0.1, weightDecay: 0.1 }),
  'Adam in groups': ([a, b, c]: Parameter[]) =>
    new Adam([{ params: [a, b], lr: 0.2 }, { params: [c] }], { lr: 0.1 }),
};

describe.each(Object.entries(MAKERS))('the saved state of %s', (_, make) => {
  it('lets another optimiser go on exactly, rates that were changed included', () => {
    const parameters = makeParameters();
    const optimizer = make(parameters);
    for (let round = 0; round < 5; round++) step(optimizer, parameters, round);
    optimizer.paramGroups[0].lr = 0.07;
    const saved = optimizer.stateDict();

    const copies = parameters.map((p) => new Parameter(p.detach()));
    const copy = make(copies);
    copy.loadStateDict(saved);
    expect(copy.stateDict()).toEqual(saved);
    for (let round = 5; round < 10; round++) {
      step(optimizer, parameters, round);
      step(copy, copies, round);
    }
    expect(values(copies)).toEqual(values(parameters));
  });

  it('does not change when the training goes on', () => {
    const parameters = makeParameters();
    const optimizer = make(parameters);
    step(optimizer, parameters, 0);
    const saved = optimizer.stateDict();
    const before = JSON.stringify(saved, (_key, value) => value?.storage ?? value);
    step(optimizer, parameters, 1);
    optimizer.paramGroups[0].lr = 0.5;
    expect(JSON.stringify(saved, (_key, value) => value?.storage ?? value)).toBe(before);
  });
});

describe('the saved state', () => {
  it('has PyTorch’s names, and null for parameters that were never moved', () => {
    const [a, b] = [new Parameter(tensor([1, 2])), new Parameter(tensor([3]))];
    const optimizer = new Adam([{ params: [a] }, { params: [b], lr: 0.5 }], { amsgrad: true });
    a.grad = tensor([1, -2]);
    optimizer.step();
    const { paramGroups, state } = optimizer.stateDict();
    const shared = { betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0, amsgrad: true, maximize: false };
    expect(paramGroups).toEqual([
      { ...shared, lr: 1e-3, params: [0] },
      { ...shared, lr: 0.5, params: [1] },
    ]);
    expect(Object.keys(state[0] ?? {})).toEqual(['step', 'expAvg', 'expAvgSq', 'maxExpAvgSq']);
    expect(state[0]?.step).toBe(1);
    expect(state[1]).toBeNull();
  });

  it('is brought to the dtype of the parameters', () => {
    const p = new Parameter(tensor([1, 2]));
    const optimizer = new SGD([p], { lr: 0.5, momentum: 0.5 });
    const momentumBuffer = tensor([4, 8], { dtype: 'float64' });
    optimizer.loadStateDict({ ...optimizer.stateDict(), state: [{ momentumBuffer }] });
    p.grad = tensor([0, 0]);
    optimizer.step();
    expect(p.dtype).toBe('float32');
    expect(p.tolist()).toEqual([0, 0]);
  });
});

describe('a state that does not fit', () => {
  function makeAdam() {
    const parameters = [new Parameter(tensor([1, 2])), new Parameter(tensor([3]))];
    const optimizer = new Adam(parameters, { lr: 0.1 });
    step(optimizer, [new Parameter(tensor([0]))], 0);
    for (const p of parameters) p.grad = p.detach();
    optimizer.step();
    return optimizer;
  }
  const adam = makeAdam().stateDict();
  const [group] = adam.paramGroups;
  const [first, second] = adam.state;
  const sgd = new SGD([new Parameter(tensor([1, 2])), new Parameter(tensor([3]))], { lr: 1 }).stateDict();

  it.each([
    ['nothing', undefined, 'takes what stateDict() returned, got undefined'],
    ['null', null, 'takes what stateDict() returned, got null'],
    ['a model’s', { weight: tensor([1]) }, 'takes what stateDict() returned, got an'],
    ['half of it', { paramGroups: adam.paramGroups }, 'takes what stateDict() returned'],
    ['another optimiser’s', sgd, 'there is no option momentum; there are lr, betas, eps'],
    [
      'fewer parameters',
      { ...adam, paramGroups: [{ ...group, params: [0] }] },
      'have [1] parameters, those here [2]',
    ],
    [
      'other groups',
      {
        ...adam,
        paramGroups: [
          { ...group, params: [0] },
          { ...group, params: [1] },
        ],
      },
      'have [1, 1] parameters, those here [2]',
    ],
    ['a broken group', { ...adam, paramGroups: [null] }, 'those here [2]'],
    [
      'a rate below 0',
      { ...adam, paramGroups: [{ ...group, lr: -1 }] },
      'lr is a finite number of at least 0, got -1',
    ],
    ['a rate that is lost', { ...adam, paramGroups: [{ ...group, lr: undefined }] }, 'lr is a finite number'],
    ['less state', { ...adam, state: [first] }, 'the state of parameter 1 is missing'],
    ['state of a wrong kind', { ...adam, state: [first, 7] }, 'the state of parameter 1 is missing'],
    [
      'another shape',
      { ...adam, state: [first, { ...second, expAvg: tensor([1, 2]) }] },
      'expAvg of parameter 1 has shape [2], the parameter [1]',
    ],
    [
      'a number for a tensor',
      { ...adam, state: [{ expAvgSq: 5 }, null] },
      'expAvgSq of parameter 0 is a tensor, got 5',
    ],
    [
      'a tensor for a count',
      { ...adam, state: [{ step: tensor(5) }, null] },
      'step of parameter 0 is a count, got a Tensor',
    ],
    ['half a step', { ...adam, state: [{ step: 0.5 }, null] }, 'step of parameter 0 is a count, got 0.5'],
    [
      'something else to remember',
      { ...adam, state: [{ momentumBuffer: tensor([1, 2]) }, null] },
      'momentumBuffer of parameter 0 is not what this optimiser remembers',
    ],
    [
      'an inherited name',
      { ...adam, state: [{ constructor: 1 }, null] },
      'constructor of parameter 0 is not',
    ],
  ])('(%s) is refused, and nothing changes', (_, saved, message) => {
    const optimizer = makeAdam();
    const before = optimizer.stateDict();
    const load = () => optimizer.loadStateDict(saved as unknown as OptimizerState);
    expect(load).toThrow(FormatError);
    expect(load).toThrow('Adam.loadStateDict: ');
    expect(load).toThrow(message);
    expect(optimizer.stateDict()).toEqual(before);
  });
});
